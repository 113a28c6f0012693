/* lakewright
description: US dollars for one unit of a currency on each day, the last known rate for at most seven days
key: [currency, date]
scope: currency
reads:
  rates: {table: silver.fx_rates, by: currency}
*/
with quoted as (
    select currency, date, usd_rate
    from (
        select
            currency, date, usd_rate,
            -- Where both directions are quoted, the direct one counts.
            row_number() over (partition by currency, date order by is_direct desc) as choice
        from rates
    ) as candidates
    where choice = 1
),
until as (
    select
        currency, date, usd_rate,
        coalesce(date_sub(lead(date) over (partition by currency order by date), 1), date_add(date, 7)) as last
    from quoted
)
select
    currency,
    date_add(date, days) as date,
    usd_rate,
    days > 0 as is_carried
from until
lateral view explode(sequence(0, least(7, datediff(last, date)))) carried as days
