/*-------------------------------------------------------------------------
 *
 * contacts.c
 *	  Finding the item of a value's contacts[] that belongs to a status, message,
 *	  preference, call or change of user id of that value.
 *
 * It is one that shares an identifier with the element, tried at the element's own
 * index first, where Meta puts it; else the only contact of a value with one element,
 * or beside a message that names nobody.
 *
 *-------------------------------------------------------------------------
 */
#include "base/bisect.h"
#include "payload/payload_internal.h"
#include "recipient/phone.h"

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

/* Is it the same but for what does not count? */
static bool
contact_equal_as_written(wa_str a, wa_str b, bool is_phone)
{
	size_t		i = 0;
	size_t		j = 0;

	if (!is_phone)
		return wa_str_equal(a, b);
	for (;;)
	{
		while (i < a.len && contact_phone_filler(a.data[i]))
			i++;
		while (j < b.len && contact_phone_filler(b.data[j]))
			j++;
		if (i == a.len || j == b.len)
			return i == a.len && j == b.len;
		if (a.data[i++] != b.data[j++])
			return false;
	}
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
	return contact_id_telling(a) && contact_id_telling(b) && contact_equal_as_written(a, b, is_phone);
}

void
wa_contact_read(json_object *contact, wa_ids *ids)
{
	ids->phone = wa_json_text(contact, "wa_id");
	ids->user_id = wa_json_text(contact, "user_id");
	ids->parent_user_id = wa_json_text(contact, "parent_user_id");
}

/* Without what is no identifier: many elements may have the same contact, and each would read and keep it. */
static void
contact_read_item(const wa_payload *payload, int i, wa_ids *contact)
{
	wa_str	   *ids[] = {&contact->phone, &contact->user_id, &contact->parent_user_id};

	wa_contact_read(wa_json_list_item(payload->arrays[WA_ARRAY_CONTACTS], i), contact);
	for (size_t j = 0; j < lengthof(ids); j++)
	{
		if (ids[j]->len > LONGEST_ID)
			*ids[j] = (wa_str) {NULL, 0};
	}
}

/* Read the i-th contact of the value and say whether it shares an identifier as written. */
static bool
contact_matches(const wa_payload *payload, int i, const wa_ids *who, wa_ids *contact)
{
	contact_read_item(payload, i, contact);
	return wa_contact_same_id(who->phone, contact->phone, true) ||
		wa_contact_same_id(who->user_id, contact->user_id, false) ||
		wa_contact_same_id(who->parent_user_id, contact->parent_user_id, false);
}

/*
 * Identifiers that are written in different ways.
 */

/*
 * The identifiers that can be read, canonical.  WhatsApp writes the numbers of some
 * countries with a digit more in one place than in the other.
 */
typedef struct contact_ids
{
	int			n;
	wa_canonical ids[3];
} contact_ids;

static void
contact_canonicalize(const wa_ids *written, contact_ids *result)
{
	const wa_str all[] = {written->phone, written->user_id, written->parent_user_id};

	result->n = 0;
	for (int i = 0; i < 3; i++)
	{
		if (contact_id_telling(all[i]) &&
			wa_canonicalize(all[i].data, all[i].len, &result->ids[result->n]))
			result->n++;
	}
}

static bool
contact_ids_meet(const contact_ids *ids, const wa_canonical *others, int n)
{
	for (int i = 0; i < ids->n; i++)
	{
		for (int j = 0; j < n; j++)
		{
			if (wa_canonical_equal(&ids->ids[i], &others[j]))
				return true;
		}
	}
	return false;
}

/* Does the i-th contact of the value have one of these n identifiers? */
static bool
contact_shares(const wa_payload *payload, int i, const wa_canonical *others, int n)
{
	wa_ids		written;
	contact_ids ids;

	contact_read_item(payload, i, &written);
	contact_canonicalize(&written, &ids);
	return contact_ids_meet(&ids, others, n);
}

