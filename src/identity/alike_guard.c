/*-------------------------------------------------------------------------
 *
 * alike_guard.c
 *	  Keeping wa_identity.alike true to its word where rows are written by somebody
 *	  else: a restore, logical replication, a hand.
 *
 * The extension keeps the promise itself, with locks that nobody else knows of
 * (src/README.md, "Ties that need not be followed").  So others cannot make a tie
 * alike; and if they write rows that alike speaks of, they wait for all who may be about
 * to make one alike, hold up the next ones until they commit, and spoil what there is.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/rel.h"

#include "common/columns.h"
#include "common/statement.h"
#include "identity/load.h"

PG_FUNCTION_INFO_V1(wa_alike_guard);
PG_FUNCTION_INFO_V1(wa_others_write);
PG_FUNCTION_INFO_V1(wa_state_guard);

static TriggerData *
trigger_of(FunctionCallInfo fcinfo, const char *name)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager", name)));
	return (TriggerData *) fcinfo->context;
}

static wa_statement spoil_one = {
	"UPDATE @extschema@.wa_identity SET alike = false WHERE alike"
	" AND (recipient OPERATOR(@extschema@.=) $1 OR other OPERATOR(@extschema@.=) $1)",
	"recipient", NULL, InvalidOid
};

static wa_statement spoil_all = {
	"UPDATE @extschema@.wa_identity SET alike = false WHERE alike",
	"", NULL, InvalidOid
};

/* With the rights of the owner: whoever may write this table may spoil that one. */
static void
spoil(const wa_schema *schema, Oid owner, wa_statement *statement, Datum *values)
{
	Oid			user;
	int			context;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(owner, context | SECURITY_LOCAL_USERID_CHANGE);
	SPI_connect();
	wa_statement_run_latest(statement, schema, values, NULL);
	SPI_finish();
	SetUserIdAndSecContext(user, context);
}

/*
 * Rows that others have written in a subtransaction.  After some of them all ties are
 * spoiled at once, and as long as nobody but us can make another one alike, none is: a
 * restore brings millions of rows.
 */
typedef struct wa_foreign_rows
{
	FullTransactionId transaction;
	SubTransactionId subtransaction;
	int			n;
	bool		all_spoiled;
} wa_foreign_rows;

#define SPOIL_ALL_AFTER	100

static wa_foreign_rows foreign;

/* Count one more; are all ties spoiled already? */
static bool
are_all_spoiled(void)
{
	FullTransactionId transaction = GetTopFullTransactionIdIfAny();

	if (!FullTransactionIdEquals(foreign.transaction, transaction) ||
		foreign.subtransaction != GetCurrentSubTransactionId())
		foreign = (wa_foreign_rows)
	{
		transaction, GetCurrentSubTransactionId(), 0, false
	};
	foreign.n++;
	return foreign.all_spoiled;
}

static void
spoil_all_ties(const wa_schema *schema, const TriggerData *trigger)
{
	spoil(schema, trigger->tg_relation->rd_rel->relowner, &spoil_all, NULL);
	foreign.all_spoiled = true;
}

/* The ties of whoever stands in these columns, as far as the table has them. */
static void
spoil_ties_of(const wa_schema *schema, const TriggerData *trigger, HeapTuple tuple)
{
	static const char *const columns[] = {"recipient", "other"};
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);

	for (int i = 0; i < lengthof(columns); i++)
	{
		int			column = SPI_fnumber(desc, columns[i]);
		bool		isnull;
		Datum		recipient;

		if (column <= 0)
			continue;
		recipient = heap_getattr(tuple, column, desc, &isnull);
		spoil(schema, trigger->tg_relation->rd_rel->relowner, &spoil_one, &recipient);
	}
}

/*
 * The first thing that somebody else does: nobody may be making ties alike meanwhile.
 * wa_contact is locked, which he does not write, so that two of them wait for each other
 * in one order.  (A subscriber of logical replication comes by row triggers alone.)
 */
static const wa_schema *
wait_for_others(FunctionCallInfo fcinfo)
{
	const wa_schema *schema = wa_schema_of(fcinfo->flinfo->fn_oid);

	LockRelationOid(schema->contact.heap, ShareRowExclusiveLock);
	return schema;
}

Datum
wa_alike_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_of(fcinfo, "wa_alike_guard");
	HeapTuple	tuple = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
		trigger->tg_newtuple : trigger->tg_trigtuple;
	int			column = WA_IDENTITY_ALIKE;
	Datum		value = BoolGetDatum(false);
	bool		isnull = false;

	if (wa_statement_is_ours(true))
	{
		foreign.all_spoiled = false;
		return PointerGetDatum(tuple);
	}
	wait_for_others(fcinfo);
	return PointerGetDatum(heap_modify_tuple_by_cols(tuple, RelationGetDescr(trigger->tg_relation),
													 1, &column, &value, &isnull));
}

Datum
wa_others_write(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!wa_statement_is_ours(false));
}

/* Not called for rows that the extension writes: wa_others_write is its condition. */
Datum
wa_state_guard(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = trigger_of(fcinfo, "wa_state_guard");
	const wa_schema *schema = wait_for_others(fcinfo);

	if (TRIGGER_FIRED_BEFORE(trigger->tg_event) || !wa_has_links(schema))
		return PointerGetDatum(NULL);

	if (are_all_spoiled())
		return PointerGetDatum(NULL);
	if (TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event) || foreign.n > SPOIL_ALL_AFTER)
		spoil_all_ties(schema, trigger);
	else
	{
		spoil_ties_of(schema, trigger, trigger->tg_trigtuple);
		if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
			spoil_ties_of(schema, trigger, trigger->tg_newtuple);
	}
	return PointerGetDatum(NULL);
}
