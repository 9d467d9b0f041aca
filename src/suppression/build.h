/*-------------------------------------------------------------------------
 *
 * build.h
 *	  Shared by the files that read the suppression list, and included by them only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_SUPPRESSION_BUILD_H
#define WA_SUPPRESSION_BUILD_H

#include "base/compat.h"

#include "access/htup_details.h"

#include "base/append.h"
#include "suppression/connected.h"
#include "suppression/list.h"

/* The policy of a code for one category. */
typedef struct wa_code_meaning
{
	bool		known;
	bool		blocks;
	bool		yields;			/* to an open window */
	bool		closed_by_inbound;	/* does lifted_at cover all inbound messages? */
	wa_code_policy policy;
} wa_code_meaning;

#define WA_CODE_CACHE		64	/* a power of two */

/* A link between a BSUID and its parent, by their keys. */
typedef struct wa_parent_link
{
	wa_key		user_id;
	wa_key		parent;
} wa_parent_link;

typedef struct wa_builder
{
	wa_suppression_list *list;
	wa_decision_cache *cache;
	const wa_question *question;
	Size		limit;

	/* Entries in the order of reading; NULL: only the Bloom filter is filled. */
	wa_entry   *gathered;
	uint64		ngathered;
	uint64		room;

	uint64		nkeys;			/* buckets of erased people in the order of reading */
	uint64		max_keys;
	wa_key	   *keys;

	wa_connected *connected;	/* phones for which rows of other identifiers may count */

	/* Entries of BSUIDs and parents, if the list is to contain them. */
	bool		with_user_ids;
	uint64		nuser_ids;
	uint64		max_user_ids;
	wa_entry   *user_ids;
	uint64		nparents;		/* links of BSUIDs with parents */
	uint64		max_parents;
	wa_parent_link *parents;

	wa_code_meaning codes[WA_CODE_CACHE];

	/* Frequency caps that may object; ncaps 0: wa_delivery is not read. */
	int			ncaps;
	wa_cap	   *caps;
	wa_instant	paced_since;	/* earlier deliveries count for no cap */
	wa_delivery *deliveries;	/* room for the deliveries of one row */
	Oid			category;		/* of the question */
	int			nbusinesses;	/* known ones, where each needs an opt-in */
	const wa_str *businesses;
	wa_str		paced_business; /* of the first row that counts; data NULL: none so far */
	bool		several;		/* rows of several businesses count, and must be added up */
	uint64		nparts;			/* phones by their rows that count towards a cap */
	uint64		max_parts;		/* and do not reach it */
	wa_key	   *parts;
	uint64		nwindowed;		/* entries that an open window would exempt */
} wa_builder;

/* Bytes of a Bloom filter, so that it stays in the L2 cache. */
#define WA_BLOOM_SIZE	(256 * 1024)

/*
 * The cost of a look-up, in pages of a state table that are read in the same time.
 */
#define PAGES_PER_LOOK_UP	1.5

/* Add an entry, or bits of an entry. */
extern void wa_builder_gather(wa_builder *b, wa_key key, uint16 bits);

/*
 * The phone that a row is about; 0 where it is about a BSUID, which is recorded in
 * b->connected.
 */
extern wa_key wa_builder_phone(wa_builder *b, wa_str recipient);

/* May rows of this phone count for another one, or those of another one for it? */
static inline bool
wa_builder_is_connected(const wa_builder *b, wa_key phone)
{
	return b->connected != NULL && wa_connected_has(b->connected, phone);
}

/*
 * Must rows of this phone that do not object by themselves be gathered, since they may count for
 * another identifier?
 */
static inline bool
wa_builder_counts_for_others(const wa_builder *b, wa_key phone)
{
	return b->with_user_ids || wa_builder_is_connected(b, phone);
}

/* Allocate zeroed memory that lives as long as the list. */
extern void *wa_builder_allocate(wa_builder *b, Size size);

/* The hash of a BSUID or parent in this list. */
static inline uint64
wa_builder_user_id(const wa_builder *b, wa_str id)
{
	return wa_user_id_hash(b->list->set.seed, id);
}

/* Add a BSUID or parent, by its hash: one that is refused, unless it is added again, or that must be looked up. */
extern void wa_builder_add_user_id(wa_builder *b, uint64 hash, bool refused);

/*
 * After the set of phones was made: find all other BSUIDs and parents that are refused or must be looked up.
 * Sets b->list->has_user_ids, if b->with_user_ids and if memory suffices.  Frees what was added.
 */
extern void wa_builder_make_user_ids(wa_builder *b, Snapshot snapshot);

/*
 * After the set of phones was made: find out of phones with a stop and a resume for every business which
 * one stands, and set their bits so that they need not be looked up.  Where few have both, nothing is done.
 */
extern void wa_builder_settle_resumes(wa_builder *b, const wa_table *consent, Snapshot snapshot);

/* Choose the caps that can object to the question: sets b->caps and b->ncaps. */
extern void wa_builder_choose_caps(wa_builder *b);

/* Read deliveries, claims and windows, and gather recipients at a cap.  b->ncaps is not 0. */
extern void wa_builder_read_deliveries(wa_builder *b, const wa_schema *schema, Snapshot snapshot);

/*
 * Call read_row with every row of a table that the snapshot sees, in the order of the pages.
 * schema.c has checked that it is a heap.
 */
extern void wa_scan_table(const wa_table *table, Snapshot snapshot,
						  void (*read_row) (void *arg, HeapTuple tuple, TupleDesc desc), void *arg);

/*
 * Reads the columns of a row in place, from the first one on.  Columns that are skipped must
 * not be NULL.
 */
typedef char *wa_cursor;

static inline wa_cursor
wa_cursor_begin(HeapTuple tuple)
{
	return (char *) tuple->t_data + tuple->t_data->t_hoff;
}

/*
 * Read a string in place, and go to the next column.  The type is aligned as int; values
 * with a short header are not aligned.
 */
static inline wa_str
wa_cursor_str(wa_cursor *cursor)
{
	char	   *here = *cursor;
	struct varlena *text;

	if (!VARATT_NOT_PAD_BYTE(here))
		here = (char *) INTALIGN(here);
	*cursor = here + VARSIZE_ANY(here);
	text = PG_DETOAST_DATUM_PACKED(PointerGetDatum(here));
	return (wa_str)
	{
		VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text)
	};
}

/* Read an array in place, aligned as double, and go to the next column. */
static inline Datum
wa_cursor_array(wa_cursor *cursor)
{
	char	   *here = *cursor;

	if (!VARATT_NOT_PAD_BYTE(here))
		here = (char *) DOUBLEALIGN(here);
	*cursor = here + VARSIZE_ANY(here);
	return PointerGetDatum(here);
}

static inline int32
wa_cursor_int4(wa_cursor *cursor)
{
	char	   *here = (char *) INTALIGN(*cursor);

	*cursor = here + sizeof(int32);
	return *(int32 *) here;
}

/* Read a timestamp and go to the next column; WA_NEVER where it is NULL.  column: its number. */
static inline wa_instant
wa_cursor_instant(wa_cursor *cursor, HeapTuple tuple, int column)
{
	char	   *here = (char *) DOUBLEALIGN(*cursor);

	if (HeapTupleHasNulls(tuple) && att_isnull(column - 1, tuple->t_data->t_bits))
		return WA_NEVER;
	*cursor = here + sizeof(int64);
	return *(int64 *) here;
}

#endif							/* WA_SUPPRESSION_BUILD_H */