/* The first of few contacts that shares an identifier; -1 where there is none. */
static int
contact_find_few(const wa_payload *payload, const wa_ids *who)
{
	int			ncontacts = payload->lengths[WA_ARRAY_CONTACTS];
	wa_ids		contact;
	contact_ids own;

	for (int i = 0; i < ncontacts; i++)
	{
		if (contact_matches(payload, i, who, &contact))
			return i;
	}
	contact_canonicalize(who, &own);
	for (int i = 0; i < ncontacts && own.n > 0; i++)
	{
		if (contact_shares(payload, i, own.ids, own.n))
			return i;
	}
	return -1;
}

/*
 * The search among many contacts.
 */

/* FNV-1a */
static uint64
contact_hash_id(const wa_canonical *id)
{
	uint64		hash = UINT64CONST(0xcbf29ce484222325);

	for (int i = 0; i < id->len; i++)
	{
		hash ^= (unsigned char) id->text[i];
		hash *= UINT64CONST(0x100000001b3);
	}
	return hash;
}

/* By hash, then the first contact first. */
static int
contact_compare_keys(const void *left, const void *right)
{
	const wa_contact_key *a = left;
	const wa_contact_key *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->contact > b->contact) - (a->contact < b->contact);
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
		wa_ids		written;
		contact_ids ids;

		contact_read_item(payload, i, &written);
		contact_canonicalize(&written, &ids);
		for (int j = 0; j < ids.n; j++)
			payload->keys[payload->nkeys++] = (wa_contact_key)
		{
			contact_hash_id(&ids.ids[j]), i
		};
	}
	qsort(payload->keys, (size_t) payload->nkeys, sizeof(wa_contact_key), contact_compare_keys);
}

/*
 * The first contact with that identifier, or -1.  Of contacts whose hashes are equal by
 * somebody's intention only the first is looked at.
 */
static int
contact_find_key(const wa_payload *payload, const wa_canonical *id)
{
	uint64		hash = contact_hash_id(id);
	int			i;

	wa_bisect(i, payload->nkeys, payload->keys[i].hash < hash);
	if (i < payload->nkeys && payload->keys[i].hash == hash &&
		contact_shares(payload, payload->keys[i].contact, id, 1))
		return payload->keys[i].contact;
	return -1;
}

/*
 * The first of many contacts that shares an identifier with the element, its
 * phone being asked about first; -1 where there is none.
 */
static int
contact_find_many(wa_payload *payload, const wa_ids *who)
{
	contact_ids own;
	int			found = -1;

	if (!payload->keys_made)
		contact_make_keys(payload);
	contact_canonicalize(who, &own);
	for (int i = 0; i < own.n && found < 0; i++)
		found = contact_find_key(payload, &own.ids[i]);
	return found;
}

/*
 * The contact of an element.
 */

int
wa_contact_elements(const wa_payload *payload)
{
	return payload->lengths[WA_ARRAY_STATUSES] + payload->lengths[WA_ARRAY_MESSAGES] +
		payload->lengths[WA_ARRAY_PREFERENCES] + payload->lengths[WA_ARRAY_CALLS] +
		payload->lengths[WA_ARRAY_USER_ID_UPDATES];
}

/* A message is from somebody, and the only contact is of who writes; a status may be of anybody. */
static bool
contact_message_of_nobody(const wa_payload *payload, const wa_ids *who)
{
	return payload->array == WA_ARRAY_MESSAGES && !wa_ids_given(who);
}

bool
wa_contact_pair(wa_payload *payload, const wa_ids *who, wa_ids *contact)
{
	int			ncontacts = payload->lengths[WA_ARRAY_CONTACTS];
	int			own = payload->item;
	int			found;

	if (ncontacts > 0 && own < ncontacts && contact_matches(payload, own, who, contact))
		return true;
	memset(contact, 0, sizeof(*contact));
	if (ncontacts == 0)
		return false;
	found = ncontacts > FEW_CONTACTS ? contact_find_many(payload, who) :
		contact_find_few(payload, who);
	if (found < 0 && ncontacts == 1 &&
		(wa_contact_elements(payload) == 1 || contact_message_of_nobody(payload, who)))
		found = 0;
	if (found < 0)
		return false;
	contact_read_item(payload, found, contact);
	return true;
}

void
wa_contact_forget(wa_payload *payload)
{
	free(payload->keys);
	payload->keys = NULL;
	payload->nkeys = 0;
	payload->keys_made = false;
}
