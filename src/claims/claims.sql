-- Claims: workers take people before they send, so that nobody is sent to twice in a campaign.

CREATE SEQUENCE wa_claim_token;
SELECT pg_catalog.pg_extension_config_dump('wa_claim_token', '');
COMMENT ON SEQUENCE wa_claim_token IS 'Numbers the calls of wa_claim';

CREATE TABLE wa_claim (
	campaign text COLLATE "C" NOT NULL,
	recipient wa_recipient NOT NULL,
	category wa_category NOT NULL,
	business text COLLATE "C",
	sender text COLLATE "C",
	claimed_at timestamptz NOT NULL,
	lease_until timestamptz NOT NULL,
	sent_at timestamptz,
	message_id text COLLATE "C",
	template text COLLATE "C",
	home wa_recipient NOT NULL,
	token bigint NOT NULL,
	claimed_by text COLLATE "C" NOT NULL DEFAULT SESSION_USER,
	CONSTRAINT wa_claim_pkey PRIMARY KEY (campaign, recipient)
) WITH (fillfactor = 80);
CREATE INDEX wa_claim_by_token ON wa_claim (token, home, recipient);
-- Frequency caps count claims to the end of their leases. C reads them by these indexes; columns: state/columns.h.
CREATE INDEX wa_claim_recipient ON wa_claim (recipient, lease_until);
CREATE INDEX wa_claim_lease ON wa_claim (lease_until);
SELECT pg_catalog.pg_extension_config_dump('wa_claim', '');
COMMENT ON TABLE wa_claim IS
'Claims: people whom a worker has taken for a campaign, and people who were sent to. One row for each identifier of the person known at that time, so that the person cannot be claimed under another one. A claim counts for frequency caps until its lease ends or, once it was sent, until the message is delivered, which counts then';
COMMENT ON COLUMN wa_claim.campaign IS 'Name of the campaign, as given to wa_claim or wa_sent; one campaign, whichever business names it';
COMMENT ON COLUMN wa_claim.recipient IS 'An identifier of the person';
COMMENT ON COLUMN wa_claim.category IS 'Category of the message';
COMMENT ON COLUMN wa_claim.business IS 'Argument business of wa_claim, a WhatsApp Business Account id; NULL: all';
COMMENT ON COLUMN wa_claim.sender IS 'Argument sender of wa_claim, a phone number id; NULL: any';
COMMENT ON COLUMN wa_claim.claimed_at IS 'When it was claimed';
COMMENT ON COLUMN wa_claim.lease_until IS 'When the claim ends by itself, unless the message was sent. Until then it counts for frequency caps, also after it was sent, unless the message was delivered';
COMMENT ON COLUMN wa_claim.sent_at IS 'When the message was sent, from wa_sent; NULL until then';
COMMENT ON COLUMN wa_claim.message_id IS 'Id of the message that was sent; NULL until then';
COMMENT ON COLUMN wa_claim.template IS 'Template that was sent; NULL where wa_sent named none';
COMMENT ON COLUMN wa_claim.home IS 'Identifier of the person that wa_claim or wa_sent was given';
COMMENT ON COLUMN wa_claim.token IS 'Number of the call of wa_claim; 0: wa_sent without a claim';
COMMENT ON COLUMN wa_claim.claimed_by IS 'Role that claimed it';

CREATE FUNCTION wa__reason_beside(phone text, category wa_category, business text, sender text, at timestamptz, token bigint)
	RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION wa__reason_beside(text, wa_category, text, text, timestamptz, bigint) IS
'Does what wa_first_reason does, but ignores the claims of one call of wa_claim';

