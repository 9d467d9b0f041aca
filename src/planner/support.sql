-- Planner support of wa_sendable.

CREATE FUNCTION wa__sendable_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa__sendable_support(internal) IS
'Planner support of wa_sendable: estimates rows and cost. The selectivity is found by deciding about the values in the statistics of the phone column, so run ANALYZE on the table with the phones';
REVOKE EXECUTE ON FUNCTION wa__sendable_support(internal) FROM PUBLIC;

