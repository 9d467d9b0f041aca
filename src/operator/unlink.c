/*-------------------------------------------------------------------------
 *
 * unlink.c
 *	  wa_unlink: an operator unlinks two identifiers.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "base/arguments.h"
#include "base/schema.h"
#include "base/statement.h"
#include "identity/person.h"
#include "ingest/links.h"
#include "recipient/recipient.h"

PG_FUNCTION_INFO_V1(wa_unlink);

static wa_statement log_unlink = {
	"INSERT INTO @extschema@.wa_unlink_log (recipient, other, reason, at) VALUES ($1, $2, $3, $4)",
	"recipient recipient text timestamptz", NULL, 0
};

static wa_statement unlink_sightings = {
	"UPDATE @extschema@.wa_identity SET unlinked_at = GREATEST(unlinked_at, $3)"
	" WHERE recipient OPERATOR(@extschema@.=) $1 AND other OPERATOR(@extschema@.=) $2",
	"recipient recipient timestamptz", NULL, 0
};

/*
 * A row for sightings that arrive later and may be earlier.  None is written where
 * there is one, or where somebody else takes the position at the same time.
 */
static wa_statement add_unlinked = {
	"INSERT INTO @extschema@.wa_identity (recipient, other, business, unlinked_at, position)"
	" SELECT $1, $2, '', $3, COALESCE(pg_catalog.max(o.position) + 1, 0)"
	" FROM @extschema@.wa_identity AS o WHERE o.other OPERATOR(@extschema@.=) $2"
	" HAVING pg_catalog.count(*) FILTER (WHERE o.recipient OPERATOR(@extschema@.=) $1"
	" AND o.business = '') = 0"
	" ON CONFLICT (other, position) DO NOTHING",
	"recipient recipient timestamptz", NULL, 0
};

static wa_statement has_unlinked = {
	"SELECT FROM @extschema@.wa_identity AS o WHERE o.other OPERATOR(@extschema@.=) $2"
	" AND o.recipient OPERATOR(@extschema@.=) $1 AND o.business = '' AND o.unlinked_at >= $3",
	"recipient recipient timestamptz", NULL, 0
};

static wa_statement unlink_changes = {
	"INSERT INTO @extschema@.wa_identity_change AS o (recipient, other, unlinked_at)"
	" SELECT v.a, v.b, $3 FROM (VALUES ($1, $2), ($2, $1)) AS v (a, b) ORDER BY v.a"
	" ON CONFLICT (recipient, other) DO UPDATE"
	" SET unlinked_at = GREATEST(o.unlinked_at, excluded.unlinked_at)",
	"recipient recipient timestamptz", NULL, 0
};

static wa_statement find_links = {
	"SELECT FROM @extschema@.wa_identity AS o WHERE o.other OPERATOR(@extschema@.=) $2"
	" AND o.recipient OPERATOR(@extschema@.=) $1 AND o.first_seen_at IS NOT NULL"
	" UNION ALL SELECT FROM @extschema@.wa_identity_change AS c"
	" JOIN (VALUES ($1, $2), ($2, $1)) AS v (a, b)"
	" ON c.recipient OPERATOR(@extschema@.=) v.a AND c.other OPERATOR(@extschema@.=) v.b"
	" WHERE c.at IS NOT NULL",
	"recipient recipient", NULL, 0
};

/* Nobody has so much bad luck with others who take the position. */
#define MOST_TRIES		100

/* In wa_identity the home of the two comes first. */
static int
compare_as_seen(const wa_canonical *a, const wa_canonical *b)
{
	int			order = (int) wa_id_kind_of(a) - (int) wa_id_kind_of(b);

	return order != 0 ? order : wa_recipient_cmp_bytes(a->text, a->len, b->text, b->len);
}

/*
 * Rows of links have positions that only the publisher knows.  One that was written here would
 * stop the replication, and the stops that come with it.
 */
static void
forbid_on_subscriber(const wa_schema *schema)
{
	if (wa_is_subscribed(schema->identity.heap))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("identifiers cannot be unlinked on a subscriber"),
				 errdetail("The links come from the publisher; one that is written here would stop the replication."),
				 errhint("Call wa_unlink on the publisher.")));
}

Datum
wa_unlink(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"a", "b", "reason"};
	wa_canonical a;
	wa_canonical b;
	const wa_schema *schema;
	Datum		pair[3];
	Datum		entry[4];
	int			order;

	for (int i = 0; i < lengthof(names); i++)
		wa_forbid_null_arg(fcinfo, i, names[i]);
	wa_recipient_get(PG_GETARG_RECIPIENT_PP(0), &a);
	wa_recipient_get(PG_GETARG_RECIPIENT_PP(1), &b);
	order = compare_as_seen(&a, &b);
	if (order == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot unlink %s from itself", a.text)));
	if (wa_is_blank(wa_text_arg(fcinfo, 2)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unlinking two identifiers needs a reason")));

	entry[0] = pair[0] = PG_GETARG_DATUM(order < 0 ? 0 : 1);
	entry[1] = pair[1] = PG_GETARG_DATUM(order < 0 ? 1 : 0);
	entry[2] = PG_GETARG_DATUM(2);
	entry[3] = pair[2] = TimestampTzGetDatum(GetCurrentTimestamp());
	SPI_connect();
	schema = wa_schema_of(fcinfo->flinfo->fn_oid);
	forbid_on_subscriber(schema);
	wa_lock_state(schema, RowExclusiveLock);
	wa_statement_run(&log_unlink, schema, entry, NULL);
	wa_statement_run(&unlink_changes, schema, pair, NULL);
	wa_statement_run(&unlink_sightings, schema, pair, NULL);
	for (int tries = 0; wa_id_kind_of(&a) != wa_id_kind_of(&b) &&
		 wa_statement_run(&add_unlinked, schema, pair, NULL) == 0 &&
		 wa_statement_run(&has_unlinked, schema, pair, NULL) == 0; tries++)
	{
		if (tries == MOST_TRIES)
			wa_refuse_lost_link();
		CHECK_FOR_INTERRUPTS();
	}
	if (wa_statement_run(&find_links, schema, pair, NULL) == 0)
		ereport(NOTICE,
				(errmsg("%s and %s were not linked", a.text, b.text),
				 errdetail("It takes effect on webhooks from before this moment that have not arrived yet.")));
	SPI_finish();
	PG_RETURN_VOID();
}