CREATE FUNCTION wa__claim(phones text[], category wa_category, campaign text, business text, sender text,
	lease interval, at timestamptz, token bigint)
	RETURNS TABLE (phone text, recipient wa_recipient, wa_id text, reason text)
	LANGUAGE sql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	-- The planner expects one row for this call, so no nested loops; and it overestimates the cost, so no JIT.
	SET enable_nestloop = off SET enable_seqscan = off SET jit = off
	BEGIN ATOMIC
		SELECT wa__refuse('feature_not_supported', 'where a frequency cap counts, claims need READ COMMITTED',
				'With one snapshot for the whole transaction, concurrent claims would not be seen.', '')
		WHERE pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.~) '^(repeatable read|serializable)$'
			AND EXISTS (SELECT FROM wa_frequency_cap AS f WHERE f.category OPERATOR(pg_catalog.=) wa__claim.category);

		-- With a cap, a claim of the same person for another campaign waits as well, and then sees this one: both insert a
		-- row of the campaign '', which is deleted again below. All go through the identifiers in the same order.
		INSERT INTO wa_claim (campaign, recipient, category, claimed_at, lease_until, sent_at, home, token)
		SELECT DISTINCT ON (p.id::text COLLATE "C") '', p.id, wa__claim.category, wa__claim.at, wa__claim.at, wa__claim.at, p.id, wa__claim.token
		FROM (SELECT wa_try_recipient(u.phone) AS home FROM pg_catalog.unnest(wa__claim.phones) AS u (phone)
			WHERE EXISTS (SELECT FROM wa_frequency_cap AS f WHERE f.category OPERATOR(pg_catalog.=) wa__claim.category)
				AND wa_try_recipient(u.phone) IS NOT NULL) AS r,
			wa__identifiers(r.home) AS p (id)
		ORDER BY p.id::text COLLATE "C"
		ON CONFLICT (campaign, recipient) DO UPDATE SET token = excluded.token;

		-- In the order of the identifiers, so that workers wait for one another in one direction. Also under those that the
		-- person has left: to get a message twice is worse than to get none.
		INSERT INTO wa_claim AS o (campaign, recipient, category, business, sender, claimed_at, lease_until, home, token)
		SELECT wa__claim.campaign, i.id, wa__claim.category, wa__claim.business, wa__claim.sender, wa__claim.at,
			wa__claim.at OPERATOR(pg_catalog.+) wa__claim.lease, i.home, wa__claim.token
		FROM (SELECT DISTINCT ON (p.id::text COLLATE "C") p.id, r.home
			FROM (SELECT wa_try_recipient(u.phone) AS home FROM pg_catalog.unnest(wa__claim.phones) AS u (phone)
				WHERE wa_first_reason(u.phone, wa__claim.category, wa__claim.business, wa__claim.sender, wa__claim.at) IS NULL) AS r,
				wa__identifiers(r.home) AS p (id)
			ORDER BY p.id::text COLLATE "C", r.home::text COLLATE "C") AS i
		ORDER BY i.id::text COLLATE "C"
		ON CONFLICT (campaign, recipient) DO UPDATE SET category = excluded.category, business = excluded.business,
			sender = excluded.sender, claimed_at = excluded.claimed_at, lease_until = excluded.lease_until,
			home = excluded.home, token = excluded.token, claimed_by = excluded.claimed_by
			WHERE o.sent_at IS NULL AND o.lease_until OPERATOR(pg_catalog.<=) pg_catalog.clock_timestamp();

		DELETE FROM wa_claim AS c
		WHERE c.token OPERATOR(pg_catalog.=) wa__claim.token AND c.campaign OPERATOR(pg_catalog.=) '';

		-- A person of whom some identifier is claimed elsewhere is released, and one who has said stop, or whose quiet hours
		-- have begun, while we waited.
		WITH gone AS MATERIALIZED (
			SELECT h.home FROM (SELECT DISTINCT ON (t.home::text COLLATE "C") t.home FROM wa_claim AS t WHERE t.token OPERATOR(pg_catalog.=) wa__claim.token) AS h
			WHERE wa__reason_beside(h.home::text, wa__claim.category, wa__claim.business, wa__claim.sender,
					(SELECT pg_catalog.clock_timestamp()), wa__claim.token) IS NOT NULL
				OR EXISTS (SELECT FROM wa__identifiers(h.home) AS p (id)
					WHERE (SELECT o.token OPERATOR(pg_catalog.=) wa__claim.token AND o.home = h.home FROM wa_claim AS o
						WHERE o.campaign OPERATOR(pg_catalog.=) wa__claim.campaign AND o.recipient = p.id) IS NOT TRUE))
		DELETE FROM wa_claim AS c USING gone AS g
		WHERE c.token OPERATOR(pg_catalog.=) wa__claim.token AND c.home = g.home;

		-- Where that took long, the lease begins now: who is given a claim must have the time to send.
		UPDATE wa_claim AS c SET lease_until = pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) wa__claim.lease
		WHERE c.token OPERATOR(pg_catalog.=) wa__claim.token
			AND (wa__claim.at OPERATOR(pg_catalog.+) (wa__claim.lease OPERATOR(pg_catalog./) 2)) OPERATOR(pg_catalog.<) pg_catalog.clock_timestamp();

		SELECT u.phone, u.recipient,
			CASE WHEN u.taken THEN COALESCE((SELECT a.wa_id FROM wa_activity AS a
				WHERE a.recipient = u.recipient AND a.wa_id IS NOT NULL
				ORDER BY (a.business OPERATOR(pg_catalog.=) wa__claim.business) DESC NULLS LAST, a.wa_id_at DESC NULLS LAST, a.wa_id LIMIT 1),
				u.recipient::text) END,
			CASE WHEN NOT u.taken THEN COALESCE(
				wa__reason_beside(u.phone, wa__claim.category, wa__claim.business, wa__claim.sender, wa__claim.at, wa__claim.token),
				wa__reason_beside(u.phone, wa__claim.category, wa__claim.business, wa__claim.sender,
					(SELECT pg_catalog.clock_timestamp()), wa__claim.token),
				(SELECT 'sent' FROM wa__identifiers(u.recipient) AS p (id)
					WHERE (SELECT o.sent_at FROM wa_claim AS o
						WHERE o.campaign OPERATOR(pg_catalog.=) wa__claim.campaign AND o.recipient = p.id) IS NOT NULL LIMIT 1),
				'claimed') END
		FROM (SELECT t.phone, t.recipient, t.place,
				pg_catalog.row_number() OVER (PARTITION BY t.recipient::text ORDER BY t.place) OPERATOR(pg_catalog.=) 1
					AND (SELECT c.home = t.recipient AND c.token OPERATOR(pg_catalog.=) wa__claim.token FROM wa_claim AS c
						WHERE c.campaign OPERATOR(pg_catalog.=) wa__claim.campaign AND c.recipient = t.recipient) IS TRUE AS taken
			FROM (SELECT x.phone, wa_try_recipient(x.phone) AS recipient, x.place
				FROM pg_catalog.unnest(wa__claim.phones) WITH ORDINALITY AS x (phone, place)) AS t) AS u
		ORDER BY u.place;
	END;
