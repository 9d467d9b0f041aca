/*-------------------------------------------------------------------------
 *
 * webhook.c
 *	  The trigger of wa_webhook: what an INSERT or COPY of payloads does.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "base/arguments.h"
#include "base/table_scan.h"
#include "ingest/intake.h"

PG_FUNCTION_INFO_V1(wa__ingest_token);
PG_FUNCTION_INFO_V1(wa__webhook_ingest);

/* The columns of wa_webhook by number, in the order of ingest.sql. */
enum
{
	Anum_wa_webhook_id = 1,
	Anum_wa_webhook_payload,
	Anum_wa_webhook_signature,
	Anum_wa_webhook_received_at,
	Anum_wa_webhook_erased_at,
	Anum_wa_webhook_token
};

/*
 * The token of this transaction.
 *
 * A restore fires the trigger, since CREATE EXTENSION makes it before the rows
 * come; but it brings the tokens of the old rows along, while an INSERT that
 * leaves the column alone gets this one.  Cluster, database and transaction
 * go into it, so that two of them agree by a chance of 2^-64 only.
 */
static int64
token(void)
{
	static TransactionId last_xid = InvalidTransactionId;
	static int64 last_token;
	FullTransactionId xid = GetTopFullTransactionId();

	if (last_xid != XidFromFullTransactionId(xid))
	{
		const uint64 parts[] = {GetSystemIdentifier(), MyDatabaseId,
		U64FromFullTransactionId(xid)};

		last_token = (int64) hash_bytes_extended((const unsigned char *) parts,
												 sizeof(parts), 0);
		last_xid = XidFromFullTransactionId(xid);
	}
	return last_token;
}

/* The default of a column is asked for where triggers do not fire as well; a restore brings the value along. */
Datum
wa__ingest_token(PG_FUNCTION_ARGS)
{
	if (SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a webhook would be stored and not applied, since session_replication_role is \"replica\""),
				 errhint("SET session_replication_role = origin.")));
	PG_RETURN_INT64(token());
}

static const TriggerData *
trigger_data(FunctionCallInfo fcinfo)
{
	const TriggerData *trigdata = wa_trigger_data(fcinfo, "wa__webhook_ingest");

	if (!TRIGGER_FIRED_AFTER(trigdata->tg_event) ||
		!TRIGGER_FIRED_FOR_STATEMENT(trigdata->tg_event) ||
		!TRIGGER_FIRED_BY_INSERT(trigdata->tg_event) ||
		trigdata->tg_newtable == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired AFTER INSERT FOR EACH STATEMENT with a transition table",
						"wa__webhook_ingest")));
	return trigdata;
}

static void
take_row(wa_intake *intake, TupleTableSlot *slot)
{
	wa_str		payload = wa_datum_str(wa_slot_datum(slot, Anum_wa_webhook_payload));
	TimestampTz received_at =
		DatumGetTimestampTz(wa_slot_datum(slot, Anum_wa_webhook_received_at));

	wa_check_received(received_at);
	wa_intake_payload(intake, payload, false,
					  wa_slot_str(slot, Anum_wa_webhook_signature), received_at,
					  DatumGetInt64(wa_slot_datum(slot, Anum_wa_webhook_id)));
}

Datum
wa__webhook_ingest(PG_FUNCTION_ARGS)
{
	const TriggerData *trigdata = trigger_data(fcinfo);
	wa_intake  *intake = NULL;
	TupleTableSlot *slot;
	MemoryContext row;
	MemoryContext old;

	row = AllocSetContextCreate(CurrentMemoryContext, "wa_policy webhook", ALLOCSET_DEFAULT_SIZES);

	slot = MakeSingleTupleTableSlot(RelationGetDescr(trigdata->tg_relation),
									&TTSOpsMinimalTuple);
	tuplestore_rescan(trigdata->tg_newtable);
	while (tuplestore_gettupleslot(trigdata->tg_newtable, true, false, slot))
	{
		CHECK_FOR_INTERRUPTS();
		if (DatumGetInt64(wa_slot_datum(slot, Anum_wa_webhook_token)) != token())
			continue;			/* restored, and applied long ago */
		if (intake == NULL)
			intake = wa_intake_begin(fcinfo->flinfo->fn_oid, false);
		old = MemoryContextSwitchTo(row);
		take_row(intake, slot);
		MemoryContextSwitchTo(old);
		MemoryContextReset(row);
	}
	ExecDropSingleTupleTableSlot(slot);
	if (intake != NULL)
		wa_intake_finish(intake);
	return PointerGetDatum(NULL);
}
