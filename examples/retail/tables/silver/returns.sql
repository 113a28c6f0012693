/* lakewright
description: Returned orders, once for each order and day
key: [order_id, return_date]
load: {type: upsert, sequence: return_date, ties: [reason]}
reads:
  returns: {table: bronze.files_returns, by: [order_id, return_date]}
*/
select order_id, return_date, nullif(trim(reason), '') as reason
from returns
