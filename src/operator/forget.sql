-- Erasing a person.

CREATE FUNCTION wa__without(payload text, identifiers wa_recipient[]) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa__without(text, wa_recipient[]) IS
'A stored payload without the elements that name one of these, in whichever spelling; NULL where none does, '''' where nothing is left';
REVOKE EXECUTE ON FUNCTION wa__without(text, wa_recipient[]) FROM PUBLIC;

CREATE FUNCTION wa_forget(recipient wa_recipient, reason text)
	RETURNS TABLE (part text, rows bigint)
	AS 'MODULE_PATHNAME', 'wa_forget_recipient' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 17
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION wa_forget(recipient text, reason text)
	RETURNS TABLE (part text, rows bigint)
	AS 'MODULE_PATHNAME', 'wa_forget_text' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 17
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION wa_forget(wa_recipient, text) IS
'Erases a person: every row under any of its identifiers, its consent log included, and what names it in stored webhooks and problems; elements about others stay, and stops and cooldowns that protect others are copied to these. Keyed hashes of the identifiers stay in wa_erased, so that no marketing is sent until a later opt-in with evidence: one with a business for this one, one with all for all. Of an identifier that the person had left, only what came before goes. Returns what went from where, and how much was kept for others; a NOTICE names who is linked with the person. The reason, which must not name the person, is kept in wa_erasure. Holds up intake while it deletes, to the end of the transaction; needs READ COMMITTED. Cannot be undone';
COMMENT ON FUNCTION wa_forget(text, text) IS 'The same for any accepted spelling; what is none is an error';
REVOKE EXECUTE ON FUNCTION wa_forget(wa_recipient, text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION wa_forget(text, text) FROM PUBLIC;
