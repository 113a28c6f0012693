/* lakewright
key: product_id
load: {type: upsert, sequence: updated_at}
reads:
  products: {table: bronze.bank_products, rows: new}
*/
select product_id, upper(title) as title, updated_at
from products
