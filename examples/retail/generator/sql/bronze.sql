-- What the door of a stream lets in, once each, and what it refuses, once each.
-- truth.py fills in {stream} and {table}; {stream}_read says what is read by which run.

create table {stream}_written as
select content, min(id) as id, min(run) as run
from {stream}_read
where reasons = []
group by content;

create view {stream} as
select log.*
from {stream}_log as log
join {stream}_written as written on written.id = log.rowid;

insert into ingested
select
    '{table}',
    runs.day,
    count(seen.id),
    count(*) filter (seen.id = written.id and seen.run = written.run),
    count(*) filter (seen.id <> written.id or seen.run <> written.run),
    count(*) filter (seen.reasons <> [])
from runs
left join {stream}_read as seen on seen.run = runs.day
left join {stream}_written as written on written.content = seen.content
group by runs.day;

insert into refused
select '{table}', unnest(reasons) as why, count(*)
from (select distinct content, reasons from {stream}_read where reasons <> [])
group by why;
