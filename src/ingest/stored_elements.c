/*-------------------------------------------------------------------------
 *
 * stored_elements.c
 *	  Elements of a stored payload by their paths: those that problems are about, where
 *	  wa_problem itself does not contain them.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/array.h"

#include "base/bisect.h"
#include "base/encode.h"
#include "payload/payload.h"

PG_FUNCTION_INFO_V1(wa__payload_elements);

/* A path that is asked for. */
typedef struct wa_wanted
{
	wa_str		path;			/* first: sorted by it */
	int			place;			/* in the array of paths */
} wa_wanted;

typedef struct wa_search
{
	int			n;
	wa_wanted  *wanted;			/* by path */
	Datum	   *found;			/* by place */
	bool	   *missing;
} wa_search;

static void
search_init(wa_search *search, ArrayType *paths)
{
	Datum	   *elements;

	deconstruct_array(paths, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &search->n);
	search->wanted = palloc(Max(1, search->n) * sizeof(wa_wanted));
	search->found = palloc0(Max(1, search->n) * sizeof(Datum));
	search->missing = palloc(Max(1, search->n) * sizeof(bool));
	for (int i = 0; i < search->n; i++)
	{
		search->wanted[i].path = wa_datum_str(elements[i]);
		search->wanted[i].place = i;
		search->missing[i] = true;
	}
	qsort(search->wanted, search->n, sizeof(wa_wanted), wa_str_order);
}

/* How many of the paths, from the first of these on, are this one? */
static int
search_range(const wa_search *search, wa_str path, int *first)
{
	int			i;

	wa_bisect(i, search->n, wa_str_compare(search->wanted[i].path, path) < 0);
	*first = i;
	while (i < search->n && wa_str_equal(search->wanted[i].path, path))
		i++;
	return i - *first;
}

/* Answer for all paths that are this one.  Returns how many that were. */
static int
search_answer(wa_search *search, wa_str path, wa_str text)
{
	int			first;
	int			n = search_range(search, path, &first);

	for (int i = first; i < first + n; i++)
	{
		search->found[search->wanted[i].place] = wa_str_datum(text);
		search->missing[search->wanted[i].place] = false;
	}
	return n;
}

static void
search_elements(wa_search *search, wa_payload *payload, int left)
{
	wa_element	element;

	while (left > 0 && wa_payload_next(payload, &element))
	{
		char		buf[WA_PATH_SIZE];
		wa_str		path = {buf, 0};
		int			first;
		wa_str		fragment;

		CHECK_FOR_INTERRUPTS();
		wa_payload_path(&element, buf, sizeof(buf));
		path.len = strlen(buf);
		if (search_range(search, path, &first) == 0)
			continue;
		fragment = wa_payload_fragment(&element);
		if (fragment.data == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
		left -= search_answer(search, path, wa_to_database(fragment));
	}
}

/* As the intake reads it, but for the signature: places are the same with either. */
static bool
parse_kept(wa_payload *payload, wa_str kept)
{
	wa_str		utf8 = wa_kept_to_utf8(kept);

	if (wa_payload_parse(payload, utf8.data, utf8.len) == WA_PAYLOAD_OK)
		return true;
	utf8 = wa_doubled_to_utf8(kept);
	return utf8.data != NULL &&
		wa_payload_parse(payload, utf8.data, utf8.len) == WA_PAYLOAD_OK;
}

/* json-c's memory must not be lost on any path. */
static void
search_payload(wa_search *search, wa_str kept, int left)
{
	wa_payload *payload = wa_payload_new();

	if (payload == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	PG_TRY();
	{
		if (parse_kept(payload, kept))
			search_elements(search, payload, left);
	}
	PG_FINALLY();
	{
		wa_payload_free(payload);
	}
	PG_END_TRY();
}

/* The payload is read once, however many paths there are. */
Datum
wa__payload_elements(PG_FUNCTION_ARGS)
{
	wa_str		payload = wa_datum_str(PG_GETARG_DATUM(0));
	ArrayType  *paths = PG_GETARG_ARRAYTYPE_P(1);
	wa_search	search;
	int			left;
	int			lower = 1;

	if (array_contains_nulls(paths))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("paths must not be null")));
	search_init(&search, paths);
	left = search.n - search_answer(&search, WA_STR(""), payload);
	if (left > 0)
		search_payload(&search, payload, left);
	PG_RETURN_ARRAYTYPE_P(construct_md_array(search.found, search.missing, 1, &search.n, &lower,
											 TEXTOID, -1, false, TYPALIGN_INT));
}
