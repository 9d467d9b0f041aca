-- Erasing a person.

CREATE FUNCTION wa__without(payload text, identifiers wa_recipient[]) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa__without(text, wa_recipient[]) IS
'Returns a stored payload without the elements that name one of these recipients in any spelling; NULL where no element does, '''' where nothing is left';
REVOKE EXECUTE ON FUNCTION wa__without(text, wa_recipient[]) FROM PUBLIC;

CREATE FUNCTION wa_forget(recipient wa_recipient, reason text)
	RETURNS TABLE (part text, rows bigint)
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 17
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION wa_forget(recipient text, reason text)
	RETURNS TABLE (part text, rows bigint)
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 17
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION wa_forget(wa_recipient, text) IS
'Erases a person: every row under any identifier of the person, the consent log included, and every element that names one in stored webhooks and problems. Elements about others stay; stops and cooldowns that protect others are copied to those. Keyed hashes of the identifiers stay in wa_erased, so that no marketing is sent until a later opt-in with evidence, for the business or businesses that the opt-in is for; and nothing, but answers within a window, to who had stopped everything, until a later opt-in to everything. Of an identifier that the person had left, only rows from before that are deleted. Returns how many rows were deleted from which table, and how many were kept for others; a NOTICE names other recipients that are linked with the person and another one says so where nothing was recorded. The reason is stored in wa_erasure. Blocks intake from the first deletion to the end of the transaction. Cannot be undone. Errors: invalid_parameter_value for a reason that is blank or names the person; program_limit_exceeded where somebody who is refused because of too_many_identifiers is linked with the person (wa_unlink); feature_not_supported above READ COMMITTED; object_not_in_prerequisite_state while a subscription copies the state into this database';
COMMENT ON FUNCTION wa_forget(text, text) IS 'Erases a person, given in any accepted spelling; see wa_forget(wa_recipient, text). Error: invalid_text_representation for text that is no recipient';
