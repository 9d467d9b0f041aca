/*-------------------------------------------------------------------------
 *
 * fuzz_interpret.c
 *	  libFuzzer's entry to interpret.c and phrase.c: from a payload to events.
 *
 * The policy is the shipped catalogue and two phrases.  Demands of every event
 * what event_deltas.c and writer.c take for granted, that the outcome is the one that
 * the findings call for, that interpreting twice says the same, and that an element
 * interpreted again from its fragment, as wa_replay does, says the same unless its
 * surroundings had a part in it.
 *
 * The payload is received at one of a few moments, which the length of the
 * input chooses: no byte of a real payload is spent on it.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/events/interpret.c src/events/context.c src/events/changes.c src/events/account.c src/events/template.c src/state/hold.c src/events/identifiers.c src/events/event.c src/events/phrase.c src/events/phrase_defaults.c src/events/phrase_fillers.c */
/* SOURCES: src/payload/open.c src/payload/parse.c src/payload/shape.c src/payload/contacts.c src/payload/elements.c src/payload/element_parts.c src/payload/messages.c src/payload/walk.c src/payload/unread.c src/payload/text.c */
/* SOURCES: src/recipient/phone.c src/recipient/spelling.c src/errors/catalogue.c src/errors/code_policy.c */
/* LIBS: -ljson-c -DFRONTEND -DUSE_PRIVATE_ENCODING_FUNCS */
#include "c.h"

#include "errors/catalogue.h"
#include "events/interpret.h"
#include "events/phrase.h"
#include "payload/payload.h"
#include "state/hold.h"

/* Stop here, with a stack trace, where a demand is not met. */
static void
demand(bool met)
{
	if (!met)
		__builtin_trap();
}

/* What came of one element. */
typedef struct findings
{
	wa_instant	received_at;
	int			nevents;		/* but for sightings */
	int			nsightings;
	int			nproblems;
	bool		wrong_instant;	/* was it said that the time cannot be right? */
	uint64		digest;			/* of all that was said, in order */
} findings;

static void
digest(findings *found, const void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		found->digest = (found->digest ^ ((const unsigned char *) bytes)[i]) * UINT64CONST(1099511628211);
}

static void
digest_str(findings *found, wa_str s)
{
	digest(found, &s.len, sizeof(s.len));
	digest(found, s.data, s.len);
}

/* Cut between two characters or not at all; payload/ made sure of the rest. */
static void
demand_name(wa_str s)
{
	demand(s.data != NULL && s.len <= WA_MAX_NAME);
	demand(s.len == 0 || ((unsigned char) s.data[0] & 0xC0) != 0x80);
	if (s.len > 0 && (unsigned char) s.data[s.len - 1] >= 0x80)
	{
		size_t		lead = s.len - 1;
		unsigned char first;

		while (lead > 0 && ((unsigned char) s.data[lead] & 0xC0) == 0x80)
			lead--;
		first = (unsigned char) s.data[lead];
		demand(s.len - lead == (first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2));
	}
}

static void
demand_ids(findings *found, const wa_canonical *ids, int nids)
{
	demand(nids >= 0 && nids <= WA_MAX_IDS);
	/* a phone, if there is one, is home */
	for (int i = 1; i < nids; i++)
		demand(wa_is_bsuid(ids[i].text));
	for (int i = 0; i < nids; i++)
	{
		wa_canonical again;

		demand(ids[i].len > 0 && strlen(ids[i].text) == ids[i].len);
		demand(wa_canonicalize(ids[i].text, ids[i].len, &again));
		demand(again.len == ids[i].len && strcmp(again.text, ids[i].text) == 0);
		for (int j = 0; j < i; j++)
			demand(strcmp(ids[i].text, ids[j].text) != 0);
		digest(found, ids[i].text, ids[i].len + 1);
	}
}

/* The raw number of one of those whom the event is about. */
static void
demand_wa_id(const wa_event *event)
{
	wa_canonical folded;
	bool		known = false;

	demand(strspn(event->wa_id.text, "0123456789") == event->wa_id.len);
	demand(wa_canonicalize(event->wa_id.text, event->wa_id.len, &folded));
	for (int i = 0; i < event->nids; i++)
		known |= strcmp(event->ids[i].text, folded.text) == 0;
	demand(known);
}

