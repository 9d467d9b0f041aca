-- One statement with 50 k payloads; the first part fills empty tables.
SELECT CASE :'peer' WHEN 'ours' THEN 'wa_webhook' ELSE :'peer' || '_webhook' END AS tab \gset
SELECT count(*) FROM payloads WHERE part = :part \g /dev/null
SELECT extract(epoch FROM clock_timestamp()) * 1000 AS t \gset
INSERT INTO :tab (payload) SELECT payload FROM payloads WHERE part = :part ORDER BY id;
SELECT 'ms ' || (extract(epoch FROM clock_timestamp()) * 1000 - :t);
