-- Payloads for the rows on the intake, :parts times :size of them, and the peers: P4, a
-- row trigger in PL/pgSQL over jsonb with the same effects on tables of its own; P5,
-- the same table without a trigger.  PL/pgSQL prepares its statements once per session.
--
-- P4 has it easier: it takes one payload's word for everything, knows the two codes, the five
-- countries and the few spellings that come here, and keeps people out of each other's way no better
-- than ON CONFLICT does.  It writes no message log, so ours is off where the two are compared.

\set ON_ERROR_STOP 1
SET client_min_messages = warning;
CREATE EXTENSION wa_policy;
\i test/bench/people.sql
\i test/bench/payloads.sql

-- Each part is six hours; :people people, a message to each before anybody gets a second.
CREATE UNLOGGED TABLE payloads AS
	SELECT id, ((id - 1) / :size)::int AS part, payload
	FROM bench_stream(1, :people, 0, :parts * :size, now() - :parts * interval '6 hours' - interval '3 hours', now() - interval '3 hours');
CREATE INDEX ON payloads (part, id);

CREATE TABLE p5_webhook (LIKE wa_webhook INCLUDING ALL EXCLUDING STATISTICS);
CREATE TABLE p4_webhook (LIKE wa_webhook INCLUDING ALL EXCLUDING STATISTICS);
CREATE TABLE p4_consent (recipient text, business text, register text, state text, at timestamptz, origin text, code int,
	sender text, message_id text, stopped_at timestamptz, resumed_at timestamptz,
	PRIMARY KEY (recipient, business, register)) WITH (fillfactor = 90);
CREATE TABLE p4_consent_log (id bigserial PRIMARY KEY, recipient text, business text, register text, state text, at timestamptz,
	origin text, code int NOT NULL, evidence text, sender text, message_id text, also_named text, webhook_id bigint,
	recorded_at timestamptz DEFAULT clock_timestamp(), recorded_by text DEFAULT session_user,
	UNIQUE (recipient, business, register, at, state, origin, code, sender, message_id, also_named, evidence));
CREATE TABLE p4_cooldown (recipient text, business text, code int, strikes int, until timestamptz, lifted_at timestamptz,
	failures timestamptz[], PRIMARY KEY (recipient, business, code)) WITH (fillfactor = 80);
CREATE TABLE p4_activity (recipient text, business text, sender text, wa_id text, last_inbound_at timestamptz,
	last_delivered_at timestamptz, last_read_at timestamptz, last_marketing_delivered_at timestamptz, wa_id_at timestamptz,
	PRIMARY KEY (recipient, business, sender)) WITH (fillfactor = 80);
CREATE TABLE p4_identity (recipient text, other text, business text, first_seen_at timestamptz, last_seen_at timestamptz,
	PRIMARY KEY (recipient, other, business)) WITH (fillfactor = 90);
CREATE INDEX ON p4_identity (other);
CREATE TABLE p4_delivery (recipient text, business text, category text, deliveries timestamptz[], messages int[],
	PRIMARY KEY (recipient, business, category)) WITH (fillfactor = 80);
CREATE TABLE p4_sender (business text, sender text, display_phone text, first_seen timestamptz, last_seen timestamptz,
	PRIMARY KEY (business, sender));
CREATE TABLE p4_sender_life (business text, sender text, region text, category text, alive_at timestamptz,
	PRIMARY KEY (business, sender, region, category)) WITH (fillfactor = 50);

