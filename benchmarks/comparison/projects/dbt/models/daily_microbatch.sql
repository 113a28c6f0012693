{{ config(
    materialized='incremental', incremental_strategy='microbatch',
    event_time='sold_on', batch_size='day', lookback=1, begin=env_var('BEGIN', '2025-01-01')
) }}
select sold_on, sum(amount) as revenue from {{ source('shop', 'sales') }} group by sold_on
