/* lakewright
description: Returns, one row per order and day, with what was paid back in dollars
key: [order_id, return_date]
reads:
  returns:
    table: silver.returns
    by: [order_id, return_date]
    lookups:
      customer_sk: {from: gold.fact_sales, key: order_id, column: customer_sk, missing: unknown}
      product_sk: {from: gold.fact_sales, key: order_id, column: product_sk, missing: unknown}
      customer_id: {from: gold.fact_sales, key: order_id, column: customer_id, missing: unknown}
      product_id: {from: gold.fact_sales, key: order_id, column: product_id, missing: unknown}
      refunded_usd: {from: gold.fact_sales, key: order_id, column: total_amount_usd, missing: unknown}
*/
select
    order_id,
    return_date,
    coalesce(customer_sk, -1) as customer_sk,
    coalesce(product_sk, -1) as product_sk,
    cast(date_format(return_date, 'yyyyMMdd') as int) as date_sk,
    customer_id,
    product_id,
    reason,
    refunded_usd
from returns
