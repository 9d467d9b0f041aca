/*-------------------------------------------------------------------------
 *
 * filter_build.h
 *	  What the files that read the list of a filter share; nobody else looks
 *	  inside.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_FILTER_BUILD_H
#define WA_FILTER_BUILD_H

#include "common/compat.h"

#include "access/htup_details.h"
#include "utils/timestamp.h"

#include "decision/filter.h"
#include "decision/library.h"
#include "state/read.h"

/*
 * What the rows of one recipient come to that count for the question, whoever
 * it is that they are about: the sum of a hash of each, without its lowest
 * bits, 0 where there is no row.  Two recipients with equal prints have equal
 * rows.  (A seed of its own for every filter keeps anybody from making unequal
 * rows with equal prints.)  The lowest bits tell of ties; see filter_ties.c.
 */
typedef uint64 wa_print;

#define WA_PRINT_HASH		(~UINT64CONST(31))
#define WA_PRINT_ADOPTED	UINT64CONST(1)	/* has no rows; the print is a tied one's */
#define WA_PRINT_ODD		UINT64CONST(2)	/* rows of tied ones differ */
#define WA_PRINT_TIED		UINT64CONST(4)	/* has a tie */
#define WA_PRINT_MANY		UINT64CONST(8)	/* has several */
#define WA_PRINT_YIELDS		UINT64CONST(16) /* adopted; among the rows is a cooldown
											 * that an open window would lift */

/* A tie between two recipients. */
typedef struct wa_tie
{
	wa_key		a;
	wa_key		b;
	ItemPointerData place;		/* of its row */
} wa_tie;

/* What is open to look for the windows of those who are tied. */
typedef struct wa_window_reader
{
	bool		open;
	Relation	identity;
	TupleTableSlot *tie;
	wa_reader	activity;
} wa_window_reader;

typedef struct wa_ties
{
	wa_tie	   *at;
	uint64		n;
	uint64		max;
} wa_ties;

/* What the policy says of a code for one category. */
typedef struct wa_code_meaning
{
	bool		known;
	bool		blocks;
	bool		yields;			/* to an open window */
	bool		shut_by_inbound;	/* does lifted_at tell of all inbound messages? */
	wa_code_policy policy;
} wa_code_meaning;

#define WA_CODE_CACHE		64	/* a power of two */

typedef struct wa_hashed_business
{
	uint64		hash;			/* 0: none is kept here */
	size_t		len;
	char		bytes[32];
} wa_hashed_business;

#define WA_BUSINESS_CACHE	16	/* a power of two */

/* A tie whose Bloom filter's words are on their way into the cache. */
typedef struct wa_coming_tie
{
	wa_tie		tie;
	uint64		hash_a;
	uint64		hash_b;
} wa_coming_tie;

#define WA_COMING			32

typedef struct wa_builder
{
	wa_filter  *filter;
	wa_library *library;
	const wa_question *question;
	Size		limit;

	/*
	 * Entries as they come; NULL: only the Bloom filter is filled.  Beside
	 * each its print, unless there are no ties, or no memory to compare people's
	 * rows.
	 */
	wa_entry   *gathered;
	wa_print   *prints;
	uint64		ngathered;
	uint64		room;

	/* Checks of the BSUIDs among them, one after the other. */
	wa_check   *checks;
	uint64		nchecks;
	uint64		checks_room;
	bool		no_checks;		/* there is no memory for them */

	wa_print   *placed;			/* prints by place in the set; NULL: none */

	/*
	 * Who has a tie that must be followed, by a Bloom filter alone (tied.words
	 * NULL: anybody may have one), and whether there are such ties.
	 */
	bool		has_ties;
	wa_phone_set tied;

	wa_coming_tie coming[WA_COMING];
	int			ncoming;

	wa_ties		near;			/* ties of which an end may be listed */
	uint64		counted;		/* so many of them are counted in the prints */
	wa_ties		far;			/* all others, unless there are too many */
	bool		too_far;		/* there are: wa_identity is to be read again */
	bool		changed;		/* did the ties change anything this time? */
	bool		listed_more;	/* ... and list anybody? */
	bool		many;			/* has anybody several ties? */
	void		(*take_tie) (struct wa_builder *, const wa_tie *);	/* of wa_scan_ties */
	wa_window_reader windows;

	wa_code_meaning codes[WA_CODE_CACHE];
	wa_hashed_business businesses[WA_BUSINESS_CACHE];
} wa_builder;

/*
 * The row at hand.  Columns are read where they lie, without a slot: a few
 * are all that is needed of hundreds of thousands of rows.
 */
