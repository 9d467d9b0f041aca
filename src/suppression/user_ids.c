/*-------------------------------------------------------------------------
 *
 * user_ids.c
 *	  BSUIDs and parents in the suppression list.
 *
 * A BSUID that is not listed has the same result as a recipient of its region without rows: no
 * row about it counts, and neither does one about an identifier linked with it.  They are found by
 * following links upward from listed phones to BSUIDs and on to parents, for which wa_identity
 * is read completely.  Rows about a BSUID itself make a listed group, see connected.c.
 *
 * A BSUID that was seen with one phone, and has no rows of its own, is refused where a stop
 * of that phone refuses the phone: all of the phone's stops count for it, and no resume does
 * that does not count for the phone.  Everybody else who is listed is looked up.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "base/append.h"
#include "identity/columns.h"
#include "recipient/recipient.h"
#include "suppression/builder.h"

/*
 * Does a stop of this phone, by the bits of its entry, refuse a BSUID that was seen with it alone?  One that changed
 * may have had another owner when it stopped.  Not where the rule must be told, if the stop is one of the
 * business's register: WhatsApp's may object first, by a stop that a resume from before the link lifts for the phone.
 */
static bool
refuses_user_id(const wa_builder *b, uint16 bits)
{
	if (bits & (WA_LISTED_LINKED | WA_LISTED_CONNECTED | WA_LISTED_INHERITED))
		return false;
	return (bits & WA_LISTED_STOP) ||
		((bits & WA_LISTED_UNLESS) && !(bits & WA_LISTED_RESUMED_ALL) && !b->list->tells_reasons);
}

static void
read_link(void *arg, HeapTuple tuple, TupleDesc desc)
{
	wa_builder *b = arg;
	wa_cursor	cursor = wa_cursor_begin(tuple);
	wa_str		recipient = wa_cursor_str(&cursor);
	wa_str		other = wa_cursor_str(&cursor);
	bool		isnull;

	if (!wa_is_bsuid(recipient.data))
	{
		const wa_entry *phone = wa_phone_set_find(&b->list->set,
												  wa_key_of(recipient.data, recipient.len));

		/* A BSUID with rows of its own, or of a phone that is connected, is found by these. */
		if (phone == NULL || wa_entry_bits(*phone) == WA_LISTED_TOGETHER)
			return;
		heap_getattr(tuple, Anum_wa_identity_unlinked_at, desc, &isnull);
		wa_builder_add_user_id(b, wa_builder_user_id(b, other),
							   isnull && refuses_user_id(b, wa_entry_bits(*phone)));
	}
	else if (wa_builder_has_user_id_room(b))
		*wa_append(b->parents, b->nparents, b->max_parents, wa_parent_link) =
			(wa_parent_link) {wa_user_id_key(wa_builder_user_id(b, recipient)),
		wa_user_id_key(wa_builder_user_id(b, other))};
}

/* One that is added again, or with the key of another one, is looked up, unless both are the same refusal. */
static void
add(wa_phone_set *set, wa_key key, uint16 tag)
{
	uint64		hash = wa_phone_set_hash(set, key);
	uint64		used = set->used;
	wa_entry   *entry = wa_phone_set_add(set, hash, key, 0);

	wa_phone_set_announce(set, hash);
	if (set->used > used || wa_entry_bits(*entry) == tag)
		*entry = wa_entry_make(key, tag);
	else
		*entry = wa_entry_make(key, 0);
}

/* All of them have been found, and there is memory for them. */
static void
make_set(wa_builder *b)
{
	wa_phone_set *set = &b->list->user_ids;

	set->seed = b->list->set.seed;
	wa_builder_make_empty(b, set, b->nuser_ids + b->nparents, WA_BLOOM_SIZE, true);
	for (uint64 i = 0; i < b->nuser_ids; i++)
		add(set, wa_entry_key(b->user_ids[i]), wa_entry_bits(b->user_ids[i]));
	/* Parents are seen with BSUIDs, so one pass suffices. */
	for (uint64 i = 0; i < b->nparents; i++)
	{
		if (wa_phone_set_find(set, b->parents[i].user_id) != NULL)
			add(set, b->parents[i].parent, 0);
	}
	b->list->has_user_ids = true;
}

void
wa_builder_make_user_ids(wa_builder *b)
{
	if (b->with_user_ids && b->connected != NULL)
		wa_scan_table(&b->cache->schema->identity, b->cache->snapshot, read_link, b);
	if (b->with_user_ids && wa_builder_has_user_id_room(b))
		make_set(b);
	if (b->user_ids != NULL)
		pfree(b->user_ids);
	if (b->parents != NULL)
		pfree(b->parents);
}
