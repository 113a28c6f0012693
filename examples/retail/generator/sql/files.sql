-- One stream of files: each file is read once, on the day that brings it.
-- truth.py fills in {stream} and {reasons}. A line that cannot be taken apart has only `malformed`.

create table {stream}_read as
select
    log.rowid as id,
    log.day as run,
    hash(*columns(log.* exclude (day))) as content,
    list_filter([{reasons}], lambda reason: reason is not null) as reasons
from {stream}_log as log;
