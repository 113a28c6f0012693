/* lakewright
description: Products and their versions
key: product_id
load:
  type: versioned
  sequence: updated_at
  track: [category, brand, price_usd, cost_usd]
reads:
  changes: {table: silver.product_changes, by: product_id}
*/
select
    product_id, sku, product_name, category, subcategory, brand, price_usd, cost_usd, color, size, active,
    supplier_id, updated_at
from changes
