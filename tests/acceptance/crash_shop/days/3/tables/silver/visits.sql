/* lakewright
load: append
reads:
  visits: {table: bronze.desk_visits, rows: new}
*/
select customer_id, lower(trim(page)) as page, at
from visits
