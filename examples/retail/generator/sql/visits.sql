-- What customers do, and what the CRM knows of them: silver and gold beside the sales star.

create table silver_behavior as
select distinct on (behavior_id)
    * exclude (customer_id),
    blank_as_null(customer_id) as customer_id
from behavior;

create table event_changes as
select
    event_id,
    timestamp::timestamptz as sent_at,
    "offset"::bigint as sent_as,
    value is null as is_delete,
    value ->> 'order_id' as order_id,
    value ->> 'customer_id' as customer_id,
    (value ->> 'event_ts')::timestamptz as event_ts,
    (value ->> 'amount')::decimal(18, 2) as amount,
    value ->> 'currency' as currency,
    coalesce(event_ts > sent_at + interval 1 day, false) as is_future
from events;

insert into refused
select 'silver.order_events', 'future-event', count(*)
from event_changes
where is_future
having count(*) > 0;

create table silver_order_events as
from (
    from event_changes
    where not is_future
    qualify row_number() over (partition by event_id order by sent_at desc, is_delete desc, sent_as desc) = 1
)
where not is_delete;

insert into used_customers
select customer_id from silver_behavior
union all
select customer_id from silver_order_events;

create table event_input as
select
    e.*,
    e.currency <> 'USD' and r.usd_rate is null as has_no_rate,
    round(e.amount * coalesce(r.usd_rate, 1)::decimal(18, 8), 2) as amount_usd
from silver_order_events as e
left join usd_rates as r
    on r.date = (e.event_ts at time zone 'UTC')::date and r.currency = e.currency and e.currency <> 'USD';

insert into refused
select 'gold.fact_order_events', 'no-usd-rate', count(*)
from event_input
where has_no_rate
having count(*) > 0;

create view newest_accounts as
from accounts
qualify row_number() over (partition by Id order by LastModifiedDate desc) = 1;

create view newest_contacts as
from contacts
qualify row_number() over (partition by Id order by LastModifiedDate desc) = 1;

create view newest_opportunities as
from opportunities
qualify row_number() over (partition by Id order by LastModifiedDate desc) = 1;

create view taken_back as
select distinct event_id
from event_changes
where is_delete;

create view before_its_order as
select e.event_id
from silver_order_events as e
join (select order_id, min(created_at) as created_at from orders_log group by all) as o
    using (order_id)
where e.event_ts < o.created_at;
