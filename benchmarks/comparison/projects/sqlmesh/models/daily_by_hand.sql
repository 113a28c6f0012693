MODEL (name shop.daily_by_hand, kind INCREMENTAL_BY_UNIQUE_KEY (unique_key sold_on));

SELECT sold_on::DATE, SUM(amount)::INT AS revenue
FROM raw.sales
WHERE sold_on IN (SELECT sold_on FROM raw.sales WHERE loaded BETWEEN @start_date AND @end_date)
GROUP BY sold_on
