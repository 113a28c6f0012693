/* lakewright
description: Customers and their versions
key: customer_id
load:
  type: versioned
  sequence: updated_at
  track: [first_name, last_name, email, country, segment]
  # A sale, a visit or an event may come before its customer: until then an inferred member stands in.
  members_from:
    - {table: silver.orders, key: customer_id}
    - {table: silver.behavior, key: customer_id}
    - {table: silver.order_events, key: customer_id}
reads:
  changes: {table: silver.customer_changes, by: customer_id}
*/
select customer_id, first_name, last_name, email, country, segment, registration_date, updated_at
from changes
