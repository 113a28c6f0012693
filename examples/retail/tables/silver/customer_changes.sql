/* lakewright
description: Every change of a customer, in canonical form
key: customer_id
load: {type: changelog, sequence: updated_at}
reads:
  customers: {table: bronze.snowflake_customers, rows: new}
*/
select
    customer_id,
    initcap(trim(first_name)) as first_name,
    initcap(trim(last_name)) as last_name,
    case when contains(email, '@') then lower(trim(email)) end as email,
    nullif(regexp_replace(phone, '[^0-9+]', ''), '') as phone,
    nullif(trim(address), '') as address,
    nullif(trim(city), '') as city,
    nullif(trim(state), '') as state,
    upper(nullif(trim(country), '')) as country,
    nullif(trim(zip_code), '') as zip_code,
    registration_date,
    nullif(trim(gender), '') as gender,
    age,
    nullif(trim(customer_segment), '') as segment,
    lifetime_value,
    last_purchase_date,
    total_orders,
    nullif(trim(preferred_channel), '') as preferred_channel,
    coalesce(trim(email) <> '' and not contains(email, '@'), false) as has_bad_email,
    created_at,
    updated_at
from customers
