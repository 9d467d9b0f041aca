-- Secrets and signatures.

CREATE TABLE @extschema@.wa_app_secret (
	business text COLLATE "C" NOT NULL,
	secret text NOT NULL,
	note text NOT NULL DEFAULT '',
	added_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	CONSTRAINT wa_app_secret_pkey PRIMARY KEY (business, secret),
	CONSTRAINT wa_app_secret_given CHECK (secret OPERATOR(pg_catalog.<>) '')
);
SELECT pg_catalog.pg_extension_config_dump('@extschema@.wa_app_secret', '');
REVOKE ALL ON @extschema@.wa_app_secret FROM PUBLIC;
COMMENT ON TABLE @extschema@.wa_app_secret IS
'App secrets with which Meta signs webhooks. Once a business has one, what a payload says of it has an effect only if X-Hub-Signature-256 proves one of its secrets over the exact bytes; two rows during a rotation. Dumps of this database contain them';
COMMENT ON COLUMN @extschema@.wa_app_secret.business IS 'WhatsApp Business Account id; '''' for every business';
COMMENT ON COLUMN @extschema@.wa_app_secret.secret IS 'The app secret of the Meta app that receives the webhooks';
COMMENT ON COLUMN @extschema@.wa_app_secret.note IS 'For people';
COMMENT ON COLUMN @extschema@.wa_app_secret.added_at IS 'When the row was added';

CREATE FUNCTION @extschema@.wa_verify_signature(payload text, signature text) RETURNS boolean
	AS 'MODULE_PATHNAME', 'wa_verify_signature_text' LANGUAGE C STABLE PARALLEL SAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION @extschema@.wa_verify_signature(payload bytea, signature text) RETURNS boolean
	AS 'MODULE_PATHNAME', 'wa_verify_signature_bytea' LANGUAGE C STABLE PARALLEL SAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION @extschema@.wa_verify_signature(text, text) IS
'Is signature ("sha256=" and 64 lower-case hexadecimal digits) that of the payload by any secret in wa_app_secret? False for NULL, for any other form and where there is no secret. The payload must be the raw body: a json or jsonb column has lost the bytes that were signed';
COMMENT ON FUNCTION @extschema@.wa_verify_signature(bytea, text) IS
'The same over the exact bytes of the request body';
REVOKE EXECUTE ON FUNCTION @extschema@.wa_verify_signature(text, text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION @extschema@.wa_verify_signature(bytea, text) FROM PUBLIC;

