-- Payloads for the rows on the intake, :parts times 50 k of them, and the peers:
-- P4, a row trigger in PL/pgSQL over jsonb with the same effects on tables of its
-- own; P5, the same table without a trigger.  PL/pgSQL prepares its statements
-- once per session.
--
-- P4 has it easier: it takes events as they come, so that one that comes late or
-- twice at the same time goes wrong, and believes whatever a payload says.

CREATE EXTENSION wa_policy;
SELECT setseed(0.42);

-- What a number receives: mostly receipts, one per request.
CREATE UNLOGGED TABLE payloads AS
SELECT i AS id, (i - 1) / 50000 AS part,
	format('{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},%s},"field":"%s"}]}]}',
		CASE WHEN k < 80 THEN format('"statuses":[{"id":"wamid.%s","status":"%s","timestamp":"%s","recipient_id":"%s"%s}]',
				md5(i::text), CASE WHEN k < 25 THEN 'sent' WHEN k < 50 THEN 'delivered' WHEN k < 70 THEN 'read' ELSE 'failed' END, t, phone,
				CASE WHEN k < 70 THEN ',"conversation":{"id":"' || md5(phone) || '","origin":{"type":"marketing"}},"pricing":{"billable":true,"pricing_model":"PMP","category":"marketing"}'
					ELSE format(',"errors":[{"code":%s,"title":"x","message":"x","error_data":{"details":"In order to maintain a healthy ecosystem engagement, the message failed to be delivered."},"href":"https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"}]',
						CASE WHEN k < 76 THEN 131049 WHEN k < 79 THEN 131026 ELSE 131050 END) END)
			WHEN k < 97 THEN format('"contacts":[{"profile":{"name":"N"},"wa_id":"%s"}],"messages":[{"from":"%s","id":"wamid.%s","timestamp":"%s","text":{"body":"%s"},"type":"text"}]',
				phone, phone, md5(i::text), t, CASE WHEN k < 82 THEN 'STOP' ELSE 'Hello, when will it arrive?' END)
			ELSE format('"contacts":[{"profile":{"name":"N"},"wa_id":"%s"}],"user_preferences":[{"wa_id":"%s","detail":"User requested to stop marketing messages","category":"marketing_messages","value":"%s","timestamp":%s}]',
				phone, phone, CASE WHEN k < 99 THEN 'stop' ELSE 'resume' END, t) END,
		CASE WHEN k < 97 THEN 'messages' ELSE 'user_preferences' END) AS payload
FROM (SELECT i, floor(random() * 100)::int AS k, '49151' || lpad((random() * 20000)::int::text, 8, '0') AS phone,
		extract(epoch FROM now())::bigint - :parts * 50000 + i AS t
	FROM generate_series(1, :parts * 50000) AS i) AS s;

CREATE TABLE p5_webhook (LIKE wa_webhook INCLUDING ALL EXCLUDING STATISTICS);
CREATE TABLE p4_webhook (LIKE wa_webhook INCLUDING ALL EXCLUDING STATISTICS);
CREATE TABLE p4_consent (recipient text, business text, register text, state text, at timestamptz, origin text, sender text, message_id text,
	PRIMARY KEY (recipient, business, register)) WITH (fillfactor = 90);
CREATE TABLE p4_consent_log (id bigserial PRIMARY KEY, recorded_at timestamptz DEFAULT clock_timestamp(), at timestamptz, webhook_id bigint,
	recipient text, business text, register text, state text, origin text, sender text, message_id text, evidence text,
	recorded_by text DEFAULT session_user,
	UNIQUE (recipient, business, register, at, state, origin, sender, message_id));
CREATE TABLE p4_cooldown (recipient text, business text, code int, failures timestamptz[], strikes int, until timestamptz, lifted_at timestamptz,
	PRIMARY KEY (recipient, business, code)) WITH (fillfactor = 80);
CREATE TABLE p4_activity (recipient text, business text, sender text, last_inbound_at timestamptz, last_delivered_at timestamptz,
	last_read_at timestamptz, last_marketing_delivered_at timestamptz, wa_id text, wa_id_at timestamptz,
	PRIMARY KEY (recipient, business, sender)) WITH (fillfactor = 80);

CREATE FUNCTION p4_consent_event(w bigint, r text, b text, reg text, s text, t timestamptz, o text, snd text, m text, e text)
	RETURNS void LANGUAGE plpgsql AS
$$
BEGIN
	INSERT INTO p4_consent_log (at, webhook_id, recipient, business, register, state, origin, sender, message_id, evidence)
		VALUES (t, w, r, b, reg, s, o, snd, m, e) ON CONFLICT DO NOTHING;
	INSERT INTO p4_consent AS c VALUES (r, b, reg, s, t, o, snd, m)
		ON CONFLICT (recipient, business, register) DO UPDATE SET state = excluded.state, at = excluded.at, origin = excluded.origin,
			sender = excluded.sender, message_id = excluded.message_id
		WHERE excluded.at > c.at OR (excluded.at = c.at AND excluded.state = 'stop' AND c.state <> 'stop');
END
$$;
CREATE FUNCTION p4_until(code int, f timestamptz[], lifted timestamptz, OUT strikes int, OUT until timestamptz) LANGUAGE plpgsql AS
$$
DECLARE
	x timestamptz;
	last timestamptz;
	latest timestamptz := f[array_upper(f, 1)];
	ladder interval[] := CASE code WHEN 131049 THEN ARRAY['24 hours', '24 hours', '48 hours'] ELSE ARRAY['1 day', '7 days', '30 days'] END;