COMMENT ON FUNCTION wa__claim(text[], wa_category, text, text, text, interval, timestamptz, bigint) IS 'Does the work of wa_claim';

CREATE FUNCTION wa_claim(phones text[], category wa_category, campaign text, business text DEFAULT NULL, sender text DEFAULT NULL,
	lease interval DEFAULT '15 minutes')
	RETURNS TABLE (phone text, recipient wa_recipient, wa_id text, reason text)
	LANGUAGE sql VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		SELECT CASE
			WHEN wa_claim.phones IS NULL OR wa_claim.category IS NULL THEN
				wa__refuse('null_value_not_allowed', 'phones and category of a claim must not be null', '', '')
			WHEN COALESCE(pg_catalog.btrim(wa_claim.campaign), '') OPERATOR(pg_catalog.=) '' THEN
				wa__refuse('invalid_parameter_value', 'a claim needs the name of a campaign', 'Nobody is claimed twice for the same campaign.', '')
			WHEN pg_catalog.octet_length(wa_claim.campaign) OPERATOR(pg_catalog.>) 1000 THEN
				wa__refuse('string_data_right_truncation', 'name of a campaign is too long', 'It may have at most 1000 bytes.', '')
			WHEN COALESCE(wa_claim.lease, '0') OPERATOR(pg_catalog.<=) '0'::interval THEN
				wa__refuse('invalid_parameter_value', 'the lease of a claim must be positive', 'The claim ends by itself after it.', '')
			WHEN wa_claim.lease OPERATOR(pg_catalog.>) '100 years'::interval THEN
				wa__refuse('datetime_field_overflow', 'the lease of a claim is too long', 'The claim ends by itself after it.',
					'Give the time within which a worker has sent, or has failed, for example 15 minutes.')
			END;
		SELECT c.phone, c.recipient, c.wa_id, c.reason
		FROM wa__claim(wa_claim.phones, wa_claim.category, wa_claim.campaign, wa_claim.business, wa_claim.sender,
			wa_claim.lease, pg_catalog.clock_timestamp(), pg_catalog.nextval('wa_claim_token'::pg_catalog.regclass)) AS c;
	END;
