/*-------------------------------------------------------------------------
 *
 * array_in_place.h
 *	  Reading an array where it lies in a row.
 *
 * Rows in place are read by the hundred thousand, and a short array need not be aligned
 * there: of the form that all our rows have, nothing is copied.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_ARRAY_IN_PLACE_H
#define WA_ARRAY_IN_PLACE_H

#include "base/compat.h"

#include "utils/array.h"

/*
 * The elements of an array of at most one dimension without NULLs, maybe not aligned, and their
 * number; *n is -1 where it has another form.
 */
static inline const char *
wa_array_in_place(struct varlena *array, Oid type, int *n)
{
	struct						/* an array's header without its length */
	{
		int32		ndim;
		int32		dataoffset;	/* 0: no NULLs */
		Oid			elemtype;
		int32		dim;
	}			head = {0};

	memcpy(&head, VARDATA_ANY(array), Min(sizeof(head), VARSIZE_ANY_EXHDR(array)));
	if (head.ndim == 0)
		*n = 0;
	else if (head.ndim == 1 && head.dataoffset == 0 && head.elemtype == type)
		*n = head.dim;
	else
		*n = -1;
	return VARDATA_ANY(array) + ARR_OVERHEAD_NONULLS(1) - VARHDRSZ;
}

#endif							/* WA_ARRAY_IN_PLACE_H */
