-- 5 000 customers as a shop has them: phone numbers the way people type them.
-- The same on every run: dice() throws by hashing, not by chance.

CREATE FUNCTION pg_temp.dice(id integer, throw text, sides integer) RETURNS integer
	LANGUAGE sql IMMUTABLE
	RETURN ('x' || substr(md5(throw || id), 1, 7))::bit(28)::integer % sides;

CREATE FUNCTION pg_temp.pick(id integer, throw text, VARIADIC these text[]) RETURNS text
	LANGUAGE sql IMMUTABLE
	RETURN these[1 + pg_temp.dice(id, throw, cardinality(these))];

-- Who they are, and the wa_id by which WhatsApp knows them: in Brazil often
-- without the ninth digit, in Mexico with a 1 after the country code.  The id
-- in the last four digits keeps the numbers apart.
CREATE TEMP TABLE person AS
SELECT id, country, area, first, last,
	CASE country
		WHEN 'BR' THEN '55' || area || CASE WHEN area < '31' THEN '9' ELSE '' END || first || last
		WHEN 'MX' THEN '521' || area || first || last
		WHEN 'AR' THEN '549' || area || first || last
		WHEN 'US' THEN '1' || area || '555' || last
		WHEN 'IN' THEN '91' || area || first || last
		WHEN 'DE' THEN '49' || area || first || last
		ELSE '44' || area || first || last
	END AS wa_id
FROM (
	SELECT id, country,
		CASE country
			WHEN 'BR' THEN pg_temp.pick(id, 'area', '11', '21', '31', '41', '51', '61', '71', '81')
			WHEN 'MX' THEN pg_temp.pick(id, 'area', '55', '33', '81')
			WHEN 'AR' THEN '11'
			WHEN 'US' THEN pg_temp.pick(id, 'area', '212', '305', '415', '512', '617', '702')
			WHEN 'IN' THEN pg_temp.pick(id, 'area', '98', '99', '90')
			WHEN 'DE' THEN pg_temp.pick(id, 'area', '151', '160', '171')
			ELSE pg_temp.pick(id, 'area', '77', '78', '79')
		END AS area,
		(6000 + pg_temp.dice(id, 'first', 4000))::text AS first,
		lpad(id::text, 4, '0') AS last
	FROM (
		SELECT id, (ARRAY['BR', 'BR', 'BR', 'BR', 'MX', 'MX', 'IN', 'IN', 'AR', 'DE', 'GB', 'US'])
			[1 + pg_temp.dice(id, 'country', 12)] AS country
		FROM generate_series(1, 5000) AS id
	) AS lands
) AS numbers;

CREATE TABLE customers (
	id integer PRIMARY KEY,
	name text NOT NULL,
	phone text,
	segment integer NOT NULL
);

INSERT INTO customers (id, name, phone, segment)
SELECT id,
	pg_temp.pick(id, 'given', 'Ana', 'Bruno', 'Carla', 'Diego', 'Elena', 'Farid', 'Grace', 'Hugo',
		'Inês', 'Jonas', 'Kavya', 'Luis', 'Maria', 'Nikhil', 'Olga', 'Pedro', 'Rosa', 'Sven', 'Tara')
		|| ' ' ||
	pg_temp.pick(id, 'family', 'Almeida', 'Becker', 'Costa', 'Díaz', 'Evans', 'Flores', 'Gupta',
		'Herrera', 'Iyer', 'Johnson', 'Keller', 'Lima', 'Moreno', 'Nair', 'Ortiz', 'Pereira', 'Souza'),
	CASE country
		WHEN 'BR' THEN pg_temp.pick(id, 'style',
			'+55 (' || area || ') 9' || first || '-' || last,
			'+55 (' || area || ') 9' || first || '-' || last,
			'55' || area || '9' || first || last,
			'0055 ' || area || ' 9 ' || first || ' ' || last,
			-- stored before the ninth digit came
			'+55 ' || area || ' ' || first || '-' || last)
		WHEN 'MX' THEN pg_temp.pick(id, 'style',
			'+52 ' || area || ' ' || first || ' ' || last,
			'+52 1 ' || area || ' ' || first || ' ' || last,
			'whatsapp:+52' || area || first || last)
		WHEN 'AR' THEN pg_temp.pick(id, 'style',
			'+54 9 ' || area || ' ' || first || '-' || last,
			'+54 ' || area || ' ' || first || '-' || last)
		WHEN 'US' THEN pg_temp.pick(id, 'style',
			'+1 (' || area || ') 555-' || last,
			'1-' || area || '-555-' || last,
			'+1.' || area || '.555.' || last)
		WHEN 'IN' THEN '+91 ' || area || first || ' ' || last
		WHEN 'DE' THEN pg_temp.pick(id, 'style',
			'+49 ' || area || ' ' || first || last,
			'0049 ' || area || '/' || first || last)
		ELSE '+44 ' || area || first || ' ' || last
	END,
	1 + pg_temp.dice(id, 'segment', 8)
FROM person;

-- What else stands in such a column; all of it in the segment that we look at.
UPDATE customers AS c
SET phone = odd.phone
FROM (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM customers WHERE segment = 7) AS target
JOIN (VALUES (3, NULL), (5, 'unknown'), (8, 'maria@example.com'), (11, '+55 11'),
	(14, 'ask at the front desk')) AS odd (nth, phone) USING (nth)
WHERE c.id = target.id;
DELETE FROM person AS p USING customers AS c
WHERE c.id = p.id AND (c.phone IS NULL OR c.phone !~ '[0-9]{4}');

CREATE INDEX ON customers (segment);
ANALYZE customers;
