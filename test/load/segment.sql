\set id random(1, 4000)
SELECT count(*) FROM load.customers WHERE id BETWEEN :id AND :id + 99 AND wa_sendable(phone, 'marketing');
