-- The decision: who may be sent what, why not, and from when on.

CREATE FUNCTION wa_sendable(phone text, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 10
	SUPPORT wa__sendable_support;
COMMENT ON FUNCTION wa_sendable(text, wa_category, text, text, timestamptz) IS
'Returns whether a message of this category may be sent to phone, a phone number or BSUID in any accepted spelling, at a time. False for NULL and for text that is no recipient. business: for a given one, its own rows and those of '''' count. NULL asks about all businesses: a stop or cooldown of any one objects, while one open window, or one sender that is not held, is enough. sender limits windows, holds and the exemption of caps to one phone number id; NULL: any. Errors: undefined_object for a business or sender that is not in wa_sender, or is '''', or a sender of another business; object_not_in_prerequisite_state where nothing has ever arrived in this database, or a subscription is not complete; null_value_not_allowed for a NULL category or time. wa_explain tells why it is false';

CREATE FUNCTION wa_first_reason(phone text, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION wa_first_reason(text, wa_category, text, text, timestamptz) IS
'Returns the reason of the first rule that objects to sending; NULL where wa_sendable is true. As fast as wa_sendable, so that a query may group by it. Arguments and errors as for wa_sendable';

CREATE FUNCTION wa_next_sendable(phone text, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS timestamptz
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION wa_next_sendable(text, wa_category, text, text, timestamptz) IS
'Returns the earliest time, not before at, at which wa_sendable will be true if no further event arrives; NULL where only the person or an operator can change it. Arguments and errors as for wa_sendable; datetime_field_overflow for an at that is no moment (no date and time)';

CREATE FUNCTION wa_explain(phone text, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now(),
	OUT rule integer, OUT reason text, OUT business text, OUT code integer,
	OUT since timestamptz, OUT until timestamptz, OUT origin text, OUT detail text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 100 ROWS 2;
COMMENT ON FUNCTION wa_explain(text, wa_category, text, text, timestamptz) IS
'Returns why wa_sendable is false: one row per objection, in the order of the rules; no row where it is true. until is NULL where the objection does not end by itself. Arguments and errors as for wa_sendable';

CREATE FUNCTION wa_sendable(phone wa_recipient, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 10
	SUPPORT wa__sendable_support;
COMMENT ON FUNCTION wa_sendable(wa_recipient, wa_category, text, text, timestamptz) IS
'Returns whether a message of this category may be sent to phone, a wa_recipient, at a time. False for NULL. business: for a given one, its own rows and those of '''' count. NULL asks about all businesses: a stop or cooldown of any one objects, while one open window, or one sender that is not held, is enough. sender limits windows, holds and the exemption of caps to one phone number id; NULL: any. Errors: undefined_object for a business or sender that is not in wa_sender, or is '''', or a sender of another business; object_not_in_prerequisite_state where nothing has ever arrived in this database, or a subscription is not complete; null_value_not_allowed for a NULL category or time. wa_explain tells why it is false';

CREATE FUNCTION wa_first_reason(phone wa_recipient, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION wa_first_reason(wa_recipient, wa_category, text, text, timestamptz) IS
'Returns the reason of the first rule that objects to sending; NULL where wa_sendable is true. As fast as wa_sendable, so that a query may group by it. Arguments and errors as for wa_sendable';

CREATE FUNCTION wa_next_sendable(phone wa_recipient, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS timestamptz
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION wa_next_sendable(wa_recipient, wa_category, text, text, timestamptz) IS
'Returns the earliest time, not before at, at which wa_sendable will be true if no further event arrives; NULL where only the person or an operator can change it. Arguments and errors as for wa_sendable; datetime_field_overflow for an at that is no moment (no date and time)';

CREATE FUNCTION wa_explain(phone wa_recipient, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now(),
	OUT rule integer, OUT reason text, OUT business text, OUT code integer,
	OUT since timestamptz, OUT until timestamptz, OUT origin text, OUT detail text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 100 ROWS 2;
COMMENT ON FUNCTION wa_explain(wa_recipient, wa_category, text, text, timestamptz) IS
'Returns why wa_sendable is false: one row per objection, in the order of the rules; no row where it is true. until is NULL where the objection does not end by itself. Arguments and errors as for wa_sendable';

CREATE FUNCTION wa__window_end(recipient wa_recipient) RETURNS timestamptz
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION wa__window_end(wa_recipient) IS
'Returns when the last customer service window closes in which a free-form message could be sent to the recipient, by some sender; NULL where that is not after now()';

CREATE FUNCTION wa_suppressed(category wa_category, business text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS TABLE (recipient wa_recipient, wa_id text, reason text, code integer,
		since timestamptz, until timestamptz)
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 100000 ROWS 10000;
COMMENT ON FUNCTION wa_suppressed(wa_category, text, timestamptz) IS
'Returns all recipients in the state tables for which wa_sendable is false, with the raw wa_id last seen and the first objection. For exports and anti-joins. until is NULL where the objection does not end by itself. Recipients without rows are not listed, even where a rule (region, window, erased) objects. Arguments and errors as for wa_sendable';

-- Parallel unsafe: the query may call any function that the caller may, and may itself
-- run in parallel.
CREATE FUNCTION wa_segment_summary(query text, category wa_category, business text DEFAULT NULL, sender text DEFAULT NULL,
	at timestamptz DEFAULT pg_catalog.now())
	RETURNS TABLE (outcome text, phones bigint)
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL UNSAFE COST 100000 ROWS 4;
COMMENT ON FUNCTION wa_segment_summary(text, wa_category, text, text, timestamptz) IS
'Returns how many of the phones in a query result may be sent to, and how many are left out for which reason. The rows are total, sendable, and one for each reason that occurs, in the order of the rules. Each phone counts under its first objection, so that the rows below total add up to it. A phone that comes twice counts twice; NULL and text that is no recipient count under invalid_recipient. query is one SELECT of one column of type text or wa_recipient. It runs with the rights and the search_path of the caller, sees what the caller''s statement sees, and may only read. Do not build it from untrusted input. Errors: datatype_mismatch for other columns; other arguments and errors as for wa_sendable';
