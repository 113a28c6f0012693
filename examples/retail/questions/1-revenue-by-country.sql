-- Which countries bought most, and what was the average order? (as of the moment of each order)
select coalesce(country, 'not known') as country, count(*) as orders, sum(total_amount_usd) as revenue_usd,
       round(avg(total_amount_usd), 2) as average_usd
from fact_sales
group by 1
order by revenue_usd desc
limit 8
