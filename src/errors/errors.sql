-- Error codes: what is shipped, what the DBA changes, and what they mean.

CREATE FUNCTION @extschema@.wa_override_check(
	code integer, blocks @extschema@.wa_category[], ladder interval[], gap interval)
RETURNS boolean
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'wa_override_check';
COMMENT ON FUNCTION @extschema@.wa_override_check(integer, @extschema@.wa_category[], interval[], interval) IS
'Checks a row of wa_error_override: returns true or raises an error that says what is wrong with it';

CREATE TABLE @extschema@.wa_error_override (
	code integer PRIMARY KEY,
	title text,
	category text,
	blocks @extschema@.wa_category[],
	ladder interval[],
	gap interval,
	scope text,
	reason text,
	changed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	CONSTRAINT wa_error_override_category CHECK (category IN ('sender', 'recipient', 'platform')),
	CONSTRAINT wa_error_override_scope CHECK (scope IN (
		'message', 'pair', 'user', 'contact', 'sender', 'business', 'country', 'portfolio',
		'template', 'flow', 'group', 'app', 'platform')),
	CONSTRAINT wa_error_override_effect CHECK (
		@extschema@.wa_override_check(code, blocks, ladder, gap))
);
COMMENT ON TABLE @extschema@.wa_error_override IS
'Changes to the shipped error codes, and codes of your own. A column that is null leaves the shipped value. An empty ladder or empty blocks turn the effect on recipients off. The state that is stored already follows a change when wa_recompute() is called. Kept by dump and restore and by upgrades of the extension';
COMMENT ON COLUMN @extschema@.wa_error_override.code IS
'Error code that is changed or added';
COMMENT ON COLUMN @extschema@.wa_error_override.title IS
'Title shown instead of the shipped one';
COMMENT ON COLUMN @extschema@.wa_error_override.category IS
'Whose fault the error is: sender, recipient or platform';
COMMENT ON COLUMN @extschema@.wa_error_override.blocks IS
'Message categories that a failure with this code blocks; an empty array turns the cooldown off';
COMMENT ON COLUMN @extschema@.wa_error_override.ladder IS
'Waits after the first, second and further strikes, at most 8, the last one repeating; a null element has no end of its own, an empty array turns the cooldown off. A day counts as 24 hours and a month as 30 days';
COMMENT ON COLUMN @extschema@.wa_error_override.gap IS
'Least time between two failures for both to count as strikes';
COMMENT ON COLUMN @extschema@.wa_error_override.scope IS
'How far the error reaches: message, pair, user, contact, sender, business, country, portfolio, template, flow, group, app or platform';
COMMENT ON COLUMN @extschema@.wa_error_override.reason IS
'Why the code was changed; shown in wa_error_code as part of the source, or as the summary of a code of your own';
COMMENT ON COLUMN @extschema@.wa_error_override.changed_at IS
'When the row was inserted; an update may set it anew';
SELECT pg_catalog.pg_extension_config_dump('@extschema@.wa_error_override', '');

CREATE FUNCTION @extschema@.wa_error_catalogue(
	overridden boolean,
	OUT code integer, OUT title text, OUT category text, OUT summary text, OUT scope text,
	OUT blocks @extschema@.wa_category[], OUT ladder interval[], OUT lifted_by text[],
	OUT advice text, OUT source text, OUT gap interval, OUT effect text,
	OUT yields_to_window boolean, OUT retry text)
RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 ROWS 420
AS 'MODULE_PATHNAME', 'wa_error_catalogue';
COMMENT ON FUNCTION @extschema@.wa_error_catalogue(boolean) IS
'All known error codes: with true as they count now, that is wa_error_code, with false as the extension ships them';

CREATE VIEW @extschema@.wa_error_code AS
SELECT c.code, c.title, c.category, c.summary, c.scope, c.blocks, c.ladder, c.lifted_by,
	c.advice, c.source, c.gap, c.effect, c.yields_to_window, c.retry
FROM @extschema@.wa_error_catalogue(true) AS c;
COMMENT ON VIEW @extschema@.wa_error_code IS
'One row per known WhatsApp error code: what it means, whom it affects and what to do, with the changes of wa_error_override';
COMMENT ON COLUMN @extschema@.wa_error_code.code IS
'Error code, the integer that webhooks and the send API give';
COMMENT ON COLUMN @extschema@.wa_error_code.title IS
'Short name of the error; titles in webhooks differ and are not to be trusted';
COMMENT ON COLUMN @extschema@.wa_error_code.category IS
'Whose fault the error is: sender, recipient or platform';
COMMENT ON COLUMN @extschema@.wa_error_code.summary IS
'What happened, in a sentence';
COMMENT ON COLUMN @extschema@.wa_error_code.scope IS
'How far the error reaches: this message, the pair of sender number and user, the user for this business, the contact for anybody, the sender number, the business, the business in one country, the portfolio, the template, the flow, the group, the app or the platform';
COMMENT ON COLUMN @extschema@.wa_error_code.blocks IS
'Message categories that a failure with this code keeps from the recipient; empty where it does nothing to the recipient';
COMMENT ON COLUMN @extschema@.wa_error_code.ladder IS
'Waits of a cooldown after the first, second and further strikes, the last one repeating; a null element has no end of its own. A day counts as 24 hours. Empty where there is no cooldown';
COMMENT ON COLUMN @extschema@.wa_error_code.lifted_by IS
'What ends the effect before its time: an inbound message, any receipt, a marketing_receipt, or, for the opt-out, nothing but a resume from WhatsApp';
COMMENT ON COLUMN @extschema@.wa_error_code.advice IS
'What to do';
COMMENT ON COLUMN @extschema@.wa_error_code.source IS
'Where the entry comes from';
COMMENT ON COLUMN @extschema@.wa_error_code.gap IS
'Least time between two failures for both to count as strikes; null where there is no cooldown';
COMMENT ON COLUMN @extschema@.wa_error_code.effect IS
'What a failure with this code does to the recipient: none, cooldown, stop (the WhatsApp register says stop) or close_window (the customer service window is shut)';
COMMENT ON COLUMN @extschema@.wa_error_code.yields_to_window IS
'True where the cooldown does not block while a customer service window of the user is open';
COMMENT ON COLUMN @extschema@.wa_error_code.retry IS
'Whether sending again can help: wait (see wa_retry_after), fix (something must be put right first) or never';

CREATE FUNCTION @extschema@.wa_classify(code integer)
RETURNS @extschema@.wa_error_code
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'wa_classify';
COMMENT ON FUNCTION @extschema@.wa_classify(integer) IS
'The row of wa_error_code for a code. For an unknown code the row has only the code, with a null category; for a null code all of it is null';

CREATE FUNCTION @extschema@.wa_retry_after(code integer, attempt integer)
RETURNS interval
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'wa_retry_after';
COMMENT ON FUNCTION @extschema@.wa_retry_after(integer, integer) IS
'How long to wait before sending again after the given attempt, counted from 1, failed with this code; the last wait repeats. Null where a retry is pointless: something must be fixed first, the code is unknown, or the wait has no end of its own';

-- They show the contents of wa_error_override.
REVOKE EXECUTE ON FUNCTION @extschema@.wa_error_catalogue(boolean) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION @extschema@.wa_classify(integer) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION @extschema@.wa_retry_after(integer, integer) FROM PUBLIC;

