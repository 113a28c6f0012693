/* lakewright
key: customer_id
load: {type: changelog, sequence: updated_at}
reads:
  customers: {table: bronze.desk_customers, rows: new}
*/
select customer_id, trim(name) as name, upper(country) as country, op, updated_at
from customers
