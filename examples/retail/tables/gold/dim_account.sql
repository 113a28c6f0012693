/* lakewright
description: Accounts of the CRM and their versions
key: account_id
load:
  type: versioned
  sequence: modified_at
  track: [account_name, industry, segment, region, status, rating, owner_id]
reads:
  changes: {table: silver.account_changes, by: account_id}
*/
select
    account_id, account_name, industry, segment, region, status, rating, type, owner_id, country,
    annual_revenue, employees, modified_at
from changes
