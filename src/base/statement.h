/*-------------------------------------------------------------------------
 *
 * statement.h
 *	  Prepared SQL statements of the extension's own, kept per backend.
 *
 * The text names the schema as @extschema@, like an install script.  It runs with
 * the rights of the current user, as all of SPI does: the calling SQL function
 * must be SECURITY DEFINER with a pinned search_path.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_STATEMENT_H
#define WA_STATEMENT_H

#include "base/compat.h"

#include "executor/spi.h"

#include "base/schema.h"

#define WA_MAX_PARAMETERS 16

/*
 * A statement; static, the first three members given, the rest zero.
 * types: one SQL type name per parameter, in a string separated by blanks,
 * "recipient" standing for wa_recipient; with "[]" for arrays.
 */
typedef struct wa_statement
{
	const char *sql;
	const char *types;
	SPIPlanPtr	plan;
	uint64		generation;		/* of the schema that it was prepared for */
} wa_statement;

/*
 * Run it (inside SPI_connect … SPI_finish) under a fresh snapshot.  nulls may be
 * NULL.  Returns the number of rows processed; results are in SPI_tuptable.
 * Any failure is an ERROR.
 */
extern uint64 wa_statement_run(wa_statement *statement, const wa_schema *schema,
							   Datum *values, const char *nulls);

/*
 * Open a cursor over its rows instead; the same otherwise.  The caller closes it by SPI_cursor_close; an error
 * does so too.
 */
extern Portal wa_statement_open(wa_statement *statement, const wa_schema *schema,
								Datum *values, const char *nulls);

#endif							/* WA_STATEMENT_H */
