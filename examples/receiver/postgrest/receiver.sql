-- WhatsApp webhooks through PostgREST 12 or later:
--
--     psql -v schema=wa -v anon=web_anon -f receiver.sql
--     psql -c "INSERT INTO wa_http.verify_token VALUES ('the token that you give to Meta')"
--
-- schema is that of the extension, anon the role of db-anon-role, which must be
-- there.  Add wa_http to db-schemas; README.md has the proxy that belongs to it.

\set ON_ERROR_STOP on
BEGIN;
-- @wa@ stands for the schema of the extension until the end of this file.
SET LOCAL check_function_bodies = off;

CREATE SCHEMA wa_http;
COMMENT ON SCHEMA wa_http IS 'What PostgREST serves to Meta';

-- The functions run with the rights of this role, so that the anonymous role
-- needs none on the extension.  It belongs to the cluster, where another database
-- may have made it.
SELECT 'CREATE ROLE wa_http_owner NOLOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wa_http_owner')
\gexec
GRANT wa_writer TO wa_http_owner;

CREATE TABLE wa_http.verify_token (
	token text PRIMARY KEY CHECK (length(token) >= 16 AND token !~ '\.')
);
COMMENT ON TABLE wa_http.verify_token IS 'What hub.verify_token may be. No dot: PostgREST would take what stands before it for an operator';

-- A result of this type goes out as it is, whatever the client accepts.
CREATE DOMAIN wa_http."*/*" AS bytea;

-- The two functions are written for a proxy that says "application/octet-stream"
-- of the body, whatever it is: then the bytes come as they were signed, and
-- PostgREST does not parse them.
CREATE FUNCTION wa_http.webhook(bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
	signature text := current_setting('request.headers', true)::json ->> 'x-hub-signature-256';
BEGIN
	BEGIN
		INSERT INTO @wa@.wa_webhook (payload, signature) VALUES (convert_from($1, 'UTF8'), signature);
	EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN
		-- No text in this database, so no row of wa_webhook.  wa_ingest takes
		-- any bytes, and records those in wa_problem.
		PERFORM @wa@.wa_ingest($1, signature);
	END;
	-- Else it would be 204, and Meta wants 200.
	PERFORM set_config('response.status', '200', true);
END
$function$;
COMMENT ON FUNCTION wa_http.webhook(bytea) IS 'POST with Content-Type application/octet-stream: the body as it came';

-- Without such a proxy: Meta's own Content-Type is application/json.  PostgREST
-- answers 400 to what is not JSON, and hands on the rest as it came.
CREATE FUNCTION wa_http.webhook_json(json) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
	INSERT INTO @wa@.wa_webhook (payload, signature)
	VALUES ($1::text, current_setting('request.headers', true)::json ->> 'x-hub-signature-256');
	PERFORM set_config('response.status', '200', true);
END
$function$;
COMMENT ON FUNCTION wa_http.webhook_json(json) IS 'POST with Content-Type application/json';

-- GET, once, when the address is entered in Meta's console.  Digests are
-- compared, so that the time it takes tells nothing of the token.
CREATE FUNCTION wa_http.verify(hub_mode text DEFAULT '', hub_verify_token text DEFAULT '', hub_challenge text DEFAULT '')
RETURNS wa_http."*/*"
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
	IF hub_mode IS DISTINCT FROM 'subscribe' OR NOT EXISTS (
		SELECT FROM wa_http.verify_token AS t
		WHERE sha256(convert_to(t.token, 'UTF8')) = sha256(convert_to(hub_verify_token, 'UTF8')))
	THEN
		RAISE SQLSTATE 'PT403' USING MESSAGE = 'forbidden';
	END IF;
	PERFORM set_config('response.headers', '[{"Content-Type": "text/plain"}, {"X-Content-Type-Options": "nosniff"}]', true);
	RETURN convert_to(hub_challenge, 'UTF8');
END
$function$;
COMMENT ON FUNCTION wa_http.verify(text, text, text) IS 'GET: answers Meta''s verification request';

SET LOCAL check_function_bodies = on;
SELECT replace(pg_get_functiondef(p.oid), '@wa@', quote_ident(:'schema'))
FROM pg_proc AS p
WHERE p.pronamespace = 'wa_http'::regnamespace AND p.prosrc LIKE '%@wa@%'
\gexec

ALTER FUNCTION wa_http.webhook(bytea) OWNER TO wa_http_owner;
ALTER FUNCTION wa_http.webhook_json(json) OWNER TO wa_http_owner;
ALTER FUNCTION wa_http.verify(text, text, text) OWNER TO wa_http_owner;
-- PostgREST would serve the table to whoever got rights on it by ALTER DEFAULT PRIVILEGES.
SELECT DISTINCT format('REVOKE ALL ON wa_http.verify_token FROM %s',
	CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
FROM pg_class AS c, aclexplode(c.relacl) AS a
WHERE c.oid = 'wa_http.verify_token'::regclass AND a.grantee <> c.relowner
\gexec
GRANT USAGE ON SCHEMA wa_http TO wa_http_owner;
GRANT SELECT ON wa_http.verify_token TO wa_http_owner;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA wa_http FROM PUBLIC;
GRANT USAGE ON SCHEMA wa_http TO :"anon";
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA wa_http TO :"anon";

NOTIFY pgrst, 'reload schema';
COMMIT;
