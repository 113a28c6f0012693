-- The orders whose changes came in an unusual order, and what else outcomes.py looks for.

create view newest_customers as
from customers
qualify row_number() over (partition by customer_id order by updated_at desc) = 1;

create view newest_products as
from products
qualify row_number() over (partition by product_id order by updated_at desc) = 1;

create table inferred_customers as
select distinct customer_id
from used_customers
anti join customers using (customer_id)
where customer_id is not null;

-- As they lie in the log: an older change comes after a newer one.
create table newest_first as
select newer.order_id, newer.updated_at
from orders_log as newer
join orders_log as older on older.order_id = newer.order_id
where older.day = newer.day and older.rowid > newer.rowid and older.updated_at < newer.updated_at
    and newer.op = 'UPDATE' and not newer.is_deleted and not older.is_deleted;

create table late_within_lookback as
select order_id, updated_at
from orders_log
semi join orders_read on orders_read.id = orders_log.rowid
where day > 0 and (updated_at at time zone 'UTC')::date < date '2025-03-01' + day::int - 1
    and op = 'UPDATE';

create table older_than_delete as
select gone.order_id
from orders_log as gone
join orders_log as older on older.order_id = gone.order_id
where gone.op = 'DELETE' and older.op = 'UPDATE' and not older.is_deleted
    and older.rowid > gone.rowid and older.updated_at < gone.updated_at;

create table tied_with_delete as
select gone.order_id
from orders_log as gone
join orders_log as tied on tied.order_id = gone.order_id and tied.updated_at = gone.updated_at
where gone.op = 'DELETE' and tied.op = 'UPDATE';

create view deleted_by_flag as
from orders_log
where op = 'UPDATE' and is_deleted;

create view never_seen as
select order_id
from orders_log
group by order_id
having bool_and(op = 'DELETE');

create view deleted as
from orders_log
where op = 'DELETE';
