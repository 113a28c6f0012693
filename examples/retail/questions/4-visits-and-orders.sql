-- Do customers who come to the site more often buy more?
select case when visits = 0 then 'never' when visits = 1 then 'once' when visits < 4 then '2 or 3 times' else 'more often' end as visits,
       count(*) as customers, sum(orders) as orders, round(avg(revenue_usd), 2) as average_usd,
       sum(case when industry is not null then 1 else 0 end) as of_them_businesses
from customer_360
where customer_id is not null
group by 1
order by min(visits)
