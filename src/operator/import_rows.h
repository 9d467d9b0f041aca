/*-------------------------------------------------------------------------
 *
 * import_rows.h
 *	  The rows of an import: read from the caller's query, checked, and sorted by the
 *	  key of wa_consent.
 *
 * Memory: sorting uses at most work_mem, and then temporary files.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_IMPORT_ROWS_H
#define WA_IMPORT_ROWS_H

#include "base/compat.h"

#include "utils/tuplestore.h"
#include "utils/tuplesort.h"

#include "base/instant.h"
#include "base/schema.h"
#include "base/str.h"
#include "recipient/phone.h"
#include "state/consent.h"

/* One row, read and checked.  Strings are texts of this database. */
typedef struct wa_import_row
{
	int64		line;			/* its number in the query, from 1 */
	wa_canonical recipient;
	wa_str		business;
	wa_register reg;			/* never WHATSAPP */
	bool		of_whatsapp;	/* the list has it as register whatsapp */
	wa_instant	at;				/* WA_NEVER: the list has no time */
	wa_str		evidence;
} wa_import_row;

typedef struct wa_import_rows wa_import_rows;

/* Callback for an unusable row (rejected) or for one whose time alone is unusable. */
typedef void (*wa_import_remark) (void *arg, int64 line, wa_str phone, bool rejected,
								  const char *detail);

/*
 * Run the query and read its rows.  source and business, which must not be absent, are for
 * rows that have none.  count is called with the number of rows so far.
 *
 * Errors: invalid_parameter_value, duplicate_column and datatype_mismatch for a query with
 * wrong columns; undefined_object for an unknown business.
 */
extern wa_import_rows *wa_import_rows_read(const char *query, const wa_schema *schema,
										   wa_str source, wa_str business,
										   wa_import_remark remark, void (*count) (void *arg, int64 rows),
										   void *arg);

/* How many rows came, and how many of them are usable. */
extern int64 wa_import_rows_total(const wa_import_rows *rows);
extern int64 wa_import_rows_usable(const wa_import_rows *rows);

/*
 * Get the next usable row, in the order of recipient, business, register, time and line.
 * False after the last.  The row's strings are valid until the next call.
 */
extern bool wa_import_rows_next(wa_import_rows *rows, wa_import_row *row);

/* Call it after the last row; an error needs no such call. */
extern void wa_import_rows_free(wa_import_rows *rows);

#endif							/* WA_IMPORT_ROWS_H */
