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
 * All links between the two, whichever way round, and rows for those that do
 * not exist yet: a sighting that arrives later may be earlier.  The lesser of
 * the two comes first, as everywhere, so that nothing deadlocks.
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

Datum
wa_unlink(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"a", "b", "reason"};
	wa_canonical a;
	wa_canonical b;
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
	wa_statement_run(&part, wa_schema_of(fcinfo->flinfo->fn_oid), values, NULL);
	SPI_finish();
	PG_RETURN_VOID();
}
