/* lakewright
description: What customers did on the site, one row per event
key: behavior_id
reads:
  events:
    table: silver.behavior
    by: behavior_id
    lookups:
      customer_sk: {from: gold.dim_customer, key: customer_id, as_of: event_timestamp, missing: unknown}
*/
select
    behavior_id,
    customer_sk,
    cast(date_format(event_timestamp, 'yyyyMMdd') as int) as date_sk,
    customer_id,
    session_id,
    event_name,
    event_timestamp,
    device_type,
    browser,
    duration_seconds,
    conversion_value as revenue_usd
from events
