/* lakewright
description: Orders as they are now; deleted ones are gone
key: order_id
load: {type: upsert, sequence: updated_at, deleted: "op = 'DELETE' or is_deleted"}
reads:
  orders: {table: bronze.snowflake_orders, by: order_id}
*/
select
    order_id,
    nullif(trim(customer_id), '') as customer_id,
    nullif(trim(product_id), '') as product_id,
    to_date(order_timestamp) as order_date,
    order_timestamp,
    quantity,
    unit_price,
    discount_percent,
    tax_amount,
    shipping_cost,
    total_amount,
    upper(trim(currency)) as currency,
    nullif(trim(payment_method), '') as payment_method,
    nullif(trim(shipping_method), '') as shipping_method,
    lower(trim(status)) as status,
    nullif(trim(channel), '') as channel,
    nullif(trim(promo_code), '') as promo_code,
    nullif(trim(sales_rep_id), '') as sales_rep_id,
    op,
    is_deleted,
    updated_at
from orders
