/* lakewright
description: Contacts of the CRM and their versions
key: contact_id
load:
  type: versioned
  sequence: modified_at
  track: [account_id, first_name, last_name, email, title, department, do_not_call, has_opted_out_of_email]
reads:
  changes: {table: silver.contact_changes, by: contact_id}
*/
select
    contact_id, account_id, first_name, last_name, email, title, department, country, do_not_call,
    has_opted_out_of_email, engagement_score, modified_at
from changes
