-- Do two databases hold the same state?

CREATE FUNCTION wa_digest(seed bigint DEFAULT 0, OUT part text, OUT digest text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 10
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' SET "DateStyle" = 'ISO' SET "IntervalStyle" = 'postgres';
COMMENT ON FUNCTION wa_digest(bigint) IS
'A hash of each part of what is stored: consent, log, cooldown, activity, identity, erased, senders, templates, messages and policy. Two databases with the same seed and the same digests hold the same rows, whatever their order, row numbers and times of recording. Webhooks, problems, claims, purged messages and secrets are no part of it. Another seed makes other digests: who may write webhooks cannot prepare rows that cancel out under one that is not known yet. Reads every row; a second or two for a million people';
REVOKE EXECUTE ON FUNCTION wa_digest(bigint) FROM PUBLIC;

