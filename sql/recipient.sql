-- The type wa_recipient: what it reads, how it folds, sorts and hashes.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS wa_policy;
RESET client_min_messages;

-- Every decoration of a phone number that is read
SELECT input, input::wa_recipient AS recipient
FROM (VALUES
	(1, '4915112345678'),
	(2, '+4915112345678'),
	(3, '004915112345678'),
	(4, '  +49 151 12345678  '),
	(5, '+49 (151) 1234/56-78'),
	(6, '49.151.12345678'),
	(7, '(49) 151 12345678'),
	(8, 'whatsapp:+4915112345678'),
	(9, 'WhatsApp: +4915112345678'),
	(10, 'tel:+49-151-12345678'),
	(11, 'TEL:004915112345678'),
	(12, '4915112345678@s.whatsapp.net'),
	(13, '4915112345678@c.us'),
	(14, 'whatsapp:+4915112345678@c.us'),
	(15, '1234567'),
	(16, '123456789012345'),
	(17, '(+49) 151 12345678'),
	(18, '+49 (0)151 12345678'),
	(19, '+49 0151 12345678'),
	(20, '49015112345678'),
	(21, 'p:+4915112345678'),
	(22, '4915112345678:12@s.whatsapp.net'),
	(23, '4915112345678.0'),
	(24, '''+4915112345678'),
	(25, '"+49 151 12345678",'),
	(26, '+49 151 12345678;'),
	(27, U&'+49\00A0151\202F12345678'),
	(29, U&'+49\2011151 \2013 12345678'),
	(30, U&'\FF0B\FF14\FF19 \FF08\FF10\FF09 151 12345678'),
	(31, U&'\201C+4915112345678\201D')
) AS v (n, input)
ORDER BY n;
-- How wide these are, psql says otherwise from 17 on.
SELECT wa_recipient U&'\202A+49 151 12345678\202C' AS between_marks;
SELECT wa_recipient E'\t\r\n\x0b\f 4915112345678 \t\r\n\x0b\f' AS all_blanks,
	wa_recipient E'49\t151\n123\r45\x0b67\f8' AS blanks_between;

-- Folding: both forms of a number are one recipient
SELECT country, dialled, dialled::wa_recipient AS recipient,
	dialled::wa_recipient = other::wa_recipient AS same
FROM (VALUES
	(1, 'Mexico', '+52 1 55 1234 5678', '525512345678'),
	(2, 'Mexico, one digit less', '521551234567', '52551234567'),
	(3, 'Mexico, one digit more', '52155123456789', '5255123456789'),
	(4, 'Argentina', '+54 9 11 2345-6789', '541123456789'),
	(5, 'Argentina, one digit less', '549112345678', '54112345678'),
	(6, 'Argentina, one digit more', '54911234567890', '5411234567890'),
	(7, 'Brazil, first digit 6', '+55 (11) 6765-4321', '5511967654321'),
	(8, 'Brazil, first digit 7', '551177654321', '5511977654321'),
	(9, 'Brazil, first digit 8', '551187654321', '5511987654321'),
	(10, 'Brazil, first digit 9', '551197654321', '5511997654321'),
	(11, 'Brazil, landline 2', '551123456789', '5511923456789'),
	(12, 'Brazil, landline 3', '551133456789', '5511933456789'),
	(13, 'Brazil, landline 4', '551143456789', '5511943456789'),
	(14, 'Brazil, landline 5', '551153456789', '5511953456789'),
	(15, 'Brazil, one digit less', '55118765432', '551198765432')
) AS v (n, country, dialled, other)
ORDER BY n;

-- What is dialled at home and written behind the country code
SELECT country, written, written::wa_recipient AS recipient
FROM (VALUES
	(1, 'Britain', '+44 (0) 7700 900123'),
	(2, 'Italy keeps its zero', '+39 06 1234 5678'),
	(3, 'Italy, in brackets', '+39 (0)6 1234 5678'),
	(4, 'Italy, a mobile', '+39 (0)312 345 6789'),
	(5, 'Ivory Coast', '+225 07 01 23 45 67'),
	(6, 'Argentina', '+54 11 15 2345-6789'),
	(7, 'Argentina, longer area code', '+54 (02966) 15-234567'),
	(8, 'Mexico', '+52 044 55 1234 5678'),
	(9, 'Hungary', '+36 06 20 123 4567'),
	(10, 'Russia', '+7 8 (912) 345-67-89'),
	(11, 'Russia, an area code', '+7 (812) 345-67-89')
) AS v (n, country, written)
ORDER BY n;

-- Business-scoped user ids
SELECT wa_recipient 'US.13491208655302741918',
	wa_recipient ' US.ENT.11815799212886844830 ' AS parent,
	wa_recipient 'BR.aBcXyZ09' AS case_kept,
	wa_recipient 'US.ENTERPRISE' AS ordinary,
	wa_recipient 'us.foo-Bar_1' AS country_raised;
SELECT length(('US.' || repeat('x', 128))::wa_recipient::text) AS longest,
	length(('US.ENT.' || repeat('x', 128))::wa_recipient::text) AS longest_parent;

-- Anything else is an error that says what was expected
SELECT wa_recipient 'not a phone';
\echo :LAST_ERROR_SQLSTATE
SELECT wa_recipient '';
SELECT 'not a phone'::text::wa_recipient;
SELECT ('x' || repeat('1234567890', 30))::wa_recipient;

CREATE FUNCTION pg_temp.refusal(input text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN 'accepted as ' || input::wa_recipient;
EXCEPTION WHEN invalid_text_representation THEN
	RETURN 'refused';
END $$;
SELECT left(input, 40) AS input, pg_temp.refusal(input)
FROM (VALUES
	(1, ''), (2, '   '), (3, '+'), (4, '00'), (5, '123456'), (6, '1234567890123456'),
	(7, '0123456789'), (8, '+0123456789'), (9, '000123456789'), (10, '+004915112345678'),
	(11, '++4915112345678'), (12, '-4915112345678'), (13, '4915112345678-'),
	(14, '49_15112345678'), (15, '49,15112345678'), (16, '49151x2345678'),
	(17, '4915112345678 ext 5'), (18, '4.915112345678e+12'), (19, 'whatsapp:tel:4915112345678'),
	(20, 'sms:4915112345678'), (21, '4915112345678@g.us'), (22, '4915112345678:1@c.us'),
	(23, 'US.'), (24, 'US.ENT.'), (25, 'us.1+2'), (26, 'USA.123'), (27, 'U1.123'),
	(28, 'US.foo/bar'), (29, 'US.1.2'), (30, 'US.ent.1'), (31, 'US.ENT.1.2'), (32, 'US.1 2'),
	(33, 'whatsapp:US.123'), (34, 'US.123@c.us'),
	(35, 'US.' || repeat('x', 129)), (36, 'US.ENT.' || repeat('x', 129)),
	(37, '+49 151 (0) 12345678'), (38, '+39 (0)35 1234567'), (39, '4915112345678.00'),
	(40, '+49.151.12345678.0'), (41, U&'+49\00B7151\00B712345678'), (42, '4915112345678E0'),
	(43, '01149 151 12345678'), (44, '4915112345678,4915112345679'), (45, repeat('4-', 300))
) AS v (n, input)
ORDER BY n;

-- The same without an error: in joins, and in an index over a dirty column
CREATE TEMP TABLE dirty (n int, phone text);
INSERT INTO dirty VALUES (1, '+49 (0)151 12345678'), (2, 'none'), (3, NULL), (4, ''), (5, 'us.1'),
	(6, '4.9151E+11'), (7, '4915112345678');
INSERT INTO dirty SELECT n, 'customer ' || n FROM generate_series(100, 1100) AS n;
SELECT n, phone, wa_try_recipient(phone) FROM dirty WHERE n < 100 ORDER BY n;
SELECT provolatile, proisstrict, proparallel FROM pg_proc WHERE oid = 'wa_try_recipient(text)'::regprocedure;
CREATE INDEX dirty_recipient ON dirty (wa_try_recipient(phone));
ANALYZE dirty;
EXPLAIN (COSTS OFF) SELECT n FROM dirty WHERE wa_try_recipient(phone) = '+49 151 12345678';
SELECT n FROM dirty WHERE wa_try_recipient(phone) = '+49 151 12345678' ORDER BY n;
SELECT input, wa_try_recipient(input), pg_temp.refusal(input)
FROM unnest('{"+49 151 12345678",x,US.1,us.,"",0123456789}'::text[]) AS input;

-- A long input is not repeated whole, nor cut inside a character
CREATE FUNCTION pg_temp.message_length(input text) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	RETURN octet_length((input::wa_recipient)::text);
EXCEPTION WHEN invalid_text_representation THEN
	RETURN octet_length(SQLERRM);
END $$;
SELECT pg_temp.message_length('x' || repeat(chr(228), 1000000)) BETWEEN 100 AND 200 AS clipped;

-- The canonical text is read back as itself
SELECT count(once) AS numbers,
	count(*) FILTER (WHERE once::text::wa_recipient::text <> once::text) AS changed
FROM (
	SELECT wa_try_recipient(start || right(repeat('0', 12) || n * 48271::bigint * 7919, digits)) AS once
	FROM (VALUES ('52'), ('521'), ('54'), ('549'), ('55'), ('551'), ('12'), ('39'), ('49'), ('78')) AS s (start),
		generate_series(6, 12) AS digits, generate_series(1, 200) AS n
) AS s;

-- Casts: to text on assignment, from text only when asked for
SELECT castsource::regtype, casttarget::regtype, castcontext, castmethod
FROM pg_cast
WHERE 'wa_recipient'::regtype IN (castsource, casttarget)
ORDER BY 1;
SELECT 'x' || (wa_recipient '+4915112345678')::text AS text,
	('+4915112345678'::text)::wa_recipient AS from_text,
	('+4915112345678'::varchar)::wa_recipient AS from_varchar,
	('+4915112345678'::char(20))::wa_recipient AS from_char,
	CAST(NULL AS text)::wa_recipient IS NULL AS null_stays;
CREATE TEMP TABLE kept (t text, r wa_recipient);
INSERT INTO kept (t) VALUES (wa_recipient '+4915112345678');
SELECT t FROM kept;
INSERT INTO kept (r) SELECT t FROM kept;

-- Operators
SELECT a, b, a = b AS eq, a <> b AS ne, a < b AS lt, a <= b AS le, a > b AS gt, a >= b AS ge,
	sign(wa_recipient_cmp(a, b)) AS cmp
FROM (VALUES
	(1, wa_recipient '4915112345678', wa_recipient '+49 151 12345678'),
	(2, '4915112345678', '4915112345679'),
	(3, '49151123456', '4915112345678'),
	(4, '5120000', '4915112345678'),
	(5, '9999999', 'AA.1'),
	(6, 'US.a', 'US.A'),
	(7, 'US.1', 'US.ENT.1'),
	(8, 'US.1', NULL)
) AS v (n, a, b)
ORDER BY n;

-- The order is that of the bytes, in a sort with abbreviated keys and without
CREATE TEMP TABLE sorted (r wa_recipient);
INSERT INTO sorted VALUES
	('US.b'), ('9999999'), ('US.ENT.2'), ('12000000'), ('1200000'), ('US.B'), (NULL), ('AA.zzzzzz'),
	('123456789012345'), ('12345678901234'), ('US.ENT.10'), ('US.ENT'), ('US.bcdefgh2'), ('US.bcdefgh1'),
	('US.bcdef'), ('1200001'), ('ZZ.0'), ('999999999999999');
SELECT r FROM sorted ORDER BY r;
SELECT r FROM sorted WHERE r > 'US.B' ORDER BY r DESC;
SELECT r FROM sorted ORDER BY r LIMIT 6;
INSERT INTO sorted
SELECT ('12' || substr((10 ^ 13 + n * 104729 * 7919.0)::bigint::text, 15 - (n % 9 + 5)))::wa_recipient FROM generate_series(1, 5000) AS n
UNION ALL
SELECT ('BR.' || substr(md5(n::text), 1, n % 12 + 1))::wa_recipient FROM generate_series(1, 5000) AS n;
SELECT count(*) AS out_of_place
FROM (
	SELECT row_number() OVER (ORDER BY r, ctid) AS by_type,
		row_number() OVER (ORDER BY r::text COLLATE "C", ctid) AS by_bytes
	FROM sorted
) AS s
WHERE by_type <> by_bytes;

-- B-tree and hash indexes
CREATE TEMP TABLE people (id int, phone wa_recipient);
INSERT INTO people SELECT n, ('+1 212 555 ' || to_char(n, 'FM0000'))::wa_recipient FROM generate_series(0, 999) AS n;
INSERT INTO people VALUES (1000, 'US.1'), (1001, NULL);
CREATE INDEX people_btree ON people (phone);
ANALYZE people;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM people WHERE phone = '+1 (212) 555-0042';
SELECT id FROM people WHERE phone = '+1 (212) 555-0042';
EXPLAIN (COSTS OFF) SELECT id FROM people WHERE phone > '12125550996' ORDER BY phone DESC;
SELECT id FROM people WHERE phone > '12125550996' ORDER BY phone DESC;
SELECT id FROM people WHERE phone IS NULL;
SELECT id FROM people WHERE phone::text LIKE '1212555004%' AND phone::text ~ '^1212.*[02468]$' ORDER BY id;
SELECT id FROM people WHERE phone::text LIKE 'US%' OR starts_with(phone::text, '12125550999');
DROP INDEX people_btree;
CREATE INDEX people_hash ON people USING hash (phone);
EXPLAIN (COSTS OFF) SELECT id FROM people WHERE phone = '0012125550042';
SELECT id FROM people WHERE phone = '0012125550042';
DROP INDEX people_hash;
RESET enable_seqscan;
RESET enable_bitmapscan;
CREATE UNIQUE INDEX ON people (phone);
INSERT INTO people VALUES (1002, 'whatsapp:+12125550042');

-- Joins and grouping
CREATE TEMP TABLE others AS SELECT phone FROM people WHERE id % 2 = 0;
ANALYZE others;
SET enable_nestloop = off;
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
SET enable_bitmapscan = off;
SET enable_mergejoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM people JOIN others USING (phone);
SELECT count(*) FROM people JOIN others USING (phone);
RESET enable_mergejoin;
SET enable_hashjoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM people JOIN others USING (phone);
SELECT count(*) FROM people JOIN others USING (phone);
RESET enable_hashjoin;
RESET enable_nestloop;
RESET enable_indexscan;
RESET enable_indexonlyscan;
RESET enable_bitmapscan;
SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT DISTINCT r FROM sorted;
SELECT count(*) FROM (SELECT DISTINCT r FROM sorted) AS s;
RESET enable_sort;
SET enable_hashagg = off;
EXPLAIN (COSTS OFF) SELECT DISTINCT r FROM sorted;
SELECT count(*) FROM (SELECT DISTINCT r FROM sorted) AS s;
RESET enable_hashagg;
CREATE TEMP TABLE parts (phone wa_recipient) PARTITION BY HASH (phone);
CREATE TEMP TABLE parts_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE parts_1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parts SELECT phone FROM people;
SELECT count(*) AS total, count(DISTINCT tableoid) AS used FROM parts;
SELECT wa_recipient_hash('12125550042') = hashtext('12125550042') AS hashed_like_text,
	wa_recipient_hash_extended('12125550042', 7) = hashtextextended('12125550042', 7) AS extended_too,
	wa_recipient_hash('12125550042')::bit(32) = wa_recipient_hash_extended('12125550042', 0)::bit(32) AS seed_0;

-- The operator classes are complete, and equal keys are kept once
SELECT opcname, amname, opcdefault, amvalidate(c.oid)
FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'wa_recipient'::regtype
ORDER BY amname;
SELECT o.oprname, o.oprcom::regoperator, o.oprnegate::regoperator, o.oprcanhash, o.oprcanmerge, o.oprrest, o.oprjoin
FROM pg_operator o
WHERE o.oprleft = 'wa_recipient'::regtype
ORDER BY o.oprname;
SELECT typcategory, typispreferred, typlen, typalign, typstorage FROM pg_type WHERE oid = 'wa_recipient'::regtype;
CREATE TEMP TABLE twice AS SELECT wa_recipient '4915112345678' AS r FROM generate_series(1, 10000);
CREATE INDEX twice_kept_once ON twice (r);
CREATE INDEX twice_kept_each ON twice (r) WITH (deduplicate_items = off);
SELECT pg_relation_size('twice_kept_once') * 2 < pg_relation_size('twice_kept_each') AS deduplicated;

-- Short headers, and compressed values
CREATE TEMP TABLE stored (r wa_recipient, filler text);
ALTER TABLE stored ALTER r SET COMPRESSION pglz, ALTER filler SET STORAGE plain;
INSERT INTO stored VALUES ('4915112345678', 'x'), (('US.' || repeat('x', 128))::wa_recipient, repeat('x', 7000));
SELECT octet_length(r::text), pg_column_size(r) < octet_length(r::text) AS compressed, r = r::text::wa_recipient AS equal,
	r <= r::text::wa_recipient AS sorted, wa_recipient_hash(r) = hashtext(r::text) AS hashed, wa_region(r)
FROM stored ORDER BY r;

-- Binary form: written and read back, and checked like any other input
SELECT wa_recipient_send('+49 151 12345678'), wa_recipient_send('US.1');
\getenv abs_builddir PG_ABS_BUILDDIR
\set directory :abs_builddir '/results'
\cd :directory
COPY sorted TO STDOUT (FORMAT binary)
\g recipient.bin
CREATE TEMP TABLE returned (r wa_recipient);
\copy returned FROM 'recipient.bin' (FORMAT binary)
SELECT count(*), count(r) FROM returned;
SELECT count(*) AS lost FROM (TABLE sorted EXCEPT ALL TABLE returned) AS s;
TRUNCATE returned;
COPY (SELECT ' whatsapp:+55 (11) 8765-4321 '::text) TO STDOUT (FORMAT binary)
\g recipient.bin
\copy returned FROM 'recipient.bin' (FORMAT binary)
TABLE returned;
COPY (SELECT 'not a phone'::text) TO STDOUT (FORMAT binary)
\g recipient.bin
\copy returned FROM 'recipient.bin' (FORMAT binary)
COPY (SELECT ''::text) TO STDOUT (FORMAT binary)
\g recipient.bin
\copy returned FROM 'recipient.bin' (FORMAT binary)
COPY (SELECT '\x3439313531003132333435363738'::bytea) TO STDOUT (FORMAT binary)
\g recipient.bin
\set VERBOSITY sqlstate
\copy returned FROM 'recipient.bin' (FORMAT binary)
\set VERBOSITY default

-- Everything of the type has a comment
SELECT count(*) AS uncommented
FROM pg_depend d
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
	AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'wa_policy')
	AND (d.classid, d.objid) IN (
		SELECT 'pg_type'::regclass, 'wa_recipient'::regtype::oid
		UNION ALL SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE proname LIKE 'wa\_recipient%' OR proname IN ('wa_region', 'wa_time_zones', 'wa_try_recipient')
		UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator WHERE oprleft = 'wa_recipient'::regtype
		UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_opclass WHERE opcintype = 'wa_recipient'::regtype
		UNION ALL SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily WHERE opfname = 'wa_recipient_ops'
		UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast WHERE 'wa_recipient'::regtype IN (castsource, casttarget))
	AND obj_description(d.objid, d.classid::regclass::name) IS NULL;
