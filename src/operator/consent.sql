-- What somebody at the business records by hand or by program: opt-outs and opt-ins.

CREATE FUNCTION wa_opt_out(recipient wa_recipient, reason text DEFAULT '',
	business text DEFAULT '', at timestamptz DEFAULT pg_catalog.clock_timestamp(), everything boolean DEFAULT false,
	OUT in_force boolean, OUT stopped_by text[])
	RETURNS record
	AS 'MODULE_PATHNAME', 'wa_opt_out_recipient' LANGUAGE C VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION wa_opt_out(wa_recipient, text, text, timestamptz, boolean) IS
'Records that somebody must not be sent marketing or, with everything => true, anything but an answer inside an open window. reason goes into wa_consent_log as evidence. business '''' stops every business; any other must be in wa_sender. in_force: does the stop stand (a later opt-in that is recorded already would win)? stopped_by: all registers that stop marketing to this person now: whatsapp, business, everything. Errors: undefined_object for a business that was never heard of, datetime_field_overflow for a time before 2009 or more than 10 minutes ahead, null_value_not_allowed, and invalid_text_representation for a recipient that is none';
REVOKE EXECUTE ON FUNCTION wa_opt_out(wa_recipient, text, text, timestamptz, boolean) FROM PUBLIC;
CREATE FUNCTION wa_opt_out(recipient text, reason text DEFAULT '',
	business text DEFAULT '', at timestamptz DEFAULT pg_catalog.clock_timestamp(), everything boolean DEFAULT false,
	OUT in_force boolean, OUT stopped_by text[])
	RETURNS record
	AS 'MODULE_PATHNAME', 'wa_opt_out_text' LANGUAGE C VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION wa_opt_out(text, text, text, timestamptz, boolean) IS
'Records that somebody must not be sent marketing or, with everything => true, anything but an answer inside an open window. reason goes into wa_consent_log as evidence. business '''' stops every business; any other must be in wa_sender. in_force: does the stop stand (a later opt-in that is recorded already would win)? stopped_by: all registers that stop marketing to this person now: whatsapp, business, everything. Errors: undefined_object for a business that was never heard of, datetime_field_overflow for a time before 2009 or more than 10 minutes ahead, null_value_not_allowed, and invalid_text_representation for a recipient that is none';
REVOKE EXECUTE ON FUNCTION wa_opt_out(text, text, text, timestamptz, boolean) FROM PUBLIC;

CREATE FUNCTION wa_opt_in(recipient wa_recipient, evidence text,
	business text DEFAULT '', at timestamptz DEFAULT pg_catalog.clock_timestamp(), everything boolean DEFAULT false,
	OUT in_force boolean, OUT stopped_by text[])
	RETURNS record
	AS 'MODULE_PATHNAME', 'wa_opt_in_recipient' LANGUAGE C VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION wa_opt_in(wa_recipient, text, text, timestamptz, boolean) IS
'Records that somebody agreed to be sent marketing, with the evidence, which may not be empty. Lifts earlier stops of the register business, of all businesses where business is ''''; with everything => true earlier stops of the register everything instead, and grants nothing else. Never lifts WhatsApp''s own stop. in_force: does no stop of that register stand? stopped_by: the registers that stop marketing to this person all the same (whatsapp, business, everything), of which a NOTICE tells too. at may not lie before 2009 or more than 10 minutes ahead; a recipient that is none is an error';
REVOKE EXECUTE ON FUNCTION wa_opt_in(wa_recipient, text, text, timestamptz, boolean) FROM PUBLIC;
CREATE FUNCTION wa_opt_in(recipient text, evidence text,
	business text DEFAULT '', at timestamptz DEFAULT pg_catalog.clock_timestamp(), everything boolean DEFAULT false,
	OUT in_force boolean, OUT stopped_by text[])
	RETURNS record
	AS 'MODULE_PATHNAME', 'wa_opt_in_text' LANGUAGE C VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION wa_opt_in(text, text, text, timestamptz, boolean) IS
'Records that somebody agreed to be sent marketing, with the evidence, which may not be empty. Lifts earlier stops of the register business, of all businesses where business is ''''; with everything => true earlier stops of the register everything instead, and grants nothing else. Never lifts WhatsApp''s own stop. in_force: does no stop of that register stand? stopped_by: the registers that stop marketing to this person all the same (whatsapp, business, everything), of which a NOTICE tells too. at may not lie before 2009 or more than 10 minutes ahead; a recipient that is none is an error';
REVOKE EXECUTE ON FUNCTION wa_opt_in(text, text, text, timestamptz, boolean) FROM PUBLIC;
