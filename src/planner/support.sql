-- What the planner may know of wa_sendable.

CREATE FUNCTION @extschema@.wa__sendable_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C STRICT;
COMMENT ON FUNCTION @extschema@.wa__sendable_support(internal) IS
'Planner support of wa_sendable: how many rows pass, and at what cost. The share of those who pass is found by asking about the values in the statistics of the phone column, so ANALYZE the table that holds the phones';
REVOKE EXECUTE ON FUNCTION @extschema@.wa__sendable_support(internal) FROM PUBLIC;

