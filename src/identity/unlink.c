/*-------------------------------------------------------------------------
 *
 * unlink.c
 *	  wa_unlink: an operator parts two identifiers.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "executor/spi.h"

#include "common/arguments.h"
#include "common/schema.h"
#include "common/statement.h"
#include "recipient/recipient.h"

PG_FUNCTION_INFO_V1(wa_unlink);

/*
 * Both are locked as an ingest locks them that ties them, or writes a first row
 * about one of them; see src/README.md, "Ties that need not be followed".  The lesser
 * of the two comes first, as everywhere, so that nothing deadlocks.
 */
static wa_statement lock_both = {
	"INSERT INTO @extschema@.wa_contact AS c (recipient) VALUES ($1), ($2)"
	" ON CONFLICT (recipient) DO UPDATE SET touched = c.touched + 1",
	"recipient recipient", NULL, InvalidOid
};

/*
 * All links between the two, whichever way round, and rows for those that do
 * not exist yet: a sighting that arrives later may be earlier.
 */
static wa_statement part = {
	"WITH entry AS (INSERT INTO @extschema@.wa_unlink_log (recipient, other, reason)"
	" VALUES ($1, $2, $3) RETURNING at)"
	" INSERT INTO @extschema@.wa_identity AS i (recipient, other, kind, parted_at)"
	" SELECT p.recipient, p.other, p.kind, entry.at FROM entry, (VALUES"
	" ($1, $2, 'change'), ($1, $2, 'sighting'), ($2, $1, 'change'))"
	" AS p (recipient, other, kind)"
	" ON CONFLICT (recipient, other, kind) DO UPDATE"
	" SET parted_at = GREATEST(i.parted_at, excluded.parted_at)",
	"recipient recipient text", NULL, InvalidOid
};

/*
 * By now each of them has more ties than one.  Locked in the order of their key, as
 * everywhere; found by that key again, since a row that was waited for has moved.
 */
static wa_statement take_back_alike = {
	"WITH tie AS (SELECT recipient, other, kind FROM @extschema@.wa_identity WHERE alike"
	" AND (recipient OPERATOR(@extschema@.=) ANY (ARRAY[$1, $2])"
	" OR other OPERATOR(@extschema@.=) ANY (ARRAY[$1, $2]))"
	" ORDER BY recipient, other FOR NO KEY UPDATE)"
	" UPDATE @extschema@.wa_identity AS i SET alike = false FROM tie"
	" WHERE i.recipient OPERATOR(@extschema@.=) tie.recipient"
	" AND i.other OPERATOR(@extschema@.=) tie.other AND i.kind = tie.kind",
	"recipient recipient", NULL, InvalidOid
};

Datum
wa_unlink(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"a", "b", "reason"};
	wa_canonical a;
	wa_canonical b;
	const wa_schema *schema;
	Datum		values[3];
	int			order;

	for (int i = 0; i < lengthof(names); i++)
		wa_forbid_null_arg(fcinfo, i, names[i]);
	wa_recipient_get(PG_GETARG_RECIPIENT_PP(0), &a);
	wa_recipient_get(PG_GETARG_RECIPIENT_PP(1), &b);
	order = wa_recipient_cmp_bytes(a.text, a.len, b.text, b.len);
	if (order == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot part %s from itself", a.text)));
	if (wa_is_blank(wa_text_arg(fcinfo, 2)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parting two identifiers needs a reason")));

	values[0] = PG_GETARG_DATUM(order < 0 ? 0 : 1);
	values[1] = PG_GETARG_DATUM(order < 0 ? 1 : 0);
	values[2] = PG_GETARG_DATUM(2);
	SPI_connect();
	schema = wa_schema_of(fcinfo->flinfo->fn_oid);
	wa_lock_state(schema, RowExclusiveLock);
	wa_statement_run(&lock_both, schema, values, NULL);
	wa_statement_run(&part, schema, values, NULL);
	wa_statement_run_latest(&take_back_alike, schema, values, NULL);
	SPI_finish();
	PG_RETURN_VOID();
}