static void
take_event(void *arg, const wa_event *event)
{
	findings   *found = arg;

	demand(event->at >= WA_FIRST_INSTANT && event->at <= found->received_at + WA_CLOCK_SKEW);
	demand_name(event->business);
	demand_name(event->sender);
	demand_name(event->message_id);

	digest(found, &event->kind, sizeof(event->kind));
	digest(found, &event->at, sizeof(event->at));
	digest_str(found, event->business);
	digest_str(found, event->sender);
	digest_str(found, event->message_id);
	demand_ids(found, event->ids, event->nids);

	if (event->kind == WA_EVENT_FAILED)
	{
		digest(found, &event->code, sizeof(event->code));
		return;
	}
	if (event->kind == WA_EVENT_SIGHTING)
		found->nsightings++;
	else
		found->nevents++;
	demand(event->category >= WA_CATEGORY_UNKNOWN && event->category < WA_CATEGORIES);
	demand(event->code == 0 || event->kind == WA_EVENT_FAILURE ||
		   event->kind == WA_EVENT_WINDOW_REFUSED || event->kind == WA_EVENT_CONSENT);
	switch (event->kind)
	{
		case WA_EVENT_SENT:
			demand(!found->wrong_instant);
			return;
		case WA_EVENT_SIGHTING:
			demand(!found->wrong_instant);
			demand(event->nids >= 2 && wa_str_given(event->origin));
			return;
		case WA_EVENT_CHANGE:
			demand(event->nids >= 1 && event->nto >= 1 && wa_str_given(event->origin));
			demand_ids(found, event->to, event->nto);
			return;
		case WA_EVENT_RECEIPT:
		case WA_EVENT_INBOUND:
			demand(!found->wrong_instant);
			break;
		case WA_EVENT_WINDOW_REFUSED:
			demand(event->policy.effect == WA_EFFECT_CLOSE_WINDOW);
			break;
		case WA_EVENT_FAILURE:
			demand(event->policy.effect == WA_EFFECT_COOLDOWN);
			demand(event->policy.blocks != 0 && (event->policy.blocks & ~WA_ALL_CATEGORIES) == 0);
			demand(event->policy.ladder.nsteps > 0 && event->policy.ladder.nsteps <= WA_MAX_STEPS);
			demand(event->code == event->policy.code);
			digest(found, &event->code, sizeof(event->code));
			break;
		case WA_EVENT_CONSENT:
			demand(wa_str_given(event->origin) && event->evidence.data != NULL);
			demand(event->reg == WA_REGISTER_WHATSAPP || event->reg == WA_REGISTER_BUSINESS);

			/* A word in WhatsApp's register comes from WhatsApp alone. */
			demand((event->reg == WA_REGISTER_BUSINESS) ==
				   (wa_str_equal(event->origin, WA_STR("phrase")) ||
					wa_str_equal(event->origin, WA_STR("signup"))));
			demand((event->code != 0) == wa_str_equal(event->origin, WA_STR("failed message")));
			/* An opt-in of the business has evidence. */
			demand(event->stop || event->reg == WA_REGISTER_WHATSAPP || event->evidence.len > 0);
			/* What loosens has a time of its own that can be right. */
			demand(event->stop || !found->wrong_instant);
			digest(found, &event->stop, sizeof(event->stop));
			digest_str(found, event->origin);
			digest_str(found, event->evidence);
			break;
		case WA_EVENT_HOLD:
			/* Notes hold nothing. */
			demand(event->cause != 0);
			demand((event->categories == 0) ==
				   (event->cause == WA_CAUSE_UTILITY_RATE || event->cause == WA_CAUSE_WARNING));
			demand((event->categories & ~WA_ALL_CATEGORIES) == 0);
			demand(event->scope == WA_SCOPE_SENDER || event->scope == WA_SCOPE_BUSINESS ||
				   (event->scope == WA_SCOPE_COUNTRY && event->nids > 0));
			digest(found, &event->cause, sizeof(event->cause));
			digest(found, &event->until, sizeof(event->until));
			return;
		case WA_EVENT_LIFT:
			demand(!found->wrong_instant && event->cause < 0);
			digest(found, &event->cause, sizeof(event->cause));
			return;
		case WA_EVENT_TEMPLATE:
			demand(wa_str_given(event->template_name) && event->template_language.data != NULL);
			demand(wa_str_given(event->status) || wa_str_given(event->quality) ||
				   wa_str_given(event->template_category));
			digest_str(found, event->template_name);
			digest_str(found, event->status);
			return;
		case WA_EVENT_FAILED:
			return;				/* seen to above */
	}
	demand(event->nids >= 1);
	if (event->wa_id.len > 0)
		demand_wa_id(event);
}

