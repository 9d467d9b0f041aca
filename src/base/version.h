/*-------------------------------------------------------------------------
 *
 * version.h
 *	  Check that the loaded library fits the version of the extension in this database.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_VERSION_H
#define WA_VERSION_H

/*
 * The oldest version of the extension that this library works with.  Raise it with every
 * release whose library needs a table, column or SQL function that the older extension
 * lacks: docs/releasing.md.
 */
#define WA_OLDEST_EXTENSION "1.0"

/*
 * Raise an error if the extension in this database is newer than the loaded library, which
 * would not know its new tables and columns, or older than WA_OLDEST_EXTENSION.
 */
extern void wa_check_version(void);

#endif							/* WA_VERSION_H */
