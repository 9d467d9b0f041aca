/*-------------------------------------------------------------------------
 *
 * fuzz_payload.c
 *	  libFuzzer's entry to payload/.
 *
 * Beyond not crashing it demands of every element: its path fits and begins
 * with a slash, its texts are UTF-8, and its fragment, parsed again alone,
 * gives the same element (but for what stood around it).
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/payload/open.c src/payload/parse.c src/payload/shape.c src/payload/contacts.c src/payload/elements.c src/payload/element_parts.c src/payload/messages.c src/payload/walk.c src/payload/unread.c src/payload/text.c src/recipient/phone.c src/recipient/spelling.c */
/* LIBS: -ljson-c */
#include "c.h"

#include "payload/payload.h"

/* Stop here, with a stack trace, where a demand is not met. */
static void
demand(bool met)
{
	if (!met)
		__builtin_trap();
}

/* Decode, which is another way than payload's: by value, not by byte ranges. */
static void
demand_utf8(wa_str text)
{
	size_t		i = 0;

	if (text.data == NULL)
	{
		demand(text.len == 0);
		return;
	}
	while (i < text.len)
	{
		unsigned char lead = (unsigned char) text.data[i++];
		int			rest = lead < 0x80 ? 0 : lead < 0xC0 ? -1 : lead < 0xE0 ? 1 :
			lead < 0xF0 ? 2 : lead < 0xF8 ? 3 : -1;
		static const uint32 least[] = {0, 0x80, 0x800, 0x10000};
		uint32		value;

		demand(rest >= 0);
		value = rest == 0 ? lead : lead & (0x3F >> rest);
		for (int j = 0; j < rest; j++, i++)
		{
			demand(i < text.len && ((unsigned char) text.data[i] & 0xC0) == 0x80);
			value = value << 6 | ((unsigned char) text.data[i] & 0x3F);
		}
		demand(value >= least[rest] && value <= 0x10FFFF);
		demand(value < 0xD800 || value > 0xDFFF);
	}
}

static void
demand_same(wa_str a, wa_str b)
{
	demand_utf8(a);
	demand((a.data == NULL) == (b.data == NULL));
	demand(a.len == b.len);
	demand(a.data == NULL || memcmp(a.data, b.data, a.len) == 0);
}

static void
demand_same_ids(const wa_ids *a, const wa_ids *b)
{
	demand_same(a->phone, b->phone);
	demand_same(a->user_id, b->user_id);
	demand_same(a->parent_user_id, b->parent_user_id);
}

/* All that an element says of itself, not of its surroundings. */
static void
demand_same_element(const wa_element *a, const wa_element *b)
{
	demand(a->kind == b->kind);
	demand(a->on_premises == b->on_premises);
	demand_same(a->business, b->business);
	demand_same(a->sender, b->sender);
	/* whom the business calls, its contact tells */
	if (a->kind != WA_ELEMENT_CALL || a->by_user)
		demand_same_ids(&a->who, &b->who);
	demand_same(a->timestamp, b->timestamp);
	demand_same(a->message_id, b->message_id);
	demand_same(a->type, b->type);
	demand_same(a->pricing_category, b->pricing_category);
	demand_same(a->origin_type, b->origin_type);
	for (int i = 0; i < WA_MAX_TEXTS; i++)
		demand_same(a->texts[i], b->texts[i]);
	demand(a->group == b->group && a->side_texts == b->side_texts);
	demand(a->automatic == b->automatic && a->by_user == b->by_user);
	demand_same_ids(&a->card, &b->card);
	demand_same(a->system_type, b->system_type);
	demand_same(a->system_body, b->system_body);
	demand_same(a->system_marketing, b->system_marketing);
	demand_same_ids(&a->changed_to, &b->changed_to);
	demand_same_ids(&a->changed_from, &b->changed_from);
	demand_same(a->category, b->category);
	demand_same(a->signup_id, b->signup_id);
	demand_same(a->ban_state, b->ban_state);
	demand_same(a->waba_id, b->waba_id);
	demand(a->nerrors == b->nerrors && a->nerrors >= 0);
	for (int i = 0; i < a->nerrors; i++)
		demand_same(wa_element_error_code(a, i), wa_element_error_code(b, i));
	demand(a->nrestrictions == b->nrestrictions && a->nrestrictions >= 0);
	for (int i = 0; i < a->nrestrictions; i++)
	{
		wa_restriction restriction_a;
		wa_restriction restriction_b;

		wa_element_restriction(a, i, &restriction_a);
		wa_element_restriction(b, i, &restriction_b);
		demand_same(restriction_a.type, restriction_b.type);
		demand_same(restriction_a.expiration, restriction_b.expiration);
	}
}

