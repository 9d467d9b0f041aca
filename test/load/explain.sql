\set id random(1, 4000)
SELECT e.* FROM load.customers c, wa_explain(c.phone, 'utility', '10000') e WHERE c.id = :id;
