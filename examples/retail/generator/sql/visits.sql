-- What customers do, and what the CRM knows of them: silver and gold beside the sales star.

create table silver_behavior as
select distinct on (behavior_id)
    * exclude (customer_id),
    blank_as_null(customer_id) as customer_id,
    if(trim(lower(event_name)) = 'view_product', 'product_view', trim(lower(event_name))) as event
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
    lower(value ->> 'event_type') as event_type,
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

create table account_versions as
select account_id, if(ordinal = 1, timestamptz '1900-01-01 00:00:00+00', modified_at) as valid_from
from (
    select
        Id as account_id,
        LastModifiedDate::timestamptz as modified_at,
        row_number() over newest as ordinal,
        row(Name, Industry, CustomerSegment, GeographicRegion, AccountStatus, Rating, OwnerId) as tracked,
        lag(tracked) over newest is distinct from tracked as is_new
    from accounts
    window newest as (partition by Id order by LastModifiedDate)
)
where is_new or ordinal = 1;

create table contact_versions as
select contact_id, if(ordinal = 1, timestamptz '1900-01-01 00:00:00+00', modified_at) as valid_from
from (
    select
        Id as contact_id,
        LastModifiedDate::timestamptz as modified_at,
        row_number() over newest as ordinal,
        row(
            AccountId, lower(FirstName), lower(LastName), if(contains(Email, '@'), lower(Email), null), Title,
            Department, DoNotCall, HasOptedOutOfEmail
        ) as tracked,
        lag(tracked) over newest is distinct from tracked as is_new
    from contacts
    window newest as (partition by Id order by LastModifiedDate)
)
where is_new or ordinal = 1;

-- The facts, each with the beginning of the version that it must point to.
create table fact_behavior as
select b.behavior_id, b.customer_id, b.event, b.conversion_value, c.valid_from as customer_since
from silver_behavior as b
asof left join customer_versions as c
    on c.customer_id = b.customer_id and b.event_timestamp >= c.valid_from;

create table fact_order_events as
select e.event_id, e.order_id, e.customer_id, e.event_type, e.amount_usd, c.valid_from as customer_since,
    epoch_ms(e.event_ts) // 1000 - epoch_ms(o.order_timestamp) // 1000 as seconds_since_order
from (from event_input where not has_no_rate) as e
left join silver_orders as o on o.order_id = e.order_id
asof left join customer_versions as c on c.customer_id = e.customer_id and e.event_ts >= c.valid_from;

create table fact_opportunity as
select o.Id as opportunity_id, o.StageName as stage, o.Amount::decimal(18, 2) as amount, o.IsWon::bool as is_won,
    a.valid_from as account_since
from newest_opportunities as o
asof left join account_versions as a
    on a.account_id = o.AccountId and o.LastModifiedDate::timestamptz >= a.valid_from;

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
