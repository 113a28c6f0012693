/* lakewright
description: What customers do on the site, in one vocabulary
key: behavior_id
load: {type: upsert, sequence: event_timestamp}
reads:
  # Nothing is ever changed or taken back here, so new rows are enough.
  events: {table: bronze.redshift_customer_behavior, rows: new}
*/
select
    behavior_id,
    nullif(trim(customer_id), '') as customer_id,
    case lower(trim(event_name)) when 'view_product' then 'product_view' else lower(trim(event_name)) end
        as event_name,
    event_timestamp,
    nullif(trim(session_id), '') as session_id,
    nullif(trim(page_url), '') as page_url,
    nullif(trim(referrer), '') as referrer,
    nullif(trim(device_type), '') as device_type,
    nullif(trim(browser), '') as browser,
    nullif(trim(os), '') as os,
    upper(nullif(trim(country), '')) as country,
    nullif(trim(city), '') as city,
    user_agent,
    ip_address,
    duration_seconds,
    conversion_value,
    nullif(trim(utm_source), '') as utm_source,
    nullif(trim(utm_medium), '') as utm_medium,
    nullif(trim(utm_campaign), '') as utm_campaign
from events
