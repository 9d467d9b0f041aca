-- Message templates known from webhooks.

CREATE TABLE wa_template (
	business text COLLATE "C" NOT NULL,
	name text COLLATE "C" NOT NULL,
	language text COLLATE "C" NOT NULL DEFAULT '',
	status text COLLATE "C",
	-- The rule of events/template.c, for rows of a DBA as well.
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
	CONSTRAINT wa_template_pkey PRIMARY KEY (business, name, language),
	CONSTRAINT wa_template_finite CHECK (pg_catalog.isfinite(paused_until) AND pg_catalog.isfinite(next_category_at)
		AND pg_catalog.isfinite(status_at) AND pg_catalog.isfinite(category_at) AND pg_catalog.isfinite(quality_at))
);
SELECT pg_catalog.pg_extension_config_dump('wa_template', '');
COMMENT ON TABLE wa_template IS
'Message templates known from webhooks, with their latest status, category and quality. A DBA may add templates that were approved before the first webhook came';
COMMENT ON COLUMN wa_template.business IS 'WhatsApp Business Account id; '''' where a webhook named none: it counts for every business';
COMMENT ON COLUMN wa_template.name IS 'Name of the template';
COMMENT ON COLUMN wa_template.language IS 'Language as WhatsApp writes it, such as pt_BR; '''' where none was named: it counts for every language';
COMMENT ON COLUMN wa_template.status IS 'Latest event of message_template_status_update, such as APPROVED or PAUSED, in upper or lower case; NULL where none came';
COMMENT ON COLUMN wa_template.blocked IS 'True: it cannot be sent with that status. False for APPROVED, REINSTATED, FLAGGED, UNARCHIVED and NULL; true for every other status, known or not. Computed from status';
COMMENT ON COLUMN wa_template.paused_until IS 'When the pause ends by itself: a first pause after 3 hours, a second after 6; if WhatsApp ended it, the time of that. NULL where it does not end by itself or there is none';
COMMENT ON COLUMN wa_template.category IS 'Latest category, from a change of category or a status; NULL where unknown';
COMMENT ON COLUMN wa_template.next_category IS 'Category that WhatsApp announced, the one for the latest date; NULL where it announced none';
COMMENT ON COLUMN wa_template.next_category_at IS 'Time from which it has next_category, unless category_at is later; NULL where none was announced';
COMMENT ON COLUMN wa_template.quality IS 'Latest quality: GREEN, YELLOW, RED or UNKNOWN; NULL where none came';
COMMENT ON COLUMN wa_template.status_at IS 'Time of the status; NULL where none came';
COMMENT ON COLUMN wa_template.category_at IS 'Time of the category; NULL where none came';
COMMENT ON COLUMN wa_template.quality_at IS 'Time of the quality; NULL where none came';

-- WhatsApp writes pt_BR, but a question or a DBA's row may have pt-BR.  A row of an unknown business speaks for
-- every business, and one of an unknown language for every language.  Where there are several rows, all count, and the strictest one wins.
CREATE FUNCTION wa__templates(name text, language text, business text) RETURNS SETOF wa_template
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		SELECT t.* FROM wa_template AS t
		WHERE t.business IN ('', wa__templates.business) AND t.name = wa__templates.name
			AND translate(t.language, '-', '_') IN ('', translate(wa__templates.language, '-', '_'));
	END;
COMMENT ON FUNCTION wa__templates(text, text, text) IS
'Returns the rows of wa_template for this template, of this business and of '''', in this language, written with "-" or with "_", and in ''''';

CREATE FUNCTION wa__require_template(name text, language text, business text, at timestamptz) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		SELECT CASE
			WHEN name IS NULL OR language IS NULL OR business IS NULL OR at IS NULL THEN
				wa__refuse('null_value_not_allowed', 'name, language and business of a template, and at, must not be null', '', '')
			WHEN EXISTS (SELECT FROM wa__templates(name, language, business) AS t
				WHERE t.language <> '' OR wa__require_template.language = '') THEN true
			ELSE wa__refuse('undefined_object', format('template "%s" in language "%s" of business "%s" was never heard of', left(name, 255), left(language, 255), left(business, 255)),
				'No row of wa_template has it in that language, so there is none that could object.', 'If it was approved before the first webhook came, add it to wa_template, with its language.')
			END;
	END;
