{{ config(materialized='table') }}
select order_id, try_cast(quantity as bigint) as quantity from {{ source('shop', 'orders') }}
