{{ config(store_failures=true) }}
select * from {{ ref('orders_tried') }} where quantity is null or quantity <= 0
