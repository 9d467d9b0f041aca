\set id random(1, 4000)
SELECT r.* FROM load.customers c, wa_report_error(c.phone, 131056, clock_timestamp(), '10000', 's1') r WHERE c.id = :id;
