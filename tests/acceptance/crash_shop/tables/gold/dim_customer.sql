/* lakewright
key: customer_id
load:
  type: versioned
  sequence: updated_at
  deleted: "op = 'D'"
  track: [name, country]
  members_from:
    - {table: silver.orders, key: customer_id}
reads:
  changes: {table: silver.customer_changes, by: customer_id}
*/
select customer_id, name, country, op, updated_at
from changes
