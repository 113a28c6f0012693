insert into products values
    ('P2', 'blue cups', '2025-03-02 08:00:00'),
    ('P3', 'kettle', '2025-03-02 08:00:00');
insert into rates values
    ('NOK', '2025-03-01', '0.09', 1),
    ('EUR', '2025-03-01', '1.06', 2);
