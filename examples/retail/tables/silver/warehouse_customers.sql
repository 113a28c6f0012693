/* lakewright
description: Customers as the warehouse knows them now
key: customer_id
load: {type: upsert, sequence: updated_at}
reads:
  changes: {table: silver.customer_changes, by: customer_id}
*/
select * from changes