static void
check_element(wa_payload *again, const wa_element *element)
{
	char		path[WA_PATH_SIZE];
	char		tiny[5];
	wa_str		fragment = wa_payload_fragment(element);
	wa_element	copy;

	wa_payload_path(element, path, sizeof(path));
	demand(strlen(path) < sizeof(path) - 1);
	demand(path[0] == '/' || path[0] == '\0');
	/* a path leads back to its element, but for what its place does not tell */
	if (element->kind != WA_ELEMENT_MALFORMED && element->kind != WA_ELEMENT_OTHER && path[0] != '\0')
		demand(wa_payload_kind_at((wa_str) {path, strlen(path)}) ==
			   (element->kind == WA_ELEMENT_TEMPLATE ? WA_ELEMENT_ACCOUNT_UPDATE : element->kind));
	wa_payload_path(element, tiny, sizeof(tiny));
	demand(strncmp(path, tiny, sizeof(tiny) - 1) == 0);

	demand(fragment.data != NULL && fragment.len > 0);
	demand_utf8(fragment);
	demand_same_ids(&element->contact, &element->contact);
	demand(wa_payload_parse_element(again, fragment.data, fragment.len,
									element->kind, element->on_premises,
									element->business, element->sender) == WA_PAYLOAD_OK);
	demand(wa_payload_next(again, &copy));
	/* an account_update with the member that tells templates apart is read as one of these */
	if (element->kind == WA_ELEMENT_ACCOUNT_UPDATE && copy.kind == WA_ELEMENT_TEMPLATE)
		return;
	demand_same_element(element, &copy);
	/* what a value carries and nobody reads is told again */
	if ((element->kind == WA_ELEMENT_ACCOUNT_UPDATE || element->kind == WA_ELEMENT_TEMPLATE) &&
		wa_payload_next(again, &copy))
		demand(copy.kind == WA_ELEMENT_MALFORMED && copy.unread);
	demand(!wa_payload_next(again, &copy));
}

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static wa_payload *payload = NULL;
	static wa_payload *again = NULL;
	const char *text = (const char *) data;
	wa_payload_result result;
	wa_element	element;

	if (payload == NULL)
	{
		payload = wa_payload_new();
		again = wa_payload_new();
	}
	result = wa_payload_parse(payload, text, size);
	demand(result != WA_PAYLOAD_NO_MEMORY && result != WA_PAYLOAD_TOO_LARGE);
	demand((result == WA_PAYLOAD_OK) == (wa_payload_detail(payload)[0] == '\0'));
	while (wa_payload_next(payload, &element))
	{
		demand(result == WA_PAYLOAD_OK);
		check_element(again, &element);
	}
	demand(!wa_payload_next(payload, &element));

	/* any text as any kind of element */
	if (size > 0)
	{
		wa_element_kind kind = data[0] % (WA_ELEMENT_MALFORMED + 1);

		if (wa_payload_parse_element(again, text + 1, size - 1, kind, false,
									 WA_STR("1"), WA_STR("2")) == WA_PAYLOAD_OK)
		{
			demand(wa_payload_next(again, &element));
			check_element(payload, &element);
		}
	}
	wa_payload_clear(again);
	wa_payload_clear(payload);
	return 0;
}