static void
take_problem(void *arg, wa_problem problem, const char *detail, int32 code)
{
	findings   *found = arg;

	demand(wa_problem_name(problem) != NULL);
	demand(detail[0] != '\0' && strchr(detail, '\n') == NULL);
	demand(code >= 0 && (problem == WA_PROBLEM_UNKNOWN_CODE || code == 0));
	found->nproblems++;
	if (problem == WA_PROBLEM_BAD_TIMESTAMP)
		found->wrong_instant = true;
	digest(found, &problem, sizeof(problem));
	digest(found, &code, sizeof(code));
}

static bool
shipped_code(void *arg, int32 code, wa_code_policy *policy)
{
	const wa_code *shipped = wa_catalogue_find(code);

	(void) arg;
	if (shipped != NULL)
		wa_code_policy_shipped(shipped, policy);
	return shipped != NULL;
}

static wa_meaning
phrase(void *arg, wa_str text)
{
	wa_phrase_key key;
	wa_phrase_key again;
	int			characters = 0;

	(void) arg;
	wa_phrase_fold(text, &key);
	demand(key.len >= 0 && key.len < (int) sizeof(key.text) && (int) strlen(key.text) == key.len);
	for (int i = 0; i < key.len; i++)
		characters += ((unsigned char) key.text[i] & 0xC0) != 0x80;
	demand(characters <= WA_PHRASE_MAX);
	wa_phrase_fold((wa_str) {key.text, key.len}, &again);
	demand(strcmp(key.text, again.text) == 0);
	return strcmp(key.text, "stop") == 0 ? WA_MEANS_STOP :
		strcmp(key.text, "start") == 0 ? WA_MEANS_RESUME : WA_MEANS_NOTHING;
}

static wa_element_outcome
interpret(const wa_element *element, wa_instant received_at, findings *found)
{
	static const wa_policy policy = {NULL, shipped_code, phrase};
	wa_event_sink sink = {found, take_event, take_problem};
	wa_element_outcome outcome;

	memset(found, 0, sizeof(*found));
	found->received_at = received_at;
	outcome = wa_interpret(element, received_at, &policy, &sink);
	switch (outcome)
	{
		case WA_OUTCOME_APPLIED:
			/* A failure counts even where its code does nothing to the recipient. */
			demand(found->nevents > 0 ||
				   (element->kind == WA_ELEMENT_STATUS && element->nerrors > 0) ||
				   (element->kind == WA_ELEMENT_USER_ID_UPDATE && found->nsightings > 0));
			break;
		case WA_OUTCOME_IGNORED:
			demand(found->nevents == 0 && found->nproblems == 0);
			break;
		case WA_OUTCOME_PROBLEM:
			demand(found->nevents == 0 && found->nproblems > 0);
			break;
		case WA_OUTCOME_UNCOUNTED:
			demand(element->kind == WA_ELEMENT_CONTACT);
			demand(found->nevents == 0 && found->nproblems == 0);
			break;
	}
	return outcome;
}

/* Does anything that stood around the element have a part in its meaning? */
static bool
self_contained(const wa_element *element)
{
	return element->kind != WA_ELEMENT_CONTACT && !element->addressed;
}

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64 unix_times[] = {
		INT64CONST(1767225600), /* 2026 */
		INT64CONST(1230768000), /* 2009, the first moment */
		INT64CONST(1893456000), /* 2030 */
		INT64CONST(1600000000)	/* 2020 */
	};
	static wa_payload *payload = NULL;
	static wa_payload *again = NULL;
	wa_instant	received_at = (unix_times[size % 4] - WA_UNIX_EPOCH) * WA_SECOND;
	wa_element	element;

	if (payload == NULL)
	{
		payload = wa_payload_new();
		again = wa_payload_new();
	}
	wa_payload_parse(payload, (const char *) data, size);
	while (wa_payload_next(payload, &element))
	{
		findings	first;
		findings	second;
		wa_element_outcome outcome = interpret(&element, received_at, &first);

		demand(outcome == interpret(&element, received_at, &second));
		demand(first.digest == second.digest);

		if (self_contained(&element))
		{
			wa_str		fragment = wa_payload_fragment(&element);
			wa_element	copy;

			demand(wa_payload_parse_element(again, fragment.data, fragment.len, element.kind,
											element.on_premises, element.business,
											element.sender) == WA_PAYLOAD_OK);
			demand(wa_payload_next(again, &copy));
			demand(outcome == interpret(&copy, received_at, &second));
			demand(first.digest == second.digest);
		}
	}
	wa_payload_clear(again);
	wa_payload_clear(payload);
	return 0;
}
