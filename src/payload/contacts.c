/*-------------------------------------------------------------------------
 *
 * contacts.c
 *	  Finding the item of a value's contacts[] that belongs to a status, message,
 *	  preference or call of that value.
 *
 *-------------------------------------------------------------------------
 */
#include "payload/payload_internal.h"

/*
 * What is longer is no identifier, and not compared: a few contacts with a
 * megabyte of blanks each would make every comparison as long.
 */
#define LONGEST_ID		256

/* Up to so many contacts are searched one by one. */
#define FEW_CONTACTS	8

/* '+' and blanks in a phone do not count, neither do they in a comparison. */
static bool
contact_phone_filler(char c)
{
	return c == '+' || wa_str_is_blank(c);
}

/* Order by the bytes that count; 0 is equal. */
static int
contact_compare_ids(wa_str a, wa_str b, bool is_phone)
{
	size_t		i = 0;
	size_t		j = 0;

	if (!is_phone)
		return wa_str_compare(a, b);
	for (;;)
	{
		while (i < a.len && contact_phone_filler(a.data[i]))
			i++;
		while (j < b.len && contact_phone_filler(b.data[j]))
			j++;
		if (i == a.len || j == b.len)
			return (j == b.len) - (i == a.len);
		if (a.data[i] != b.data[j])
			return (unsigned char) a.data[i] < (unsigned char) b.data[j] ? -1 : 1;
		i++;
		j++;
	}
}

/* FNV-1a over the bytes that count.  Sorting by it only saves time. */
static uint64
contact_hash_id(wa_str id, bool is_phone)
{
	uint64		hash = UINT64CONST(0xcbf29ce484222325);

	for (size_t i = 0; i < id.len; i++)
	{
		if (is_phone && contact_phone_filler(id.data[i]))
			continue;
		hash ^= (unsigned char) id.data[i];
		hash *= UINT64CONST(0x100000001b3);
	}
	return hash;
}

/* Can it be told by this identifier who it is? */
static bool
contact_id_telling(wa_str id)
{
	return wa_str_given(id) && id.len <= LONGEST_ID;
}

bool
wa_contact_same_id(wa_str a, wa_str b, bool is_phone)
{
	return contact_id_telling(a) && contact_id_telling(b) && contact_compare_ids(a, b, is_phone) == 0;
}

void
wa_contact_read(json_object *contact, wa_ids *ids)
{
	ids->phone = wa_json_text(contact, "wa_id");
	ids->user_id = wa_json_text(contact, "user_id");
	ids->parent_user_id = wa_json_text(contact, "parent_user_id");
}

/* Read the i-th contact of the value and say whether it shares an identifier. */
static bool
contact_matches(wa_payload *payload, int i, const wa_ids *who, wa_ids *contact)
{
	wa_contact_read(wa_json_list_item(payload->arrays[WA_ARRAY_CONTACTS], i),
					contact);
	return wa_contact_same_id(who->phone, contact->phone, true) ||
		wa_contact_same_id(who->user_id, contact->user_id, false) ||
		wa_contact_same_id(who->parent_user_id, contact->parent_user_id, false);
}

/* By hash, then by what it stands for, then the first contact first. */
static int
contact_compare_keys(const void *left, const void *right)
{
	const wa_contact_key *a = left;
	const wa_contact_key *b = right;
	int			order;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->is_phone != b->is_phone)
		return a->is_phone ? -1 : 1;
	order = contact_compare_ids(a->id, b->id, a->is_phone);
	if (order != 0)
		return order;
	return (a->contact > b->contact) - (a->contact < b->contact);
}

static void
contact_add_key(wa_payload *payload, wa_str id, bool is_phone, int contact)
{
	wa_contact_key *key;

	if (!contact_id_telling(id))
		return;
	key = &payload->keys[payload->nkeys++];
	key->hash = contact_hash_id(id, is_phone);
	key->id = id;
	key->is_phone = is_phone;
	key->contact = contact;
}

