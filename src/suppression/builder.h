/*-------------------------------------------------------------------------
 *
 * builder.h
 *	  Shared by the files that read the suppression list, and included by them only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_BUILDER_H
#define WA_BUILDER_H

#include "base/compat.h"

#include "base/append.h"
#include "base/table_scan.h"
#include "suppression/connected.h"
#include "suppression/list.h"

/* The policy of a code for one category. */
typedef struct wa_code_meaning
{
	bool		known;
	bool		blocks;
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

/* Begin, with as much room as the pages to be read may need. */
extern void wa_builder_begin(wa_builder *b, double pages);

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

/* Is there memory to gather so many entries, and to place them with so many more? */
extern bool wa_builder_fits(const wa_builder *b, uint64 room, uint64 more);

/* There is not enough memory: from here on the Bloom filter alone is filled. */
extern void wa_builder_fall_back(wa_builder *b);

/* Make the set of what was gathered, with room for some more. */
extern void wa_builder_make_set(wa_builder *b, uint64 more);

/*
 * Make one of the list's sets empty, with a Bloom filter for n keys, of bloom_limit bytes at most, and
 * a hash table for them if with_table.
 */
extern void wa_builder_make_empty(wa_builder *b, wa_phone_set *set, uint64 n, Size bloom_limit,
								  bool with_table);

/* As large a Bloom filter as a part of the memory allows. */
extern Size wa_largest_bloom(Size memory, Size most);

/* The hash of a BSUID or parent in this list. */
static inline uint64
wa_builder_user_id(const wa_builder *b, wa_str id)
{
	return wa_user_id_hash(b->list->set.seed, id);
}

/* Is there memory for one more BSUID or parent?  If not, the list will contain none. */
extern bool wa_builder_has_user_id_room(wa_builder *b);

/* Add a BSUID or parent, by its hash: one that is refused, unless it is added again, or that must be looked up. */
extern void wa_builder_add_user_id(wa_builder *b, uint64 hash, bool refused);

/*
 * After the set of phones was made: find all other BSUIDs and parents that are refused or must be looked up.
 * Sets b->list->has_user_ids, if b->with_user_ids and if memory suffices.  Frees what was added.
 */
extern void wa_builder_make_user_ids(wa_builder *b);

/*
 * After the set of phones was made: find out of phones with a stop and a resume for every business which
 * one stands, and set their bits so that they need not be looked up.  Where few have both, nothing is done.
 */
extern void wa_builder_settle_resumes(wa_builder *b);

/* Choose the caps that can object to the question: sets b->caps and b->ncaps. */
extern void wa_builder_choose_caps(wa_builder *b);

/* Read deliveries, claims and windows, and gather recipients at a cap.  b->ncaps is not 0. */
extern void wa_builder_read_deliveries(wa_builder *b);

#endif							/* WA_BUILDER_H */
