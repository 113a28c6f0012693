/* lakewright
description: Every change of a product, in canonical form
key: product_id
load: {type: changelog, sequence: updated_at}
reads:
  products: {table: bronze.snowflake_products, rows: new}
*/
select
    product_id,
    nullif(trim(sku), '') as sku,
    trim(product_name) as product_name,
    initcap(trim(category)) as category,
    nullif(trim(subcategory), '') as subcategory,
    initcap(trim(brand)) as brand,
    price_usd,
    cost_usd,
    weight_kg,
    nullif(trim(color), '') as color,
    nullif(trim(size), '') as size,
    active,
    stock_quantity,
    reorder_level,
    nullif(trim(supplier_id), '') as supplier_id,
    rating,
    review_count,
    created_at,
    updated_at
from products
