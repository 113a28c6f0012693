-- Customers across the systems, and what the sums over the facts must come to.

create table silver_customers as
with contact as (
    from newest_contacts
    qualify row_number() over (partition by AccountId order by LastModifiedDate desc, Id) = 1
),
recent as (
    select *
    from silver_behavior
    qualify event_timestamp
        >= max(event_timestamp) over (partition by customer_id) - interval 24 months
),
activity as (
    select
        customer_id,
        count(*) as events,
        count(*) filter (event = 'login') as logins,
        count(*) filter (event = 'page_view') as page_views,
        count(*) filter (event = 'purchase') as purchases,
        sum(conversion_value) as revenue_usd
    from recent
    group by customer_id
)
select
    w.customer_id,
    coalesce(if(contains(c.Email, '@'), lower(c.Email), null), w.email) as primary_email,
    blank_as_null(a.Industry) as industry,
    coalesce(blank_as_null(a.CustomerSegment), w.segment) as segment,
    a.OwnerId as owner,
    coalesce(v.events, 0) as events,
    coalesce(v.logins, 0) as logins,
    coalesce(v.page_views, 0) as page_views,
    coalesce(v.purchases, 0) as purchases,
    coalesce(v.revenue_usd, 0)::decimal(18, 2) as revenue_usd
from (
    from customer_changes
    qualify row_number() over (partition by customer_id order by updated_at desc) = 1
) as w
left join contact as c on c.AccountId = w.customer_id
left join newest_accounts as a on a.Id = w.customer_id
left join activity as v on v.customer_id = w.customer_id;

create table customer_360 as
with keys as (
    select customer_id from silver_customers
    union select customer_id from fact_sales
    union select customer_id from fact_returns
    union select customer_id from silver_behavior
),
sold as (
    select customer_id, count(*) as orders, sum(total_amount_usd) as revenue_usd
    from fact_sales
    group by customer_id
),
returned as (
    select customer_id, count(*) as returns, sum(refunded_usd) as refunded_usd
    from fact_returns
    group by customer_id
),
visited as (
    select customer_id, count(*) as visits
    from silver_behavior
    group by customer_id
)
select
    keys.customer_id,
    coalesce(sold.orders, 0) as orders,
    coalesce(sold.revenue_usd, 0)::decimal(18, 2) as revenue_usd,
    coalesce(returned.returns, 0) as returns,
    coalesce(returned.refunded_usd, 0)::decimal(18, 2) as refunded_usd,
    coalesce(visited.visits, 0) as visits
from keys
left join sold on sold.customer_id is not distinct from keys.customer_id
left join returned on returned.customer_id is not distinct from keys.customer_id
left join visited on visited.customer_id is not distinct from keys.customer_id;

create table product_performance as
with keys as (
    select product_id from products
    union select product_id from fact_sales
    union select product_id from fact_returns
),
sold as (
    select
        product_id,
        count(*) as orders,
        sum(quantity) as pieces,
        sum(total_amount_usd) as revenue_usd,
        sum(quantity * cost_usd) as cost_usd
    from fact_sales
    group by product_id
),
returned as (
    select product_id, count(*) as returns, sum(refunded_usd) as refunded_usd
    from fact_returns
    group by product_id
)
select
    keys.product_id,
    coalesce(sold.orders, 0) as orders,
    coalesce(sold.pieces, 0)::bigint as pieces,
    coalesce(sold.revenue_usd, 0)::decimal(18, 2) as revenue_usd,
    coalesce(sold.cost_usd, 0)::decimal(18, 2) as cost_usd,
    coalesce(returned.returns, 0) as returns,
    coalesce(returned.refunded_usd, 0)::decimal(18, 2) as refunded_usd
from keys
left join sold on sold.product_id is not distinct from keys.product_id
left join returned on returned.product_id is not distinct from keys.product_id;

create table daily_revenue as
select
    placed_on,
    country,
    category,
    count(*) as orders,
    sum(quantity)::bigint as pieces,
    sum(total_amount_usd)::decimal(18, 2) as revenue_usd
from fact_sales
group by placed_on, country, category;