CREATE FUNCTION p4_fold(phone text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$
	SELECT CASE WHEN phone ~ '^521[0-9]{10}$' THEN '52' || substr(phone, 4)
		WHEN phone ~ '^55[0-9]{2}[6-9][0-9]{7}$' THEN left(phone, 4) || '9' || substr(phone, 5)
		ELSE phone END
$$;
-- Up to when evidence lifts failures of a code.
CREATE FUNCTION p4_lifts(code int, inbound timestamptz, delivered timestamptz, marketing timestamptz)
	RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
$$
	SELECT CASE code WHEN 131049 THEN greatest(inbound, marketing - interval '24 hours')
		WHEN 131026 THEN greatest(inbound, delivered + interval '1 minute') END
$$;
CREATE FUNCTION p4_until(code int, f timestamptz[], lifted timestamptz, OUT strikes int, OUT until timestamptz) LANGUAGE plpgsql AS
$$
DECLARE
	x timestamptz;
	counted timestamptz;
	latest timestamptz := f[array_upper(f, 1)];
	ladder interval[] := CASE code WHEN 131049 THEN ARRAY['24 hours', '24 hours', '48 hours'] ELSE ARRAY['24 hours', '168 hours', '720 hours'] END;
BEGIN
	strikes := 0;
	FOREACH x IN ARRAY f LOOP
		IF x > coalesce(lifted, '-infinity') AND x >= latest - interval '720 hours' AND (counted IS NULL OR x >= counted + interval '12 hours') THEN
			strikes := strikes + 1;
			counted := x;
		END IF;
	END LOOP;
	IF strikes > 0 THEN until := latest + ladder[least(strikes, 3)]; END IF;
END
$$;
CREATE FUNCTION p4_saw(ids text[], b text, t timestamptz) RETURNS void LANGUAGE plpgsql AS
$$
BEGIN
	FOR i IN 1 .. cardinality(ids) - 1 LOOP
		INSERT INTO p4_identity AS o VALUES (ids[i], ids[i + 1], b, t, date_trunc('day', t, 'UTC'))
			ON CONFLICT (recipient, other, business) DO UPDATE SET first_seen_at = least(o.first_seen_at, excluded.first_seen_at),
				last_seen_at = greatest(o.last_seen_at, excluded.last_seen_at)
			WHERE excluded.first_seen_at < o.first_seen_at OR excluded.last_seen_at > o.last_seen_at;
	END LOOP;
END
$$;
CREATE FUNCTION p4_act(r text, b text, snd text, raw text, inbound timestamptz, delivered timestamptz, seen timestamptz, marketing timestamptz)
	RETURNS void LANGUAGE plpgsql AS
$$
BEGIN
	INSERT INTO p4_activity AS o VALUES (r, b, snd, raw, inbound, delivered, seen, marketing, CASE WHEN raw IS NOT NULL THEN coalesce(inbound, delivered) END)
		ON CONFLICT (recipient, business, sender) DO UPDATE SET last_inbound_at = greatest(o.last_inbound_at, excluded.last_inbound_at),
			last_delivered_at = greatest(o.last_delivered_at, excluded.last_delivered_at),
			last_read_at = greatest(o.last_read_at, excluded.last_read_at),
			last_marketing_delivered_at = greatest(o.last_marketing_delivered_at, excluded.last_marketing_delivered_at),
			wa_id_at = greatest(o.wa_id_at, excluded.wa_id_at),
			wa_id = CASE WHEN o.wa_id_at IS NULL OR (excluded.wa_id_at, excluded.wa_id) > (o.wa_id_at, o.wa_id) THEN excluded.wa_id ELSE o.wa_id END
		WHERE excluded.last_inbound_at > coalesce(o.last_inbound_at, '-infinity') OR excluded.last_delivered_at > coalesce(o.last_delivered_at, '-infinity')
			OR excluded.last_read_at > coalesce(o.last_read_at, '-infinity')
			OR excluded.last_marketing_delivered_at > coalesce(o.last_marketing_delivered_at, '-infinity')
			OR excluded.wa_id_at > coalesce(o.wa_id_at, '-infinity');
	UPDATE p4_cooldown AS c SET lifted_at = l.at, (strikes, until) = (SELECT u.strikes, u.until FROM p4_until(c.code, c.failures, l.at) AS u)
		FROM (VALUES (131049), (131026)) AS k (code), LATERAL (SELECT p4_lifts(k.code, inbound, delivered, marketing)) AS l (at)
		WHERE c.recipient = r AND c.business = b AND c.code = k.code AND l.at > coalesce(c.lifted_at, '-infinity');
END
$$;
CREATE FUNCTION p4_fail(r text, b text, k int, t timestamptz) RETURNS void LANGUAGE plpgsql AS
$$
DECLARE
	lifted timestamptz := (SELECT max(p4_lifts(k, last_inbound_at, last_delivered_at, last_marketing_delivered_at))
		FROM p4_activity WHERE recipient = r AND business = b);
BEGIN
	INSERT INTO p4_cooldown AS o SELECT r, b, k, u.strikes, u.until, lifted, ARRAY[t] FROM p4_until(k, ARRAY[t], lifted) AS u
		ON CONFLICT (recipient, business, code) DO UPDATE SET (failures, lifted_at, strikes, until) =
			(SELECT m.failures, l.at, u.strikes, u.until
				FROM (SELECT (array_agg(y ORDER BY y))[greatest(1, count(*) - 31):] AS failures
						FROM (SELECT DISTINCT unnest(o.failures || t)) AS d (y)) AS m,
					(SELECT greatest(o.lifted_at, lifted)) AS l (at), p4_until(o.code, m.failures, l.at) AS u)
		WHERE NOT o.failures @> ARRAY[t];
END
$$;
CREATE FUNCTION p4_delivered(r text, b text, category text, t timestamptz, m text) RETURNS void LANGUAGE plpgsql AS
$$
BEGIN
	INSERT INTO p4_delivery AS o VALUES (r, b, category, ARRAY[t], ARRAY[hashtext(m)])
		ON CONFLICT ON CONSTRAINT p4_delivery_pkey DO UPDATE SET (deliveries, messages) =
			(SELECT (array_agg(d.at ORDER BY d.at, d.message))[greatest(1, count(*) - 63):],
					(array_agg(d.message ORDER BY d.at, d.message))[greatest(1, count(*) - 63):]
				FROM (SELECT * FROM unnest(o.deliveries, o.messages) UNION SELECT t, hashtext(m)) AS d (at, message))
		WHERE NOT EXISTS (SELECT FROM unnest(o.deliveries, o.messages) AS d (at, message) WHERE d.at = t AND d.message = hashtext(m));
END
$$;
CREATE FUNCTION p4_heard(b text, snd text, display text) RETURNS void LANGUAGE plpgsql AS
$$
BEGIN
	INSERT INTO p4_sender AS o VALUES (b, snd, display, now(), date_trunc('hour', now(), 'UTC'))
		ON CONFLICT (business, sender) DO UPDATE SET display_phone = excluded.display_phone, last_seen = excluded.last_seen
		WHERE excluded.last_seen > o.last_seen OR excluded.display_phone > coalesce(o.display_phone, '');
END
$$;
CREATE FUNCTION p4_alive(b text, snd text, r text, category text, t timestamptz) RETURNS void LANGUAGE plpgsql AS
$$
BEGIN
	INSERT INTO p4_sender_life AS o VALUES (b, snd, CASE left(r, 2) WHEN '91' THEN 'IN' WHEN '55' THEN 'BR' WHEN '44' THEN 'GB'
			WHEN '49' THEN 'DE' WHEN '52' THEN 'MX' ELSE left(r, 2) END, category, date_trunc('minute', t, 'UTC'))
		ON CONFLICT ON CONSTRAINT p4_sender_life_pkey DO UPDATE SET alive_at = excluded.alive_at WHERE excluded.alive_at > o.alive_at;
END
$$;
CREATE FUNCTION p4_consent(w bigint, ids text[], b text, reg text, s text, t timestamptz, o text, k int, snd text, m text, e text)
	RETURNS void LANGUAGE plpgsql AS
$$
BEGIN
	INSERT INTO p4_consent_log (recipient, business, register, state, at, origin, code, evidence, sender, message_id, also_named, webhook_id)
		VALUES (ids[1], b, reg, s, t, o, k, e, snd, m, array_to_string(ids[2:], ' '), w) ON CONFLICT DO NOTHING;
	INSERT INTO p4_consent AS c VALUES (ids[1], b, reg, s, t, o, k, snd, m, CASE s WHEN 'stop' THEN t END, CASE s WHEN 'resume' THEN t END)
		ON CONFLICT (recipient, business, register) DO UPDATE SET stopped_at = greatest(c.stopped_at, excluded.stopped_at),
			resumed_at = greatest(c.resumed_at, excluded.resumed_at),
			(state, at, origin, code, sender, message_id) = (SELECT x.state, x.at, x.origin, x.code, x.sender, x.message_id
				FROM (VALUES (excluded.state, excluded.at, excluded.origin, excluded.code, excluded.sender, excluded.message_id),
					(c.state, c.at, c.origin, c.code, c.sender, c.message_id)) AS x (state, at, origin, code, sender, message_id)
				ORDER BY x.at DESC, x.state COLLATE "C" DESC, x.origin COLLATE "C" DESC, x.code DESC, x.sender COLLATE "C" DESC, x.message_id COLLATE "C" DESC LIMIT 1);
END
$$;
CREATE FUNCTION p4_trigger() RETURNS trigger LANGUAGE plpgsql AS
$$
DECLARE
	e jsonb; c jsonb; v jsonb; s jsonb; x jsonb; b text; snd text; ids text[]; t timestamptz; said text; kind text;
BEGIN
	FOR e IN SELECT * FROM jsonb_array_elements(NEW.payload::jsonb -> 'entry') LOOP
		b := coalesce(e ->> 'id', '');
		FOR c IN SELECT * FROM jsonb_array_elements(e -> 'changes') LOOP
			v := c -> 'value';
			snd := coalesce(v #>> '{metadata,phone_number_id}', '');
			PERFORM p4_heard(b, snd, v #>> '{metadata,display_phone_number}');
			FOR s IN SELECT * FROM jsonb_array_elements(v -> 'statuses') LOOP
				ids := array_remove(ARRAY[p4_fold(s ->> 'recipient_id'), s ->> 'recipient_user_id', s ->> 'recipient_parent_user_id'], NULL);
				t := to_timestamp((s ->> 'timestamp')::bigint);
				PERFORM p4_saw(ids, b, t);
				kind := coalesce(s #>> '{pricing,category}', s #>> '{conversation,origin,type}');
				IF s ->> 'status' IN ('sent', 'delivered') THEN
					PERFORM p4_alive(b, snd, ids[1], coalesce(kind, ''), t);
				END IF;
				IF s ->> 'status' IN ('delivered', 'read', 'played') THEN
					PERFORM p4_act(ids[1], b, snd, s ->> 'recipient_id', NULL, t, CASE WHEN s ->> 'status' <> 'delivered' THEN t END,
						CASE WHEN kind LIKE 'marketing%' THEN t END);
					IF kind IS NOT NULL THEN
						PERFORM p4_delivered(ids[1], b, kind, t, s ->> 'id');
					END IF;
				ELSIF s ->> 'status' = 'failed' THEN
					FOR x IN SELECT * FROM jsonb_array_elements(s -> 'errors') LOOP
						IF (x ->> 'code')::int = 131050 THEN
							PERFORM p4_consent(NEW.id, ids, b, 'whatsapp', 'stop', t, 'failed message', 131050, snd, s ->> 'id', '');
						ELSIF (x ->> 'code')::int IN (131049, 131026) THEN
							PERFORM p4_fail(ids[1], b, (x ->> 'code')::int, t);
						END IF;
					END LOOP;
				END IF;
			END LOOP;
			FOR s IN SELECT * FROM jsonb_array_elements(v -> 'messages') LOOP
				ids := array_remove(ARRAY[p4_fold(s ->> 'from'), s ->> 'from_user_id', s ->> 'from_parent_user_id'], NULL);
				t := to_timestamp((s ->> 'timestamp')::bigint);
				PERFORM p4_saw(ids, b, t);
				PERFORM p4_act(ids[1], b, snd, s ->> 'from', t, NULL, NULL, NULL);
				said := upper(btrim(s #>> '{text,body}', ' .!'));
				IF said IN ('STOP', 'UNSUBSCRIBE', 'STOP PROMOTIONS') THEN
					PERFORM p4_consent(NEW.id, ids, b, 'business', 'stop', t, 'phrase', 0, snd, s ->> 'id', s #>> '{text,body}');
				ELSIF said IN ('START', 'SUBSCRIBE') THEN
					PERFORM p4_consent(NEW.id, ids, b, 'business', 'resume', t, 'phrase', 0, snd, s ->> 'id', s #>> '{text,body}');
				END IF;
			END LOOP;
			FOR s IN SELECT * FROM jsonb_array_elements(v -> 'user_preferences') LOOP
				ids := array_remove(ARRAY[p4_fold(s ->> 'wa_id'), s ->> 'user_id', s ->> 'parent_user_id'], NULL);
				t := to_timestamp((s ->> 'timestamp')::bigint);
				PERFORM p4_saw(ids, b, t);
				IF s ->> 'category' = 'marketing_messages' AND s ->> 'value' IN ('stop', 'resume') THEN
					PERFORM p4_consent(NEW.id, ids, b, 'whatsapp', s ->> 'value', t, 'user_preferences', 0, snd, '', '');
				END IF;
			END LOOP;
		END LOOP;
	END LOOP;
	RETURN NULL;
END
$$;
CREATE TRIGGER p4 AFTER INSERT ON p4_webhook FOR EACH ROW EXECUTE FUNCTION p4_trigger();
VACUUM ANALYZE payloads;
CHECKPOINT;
