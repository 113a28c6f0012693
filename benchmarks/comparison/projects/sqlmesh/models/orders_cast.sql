MODEL (name shop.orders_cast, kind FULL);

SELECT order_id::TEXT, CAST(quantity AS BIGINT) AS quantity FROM raw.orders
