-- Silver and gold as they must be, from the rows that bronze lets in.

create macro blank_as_null(value) as nullif(trim(value), '');

-- Customers and products: every change, its tracked values in a form in which equal is equal.
create table customer_changes as
select
    customer_id,
    updated_at,
    lower(trim(first_name)) as first_name,
    lower(trim(last_name)) as last_name,
    case when contains(email, '@') then lower(trim(email)) end as email,
    upper(blank_as_null(country)) as country,
    blank_as_null(customer_segment) as segment,
    blank_as_null(email) is not null and not contains(email, '@') as has_bad_email
from customers;

create table customer_versions as
select
    * exclude (is_new, ordinal),
    case when ordinal = 1 then timestamptz '1900-01-01 00:00:00+00' else updated_at end as valid_from
from (
    select
        *,
        row_number() over newest as ordinal,
        lag(row(email, country, segment, first_name, last_name)) over newest
            is distinct from row(email, country, segment, first_name, last_name) as is_new
    from customer_changes
    window newest as (partition by customer_id order by updated_at)
)
where is_new or ordinal = 1;

create table product_changes as
select
    product_id,
    updated_at,
    lower(trim(category)) as category,
    lower(trim(brand)) as brand,
    price_usd,
    cost_usd
from products;

create table product_versions as
select
    * exclude (is_new, ordinal),
    case when ordinal = 1 then timestamptz '1900-01-01 00:00:00+00' else updated_at end as valid_from
from (
    select
        *,
        row_number() over newest as ordinal,
        lag(row(category, brand, price_usd, cost_usd)) over newest
            is distinct from row(category, brand, price_usd, cost_usd) as is_new
    from product_changes
    window newest as (partition by product_id order by updated_at)
)
where is_new or ordinal = 1;

-- Orders: a refused change is as if it had not come; the newest of the others counts.
create table order_changes as
select
    order_id,
    product_id,
    order_timestamp,
    quantity,
    total_amount,
    updated_at,
    blank_as_null(customer_id) as customer_id,
    upper(trim(currency)) as currency,
    total_amount > 2 * (quantity * unit_price * (1 - discount_percent / 100) + tax_amount + shipping_cost)
        as is_outlier,
    op = 'DELETE' or is_deleted as is_delete,
    list_filter([
        case when quantity <= 0 then 'quantity-positive' end,
        case
            when upper(trim(currency)) not in ('USD', 'EUR', 'GBP', 'JPY', 'CHF', 'CAD')
            then 'currency-known'
        end
    ], lambda reason: reason is not null) as reasons
from orders;

create table silver_orders as
select *, (order_timestamp at time zone 'UTC')::date as placed_on
from (
    select *
    from order_changes
    where is_delete or reasons = []
    qualify row_number() over (partition by order_id order by updated_at desc, is_delete desc) = 1
)
where not is_delete;

insert into refused
select 'silver.orders', unnest(reasons) as reason, count(*)
from order_changes
where not is_delete
group by reason;

create table used_customers as
select customer_id from silver_orders;

-- Rates: dollars for one unit, the direct quotation first, carried for seven days at most.
create table silver_fx_rates as
select distinct date::date as date, base, counter, rate::decimal(18, 8) as rate
from fx_rates;

create table quoted as
select currency, date, usd_rate
from (
    select
        date,
        if(counter = 'USD', base, counter) as currency,
        counter = 'USD' as is_direct,
        -- Exact: half up in whole numbers of the eighth digit.
        if(
            counter = 'USD',
            rate,
            ((20000000000000000 + units) // (2 * units))::decimal(18, 0) * 0.00000001::decimal(9, 8)
        )::decimal(18, 8) as usd_rate
    from (select *, (rate::decimal(38, 8) * 100000000)::hugeint as units from silver_fx_rates)
)
qualify row_number() over (partition by currency, date order by is_direct desc) = 1;

create table usd_rates as
select currency, given::date as date, usd_rate, given::date > date as is_carried
from (
    select
        currency,
        date,
        usd_rate,
        unnest(generate_series(
            date,
            least(
                date + 7,
                coalesce(lead(date) over (partition by currency order by date) - 1, date + 7)
            )::date,
            interval 1 day
        )) as given
    from quoted
);

-- Sales: converted on the day of the order, or set aside.
create table sales_input as
select
    o.*,
    coalesce(r.usd_rate, 1)::decimal(18, 8) as fx_rate,
    round(o.total_amount * coalesce(r.usd_rate, 1)::decimal(18, 8), 2) as total_amount_usd,
    r.is_carried,
    case
        when o.currency <> 'USD' and r.usd_rate is null then 'no-usd-rate'
        when o.placed_on not between date '2015-01-01' and date '2035-12-31' then 'date-in-calendar'
    end as reason
from silver_orders as o
left join usd_rates as r
    on r.date = o.placed_on and r.currency = o.currency and o.currency <> 'USD';

insert into refused
select 'gold.fact_sales', reason, count(*)
from sales_input
where reason is not null
group by reason;

create table fact_sales as
select s.order_id, s.customer_id, s.product_id, s.placed_on, s.order_timestamp, s.quantity,
    s.total_amount_usd, c.country, c.valid_from as customer_since, p.category, p.cost_usd,
    p.valid_from as product_since, p.product_id is not null as has_product
from (from sales_input where reason is null) as s
asof left join customer_versions as c
    on c.customer_id = s.customer_id and s.order_timestamp >= c.valid_from
asof left join product_versions as p
    on p.product_id = s.product_id and s.order_timestamp >= p.valid_from;

create table silver_returns as
select order_id, return_date::date as return_date, blank_as_null(reason) as reason
from returns
group by all;

create table fact_returns as
select r.*, s.customer_id, s.product_id, s.total_amount_usd as refunded_usd
from silver_returns as r
left join fact_sales as s on s.order_id = r.order_id;
