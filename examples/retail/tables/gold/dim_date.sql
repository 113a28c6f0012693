/* lakewright
description: The days of the calendar
key: date_sk
reads:
  days: {calendar: {from: 2015-01-01, to: 2035-12-31}}
*/
select * from days
