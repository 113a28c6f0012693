create table products (product_id text, title text, updated_at timestamp);
create table rates (currency text, day date, usd text, revision integer);
insert into products values
    ('P1', 'tea pot', '2025-02-01 08:00:00'),
    ('P2', 'cups', '2025-02-02 08:00:00'),
    ('P4', null, '2025-02-02 09:00:00');
insert into rates values
    ('EUR', '2025-03-01', '1.05', 1),
    ('EUR', '2025-02-28', '1.04', 1),
    ('SEK', '2025-03-01', '-1', 1);