typedef struct wa_row
{
	HeapTuple	tuple;
	TupleDesc	desc;
} wa_row;

static inline wa_instant
wa_row_instant(const wa_row *row, int column)
{
	bool		isnull;
	Datum		value = heap_getattr(row->tuple, column, row->desc, &isnull);

	return isnull ? WA_NEVER : DatumGetTimestampTz(value);
}

static inline int32
wa_row_int(const wa_row *row, int column)
{
	bool		isnull;

	return DatumGetInt32(heap_getattr(row->tuple, column, row->desc, &isnull));
}

/* A column of variable length that is not NULL. */
static inline char *
wa_row_text(const wa_row *row, int column)
{
	bool		isnull;

	return DatumGetPointer(heap_getattr(row->tuple, column, row->desc, &isnull));
}

/*
 * From one column of variable length to the next, neither of them NULL, whose
 * type is aligned as int (text, wa_recipient) or as double (timestamptz[]).
 * Short values are not aligned at all.
 */
static inline char *
wa_next_text(char *text)
{
	char	   *next = text + VARSIZE_ANY(text);

	return VARATT_NOT_PAD_BYTE(next) ? next : (char *) INTALIGN(next);
}

static inline char *
wa_next_instants(char *text)
{
	char	   *next = text + VARSIZE_ANY(text);

	return VARATT_NOT_PAD_BYTE(next) ? next : (char *) DOUBLEALIGN(next);
}

/* The string there, not copied. */
static inline wa_str
wa_str_at(char *text)
{
	struct varlena *packed = PG_DETOAST_DATUM_PACKED(PointerGetDatum(text));

	return (wa_str)
	{
		VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed)
	};
}

/* The key of the recipient there. */
static inline wa_key
wa_key_at(char *text)
{
	wa_str		id = wa_str_at(text);
	int64		number = wa_is_bsuid(id.data) ? 0 : wa_phone_plain(id.data, id.len);

	return number != 0 ? wa_key_of_phone(number) : wa_key_of(id.data, id.len);
}

/* The print of an entry of the set; only where there are prints. */
static inline wa_print *
wa_print_of(const wa_builder *b, const wa_entry *entry)
{
	return &b->placed[entry - b->filter->set.entries];
}

/* Call for the memory of an entry and of what lies beside it: a print, if asked. */
static inline void
wa_prefetch_place(const wa_builder *b, wa_key key, bool print)
{
	uint64		place = wa_phone_set_place(&b->filter->set, wa_key_hash(key));

	__builtin_prefetch(&b->filter->set.entries[place], 1);
	if (print)
		__builtin_prefetch(&b->placed[place], 1);
	if (b->checks != NULL && wa_key_is_bsuid(key))
		__builtin_prefetch(&b->filter->checks[place], 1);
}

/*
 * All rows of a table by the library's snapshot, in the order of its pages.
 * schema.c has seen that it is a heap.
 */
extern void wa_read_table(wa_builder *b, const wa_table *table,
						  void (*read_row) (wa_builder *, const wa_row *));

/*
 * Make an empty table for n keys in the set, with prints and checks for each
 * place if the old one has them.
 */
extern void wa_make_table(wa_builder *b, uint64 n);

/*
 * Ties (filter_tie_scan.c): hand each that the question makes one follow to take, once;
 * what that costs, in pages of a table, and how many there are, at a guess on the high
 * side; and are these all ties there are?
 */
extern void wa_scan_ties(wa_builder *b, void (*take) (wa_builder *, const wa_tie *));
extern double wa_pages_of_ties(const wa_schema *schema, const wa_question *question);
extern uint64 wa_count_ties(const wa_schema *schema, const wa_question *question);
extern bool wa_scans_all_ties(const wa_question *question);

/*
 * Windows (filter_windows.c): would a cooldown of x yield to a window that y, who is
 * tied to x and has no rows that object, may have open?  Both are in the set, with
 * prints.  wa_settles_windows: is that asked at all?
 */
extern bool wa_has_other_window(wa_builder *b, const wa_tie *tie,
								const wa_entry *x, const wa_entry *y);
extern bool wa_settles_windows(const wa_builder *b);
extern void wa_close_windows(wa_builder *b);

/*
 * Before anything is listed: gather the ties that must be followed, as far as there is
 * memory for them (filter_ties.c).
 */
extern void wa_gather_ties(wa_builder *b);

/*
 * List whoever is tied to a listed one, directly or through others, and let go
 * those who need not be looked up for it (filter_ties.c).  Returns false where
 * that does not come to an end soon.
 */
extern bool wa_follow_ties(wa_builder *b);

#endif							/* WA_FILTER_BUILD_H */
