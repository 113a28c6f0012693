-- What did each category earn at the prices of the day, and how much of it came back?
select p.category, sum(f.quantity) as pieces, sum(f.total_amount_usd) as revenue_usd,
       sum(f.quantity * (p.price_usd - p.cost_usd)) as list_margin_usd, sum(r.refunded_usd) as refunded_usd
from fact_sales f
join dim_product p on p.product_sk = f.product_sk
left join (select order_id, sum(refunded_usd) as refunded_usd from fact_returns group by order_id) r
       on r.order_id = f.order_id
group by p.category
order by revenue_usd desc
limit 8
