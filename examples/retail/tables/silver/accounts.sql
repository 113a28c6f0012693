/* lakewright
description: Accounts as they are now
key: account_id
load: {type: upsert, sequence: modified_at}
reads:
  changes: {table: silver.account_changes, by: account_id}
*/
select * from changes
