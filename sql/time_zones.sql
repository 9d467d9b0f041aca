-- wa_time_zones: where a recipient may be.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS wa_policy;
RESET client_min_messages;

-- From the area code, where it tells
SELECT place, phone, wa_time_zones(phone::wa_recipient)
FROM (VALUES
	(1, 'Germany', '4915112345678'),
	(2, 'New York', '12125550100'),
	(3, 'Arizona', '16025550100'),
	(4, 'Florida, both sides of the border', '18505550100'),
	(5, 'Ontario', '14165550100'),
	(6, 'Saskatchewan', '13065550100'),
	(7, 'Jamaica', '18765550100'),
	(8, 'Sao Paulo', '+55 11 8765-4321'),
	(9, 'Amazonas', '5592987654321'),
	(10, 'Tijuana', '+52 1 664 123 4567'),
	(11, 'Moscow', '74951234567'),
	(12, 'Kamchatka', '74151234567'),
	(13, 'Almaty', '77271234567'),
	(14, 'New South Wales', '61291234567'),
	(15, 'Western Australia', '61891234567'),
	(16, 'Cocos Islands', '61891621234'),
	(17, 'Bali', '62361123456'),
	(18, 'Canary Islands', '34928123456')
) AS v (n, place, phone)
ORDER BY n;

-- All zones of the country where it does not
SELECT place, phone, wa_time_zones(phone::wa_recipient)
FROM (VALUES
	(1, 'a Russian mobile', '79123456789'),
	(2, 'an Australian mobile', '61412345678'),
	(3, 'an Indonesian mobile', '628123456789'),
	(4, 'a Kazakh mobile', '77011234567'),
	(5, 'freephone', '18005550100'),
	(6, 'an area code that nobody has', '5520123456789'),
	(7, 'a user id', 'BR.1'),
	(8, 'a parent user id', 'ID.ENT.1')
) AS v (n, place, phone)
ORDER BY n;

-- Unknown
SELECT wa_time_zones('88812345678') AS no_country, wa_time_zones('2101234567') AS unassigned,
	wa_time_zones('QQ.1') AS no_such_country, wa_time_zones(NULL) IS NULL AS null_stays;

-- Wherever there is a region there are zones, but on an island without clocks
SELECT wa_region(r) FROM (
	SELECT (chr(a) || chr(b) || '.1')::wa_recipient AS r
	FROM generate_series(65, 90) AS a, generate_series(65, 90) AS b
	UNION ALL
	SELECT (n || '2345678')::wa_recipient FROM generate_series(1000, 9999) AS n WHERE n % 100 <> 0
) AS s
WHERE wa_region(r) IN (SELECT wa_region((n || '2345678')::wa_recipient) FROM generate_series(110, 999) AS n)
	AND wa_time_zones(r) IS NULL;

-- The server knows every zone; no list is empty, has a zone twice or out of order
CREATE TEMP TABLE lists AS
SELECT DISTINCT wa_time_zones(r) AS zones FROM (
	SELECT (chr(a) || chr(b) || '.1')::wa_recipient AS r
	FROM generate_series(65, 90) AS a, generate_series(65, 90) AS b
	UNION ALL
	SELECT (n || '2345678')::wa_recipient FROM generate_series(10000, 99999) AS n
) AS s;
SELECT count(DISTINCT zone) > 300 AS many, count(DISTINCT zone) FILTER (WHERE name IS NULL) AS unknown
FROM lists, unnest(zones) AS zone LEFT JOIN pg_timezone_names ON name = zone;
SELECT zones FROM lists
WHERE cardinality(zones) = 0
	OR zones <> ARRAY(SELECT DISTINCT zone COLLATE "C" FROM unnest(zones) AS zone ORDER BY 1);

SELECT provolatile, proisstrict, proparallel FROM pg_proc WHERE oid = 'wa_time_zones(wa_recipient)'::regprocedure;
