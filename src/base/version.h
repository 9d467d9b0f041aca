/*-------------------------------------------------------------------------
 *
 * version.h
 *	  Do the loaded library and the extension in this database belong together?
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_VERSION_H
#define WA_VERSION_H

/*
 * The oldest version of the extension with which this library works.  Raise it with every
 * release whose library needs a table, a column or a function of SQL that this one lacks:
 * docs/releasing.md.
 */
#define WA_OLDEST_EXTENSION "1.0"

/*
 * An ERROR where the extension in this database is newer than the loaded library, which
 * would not know what the new one keeps, or older than it works with.
 */
extern void wa_check_version(void);

#endif							/* WA_VERSION_H */
