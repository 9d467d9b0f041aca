-- Message templates, as far as webhooks tell of them.

CREATE TABLE wa_template (
	business text COLLATE "C" NOT NULL,
	name text COLLATE "C" NOT NULL,
	language text COLLATE "C" NOT NULL DEFAULT '',
	status text COLLATE "C",
	-- As events/template.c says it, whoever wrote the row.
	blocked boolean NOT NULL GENERATED ALWAYS AS (status IS NOT NULL
		AND pg_catalog.upper(status) OPERATOR(pg_catalog.<>) ALL ('{APPROVED,REINSTATED,FLAGGED,UNARCHIVED}')) STORED,
	paused_until timestamptz,
	category text COLLATE "C",
	next_category text COLLATE "C",
	next_category_at timestamptz,
	quality text COLLATE "C",
	status_at timestamptz,
	category_at timestamptz,
	quality_at timestamptz,
	CONSTRAINT wa_template_pkey PRIMARY KEY (business, name, language)
);
SELECT pg_catalog.pg_extension_config_dump('wa_template', '');
COMMENT ON TABLE wa_template IS
'Message templates that webhooks told of: their status, category and quality, each the latest. A DBA may add those that were approved before the first webhook came';
COMMENT ON COLUMN wa_template.business IS 'WhatsApp Business Account id';
COMMENT ON COLUMN wa_template.name IS 'Name of the template';
COMMENT ON COLUMN wa_template.language IS 'Language, as WhatsApp writes it: pt_BR; '''' where none was named';
COMMENT ON COLUMN wa_template.status IS 'Latest event of message_template_status_update, such as APPROVED or PAUSED, in whichever case; NULL where none was told';
COMMENT ON COLUMN wa_template.blocked IS 'Can it not be sent with that status? False for APPROVED, REINSTATED, FLAGGED and UNARCHIVED, and where none was told; true for all others, known or not. Computed from status';
COMMENT ON COLUMN wa_template.paused_until IS 'When the pause ends by itself: 3 hours after the first, 6 after the second; when it ended, if WhatsApp said so; NULL where it does not or there is none';
COMMENT ON COLUMN wa_template.category IS 'Latest category that was told, by a change of category or with a status; NULL where none was';
COMMENT ON COLUMN wa_template.next_category IS 'Category that WhatsApp announced, the one that is furthest ahead; NULL where it announced none';
COMMENT ON COLUMN wa_template.next_category_at IS 'From when on it has that, unless category_at is later; NULL where none was announced';
COMMENT ON COLUMN wa_template.quality IS 'Latest quality: GREEN, YELLOW, RED or UNKNOWN; NULL where none was told';
COMMENT ON COLUMN wa_template.status_at IS 'When the status was told; NULL where it was not';
COMMENT ON COLUMN wa_template.category_at IS 'When the category was told; NULL where it was not';
COMMENT ON COLUMN wa_template.quality_at IS 'When the quality was told; NULL where it was not';

-- WhatsApp writes pt_BR, but who asks or adds a row may write pt-BR.  Where there are rows of both
-- spellings each of them counts, and the stricter one holds.
CREATE FUNCTION wa__templates(name text, language text, business text) RETURNS SETOF wa_template
	LANGUAGE sql STABLE PARALLEL UNSAFE ROWS 1
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		SELECT t.* FROM wa_template AS t
		WHERE t.business = wa__templates.business AND t.name = wa__templates.name
			AND translate(t.language, '-', '_') = translate(wa__templates.language, '-', '_');
	END;
COMMENT ON FUNCTION wa__templates(text, text, text) IS
'The rows of wa_template for this template, in whichever spelling of its language: with "-" or with "_"';
REVOKE EXECUTE ON FUNCTION wa__templates(text, text, text) FROM PUBLIC;

CREATE FUNCTION wa__require_template(name text, language text, business text, at timestamptz) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		SELECT CASE
			WHEN name IS NULL OR language IS NULL OR business IS NULL OR at IS NULL THEN
				wa__refuse('null_value_not_allowed', 'name, language and business of a template, and at, must not be null', '', '')
			WHEN EXISTS (SELECT FROM wa__templates(name, language, business)) THEN true
			ELSE wa__refuse('undefined_object', format('template "%s" in language "%s" of business "%s" was never heard of', left(name, 255), left(language, 255), left(business, 255)),
				'No webhook told of it, so nothing would object to it.', 'If it was approved before the first webhook came, add it to wa_template.')
			END;
	END;
COMMENT ON FUNCTION wa__require_template(text, text, text, timestamptz) IS 'An error (undefined_object) unless the template is in wa_template; null_value_not_allowed for a NULL';
REVOKE EXECUTE ON FUNCTION wa__require_template(text, text, text, timestamptz) FROM PUBLIC;

-- A failed message does not name its template; wa_sent did, before or after.  In which language is not known, so it speaks
-- of all of them.  What the latest status explains is no news: within a pause that was told, 132015 says nothing of its end.
-- Without one, the pause is taken for the longer of the two.
CREATE FUNCTION wa__template_refused(template wa_template, at timestamptz) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		SELECT EXISTS (
			SELECT FROM wa_message AS f
			WHERE f.template = (wa__template_refused.template).name
				AND f.business IN ('', (wa__template_refused.template).business)
				AND f.code IN (132015, 132016)
				AND f.failed_at <= wa__template_refused.at
				AND ((wa__template_refused.template).status_at IS NULL
					OR f.failed_at > (wa__template_refused.template).status_at)
				AND (f.code = 132016
					OR (f.failed_at > wa__template_refused.at - interval '6 hours'
						AND NOT coalesce((wa__template_refused.template).blocked
							AND f.failed_at < (wa__template_refused.template).paused_until, false))));
	END;
COMMENT ON FUNCTION wa__template_refused(wa_template, timestamptz) IS
'Did a message with that template fail with 132015 (paused) or 132016 (disabled), after its latest status, so that it cannot be sent then?';
REVOKE EXECUTE ON FUNCTION wa__template_refused(wa_template, timestamptz) FROM PUBLIC;

CREATE FUNCTION wa_template_sendable(name text, language text, business text, at timestamptz DEFAULT pg_catalog.now()) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		SELECT CASE WHEN wa__require_template(name, language, business, wa_template_sendable.at) THEN
			(SELECT bool_and((NOT t.blocked OR coalesce(t.paused_until <= wa_template_sendable.at, false))
					AND NOT wa__template_refused(t, wa_template_sendable.at))
				FROM wa__templates(name, language, business) AS t) END;
	END;
COMMENT ON FUNCTION wa_template_sendable(text, text, text, timestamptz) IS
'May this template be sent then? Not while it is paused, and not with a status other than APPROVED, REINSTATED, FLAGGED or UNARCHIVED. Pauses for bad quality end by themselves. A message that failed with 132015 (paused) or 132016 (disabled) after the latest status counts as well, for all languages of the template that wa_sent named for it: for six hours, or until a later status; as long as wa_message has the message. language as WhatsApp writes it, pt_BR, or pt-BR. Errors: undefined_object for a template that is not in wa_template; null_value_not_allowed';
REVOKE EXECUTE ON FUNCTION wa_template_sendable(text, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION wa_template_category(name text, language text, business text, at timestamptz DEFAULT pg_catalog.now()) RETURNS text
	LANGUAGE sql STABLE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		-- What was announced holds from its day on, until a category is told later than that.
		SELECT CASE WHEN wa__require_template(name, language, business, wa_template_category.at) THEN
			(SELECT c.category
				FROM wa__templates(name, language, business) AS t,
					LATERAL (SELECT lower(CASE WHEN t.next_category_at <= wa_template_category.at
						AND coalesce(t.category_at <= t.next_category_at, true) THEN t.next_category ELSE t.category END)) AS c (category)
				ORDER BY c.category = 'marketing' DESC NULLS LAST, c.category IS NULL, t.category_at DESC NULLS LAST, c.category
				LIMIT 1) END;
	END;
COMMENT ON FUNCTION wa_template_category(text, text, text, timestamptz) IS
'The category that the template has then, an announced change included, in lower case as wa_sendable asks for it: a utility template that WhatsApp switched to marketing needs a recipient who may be sent marketing. language as WhatsApp writes it, pt_BR, or pt-BR. NULL where none was told. Errors: undefined_object for a template that is not in wa_template; null_value_not_allowed';
REVOKE EXECUTE ON FUNCTION wa_template_category(text, text, text, timestamptz) FROM PUBLIC;
