-- Of the customers who moved to another country: what did they buy before, and what after?
with moved as (
    select customer_id
    from dim_customer
    where customer_sk <> -1
    group by customer_id
    having count(distinct country) > 1
)
select count(distinct f.customer_id) as customers,
       sum(case when not d.is_current then f.total_amount_usd end) as usd_before_the_last_move,
       sum(case when d.is_current then f.total_amount_usd end) as usd_since
from fact_sales f
join moved m on m.customer_id = f.customer_id
join dim_customer d on d.customer_sk = f.customer_sk
