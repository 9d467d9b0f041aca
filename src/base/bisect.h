/*-------------------------------------------------------------------------
 *
 * bisect.h
 *	  Binary search.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_BISECT_H
#define WA_BISECT_H

#include "c.h"

/*
 * Set the variable i to the number of the first of n sorted elements for which is_before is false, n if there
 * is none.  is_before is an expression in i that is true for all elements before that one, and false for all
 * after it.
 */
#define wa_bisect(i, n, is_before) \
	do { \
		size_t		low_ = 0; \
		size_t		high_ = (n); \
\
		while (low_ < high_) \
		{ \
			(i) = low_ + (high_ - low_) / 2; \
			if (is_before) \
				low_ = (i) + 1; \
			else \
				high_ = (i); \
		} \
		(i) = low_; \
	} while (0)

#endif							/* WA_BISECT_H */
