/* lakewright
description: Events of orders, each as it was last delivered; what was taken back is gone
key: event_id
# A message without a value takes its event back. Kafka delivers at least once: at one moment the last offset counts.
load: {type: upsert, sequence: sent_at, ties: [offset], deleted: is_tombstone}
reads:
  messages: {table: bronze.kafka_orders_events, by: event_id}
*/
select
    event_id,
    get_json_object(value, '$.order_id') as order_id,
    get_json_object(value, '$.customer_id') as customer_id,
    lower(trim(get_json_object(value, '$.event_type'))) as event_type,
    cast(get_json_object(value, '$.event_ts') as timestamp) as event_ts,
    to_date(cast(get_json_object(value, '$.event_ts') as timestamp)) as event_date,
    -- Taken out as text and then cast, so that no digit is lost.
    cast(get_json_object(value, '$.amount') as decimal(18, 2)) as amount,
    upper(trim(get_json_object(value, '$.currency'))) as currency,
    nullif(trim(get_json_object(value, '$.channel')), '') as channel,
    get_json_object(value, '$.metadata.source') as source,
    cast(get_json_object(value, '$.metadata.version') as bigint) as version,
    get_json_object(value, '$.metadata.session_id') as session_id,
    offset,
    value is null as is_tombstone,
    timestamp as sent_at
from messages
