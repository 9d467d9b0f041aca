-- The decision: who may be sent what, why not, and from when on.

CREATE FUNCTION @extschema@.wa_sendable(phone text, category @extschema@.wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS boolean
	AS 'MODULE_PATHNAME', 'wa_sendable_text' LANGUAGE C STABLE PARALLEL SAFE COST 10
	SUPPORT @extschema@.wa_sendable_support;
COMMENT ON FUNCTION @extschema@.wa_sendable(text, @extschema@.wa_category, text, text, timestamptz) IS
'May a message of this category be sent to phone, a phone number or BSUID in any accepted spelling, at that time? False for NULL and for what is no recipient. business NULL: all businesses taken together; a given one sees its own rows and those of ''''. sender narrows service windows. A NULL category or time is an error. wa_explain says why not';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_sendable(text, @extschema@.wa_category, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION @extschema@.wa_next_sendable(phone text, category @extschema@.wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'wa_next_sendable_text' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.wa_next_sendable(text, @extschema@.wa_category, text, text, timestamptz) IS
'The earliest time from at on at which wa_sendable would be true if nothing more happened; infinity where only the person or an operator can change it. Arguments as for wa_sendable';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_next_sendable(text, @extschema@.wa_category, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION @extschema@.wa_explain(phone text, category @extschema@.wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now(),
	OUT rule integer, OUT reason text, OUT business text, OUT code integer,
	OUT since timestamptz, OUT until timestamptz, OUT origin text, OUT detail text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'wa_explain_text' LANGUAGE C STABLE PARALLEL SAFE COST 100 ROWS 2;
COMMENT ON FUNCTION @extschema@.wa_explain(text, @extschema@.wa_category, text, text, timestamptz) IS
'Why wa_sendable is false: one row per objection, by rule; no row exactly where it is true. until is infinity where the objection has no end of its own. Arguments as for wa_sendable';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_explain(text, @extschema@.wa_category, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION @extschema@.wa_sendable(phone @extschema@.wa_recipient, category @extschema@.wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS boolean
	AS 'MODULE_PATHNAME', 'wa_sendable_recipient' LANGUAGE C STABLE PARALLEL SAFE COST 10
	SUPPORT @extschema@.wa_sendable_support;
COMMENT ON FUNCTION @extschema@.wa_sendable(@extschema@.wa_recipient, @extschema@.wa_category, text, text, timestamptz) IS
'May a message of this category be sent to phone, a wa_recipient, at that time? False for NULL and for what is no recipient. business NULL: all businesses taken together; a given one sees its own rows and those of ''''. sender narrows service windows. A NULL category or time is an error. wa_explain says why not';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_sendable(@extschema@.wa_recipient, @extschema@.wa_category, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION @extschema@.wa_next_sendable(phone @extschema@.wa_recipient, category @extschema@.wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'wa_next_sendable_recipient' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.wa_next_sendable(@extschema@.wa_recipient, @extschema@.wa_category, text, text, timestamptz) IS
'The earliest time from at on at which wa_sendable would be true if nothing more happened; infinity where only the person or an operator can change it. Arguments as for wa_sendable';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_next_sendable(@extschema@.wa_recipient, @extschema@.wa_category, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION @extschema@.wa_explain(phone @extschema@.wa_recipient, category @extschema@.wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now(),
	OUT rule integer, OUT reason text, OUT business text, OUT code integer,
	OUT since timestamptz, OUT until timestamptz, OUT origin text, OUT detail text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'wa_explain_recipient' LANGUAGE C STABLE PARALLEL SAFE COST 100 ROWS 2;
COMMENT ON FUNCTION @extschema@.wa_explain(@extschema@.wa_recipient, @extschema@.wa_category, text, text, timestamptz) IS
'Why wa_sendable is false: one row per objection, by rule; no row exactly where it is true. until is infinity where the objection has no end of its own. Arguments as for wa_sendable';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_explain(@extschema@.wa_recipient, @extschema@.wa_category, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION @extschema@.wa_suppressed(category @extschema@.wa_category, business text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS TABLE (recipient @extschema@.wa_recipient, reason text, code integer,
		since timestamptz, until timestamptz)
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 100000 ROWS 10000;
COMMENT ON FUNCTION @extschema@.wa_suppressed(@extschema@.wa_category, text, timestamptz) IS
'All recipients of the state tables for whom wa_sendable is false, each with its first objection; for exports and anti-joins. Recipients of whom nothing is known are not listed, even where a rule (region, window) would object';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_suppressed(@extschema@.wa_category, text, timestamptz) FROM PUBLIC;

-- Parallel unsafe: the query may do whatever the caller may, and may itself be
-- run by several processes.
CREATE FUNCTION @extschema@.wa_segment_summary(query text, category @extschema@.wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS TABLE (outcome text, phones bigint)
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL UNSAFE COST 100000 ROWS 4;
COMMENT ON FUNCTION @extschema@.wa_segment_summary(text, @extschema@.wa_category, text, text, timestamptz) IS
'How many of the phones that a query yields can be sent to, and how many are left out by which rule: the rows total, sendable, and one for each reason by which anybody is left out, in the order of the rules. Each phone counts under its first objection, so that the rows below total add up to it; one that the query yields twice counts twice, NULL and what is no recipient under invalid_recipient. query is one SELECT of one column, text or wa_recipient; it runs with the rights and the search_path of the caller, sees what the caller''s statement sees, and may only read. Never put strangers'' text into it. Other arguments as for wa_sendable';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_segment_summary(text, @extschema@.wa_category, text, text, timestamptz) FROM PUBLIC;
