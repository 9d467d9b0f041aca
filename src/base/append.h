/*-------------------------------------------------------------------------
 *
 * append.h
 *	  Arrays that grow.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_APPEND_H
#define WA_APPEND_H

#include "base/compat.h"

/*
 * Append to an array: yields a pointer to the new element, which is not initialized.  n: how many
 * elements it has; max: for how many there is room; all zero at first.  It lies in the memory context
 * that is current when the first element is appended, and may become larger than 1 GB.
 */
#define wa_append(array, n, max, type) \
	(((n) < (max) ? (void) 0 : \
	  (void) ((max) = Max(8, 2 * (max)), \
			  (array) = (array) == NULL ? palloc((max) * sizeof(type)) : \
			  repalloc_huge((array), (max) * sizeof(type)))), \
	 &(array)[(n)++])

/*
 * The same without a count of the room, for an array that mostly holds few elements and never
 * loses one.  n is zero at first, whatever array is.
 */
#define wa_append_few(array, n, type) \
	(((n) == 0 ? (void) ((array) = palloc(4 * sizeof(type))) : \
	  (n) >= 4 && ((n) & ((n) - 1)) == 0 ? \
	  (void) ((array) = repalloc_huge((array), (size_t) 2 * (n) * sizeof(type))) : (void) 0), \
	 &(array)[(n)++])

#endif							/* WA_APPEND_H */
