CREATE MATERIALIZED VIEW orders_expected (
  order_id STRING,
  quantity INT,
  CONSTRAINT quantity_positive EXPECT (quantity > 0)
) AS SELECT 'O1' AS order_id, 0 AS quantity
