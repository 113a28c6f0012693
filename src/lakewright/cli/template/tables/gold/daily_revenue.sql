/* lakewright
description: What was sold, by day and country.
key: [sold_on, country]
# scope: the rows that are rebuilt together. When a sale changes, its day is computed anew, and no other day.
scope: sold_on
reads:
  sales: {table: gold.fact_sales, by: sold_on}
*/
select
    sold_on,
    country,
    count(*) as orders,
    sum(amount) as revenue
from sales
group by sold_on, country
