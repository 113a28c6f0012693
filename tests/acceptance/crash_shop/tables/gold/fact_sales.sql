/* lakewright
key: order_id
reads:
  orders:
    table: silver.orders
    by: order_id
    lookups:
      customer_sk: {from: gold.dim_customer, key: customer_id, as_of: ordered_at, missing: unknown}
      country: {from: gold.dim_customer, key: customer_id, as_of: ordered_at, column: country, missing: unknown}
      title: {from: silver.products, key: product_id, column: title}
      usd:
        from: silver.rates
        key: {currency: currency, ordered_on: day}
        column: usd
        when: "currency <> 'USD'"
*/
select
    order_id,
    customer_sk,
    coalesce(country, '??') as country,
    title,
    ordered_on,
    cast(amount * coalesce(usd, 1) as decimal(18, 2)) as amount_usd
from orders
