/* lakewright
description: Each product, with the sums of its sales and returns
key: product_id
reads:
  products: {table: silver.products, by: product_id}
  sales:
    table: gold.fact_sales
    by: product_id
    lookups:
      cost_usd: {from: gold.dim_product, key: product_id, as_of: order_timestamp, column: cost_usd, missing: unknown}
  returns: {table: gold.fact_returns, by: product_id}
*/
with happened as (
    select product_id, 0 as orders, 0 as pieces, 0.00 as revenue_usd, 0.00 as cost_usd, 0 as returns, 0.00 as refunded_usd
    from products
    union all
    select product_id, 1, quantity, total_amount_usd, quantity * cost_usd, 0, 0 from sales
    union all
    select product_id, 0, 0, 0, 0, 1, refunded_usd from returns
),
summed as (
    select
        product_id,
        sum(orders) as orders,
        sum(pieces) as pieces,
        cast(sum(revenue_usd) as decimal(18, 2)) as revenue_usd,
        cast(coalesce(sum(cost_usd), 0) as decimal(18, 2)) as cost_usd,
        sum(returns) as returns,
        cast(coalesce(sum(refunded_usd), 0) as decimal(18, 2)) as refunded_usd
    from happened
    group by product_id
)
select
    s.product_id,
    p.product_name,
    p.category,
    p.brand,
    s.orders,
    s.pieces,
    s.revenue_usd,
    s.cost_usd,
    s.returns,
    s.refunded_usd
from summed as s
left join products as p on p.product_id = s.product_id
