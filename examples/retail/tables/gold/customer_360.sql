/* lakewright
description: Each customer, with the sums of all that is known to have happened; sales to nobody known have a null
key: customer_id
reads:
  customers: {table: silver.customers, by: customer_id}
  sales: {table: gold.fact_sales, by: customer_id}
  returns: {table: gold.fact_returns, by: customer_id}
  events: {table: gold.fact_behavior, by: customer_id}
*/
with happened as (
    select customer_id, 0 as orders, 0.00 as revenue_usd, 0 as returns, 0.00 as refunded_usd, 0 as visits,
        cast(null as timestamp) as ordered_at
    from customers
    union all
    select customer_id, 1, total_amount_usd, 0, 0, 0, order_timestamp from sales
    union all
    select customer_id, 0, 0, 1, refunded_usd, 0, null from returns
    union all
    select customer_id, 0, 0, 0, 0, 1, null from events
),
summed as (
    select
        customer_id,
        sum(orders) as orders,
        cast(sum(revenue_usd) as decimal(18, 2)) as revenue_usd,
        min(ordered_at) as first_order_at,
        max(ordered_at) as last_order_at,
        sum(returns) as returns,
        cast(coalesce(sum(refunded_usd), 0) as decimal(18, 2)) as refunded_usd,
        sum(visits) as visits
    from happened
    group by customer_id
)
select
    s.customer_id,
    c.first_name,
    c.last_name,
    c.primary_email,
    c.country,
    c.segment,
    c.industry,
    s.orders,
    s.revenue_usd,
    s.first_order_at,
    s.last_order_at,
    s.returns,
    s.refunded_usd,
    s.visits,
    c.last_seen_at
from summed as s
left join customers as c on c.customer_id = s.customer_id
