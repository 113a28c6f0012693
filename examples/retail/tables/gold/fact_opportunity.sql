/* lakewright
description: Deals, one row each, with the account as it was when the deal last changed
key: opportunity_id
reads:
  deals:
    table: silver.opportunities
    by: opportunity_id
    lookups:
      account_sk: {from: gold.dim_account, key: account_id, as_of: modified_at, missing: unknown}
*/
select
    opportunity_id,
    account_sk,
    cast(date_format(close_date, 'yyyyMMdd') as int) as date_sk,
    account_id,
    stage,
    amount,
    probability,
    is_closed,
    is_won
from deals
