/* lakewright
description: Products as they are now
key: product_id
load: {type: upsert, sequence: updated_at}
reads:
  changes: {table: silver.product_changes, by: product_id}
*/
select * from changes
