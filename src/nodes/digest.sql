-- Do two databases hold the same state?

CREATE FUNCTION wa_digest(seed bigint DEFAULT 0, OUT part text, OUT digest text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 10
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' SET "DateStyle" = 'ISO' SET "IntervalStyle" = 'postgres';
COMMENT ON FUNCTION wa_digest(bigint) IS
'Returns a hash of each part of the stored state: consent, log, cooldown, activity, identity, erased, senders, templates, messages and policy. Two databases with equal digests for the same seed hold the same rows; the order of rows, row numbers and times of recording do not matter. Webhooks, problems, claims, purged messages and secrets are not included. With an unpredictable seed, somebody who may write webhooks cannot prepare rows whose hashes cancel out. Reads every row; a second or two for a million people';

