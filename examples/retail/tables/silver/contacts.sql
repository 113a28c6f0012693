/* lakewright
description: Contacts as they are now
key: contact_id
load: {type: upsert, sequence: modified_at}
reads:
  changes: {table: silver.contact_changes, by: contact_id}
*/
select * from changes
