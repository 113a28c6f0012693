/* lakewright
description: Sales, one row per order, as of the moment of the order
key: order_id
reads:
  orders:
    table: silver.orders
    by: order_id
    lookups:
      customer_sk: {from: gold.dim_customer, key: customer_id, as_of: order_timestamp, missing: unknown}
      country: {from: gold.dim_customer, key: customer_id, as_of: order_timestamp, column: country, missing: unknown}
      product_sk: {from: gold.dim_product, key: product_id, as_of: order_timestamp, missing: unknown}
      usd_rate:
        from: silver.usd_rates
        key: {order_date: date, currency: currency}
        column: usd_rate
        when: "currency <> 'USD'"
        reason: no-usd-rate
*/
select
    order_id,
    customer_sk,
    product_sk,
    cast(date_format(order_date, 'yyyyMMdd') as int) as date_sk,
    customer_id,
    product_id,
    order_timestamp,
    quantity,
    currency,
    unit_price,
    round(quantity * unit_price * discount_percent / 100, 2) as discount,
    tax_amount as tax,
    shipping_cost as shipping,
    total_amount,
    coalesce(usd_rate, 1) as fx_rate,
    round(total_amount * coalesce(usd_rate, 1), 2) as total_amount_usd,
    status,
    channel,
    country
from orders
