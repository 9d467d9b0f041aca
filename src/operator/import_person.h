/*-------------------------------------------------------------------------
 *
 * import_person.h
 *	  What is recorded of the recipient whose rows an import compares, and what a row of
 *	  the import adds to it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_IMPORT_PERSON_H
#define WA_IMPORT_PERSON_H

#include "base/compat.h"

#include "base/instant.h"
#include "base/schema.h"
#include "operator/import_rows.h"

/* What became of a row. */
typedef enum wa_import_outcome
{
	WA_IMPORT_STOPPED,			/* a stop stands now, where none did */
	WA_IMPORT_RECORDED,			/* it goes into the log, and changes nothing */
	WA_IMPORT_KNOWN,			/* it is recorded already */
	WA_IMPORT_REJECTED,			/* it is unusable; never compared */
	WA_IMPORT_OUTCOMES
} wa_import_outcome;

typedef struct wa_import_person wa_import_person;

/*
 * Begin to compare rows.  list_at is the time of rows that have none; funcid is the OID of
 * the SQL function that runs, for decisions.
 *
 * Memory: lives in the current memory context; holds what is recorded of one recipient.
 * Locks: to be called with the state locked for writing (wa_write_begin).
 */
extern wa_import_person *wa_import_person_open(const wa_schema *schema, Oid funcid,
											   wa_instant list_at);

/*
 * Compare the row with what is recorded and with the rows before it, and add it to those.
 * Rows must come in the order of their recipients.  Sets the time of a row that has none and
 * is not known; *detail to a remark about it, or to NULL.
 */
extern wa_import_outcome wa_import_person_add(wa_import_person *person, wa_import_row *row,
											  const char **detail);

/* Call it after the last row; an error needs no such call. */
extern void wa_import_person_close(wa_import_person *person);

#endif							/* WA_IMPORT_PERSON_H */
