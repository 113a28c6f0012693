MODEL (name shop.orders_unique, kind FULL, audits (unique_values(columns := (order_id))));

SELECT order_id::TEXT, quantity::TEXT FROM raw.orders
