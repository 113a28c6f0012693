-- A delete is a row that says so.
MODEL (
  name shop.customer_history,
  kind SCD_TYPE_2_BY_TIME (unique_key customer, updated_at_name changed_at, updated_at_as_valid_from true)
);

SELECT customer::TEXT, country::TEXT, deleted::BOOLEAN, changed_at::TIMESTAMP FROM raw.customers
