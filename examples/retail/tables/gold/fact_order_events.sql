/* lakewright
description: What happened to orders, one row per event
key: event_id
reads:
  events:
    table: silver.order_events
    by: event_id
    lookups:
      customer_sk: {from: gold.dim_customer, key: customer_id, as_of: event_ts, missing: unknown}
      ordered_at: {from: silver.orders, key: order_id, column: order_timestamp, missing: unknown}
      usd_rate:
        from: silver.usd_rates
        key: {event_date: date, currency: currency}
        column: usd_rate
        when: "currency <> 'USD'"
        reason: no-usd-rate
*/
select
    event_id,
    order_id,
    customer_sk,
    cast(date_format(event_date, 'yyyyMMdd') as int) as date_sk,
    event_type,
    event_ts,
    round(amount * coalesce(usd_rate, 1), 2) as amount_usd,
    channel,
    session_id,
    -- Negative where an event came before its order; null where the order is not known, or deleted.
    unix_timestamp(event_ts) - unix_timestamp(ordered_at) as seconds_since_order
from events