COMMENT ON FUNCTION wa_claim(text[], wa_category, text, text, text, interval) IS
'Claims phones for a campaign, for a worker that sends: those that may be sent to now and were not claimed or sent to for this campaign under any identifier of the person. Campaigns of several businesses need different names. Returns one row per phone, in the order given. For a claimed phone reason is NULL and wa_id is the address to send to; for others reason is that of wa_first_reason, or sent, or claimed. business and sender as for wa_sendable. A claim ends with wa_sent, with wa_unclaim, or by itself after the lease. Commit at once: a session that claims the same person waits until then. Errors: null_value_not_allowed for NULL phones or category; invalid_parameter_value for a blank campaign or a lease that is not positive; string_data_right_truncation for a campaign of more than 1000 bytes; datetime_field_overflow for a lease of more than 100 years; those of wa_sendable; where a frequency cap applies, feature_not_supported above READ COMMITTED';

CREATE FUNCTION wa_unclaim(phones text[], campaign text) RETURNS bigint
	LANGUAGE sql VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	SET enable_nestloop = off SET jit = off
	BEGIN ATOMIC
		-- Locked in the order of wa_claim, so that the two cannot deadlock. Arrays, since a join would read the whole campaign.
		WITH named AS MATERIALIZED (
			SELECT o.token, o.home::text AS home FROM wa_claim AS o
			WHERE o.campaign OPERATOR(pg_catalog.=) wa_unclaim.campaign AND o.sent_at IS NULL
				AND o.recipient = ANY (ARRAY(SELECT wa_try_recipient(u.phone) FROM pg_catalog.unnest(wa_unclaim.phones) AS u (phone)))),
		locked AS MATERIALIZED (
			SELECT c.recipient FROM wa_claim AS c
			WHERE c.campaign OPERATOR(pg_catalog.=) wa_unclaim.campaign AND c.sent_at IS NULL
				AND c.token OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT n.token FROM named AS n))
				AND (c.token, c.home::text) IN (SELECT n.token, n.home FROM named AS n)
			ORDER BY c.recipient::text COLLATE "C" FOR UPDATE),
		gone AS (
			DELETE FROM wa_claim AS c
			WHERE c.campaign OPERATOR(pg_catalog.=) wa_unclaim.campaign
				AND c.recipient = ANY (ARRAY(SELECT l.recipient FROM locked AS l))
			RETURNING c.token, c.home)
		SELECT pg_catalog.count(DISTINCT (g.token, g.home::text)) FROM gone AS g;
	END;
COMMENT ON FUNCTION wa_unclaim(text[], text) IS
'Releases the claims of these phones for a campaign, so that another worker may claim them; returns the number of people released. People who were sent to are not released';

