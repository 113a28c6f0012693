-- A delete is a row that is not there any more.
MODEL (
  name shop.customer_history_absent,
  kind SCD_TYPE_2_BY_TIME (
    unique_key customer,
    updated_at_name changed_at,
    updated_at_as_valid_from true,
    invalidate_hard_deletes true
  )
);

SELECT customer::TEXT, country::TEXT, deleted::BOOLEAN, changed_at::TIMESTAMP FROM raw.customers WHERE NOT deleted
