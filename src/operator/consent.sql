-- Opt-outs and opt-ins that an operator or a program of the business records.

CREATE FUNCTION wa_opt_out(recipient wa_recipient, reason text DEFAULT '',
	business text DEFAULT '', at timestamptz DEFAULT pg_catalog.clock_timestamp(), everything boolean DEFAULT false,
	OUT in_force boolean, OUT stopped_by text[])
	RETURNS record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION wa_opt_out(wa_recipient, text, text, timestamptz, boolean) IS
'Records that a recipient must not be sent marketing or, with everything => true, anything but an answer in an open window. reason is stored in wa_consent_log as evidence. business '''' stops every business; any other must be in wa_sender. Returns in_force: whether the stop stands (false where a later opt-in is recorded); and stopped_by: all registers (whatsapp, business, everything) that stop marketing to this person now. Errors: undefined_object for a business that is not in wa_sender; datetime_field_overflow for a time before 2009 or more than 10 minutes in the future; null_value_not_allowed; invalid_text_representation for text that is no recipient';
CREATE FUNCTION wa_opt_out(recipient text, reason text DEFAULT '',
	business text DEFAULT '', at timestamptz DEFAULT pg_catalog.clock_timestamp(), everything boolean DEFAULT false,
	OUT in_force boolean, OUT stopped_by text[])
	RETURNS record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION wa_opt_out(text, text, text, timestamptz, boolean) IS
'Records that a recipient must not be sent marketing or, with everything => true, anything but an answer in an open window. reason is stored in wa_consent_log as evidence. business '''' stops every business; any other must be in wa_sender. Returns in_force: whether the stop stands (false where a later opt-in is recorded); and stopped_by: all registers (whatsapp, business, everything) that stop marketing to this person now. Errors: undefined_object for a business that is not in wa_sender; datetime_field_overflow for a time before 2009 or more than 10 minutes in the future; null_value_not_allowed; invalid_text_representation for text that is no recipient';

CREATE FUNCTION wa_opt_in(recipient wa_recipient, evidence text,
	business text DEFAULT '', at timestamptz DEFAULT pg_catalog.clock_timestamp(), everything boolean DEFAULT false,
	OUT in_force boolean, OUT stopped_by text[])
	RETURNS record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION wa_opt_in(wa_recipient, text, text, timestamptz, boolean) IS
'Records that a recipient agreed to be sent marketing, with the evidence of it. It lifts earlier stops of the register business; with business '''' those of all businesses. With everything => true it lifts earlier stops of the register everything instead, and is no opt-in to marketing. It never lifts WhatsApp''s own stop. Returns in_force: whether no stop of that register stands; and stopped_by: the registers (whatsapp, business, everything) that still stop marketing to this person, for each of which a NOTICE is raised as well. Errors: invalid_parameter_value for blank evidence; undefined_object for a business that is not in wa_sender; datetime_field_overflow for a time before 2009 or more than 10 minutes in the future; null_value_not_allowed; invalid_text_representation for text that is no recipient';
CREATE FUNCTION wa_opt_in(recipient text, evidence text,
	business text DEFAULT '', at timestamptz DEFAULT pg_catalog.clock_timestamp(), everything boolean DEFAULT false,
	OUT in_force boolean, OUT stopped_by text[])
	RETURNS record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE
	SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION wa_opt_in(text, text, text, timestamptz, boolean) IS
'Records that a recipient agreed to be sent marketing, with the evidence of it. It lifts earlier stops of the register business; with business '''' those of all businesses. With everything => true it lifts earlier stops of the register everything instead, and is no opt-in to marketing. It never lifts WhatsApp''s own stop. Returns in_force: whether no stop of that register stands; and stopped_by: the registers (whatsapp, business, everything) that still stop marketing to this person, for each of which a NOTICE is raised as well. Errors: invalid_parameter_value for blank evidence; undefined_object for a business that is not in wa_sender; datetime_field_overflow for a time before 2009 or more than 10 minutes in the future; null_value_not_allowed; invalid_text_representation for text that is no recipient';
