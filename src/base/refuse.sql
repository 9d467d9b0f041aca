-- Errors that SQL functions raise.

CREATE FUNCTION wa__refuse(code text, message text, detail text, hint text) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL SAFE;
COMMENT ON FUNCTION wa__refuse(text, text, text, text) IS
'Raises an error from within an SQL function. code is the name of an error condition; an empty detail or hint is left out';

