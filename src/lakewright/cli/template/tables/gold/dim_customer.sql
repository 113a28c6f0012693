/* lakewright
description: Every customer as they were, version by version.
key: customer_id
# versioned: one row per version, with valid_from, valid_to and is_current, and a surrogate key, customer_sk.
# A change that alters no tracked column opens no version.
load: {type: versioned, sequence: updated_at, track: [name, country]}
reads:
  customers: {table: bronze.shop_customers, by: customer_id}
*/
select
    customer_id,
    trim(name) as name,
    upper(country) as country,
    updated_at
from customers
