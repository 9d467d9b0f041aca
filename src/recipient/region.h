/*-------------------------------------------------------------------------
 *
 * region.h
 *	  The country or territory of a recipient, from its canonical text.
 *	  Pure: no server, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_REGION_H
#define WA_REGION_H

#include "c.h"

/*
 * The ISO 3166 alpha-2 code (a string of two letters, static storage) of a
 * canonical recipient of len bytes, or NULL where it is unknown.  For a BSUID
 * it is the prefix, copied into result, which must hold 3 bytes.
 */
extern const char *wa_region_of(const char *text, size_t len, char *result);

/*
 * Longer digit strings that begin with these digits and have another region than other
 * numbers that begin with them.  Returns the next of these strings (static storage), NULL
 * after the last; set *next to 0 before the first call.
 */
extern const char *wa_region_exception(const char *digits, size_t len, size_t *next);

/*
 * Do all numbers that begin with these digits have the same region, or all none?  False
 * where that is not certain.
 */
extern bool wa_region_uniform(const char *digits, size_t len);

#endif							/* WA_REGION_H */
