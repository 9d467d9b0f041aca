-- Feed payloads of one :part to a :peer (wa, p4, p5), and say how long that took.
--	:how	statement	one INSERT ... SELECT
--			copy		one COPY from the file :file, which lies beside the server
--			chunks		a transaction with an INSERT ... SELECT for each :chunk of them
--			single		a transaction with an INSERT for each: what a receiver does,
--						without its round trips
\set tab :peer '_webhook'
SELECT :'how' = 'statement' AS statement, :'how' = 'copy' AS copy, :'how' = 'chunks' AS chunks, :'how' = 'single' AS single \gset

\if :statement
	\set feed 'INSERT INTO ' :tab ' (payload) SELECT payload FROM payloads WHERE part = ' :part ' ORDER BY id;'
\elif :copy
	SELECT format('COPY %I (payload) FROM %L;', :'tab', :'file') AS feed \gset
\elif :chunks
	SELECT format($$CREATE PROCEDURE pg_temp.feed() LANGUAGE plpgsql AS
		'DECLARE
			lo bigint := (SELECT min(id) FROM payloads WHERE part = %2$s);
			hi bigint := (SELECT max(id) FROM payloads WHERE part = %2$s);
		BEGIN
			WHILE lo <= hi LOOP
				INSERT INTO %1$I (payload) SELECT payload FROM payloads WHERE part = %2$s AND id >= lo AND id < lo + %3$s ORDER BY id;
				COMMIT;
				lo := lo + %3$s;
			END LOOP;
		END'$$, :'tab', :part, :chunk) \gexec
	\set feed 'CALL pg_temp.feed();'
\elif :single
	SELECT format($$CREATE PROCEDURE pg_temp.feed() LANGUAGE plpgsql AS
		'DECLARE
			p text;
			ps text[] := (SELECT array_agg(payload ORDER BY id) FROM payloads WHERE part = %2$s);
		BEGIN
			FOREACH p IN ARRAY ps LOOP INSERT INTO %1$I (payload) VALUES (p); COMMIT; END LOOP;
		END'$$, :'tab', :part) \gexec
	\set feed 'CALL pg_temp.feed();'
\endif

-- What is read is in memory for the first candidate, too.
SELECT count(payload) FROM payloads WHERE part = :part \g /dev/null
SELECT extract(epoch FROM clock_timestamp()) * 1000 AS began \gset
:feed
SELECT 'ms ' || (extract(epoch FROM clock_timestamp()) * 1000 - :began);
