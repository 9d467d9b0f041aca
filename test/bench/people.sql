-- People by number: what identifiers the i-th has, and how its phone is written.  A
-- fifth each in India, Brazil, Britain, Germany and Mexico.

-- The factors (the golden section of the primes) make neighbours strangers by number.
CREATE FUNCTION bench_phone(i bigint) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT CASE i % 5 WHEN 1 THEN '55' || (ARRAY['11', '31'])[1 + i / 5 % 2] || '99' || lpad((i / 5 * 6180339 % 9999991)::text, 7, '0')
		ELSE (ARRAY['9198', NULL, '4477', '49151', '5255'])[1 + i % 5] || lpad((i * 61803399 % 99999989)::text, 8, '0') END
$$;
COMMENT ON FUNCTION bench_phone(bigint) IS 'The phone in canonical form; all different for i below 40 million';

CREATE FUNCTION bench_wa_id(i bigint) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT CASE WHEN i % 5 = 1 AND i / 5 % 2 = 1 THEN left(bench_phone(i), 4) || substr(bench_phone(i), 6)
		WHEN i % 5 = 4 THEN '521' || substr(bench_phone(i), 3)
		ELSE bench_phone(i) END
$$;
COMMENT ON FUNCTION bench_wa_id(bigint) IS
'The phone as WhatsApp writes it: Brazilian numbers of area 31 without the ninth digit, Mexican ones with a 1 behind the country code';

CREATE FUNCTION bench_bsuid(i bigint) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT (ARRAY['IN', 'BR', 'GB', 'DE', 'MX'])[1 + i % 5] || '.' || (hashint8extended(i, 1) & 4611686018427387903) || i % 10
$$;
CREATE FUNCTION bench_parent(i bigint) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT (ARRAY['IN', 'BR', 'GB', 'DE', 'MX'])[1 + i % 5] || '.ENT.' || (hashint8extended(i, 2) & 4611686018427387903) || i % 10
$$;
CREATE FUNCTION bench_mixed(i bigint) RETURNS int
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT (hashint8extended(i, 3) & 2147483647)::int
$$;
COMMENT ON FUNCTION bench_mixed(bigint) IS 'A number by which traits of the i-th are chosen, unlike those of its neighbours';

CREATE FUNCTION bench_message(i bigint, n int) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT 'wamid.' || encode(decode(left(md5(i || ':' || n) || md5(n || ':' || i) || md5(n + i || '.'), 86), 'hex'), 'base64')
$$;
COMMENT ON FUNCTION bench_message(bigint, int) IS 'The id of the n-th message of the i-th, as long as WhatsApp''s are';

CREATE FUNCTION bench_spelling(i bigint, phone text, raw text, odd int, plus int, unfolded int) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT CASE
		WHEN die < odd THEN CASE
			WHEN i / 5 % 4 = 0 THEN '00' || phone
			WHEN i / 5 % 4 = 1 AND i % 5 IN (2, 3) THEN '+' || left(phone, 2) || ' (0)' || substr(phone, 3, 3) || ' ' || substr(phone, 6)
			WHEN i / 5 % 4 < 3 THEN '+' || left(phone, 2) || ' ' || substr(phone, 3, 3) || ' ' || substr(phone, 6)
			ELSE left(phone, 2) || '-' || substr(phone, 3, 3) || '-' || substr(phone, 6, 4) || '-' || substr(phone, 10) END
		WHEN die < odd + plus THEN '+' || phone
		WHEN raw <> phone AND bench_mixed(i + 1) % 100 < unfolded THEN raw
		ELSE phone END
	FROM (SELECT bench_mixed(i) / 450 % 100 AS die) AS d
$$;
COMMENT ON FUNCTION bench_spelling(bigint, text, text, int, int, int) IS
'The phone of the i-th as a customer may have typed it; the last three are per cents, see data.sql';
