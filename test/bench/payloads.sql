-- Payloads as Meta sends them: bench_stream makes a stream of them, in the order of
-- their arrival.

-- The parts of a payload that are NULL are left away.
CREATE FUNCTION bench_member(name text, value text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT '"' || name || '":"' || value || '",' $$;

CREATE FUNCTION bench_envelope(p bigint, field text, content text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT '{"object":"whatsapp_business_account","entry":[{"id":"1020304050607' || p % 3 ||
		'","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"1555078388' || p % 3 ||
		'","phone_number_id":"1098765432101' || p % 3 || '"},' || content || '},"field":"' || field || '"}]}]}'
$$;

CREATE FUNCTION bench_contacts(p bigint, phone text, bsuid text, parent text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT '"contacts":[{"profile":{"name":"' ||
		(ARRAY['Ana Beatriz Souza', 'Rahul Sharma', 'Oliver Smith', 'Jürgen Weiß', 'María Fernanda López'])[1 + p % 5] || '"' ||
		coalesce(',"username":"@user.name' || p || '"', '') || '},' ||
		rtrim(concat(bench_member('wa_id', phone), bench_member('user_id', bsuid), bench_member('parent_user_id', parent)), ',') || '}],'
$$;

-- What the sender wants to have back.
CREATE FUNCTION bench_callback(p bigint, n int) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT '"biz_opaque_callback_data":"campaign-' || n / 100 || '-' || md5(n || ' ' || p) || md5(p || '/' || n) || md5(n || '/' || p) || '"'
$$;

-- A status other than failed, of the n-th message.
CREATE FUNCTION bench_status(p bigint, n int, status text, at bigint, phone text, bsuid text, parent text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT bench_envelope(p, 'messages', bench_contacts(p, phone, bsuid, parent) ||
		'"statuses":[{"id":"' || bench_message(p, n) || '","status":"' || status || '","timestamp":"' || at || '",' ||
		concat(bench_member('recipient_id', phone), bench_member('recipient_user_id', bsuid),
			bench_member('recipient_parent_user_id', parent)) ||
		'"conversation":{"id":"' || md5(p || ' ' || n) || '",' ||
		CASE status WHEN 'sent' THEN '"expiration_timestamp":"' || at + 86400 || '",' ELSE '' END ||
		'"origin":{"type":"' || category || '"}},"pricing":{"billable":true,"pricing_model":"PMP","type":"regular","category":"' ||
		category || '"},' || bench_callback(p, n) || '}]')
	FROM (SELECT CASE WHEN n % 10 < 7 THEN 'marketing' ELSE 'utility' END AS category) AS c
$$;

-- A failed one of a send to a phone: it names nothing else, and has no contacts.
CREATE FUNCTION bench_failed(p bigint, n int, code int, at bigint, phone text, bsuid text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT bench_envelope(p, 'messages', '"statuses":[{"id":"' || bench_message(p, n) ||
		'","status":"failed","timestamp":"' || at || '",' ||
		coalesce(bench_member('recipient_id', phone), bench_member('recipient_user_id', bsuid)) ||
		'"errors":[{"code":' || code || ',"title":"' || title || '","message":"' || title || '","error_data":{"details":"' || details ||
		'"},"href":"/documentation/business-messaging/whatsapp/support/error-codes/"}],' || bench_callback(p, n) || '}]')
	FROM (VALUES
		(131049, 'Meta chose not to deliver.', 'This message was not delivered to maintain healthy ecosystem engagement.'),
		(131026, 'Message undeliverable', 'Message Undeliverable.'),
		(131050, 'User has stopped marketing messages', 'The recipient has chosen to stop receiving marketing messages from this business.'))
		AS e (error, title, details)
	WHERE error = code
$$;

CREATE FUNCTION bench_inbound(p bigint, n int, body text, at bigint, phone text, bsuid text, parent text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT bench_envelope(p, 'messages', bench_contacts(p, phone, bsuid, parent) || '"messages":[{' ||
		concat(bench_member('from', phone), bench_member('from_user_id', bsuid), bench_member('from_parent_user_id', parent)) ||
		'"id":"' || bench_message(p, n) || '","timestamp":"' || at || '","type":"text","text":{"body":"' || body ||
		'"},"context":{"from":"1555078388' || p % 3 || '","id":"' || bench_message(p, n - 1) || '"}}]')
$$;

CREATE FUNCTION bench_preference(p bigint, value text, at bigint, phone text, bsuid text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
	SELECT bench_envelope(p, 'user_preferences', bench_contacts(p, phone, bsuid, NULL) || '"user_preferences":[{' ||
		concat(bench_member('wa_id', phone), bench_member('user_id', bsuid)) ||
		'"detail":"User requested to ' || value || ' marketing messages","category":"marketing_messages","value":"' || value ||
		'","timestamp":' || at || '}]')
$$;

-- The messages of a stream: the n-th goes to the next of :people people from :first on,
-- in a mixed order.  identifiers: 1 the phone, 2 a BSUID too, 3 a parent BSUID too;
-- 0 mixed: one in ten hides its phone, a ninth of the rest has a parent.
CREATE FUNCTION bench_messages(first bigint, people int, identifiers int, messages int, since bigint, until bigint)
	RETURNS TABLE (p bigint, n int, at bigint, die int, failing boolean, phone text, bsuid text, parent text)
	LANGUAGE sql STABLE AS
$$
	SELECT p, n, since + (until - since) * n / messages, bench_mixed(n * 40000003::bigint + p) % 1000,
		bench_mixed(p) / 1000 % 100 < 15,
		CASE WHEN NOT hidden THEN bench_wa_id(p) END,
		CASE WHEN identifiers <> 1 THEN bench_bsuid(p) END,
		CASE WHEN identifiers = 3 OR identifiers = 0 AND NOT hidden AND mixed / 90 % 9 = 0 THEN bench_parent(p) END
	FROM (SELECT *, bench_mixed(p) AS mixed, identifiers = 0 AND bench_mixed(p) / 9 % 10 = 0 AS hidden
		FROM (SELECT n, first + n * 7919::bigint % people AS p FROM generate_series(1, messages) AS n) AS who) AS m
$$;

-- n payloads between two moments.  Three statuses to a message and an answer to every
-- third; some 4 % of the payloads are failures, half a per cent stops; 2 % come two
-- hours late and 2 % twice.
CREATE FUNCTION bench_stream(first bigint, people int, identifiers int, n int, since timestamptz, until timestamptz)
	RETURNS TABLE (id bigint, payload text)
	LANGUAGE sql STABLE AS
$$
	WITH m AS MATERIALIZED (
		SELECT *, CASE WHEN die < 8 THEN 131050
			WHEN failing AND die % 2 = 0 THEN CASE WHEN p % 3 = 0 THEN 131026 ELSE 131049 END END AS code,
			(die * 7 + m.n) % 1000 AS other
		FROM bench_messages(first, people, identifiers, n / 3 + 100, extract(epoch FROM since)::bigint,
			extract(epoch FROM until)::bigint) AS m
	), events AS (
		SELECT m.n * 10 + 0 AS seed, at, bench_status(p, m.n, 'sent', at, phone, bsuid, parent) AS payload FROM m WHERE code IS NULL
		UNION ALL SELECT m.n * 10 + 1, at + 2, bench_status(p, m.n, 'delivered', at + 2, phone, bsuid, parent) FROM m WHERE code IS NULL
		UNION ALL SELECT m.n * 10 + 2, at + 300, bench_status(p, m.n, 'read', at + 300, phone, bsuid, parent) FROM m WHERE code IS NULL
		UNION ALL SELECT m.n * 10 + 3, at + 1, bench_failed(p, m.n, code, at + 1, phone, bsuid) FROM m WHERE code IS NOT NULL
		UNION ALL SELECT m.n * 10 + 4, at + 600, bench_inbound(p, m.n, CASE WHEN other < 6 THEN 'STOP' WHEN other < 9 THEN 'START'
				ELSE (ARRAY['Hello, when will my order arrive? I have been waiting since Monday.', 'Thanks a lot!',
					'Olá, vocês têm esse produto em azul? Tamanho M, por favor.'])[1 + other % 3] END,
				at + 600, phone, bsuid, parent)
			FROM m WHERE die % 3 = 1
		UNION ALL SELECT m.n * 10 + 5, at + 60, bench_preference(p, CASE WHEN other % 3 = 0 THEN 'resume' ELSE 'stop' END, at + 60, phone, bsuid)
			FROM m WHERE other BETWEEN 500 AND 507
	), arrivals AS (
		SELECT at, seed, payload, bench_mixed(seed) % 50 AS chance FROM events
	)
	SELECT row_number() OVER (ORDER BY arrives, seed), payload
	FROM (SELECT at + CASE WHEN chance = 1 THEN 7200 ELSE 0 END AS arrives, seed, payload FROM arrivals
		UNION ALL SELECT at + 3600, seed, payload FROM arrivals WHERE chance = 2
		ORDER BY arrives, seed LIMIT n) AS a
$$;
