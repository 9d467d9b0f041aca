-- The decision: who may be sent what, why not, and from when on.

CREATE FUNCTION wa_sendable(phone text, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS boolean
	AS 'MODULE_PATHNAME', 'wa_sendable_text' LANGUAGE C STABLE PARALLEL SAFE COST 10
	SUPPORT wa__sendable_support;
COMMENT ON FUNCTION wa_sendable(text, wa_category, text, text, timestamptz) IS
'May a message of this category be sent to phone, a phone number or BSUID in any accepted spelling, at that time? False for NULL and for what is no recipient. business: a given one sees its own rows and those of ''''; NULL asks about all, so that a stop or cooldown of any business objects, while one open window, opt-in or sender that is not held is enough. sender narrows windows, holds and the exemption of caps; NULL: any. Errors: undefined_object for a business or sender that is not in wa_sender; object_not_in_prerequisite_state in a database in which nothing has ever arrived or a subscription is not complete; null_value_not_allowed for a NULL category or time. wa_explain says why not';
REVOKE EXECUTE ON FUNCTION wa_sendable(text, wa_category, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION wa_first_reason(phone text, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS text
	AS 'MODULE_PATHNAME', 'wa_first_reason_text' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION wa_first_reason(text, wa_category, text, text, timestamptz) IS
'The reason of the first objection of wa_explain; NULL where wa_sendable is true. As fast as wa_sendable, so that it may be grouped by. Arguments as for wa_sendable';
REVOKE EXECUTE ON FUNCTION wa_first_reason(text, wa_category, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION wa_next_sendable(phone text, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'wa_next_sendable_text' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION wa_next_sendable(text, wa_category, text, text, timestamptz) IS
'The earliest time from at on at which wa_sendable would be true if nothing more happened; NULL where only the person or an operator can change it. Arguments as for wa_sendable';
REVOKE EXECUTE ON FUNCTION wa_next_sendable(text, wa_category, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION wa_explain(phone text, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now(),
	OUT rule integer, OUT reason text, OUT business text, OUT code integer,
	OUT since timestamptz, OUT until timestamptz, OUT origin text, OUT detail text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'wa_explain_text' LANGUAGE C STABLE PARALLEL SAFE COST 100 ROWS 2;
COMMENT ON FUNCTION wa_explain(text, wa_category, text, text, timestamptz) IS
'Why wa_sendable is false: one row per objection, by rule; no row exactly where it is true. until is NULL where the objection has no end of its own. Arguments as for wa_sendable';
REVOKE EXECUTE ON FUNCTION wa_explain(text, wa_category, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION wa_sendable(phone wa_recipient, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS boolean
	AS 'MODULE_PATHNAME', 'wa_sendable_recipient' LANGUAGE C STABLE PARALLEL SAFE COST 10
	SUPPORT wa__sendable_support;
COMMENT ON FUNCTION wa_sendable(wa_recipient, wa_category, text, text, timestamptz) IS
'May a message of this category be sent to phone, a wa_recipient, at that time? False for NULL. business: a given one sees its own rows and those of ''''; NULL asks about all, so that a stop or cooldown of any business objects, while one open window, opt-in or sender that is not held is enough. sender narrows windows, holds and the exemption of caps; NULL: any. Errors: undefined_object for a business or sender that is not in wa_sender; object_not_in_prerequisite_state in a database in which nothing has ever arrived or a subscription is not complete; null_value_not_allowed for a NULL category or time. wa_explain says why not';
REVOKE EXECUTE ON FUNCTION wa_sendable(wa_recipient, wa_category, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION wa_first_reason(phone wa_recipient, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS text
	AS 'MODULE_PATHNAME', 'wa_first_reason_recipient' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION wa_first_reason(wa_recipient, wa_category, text, text, timestamptz) IS
'The reason of the first objection of wa_explain; NULL where wa_sendable is true. As fast as wa_sendable, so that it may be grouped by. Arguments as for wa_sendable';
REVOKE EXECUTE ON FUNCTION wa_first_reason(wa_recipient, wa_category, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION wa_next_sendable(phone wa_recipient, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'wa_next_sendable_recipient' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION wa_next_sendable(wa_recipient, wa_category, text, text, timestamptz) IS
'The earliest time from at on at which wa_sendable would be true if nothing more happened; NULL where only the person or an operator can change it. Arguments as for wa_sendable';
REVOKE EXECUTE ON FUNCTION wa_next_sendable(wa_recipient, wa_category, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION wa_explain(phone wa_recipient, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now(),
	OUT rule integer, OUT reason text, OUT business text, OUT code integer,
	OUT since timestamptz, OUT until timestamptz, OUT origin text, OUT detail text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'wa_explain_recipient' LANGUAGE C STABLE PARALLEL SAFE COST 100 ROWS 2;
COMMENT ON FUNCTION wa_explain(wa_recipient, wa_category, text, text, timestamptz) IS
'Why wa_sendable is false: one row per objection, by rule; no row exactly where it is true. until is NULL where the objection has no end of its own. Arguments as for wa_sendable';
REVOKE EXECUTE ON FUNCTION wa_explain(wa_recipient, wa_category, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION wa_suppressed(category wa_category, business text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS TABLE (recipient wa_recipient, wa_id text, reason text, code integer,
		since timestamptz, until timestamptz)
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 100000 ROWS 10000;
COMMENT ON FUNCTION wa_suppressed(wa_category, text, timestamptz) IS
'All recipients of the state tables for which wa_sendable is false, each with the raw wa_id last seen and its first objection; for exports and anti-joins. until is NULL where the objection has no end of its own. Recipients of which nothing is known are not listed, even where a rule (region, window) would object, nor are those that were erased and have no rows. Arguments as for wa_sendable';
REVOKE EXECUTE ON FUNCTION wa_suppressed(wa_category, text, timestamptz) FROM PUBLIC;

-- Parallel unsafe: the query may do whatever the caller may, and may itself be
-- run by several processes.
CREATE FUNCTION wa_segment_summary(query text, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS TABLE (outcome text, phones bigint)
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL UNSAFE COST 100000 ROWS 4;
COMMENT ON FUNCTION wa_segment_summary(text, wa_category, text, text, timestamptz) IS
'How many of the phones that a query yields can be sent to, and how many are left out by which rule: the rows total, sendable, and one for each reason by which anybody is left out, in the order of the rules. Each phone counts under its first objection, so that the rows below total add up to it; one that the query yields twice counts twice, NULL and what is no recipient under invalid_recipient. query is one SELECT of one column, text or wa_recipient; it runs with the rights and the search_path of the caller, sees what the caller''s statement sees, and may only read. Never put strangers'' text into it. Other arguments as for wa_sendable';
REVOKE EXECUTE ON FUNCTION wa_segment_summary(text, wa_category, text, text, timestamptz) FROM PUBLIC;
