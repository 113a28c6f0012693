{{ config(materialized='table') }}
select order_id, cast(quantity as bigint) as quantity from {{ source('shop', 'orders') }}
