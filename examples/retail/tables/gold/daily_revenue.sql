/* lakewright
description: Dollars sold by day, country of the customer and category of the product, as of the order
key: [date_sk, country, category]
# A changed sale rebuilds its day, not one country of it: the country may be what changed.
scope: date_sk
reads:
  sales:
    table: gold.fact_sales
    by: date_sk
    lookups:
      category: {from: gold.dim_product, key: product_id, as_of: order_timestamp, column: category, missing: unknown}
*/
select
    date_sk,
    coalesce(country, 'not known') as country,
    coalesce(category, 'not known') as category,
    count(*) as orders,
    sum(quantity) as pieces,
    cast(sum(total_amount_usd) as decimal(18, 2)) as revenue_usd
from sales
group by date_sk, coalesce(country, 'not known'), coalesce(category, 'not known')
