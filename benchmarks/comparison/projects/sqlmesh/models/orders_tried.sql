MODEL (
  name shop.orders_tried,
  kind FULL,
  audits (forall(criteria := (quantity IS NOT NULL, quantity > 0)))
);

SELECT order_id::TEXT, TRY_CAST(quantity AS BIGINT) AS quantity FROM raw.orders