COMMENT ON FUNCTION wa__require_template(text, text, text, timestamptz) IS 'Raises undefined_object unless the template is in wa_template, and null_value_not_allowed for a NULL argument; else returns true';

-- A failed message does not name its template, but wa_sent may have.  The language is unknown, so the failure counts for all
-- languages.  A failure before the status is ignored; a status of no language or business may be of another one, so where there
-- is one of this language and this business, that one tells.  During a known pause, 132015 does not tell when it ends.
-- Without a known pause, the longer one of 6 hours is assumed.  A provider's own number counts as the code that it is the same as.
CREATE FUNCTION wa__template_refused(name text, language text, business text, at timestamptz) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		WITH known AS MATERIALIZED (SELECT * FROM wa__templates(name, language, business))
		SELECT EXISTS (
			SELECT FROM wa_message AS f LEFT JOIN wa_error_override AS o ON o.code = f.code,
				LATERAL (SELECT coalesce(o.same_as, f.code)) AS c (code)
			WHERE f.template = wa__template_refused.name
				AND f.business IN ('', wa__template_refused.business)
				AND c.code IN (132015, 132016)
				AND f.failed_at <= wa__template_refused.at
				AND (c.code = 132016 OR f.failed_at > wa__template_refused.at - interval '6 hours')
				AND f.failed_at >= coalesce((SELECT t.status_at FROM known AS t WHERE t.status_at IS NOT NULL
					ORDER BY t.language <> '' DESC, t.business <> '' DESC, t.status_at DESC LIMIT 1), 'epoch')
				AND NOT EXISTS (SELECT FROM known AS t WHERE c.code = 132015 AND t.blocked AND f.failed_at < t.paused_until));
	END;
COMMENT ON FUNCTION wa__template_refused(text, text, text, timestamptz) IS
'Returns true if a message of that business with that template failed with 132015 (paused) or 132016 (disabled) and not before the latest status, so that it cannot be sent at that time';

CREATE FUNCTION wa_template_sendable(name text, language text, business text, at timestamptz DEFAULT pg_catalog.now()) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		SELECT CASE WHEN wa__require_template(name, language, business, wa_template_sendable.at) THEN
			(SELECT bool_and(NOT t.blocked OR coalesce(t.paused_until <= wa_template_sendable.at, false))
				FROM wa__templates(name, language, business) AS t)
			AND NOT wa__template_refused(name, language, business, wa_template_sendable.at) END;
	END;
COMMENT ON FUNCTION wa_template_sendable(text, text, text, timestamptz) IS
'Returns whether a message template may be sent at a time. It may not while it is paused, or with a status other than APPROVED, REINSTATED, FLAGGED or UNARCHIVED. Pauses for bad quality end by themselves. A message that failed with 132016 (disabled) blocks the template, in all its languages, until a later status comes; one with 132015 (paused) does so for six hours at most. This works for messages in wa_message whose template wa_sent named, until wa_purge deletes them. language: pt_BR, as WhatsApp writes it, or pt-BR. Errors: undefined_object for a template that is not in wa_template; null_value_not_allowed for a NULL argument';

CREATE FUNCTION wa_template_category(name text, language text, business text, at timestamptz DEFAULT pg_catalog.now()) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		-- An announced category counts from its date on, until a later category comes.
		SELECT CASE WHEN wa__require_template(name, language, business, wa_template_category.at) THEN
			(SELECT c.category
				FROM wa__templates(name, language, business) AS t,
					LATERAL (SELECT lower(CASE WHEN t.next_category_at <= wa_template_category.at
						AND coalesce(t.category_at <= t.next_category_at, true) THEN t.next_category ELSE t.category END)) AS c (category)
				ORDER BY c.category = 'marketing' DESC NULLS LAST, c.category IS NULL, t.category_at DESC NULLS LAST, c.category
				LIMIT 1) END;
	END;
COMMENT ON FUNCTION wa_template_category(text, text, text, timestamptz) IS
'Returns the category that a message template has at a time, announced changes included, in lower case as wa_sendable takes it. Ask it before sending: a utility template that WhatsApp changed to marketing may only go to recipients who may be sent marketing. language: pt_BR, as WhatsApp writes it, or pt-BR. NULL where the category is unknown. Errors: undefined_object for a template that is not in wa_template; null_value_not_allowed for a NULL argument';
