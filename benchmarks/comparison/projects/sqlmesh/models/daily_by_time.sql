MODEL (name shop.daily_by_time, kind INCREMENTAL_BY_TIME_RANGE (time_column sold_on, lookback 1));

SELECT sold_on::DATE, SUM(amount)::INT AS revenue
FROM raw.sales
WHERE sold_on BETWEEN @start_date AND @end_date
GROUP BY sold_on
