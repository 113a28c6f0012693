/* lakewright
description: US dollars for one unit of a currency, as quoted, an inverted pair turned round
key: [date, base, counter]
load: {type: upsert, sequence: date, ties: [rate]}
reads:
  rates: {table: bronze.fx_rates, by: [date, base, counter]}
*/
select
    date,
    base,
    counter,
    rate,
    case when counter = 'USD' then base else counter end as currency,
    case
        when counter = 'USD' then rate
        -- Cast before and after: engines differ in the digits they give a quotient of decimals.
        else cast(cast(1 as decimal(38, 18)) / rate as decimal(18, 8))
    end as usd_rate,
    counter = 'USD' as is_direct
from rates
