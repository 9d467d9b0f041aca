/*-------------------------------------------------------------------------
 *
 * identifiers.c
 *	  The identifiers by which an element names a user.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "events/identifiers.h"

/* Some parents lack the "ENT": then it counts where the identifier stood. */
static wa_id_kind
identifier_kind(const wa_canonical *id, wa_id_kind member)
{
	wa_id_kind	kind = wa_id_kind_of(id);

	return kind == WA_ID_USER && member == WA_ID_PARENT ? WA_ID_PARENT : kind;
}

static bool
identifiers_have(const wa_identifiers *set, const wa_canonical *id)
{
	for (int kind = 0; kind < WA_MAX_IDS; kind++)
	{
		if (wa_canonical_equal(&set->kinds[kind], id))
			return true;
	}
	for (int i = 0; i < set->nrest; i++)
	{
		if (wa_canonical_equal(&set->rest[i], id))
			return true;
	}
	return false;
}

void
wa_identifiers_init(wa_identifiers *set)
{
	for (int kind = 0; kind < WA_MAX_IDS; kind++)
		set->kinds[kind].len = 0;
	set->nrest = 0;
}

/* Read one as it is written.  Nearly all phones are plain digits that need no folding. */
static bool
identifier_read(wa_str written, wa_canonical *id)
{
	size_t		sign;

	if (!wa_str_given(written))
		return false;
	if (wa_phone_plain(written.data, written.len) == 0)
		return wa_canonicalize(written.data, written.len, id);
	sign = written.data[0] == '+' ? 1 : 0;
	id->len = (uint8) (written.len - sign);
	memcpy(id->text, written.data + sign, id->len);
	id->text[id->len] = '\0';
	return true;
}

/* Add one; is_native: only if it is of the kind that its member is for, else only if it is not. */
static void
identifiers_add_one(wa_identifiers *set, const wa_canonical *id, int member, bool is_native,
					const wa_identifiers *except)
{
	int			kind = identifier_kind(id, member);

	if ((kind == member) != is_native || identifiers_have(set, id) ||
		(except != NULL && identifiers_have(except, id)))
		return;
	if (set->kinds[kind].len == 0)
		set->kinds[kind] = *id;
	else if (set->nrest < WA_MAX_IDS)
		set->rest[set->nrest++] = *id;
}

void
wa_identifiers_add(wa_identifiers *set, const wa_ids *who, const wa_identifiers *except)
{
	const wa_str written[] = {who->phone, who->user_id, who->parent_user_id};
	wa_canonical ids[WA_MAX_IDS];
	bool		is_there[WA_MAX_IDS];

	for (int member = 0; member < WA_MAX_IDS; member++)
	{
		is_there[member] = identifier_read(written[member], &ids[member]);
		if (is_there[member])
			identifiers_add_one(set, &ids[member], member, true, except);
	}
	for (int member = 0; member < WA_MAX_IDS; member++)
	{
		if (is_there[member])
			identifiers_add_one(set, &ids[member], member, false, except);
	}
}

int
wa_identifiers_list(const wa_identifiers *set, wa_canonical *ids)
{
	int			n = 0;

	for (int kind = 0; kind < WA_MAX_IDS; kind++)
	{
		if (set->kinds[kind].len > 0)
			ids[n++] = set->kinds[kind];
	}
	return n;
}

bool
wa_identifiers_empty(const wa_identifiers *set)
{
	return set->kinds[WA_ID_PHONE].len == 0 && set->kinds[WA_ID_USER].len == 0 &&
		set->kinds[WA_ID_PARENT].len == 0;
}

bool
wa_identifiers_contradict(const wa_identifiers *a, const wa_identifiers *b)
{
	if (a->nrest > 0 || b->nrest > 0)
		return true;
	for (int kind = 0; kind < WA_MAX_IDS; kind++)
	{
		if (a->kinds[kind].len > 0 && b->kinds[kind].len > 0 &&
			!wa_canonical_equal(&a->kinds[kind], &b->kinds[kind]))
			return true;
	}
	return false;
}

bool
wa_identifiers_meet(const wa_identifiers *a, const wa_identifiers *b)
{
	for (int kind = 0; kind < WA_MAX_IDS; kind++)
	{
		if (a->kinds[kind].len > 0 && identifiers_have(b, &a->kinds[kind]))
			return true;
	}
	return false;
}

void
wa_identifiers_raw_phone(wa_str written, wa_canonical *wa_id)
{
	wa_canonical id;
	wa_canonical again;

	wa_id->len = 0;
	if (!identifier_read(written, &id) || wa_is_bsuid(id.text))
		return;
	for (size_t i = 0; i < written.len && wa_id->len < WA_RECIPIENT_MAX; i++)
	{
		/* "00" in front is a dialling prefix, and no number begins with 0. */
		if (written.data[i] == '0' && wa_id->len == 0)
			continue;
		if (written.data[i] >= '0' && written.data[i] <= '9')
			wa_id->text[wa_id->len++] = written.data[i];
	}
	wa_id->text[wa_id->len] = '\0';

	/* What was written otherwise than WhatsApp does is no better than folded. */
	if (!identifier_read((wa_str) {wa_id->text, wa_id->len}, &again) ||
		!wa_canonical_equal(&again, &id))
		*wa_id = id;
}

/* Where the last of these words begins; text.len where they are not there. */
static size_t
identifiers_last_words(wa_str text, wa_str words)
{
	for (size_t i = text.len; i-- > 0;)
	{
		if (i + words.len <= text.len && memcmp(text.data + i, words.data, words.len) == 0)
			return i;
	}
	return text.len;
}

bool
wa_identifiers_in_change(wa_str body, wa_str *from, wa_str *to)
{
	static const wa_str before = {" from ", 6};
	static const wa_str between = {" to ", 4};
	wa_str		rest;
	size_t		at;

	while (body.len > 0 && (body.data[body.len - 1] == '.' || body.data[body.len - 1] == ' '))
		body.len--;
	at = identifiers_last_words(body, before);
	if (at == body.len)
		return false;
	rest.data = body.data + at + before.len;
	rest.len = body.len - at - before.len;
	at = identifiers_last_words(rest, between);
	if (at == rest.len)
		return false;
	*from = (wa_str) {rest.data, at};
	*to = (wa_str) {rest.data + at + between.len, rest.len - at - between.len};
	return wa_str_given(*from) && wa_str_given(*to);
}
