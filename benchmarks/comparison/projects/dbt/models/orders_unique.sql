{{ config(materialized='table') }}
select order_id, quantity from {{ source('shop', 'orders') }}
