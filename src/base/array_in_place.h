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
 * The elements of a stored array, maybe not aligned, and their number.  Borrowed, or in the current memory
 * context where it comes compressed.  Error: data_corrupted for an array that the extension does not write
 * into this table.
 */
static inline const char *
wa_array_in_place(Datum datum, Oid type, const char *table, int *n)
{
	struct varlena *array = PG_DETOAST_DATUM_PACKED(datum);
	struct						/* an array's header without its length */
	{
		int32		ndim;
		int32		dataoffset;	/* 0: no NULLs */
		Oid			elemtype;
		int32		dim;
	}			head = {0};

	memcpy(&head, VARDATA_ANY(array), Min(sizeof(head), VARSIZE_ANY_EXHDR(array)));
	if (head.ndim != 0 && (head.ndim != 1 || head.dataoffset != 0 || head.elemtype != type))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("a row of %s cannot be read", table),
				 errdetail("An array in it has more than one dimension, a NULL or another type.")));
	*n = head.ndim == 0 ? 0 : head.dim;
	return VARDATA_ANY(array) + ARR_OVERHEAD_NONULLS(1) - VARHDRSZ;
}

#endif							/* WA_ARRAY_IN_PLACE_H */
