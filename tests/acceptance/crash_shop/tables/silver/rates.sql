/* lakewright
description: Of all extracts the newest revision of each rate; any change makes the table anew.
key: [currency, day]
reads:
  rates: bronze.bank_rates
*/
with ranked as (
    select
        currency,
        day,
        usd,
        row_number() over (partition by currency, day order by revision desc, usd desc) as place
    from rates
)
select currency, day, usd
from ranked
where place = 1
