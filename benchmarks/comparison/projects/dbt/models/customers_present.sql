select * from {{ source('shop', 'customers') }} where not deleted
