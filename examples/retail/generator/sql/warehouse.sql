-- One stream of a warehouse: what each day's run reads of its change log, and what becomes of it.
-- truth.py fills in {stream}, {table}, {cursor}, {lookback}, {reasons} and {backfilled}.

create table {stream}_read as
with newest as (
    select day, max(max({cursor})) over (order by day) - interval '{lookback} days' as begin
    from {stream}_log
    group by day
)
select
    log.rowid as id,
    runs.day as run,
    hash(*columns(log.* exclude (day))) as content,
    list_filter([{reasons}], lambda reason: reason is not null) as reasons
from {stream}_log as log
join runs on runs.day >= log.day
left join newest on newest.day = runs.day - 1
where
    runs.day = 0
    or log.{cursor} >= newest.begin
    -- What lies further back is read by no run. A backfill brings it in, here with its own day.
    or ({backfilled} and runs.day = log.day);
