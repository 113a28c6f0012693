/* lakewright
description: The newest state of every order.
key: order_id
# upsert: of all changes of a key the one with the greatest sequence wins, in whatever order they came;
# where that one is a delete, the order is gone.
load: {type: upsert, sequence: updated_at, deleted: "status = 'cancelled'"}
# by: when changes of an order come, the query is given all changes of that order, and no others.
reads:
  orders: {table: bronze.shop_orders, by: order_id}
*/
select
    order_id,
    customer_id,
    ordered_at,
    trim(product) as product,
    quantity,
    amount,
    lower(status) as status,
    updated_at
from orders
