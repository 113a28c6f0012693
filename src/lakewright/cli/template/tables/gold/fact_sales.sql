/* lakewright
description: One row per order, with its customer as of the time of the order.
key: order_id
# A lookup adds a column to what is read: here the version of the customer that was valid when they ordered.
# missing: an order of a customer whom nobody knows keeps its place, with the unknown member, -1.
reads:
  orders:
    table: silver.orders
    by: order_id
    lookups:
      customer_sk: {from: gold.dim_customer, key: customer_id, as_of: ordered_at, missing: unknown}
      country: {from: gold.dim_customer, key: customer_id, as_of: ordered_at, column: country, missing: unknown}
*/
select
    order_id,
    customer_sk,
    cast(ordered_at as date) as sold_on,
    coalesce(country, 'unknown') as country,
    product,
    quantity,
    amount
from orders