/*
 * Sort the identifiers of all contacts of the value, so that a payload of
 * n elements and n contacts costs n log n whatever its author intends.
 */
static void
contact_make_keys(wa_payload *payload)
{
	int			ncontacts = payload->lengths[WA_ARRAY_CONTACTS];

	payload->keys_made = true;
	payload->keys = malloc((size_t) ncontacts * 3 * sizeof(wa_contact_key));
	if (payload->keys == NULL)
		return;
	for (int i = 0; i < ncontacts; i++)
	{
		wa_ids		ids;

		wa_contact_read(wa_json_list_item(payload->arrays[WA_ARRAY_CONTACTS], i),
						&ids);
		contact_add_key(payload, ids.phone, true, i);
		contact_add_key(payload, ids.user_id, false, i);
		contact_add_key(payload, ids.parent_user_id, false, i);
	}
	qsort(payload->keys, (size_t) payload->nkeys, sizeof(wa_contact_key), contact_compare_keys);
}

/* The first contact with that identifier, or -1. */
static int
contact_find_key(const wa_payload *payload, wa_str id, bool is_phone)
{
	wa_contact_key wanted;
	int			low = 0;
	int			high = payload->nkeys;

	if (!contact_id_telling(id))
		return -1;
	wanted.hash = contact_hash_id(id, is_phone);
	wanted.id = id;
	wanted.is_phone = is_phone;
	wanted.contact = -1;
	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (contact_compare_keys(&payload->keys[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < payload->nkeys && payload->keys[low].hash == wanted.hash &&
		payload->keys[low].is_phone == is_phone &&
		contact_compare_ids(payload->keys[low].id, id, is_phone) == 0)
		return payload->keys[low].contact;
	return -1;
}

/*
 * The first of many contacts that shares an identifier with the element, its
 * phone being asked about first; -1 where there is none.
 */
static int
contact_find(wa_payload *payload, const wa_ids *who)
{
	int			found;

	if (!payload->keys_made)
		contact_make_keys(payload);
	if (payload->keys == NULL)
		return -1;
	found = contact_find_key(payload, who->phone, true);
	if (found < 0)
		found = contact_find_key(payload, who->user_id, false);
	if (found < 0)
		found = contact_find_key(payload, who->parent_user_id, false);
	return found;
}

/* Is there one element only that a contact may belong to? */
static bool
contact_single_element(const wa_payload *payload)
{
	return payload->lengths[WA_ARRAY_STATUSES] + payload->lengths[WA_ARRAY_MESSAGES] +
		payload->lengths[WA_ARRAY_PREFERENCES] + payload->lengths[WA_ARRAY_CALLS] == 1;
}

/*
 * The contact is one that shares an identifier with the element, tried at the
 * element's own index first, where Meta puts it; else the only contact of a
 * value with one contact and one element.
 */
void
wa_contact_pair(wa_payload *payload, wa_element *element)
{
	int			ncontacts = payload->lengths[WA_ARRAY_CONTACTS];
	int			own = payload->item;
	int			found = -1;

	if (ncontacts == 0)
		return;
	if (own < ncontacts && contact_matches(payload, own, &element->who, &element->contact))
		return;
	if (ncontacts > FEW_CONTACTS)
		found = contact_find(payload, &element->who);
	else
	{
		for (int i = 0; i < ncontacts && found < 0; i++)
		{
			if (i != own && contact_matches(payload, i, &element->who, &element->contact))
				found = i;
		}
	}
	if (found < 0 && ncontacts == 1 && contact_single_element(payload))
		found = 0;
	if (found >= 0)
		wa_contact_read(wa_json_list_item(payload->arrays[WA_ARRAY_CONTACTS], found),
						&element->contact);
	else
		memset(&element->contact, 0, sizeof(element->contact));
}

void
wa_contact_forget(wa_payload *payload)
{
	free(payload->keys);
	payload->keys = NULL;
	payload->nkeys = 0;
	payload->keys_made = false;
}
