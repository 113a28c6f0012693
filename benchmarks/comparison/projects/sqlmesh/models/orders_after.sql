MODEL (name shop.orders_after, kind FULL);

SELECT COUNT(*)::INT AS orders FROM shop.orders_unique
