/* lakewright
key: [ordered_on, country]
scope: ordered_on
reads:
  sales: {table: gold.fact_sales, by: ordered_on}
*/
select ordered_on, country, count(*) as orders, cast(sum(amount_usd) as decimal(18, 2)) as revenue
from sales
group by ordered_on, country
