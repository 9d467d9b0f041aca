/*-------------------------------------------------------------------------
 *
 * schema.h
 *	  OIDs of the extension's own relations.
 *
 * They are found through the namespace of the function that was called, never
 * through a search path.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_SCHEMA_H
#define WA_SCHEMA_H

#include "base/compat.h"

#include "storage/lockdefs.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

#include "base/str.h"

/* A table and an index of it, its primary key's unless said otherwise. */
typedef struct wa_table
{
	Oid			heap;
	Oid			pkey;
	TransactionId changed;		/* the latest transaction that changed the heap's row of pg_class */
	TransactionId pkey_changed; /* likewise, the index's */
} wa_table;

typedef struct wa_schema
{
	Oid			nspid;			/* the namespace of the extension */
	Oid			recipient_type; /* wa_recipient */
	Oid			recipient_array;	/* wa_recipient[] */
	char	   *name;			/* its name, quoted as an identifier */
	uint64		generation;		/* differs after any of these has changed */
	uint64		looked_up;		/* how often that was done */
	wa_table	consent;
	wa_table	cooldown;
	wa_table	activity;
	wa_table	delivery;
	wa_table	recipient_lock;
	wa_table	consent_log;	/* pkey: its unique index, by recipient */
	wa_table	identity;		/* by other */
	wa_table	identity_recipient; /* the same heap; pkey: its index by recipient */
	wa_table	identity_shared;	/* likewise; pkey: its index of positions above 0 */
	wa_table	identity_change;	/* by recipient, the old one */
	wa_table	identity_change_other;	/* the same heap; pkey: its index by other */
	wa_table	app_secret;
	wa_table	sender;			/* by business */
	wa_table	sender_sender;	/* the same heap; pkey: its index by sender */
	wa_table	sender_hold;
	wa_table	sender_life;
	wa_table	empty_declaration;
	wa_table	erasure_key;
	wa_table	erased;			/* by bucket */
	wa_table	erasure;
	wa_table	region_rule;
	wa_table	frequency_cap;
	wa_table	quiet_hours;
	wa_table	region_without_limit;
	wa_table	error_override;
	wa_table	incident;
	wa_table	phrase;
	wa_table	default_removed;	/* by relation */
	wa_table	webhook;
	wa_table	message;
	wa_table	message_recipient;	/* the same heap; pkey: its index by recipient */
	wa_table	claim_recipient;	/* wa_claim; pkey: its index by recipient and end of the lease */
	wa_table	claim_lease;	/* the same, by the end of the lease */
} wa_schema;

/*
 * The schema that contains the function funcid, with the extension's relations in it.  The
 * result is valid until the next call.  Error: undefined_table where a relation of the
 * extension is missing, since an incomplete extension must not answer.
 */
extern const wa_schema *wa_schema_of(Oid funcid);

/* The same schema, looked up again if any of it may have changed since. */
extern const wa_schema *wa_schema_again(const wa_schema *schema);

/*
 * The OID of a type by its name in wa_statement.types: "text", "timestamptz[]", "recipient"
 * for wa_recipient, ….  Raises an error for an unknown name.
 */
extern Oid	wa_type_named(const wa_schema *schema, wa_str name);

/*
 * The function of the extension in this namespace with this name and n arguments of these types.  Error:
 * undefined_function where it is missing.
 */
extern Oid	wa_function_named(Oid nspid, const char *name, const Oid *types, int n);

/*
 * Open a table to read its rows in place by this snapshot, and the index of its primary key.  snapshot: NULL
 * where no rows are read.  Errors: wrong_object_type where the rows cannot be read in place: a foreign, partitioned or
 * inherited table, a view, a table of another access method, or one that Citus distributes;
 * serialization_failure where the table was rewritten after the snapshot was taken (rewritten.h).
 */
extern Relation wa_table_open(const wa_table *table, Snapshot snapshot);
extern Relation wa_pkey_open(const wa_table *table, Snapshot snapshot);	/* after its table */

/*
 * Lock the state tables to the end of the transaction, always in the same order.  Every
 * function of ours that writes them calls this before anything else: with ROW EXCLUSIVE
 * where others may write at the same time, with SHARE ROW EXCLUSIVE where none may.  Errors as
 * of wa_schema_of: a table that was changed meanwhile is looked at again.
 */
extern void wa_lock_state(const wa_schema *schema, LOCKMODE mode);

/* Does any subscription write this table, even one that is disabled? */
extern bool wa_is_subscribed(Oid relid);

/*
 * Keep others away to the end of the transaction who change rows of wa_problem in whatever
 * order, but no intake: before the state is locked.
 */
extern void wa_lock_problems(const wa_schema *schema);

#endif							/* WA_SCHEMA_H */
