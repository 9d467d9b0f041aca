/*-------------------------------------------------------------------------
 *
 * library.h
 *	  What the files that gather facts share; nobody else looks inside.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_LIBRARY_H
#define WA_LIBRARY_H

#include "common/compat.h"

#include "utils/memutils.h"

#include "common/snapshot_id.h"
#include "decision/facts.h"
#include "errors/code_policies.h"
#include "identity/person.h"
#include "recipient/recipient.h"

struct wa_library
{
	MemoryContext context;		/* holds this struct and the policy */
	MemoryContext rows;			/* holds the facts of one recipient */
	const wa_schema *schema;	/* wa_schema_of's, looked up at every use */
	Oid			funcid;
	wa_snapshot_id seen;
	Snapshot	snapshot;		/* the caller's at this call */
	wa_code_policies *codes;
	int			nrules;
	wa_region_fact *rules;		/* all of wa_region_rule */
	bool		has_links;		/* is there anything in wa_identity? */

	/* Of the recipient at hand. */
	wa_facts	facts;
	wa_recipient *recipient;
	wa_person  *person;			/* NULL: has no other identifier */
};

/* Row arrays start with this many; nearly nobody has more. */
#define WA_FEW_ROWS 4

/*
 * Make sure that *rows, an array in the current memory context, has room for
 * one more than n.
 */
#define grow(rows, n, type) \
	do { \
		if ((n) == 0) \
			(rows) = palloc(WA_FEW_ROWS * sizeof(type)); \
		else if ((n) >= WA_FEW_ROWS && ((n) & ((n) - 1)) == 0) \
			(rows) = repalloc((rows), 2 * (n) * sizeof(type)); \
	} while (0)

/*
 * Gather one part of what is known of library->person, who has several
 * identifiers, into library->facts; in the current memory context.
 */
extern void wa_gather_person(wa_library *library, wa_part part);

#endif							/* WA_LIBRARY_H */
