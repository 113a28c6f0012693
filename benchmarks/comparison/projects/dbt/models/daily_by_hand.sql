{{ config(materialized='incremental', unique_key='sold_on', incremental_strategy='delete+insert') }}
select sold_on, sum(amount) as revenue, max(loaded) as loaded
from {{ source('shop', 'sales') }}
{% if is_incremental() %}
where sold_on in (
    select sold_on from {{ source('shop', 'sales') }} where loaded > (select max(loaded) from {{ this }})
)
{% endif %}
group by sold_on
