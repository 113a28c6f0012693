/* lakewright
key: order_id
load: {type: upsert, sequence: updated_at, deleted: "status = 'cancelled'"}
reads:
  orders: {table: bronze.desk_orders, by: order_id}
*/
select
    order_id,
    customer_id,
    product_id,
    ordered_at,
    cast(ordered_at as date) as ordered_on,
    quantity,
    currency,
    amount,
    status,
    updated_at
from orders