BEGIN
	strikes := 0;
	FOREACH x IN ARRAY f LOOP
		IF x > coalesce(lifted, '-infinity') AND x > latest - interval '30 days' AND (last IS NULL OR x >= last + interval '12 hours') THEN
			strikes := strikes + 1;
			last := x;
		END IF;
	END LOOP;
	IF strikes > 0 THEN until := latest + ladder[least(strikes, 3)]; END IF;
END
$$;
CREATE FUNCTION p4_lift(r text, b text, t timestamptz, inbound boolean, marketing boolean) RETURNS void LANGUAGE plpgsql AS
$$
BEGIN
	UPDATE p4_cooldown c SET lifted_at = t, (strikes, until) = (SELECT u.strikes, u.until FROM p4_until(c.code, c.failures, t) AS u)
		WHERE recipient = r AND business = b AND t > coalesce(lifted_at, '-infinity') AND (inbound OR code = 131026 OR marketing);
END
$$;
CREATE FUNCTION p4_trigger() RETURNS trigger LANGUAGE plpgsql AS
$$
DECLARE
	e jsonb; c jsonb; v jsonb; s jsonb; x jsonb; b text; snd text; r text; t timestamptz; f timestamptz[];
BEGIN
	FOR e IN SELECT * FROM jsonb_array_elements(NEW.payload::jsonb -> 'entry') LOOP
		b := coalesce(e ->> 'id', '');
		FOR c IN SELECT * FROM jsonb_array_elements(e -> 'changes') LOOP
			v := c -> 'value';
			snd := coalesce(v #>> '{metadata,phone_number_id}', '');
			FOR s IN SELECT * FROM jsonb_array_elements(v -> 'statuses') LOOP
				r := s ->> 'recipient_id';
				t := to_timestamp((s ->> 'timestamp')::bigint);
				IF s ->> 'status' IN ('delivered', 'read', 'played') THEN
					INSERT INTO p4_activity AS a (recipient, business, sender, last_delivered_at, last_read_at, last_marketing_delivered_at, wa_id, wa_id_at)
						VALUES (r, b, snd, t, CASE WHEN s ->> 'status' <> 'delivered' THEN t END,
							CASE WHEN s #>> '{pricing,category}' = 'marketing' THEN t END, r, t)
						ON CONFLICT (recipient, business, sender) DO UPDATE SET last_delivered_at = greatest(a.last_delivered_at, excluded.last_delivered_at),
							last_read_at = greatest(a.last_read_at, excluded.last_read_at),
							last_marketing_delivered_at = greatest(a.last_marketing_delivered_at, excluded.last_marketing_delivered_at),
							wa_id = excluded.wa_id, wa_id_at = greatest(a.wa_id_at, excluded.wa_id_at);
					PERFORM p4_lift(r, b, t, false, s #>> '{pricing,category}' = 'marketing');
				ELSIF s ->> 'status' = 'failed' THEN
					FOR x IN SELECT * FROM jsonb_array_elements(s -> 'errors') LOOP
						IF (x ->> 'code')::int = 131050 THEN
							PERFORM p4_consent_event(NEW.id, r, b, 'whatsapp', 'stop', t, 'error 131050', snd, s ->> 'id', '');
						ELSIF (x ->> 'code')::int IN (131049, 131026) THEN
							INSERT INTO p4_cooldown AS d SELECT r, b, (x ->> 'code')::int, ARRAY[t], u.strikes, u.until
								FROM p4_until((x ->> 'code')::int, ARRAY[t], NULL) AS u
								ON CONFLICT (recipient, business, code) DO UPDATE SET (failures, strikes, until) =
									(SELECT m.failures, u.strikes, u.until
										FROM (SELECT array_agg(DISTINCT y ORDER BY y) AS failures FROM unnest(d.failures || t) AS y) AS m,
											p4_until(d.code, m.failures, d.lifted_at) AS u)
								WHERE NOT d.failures @> ARRAY[t];
						END IF;
					END LOOP;
				END IF;
			END LOOP;
			FOR s IN SELECT * FROM jsonb_array_elements(v -> 'messages') LOOP
				r := s ->> 'from';
				t := to_timestamp((s ->> 'timestamp')::bigint);
				INSERT INTO p4_activity AS a (recipient, business, sender, last_inbound_at, wa_id, wa_id_at) VALUES (r, b, snd, t, r, t)
					ON CONFLICT (recipient, business, sender) DO UPDATE SET last_inbound_at = greatest(a.last_inbound_at, excluded.last_inbound_at),
						wa_id = excluded.wa_id, wa_id_at = greatest(a.wa_id_at, excluded.wa_id_at);
				PERFORM p4_lift(r, b, t, true, false);
				IF upper(btrim(s #>> '{text,body}', ' .!')) IN ('STOP', 'UNSUBSCRIBE', 'CANCEL') THEN
					PERFORM p4_consent_event(NEW.id, r, b, 'business', 'stop', t, 'phrase', snd, s ->> 'id', s #>> '{text,body}');
				ELSIF upper(btrim(s #>> '{text,body}', ' .!')) IN ('START', 'SUBSCRIBE') THEN
					PERFORM p4_consent_event(NEW.id, r, b, 'business', 'resume', t, 'phrase', snd, s ->> 'id', s #>> '{text,body}');
				END IF;
			END LOOP;
			FOR s IN SELECT * FROM jsonb_array_elements(v -> 'user_preferences') LOOP
				IF s ->> 'category' = 'marketing_messages' AND s ->> 'value' IN ('stop', 'resume') THEN
					PERFORM p4_consent_event(NEW.id, s ->> 'wa_id', b, 'whatsapp', s ->> 'value', to_timestamp((s ->> 'timestamp')::bigint),
						'user_preferences', snd, '', '');
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
