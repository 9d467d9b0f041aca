/*-------------------------------------------------------------------------
 *
 * test_person.c
 *	  Which identifiers speak for which, and until when.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/identity/person.c src/recipient/phone.c */
#include "c.h"

#undef printf
#include <stdio.h>
#include <stdlib.h>

#include "identity/person.h"

#define MAX_LINKS 16

typedef struct fixture
{
	const char *from;
	const char *to;
	wa_link_kind kind;
	wa_link		link;
} fixture;

static fixture links[MAX_LINKS];
static int	nlinks;
static int	passed;
static int	failed;

static wa_canonical
id(const char *text)
{
	wa_canonical canonical;

	if (!wa_canonicalize(text, strlen(text), &canonical))
		abort();
	return canonical;
}

static bool
is(const wa_canonical *canonical, const char *text)
{
	return canonical->len == strlen(text) && memcmp(canonical->text, text, canonical->len) == 0;
}

static void
load(wa_person *person, int member)
{
	for (int i = 0; i < nlinks; i++)
	{
		wa_canonical here = person->members[member].id;

		if (is(&here, links[i].from) || is(&here, links[i].to))
		{
			wa_canonical from = id(links[i].from);
			wa_canonical to = id(links[i].to);

			wa_person_link(person, &from, &to, links[i].kind, &links[i].link);
		}
	}
}

static void *
enlarge(void *old, size_t size)
{
	if (size == 0)
	{
		free(old);
		return NULL;
	}
	return realloc(old, size);
}

static void
tie(const char *from, const char *to, wa_link_kind kind, wa_instant first,
	wa_instant last, wa_instant parted)
{
	links[nlinks++] = (fixture) {from, to, kind, {first, last, parted}};
}

/*
 * Asking about self: until when do events of other count, and does a resume of
 * other at t reach self?
 */
static void
expect(const char *story, const char *self, const char *other, wa_instant until,
	   wa_instant t, bool speaks)
{
	wa_person	person = {.load = load,.enlarge = enlarge};
	wa_canonical who = id(self);
	int			member = -1;
	wa_instant	found = WA_NEVER;
	bool		heard = false;

	wa_person_find(&person, &who);
	for (int i = 0; i < person.nmembers; i++)
	{
		if (is(&person.members[i].id, other))
			member = i;
	}
	if (member >= 0)
	{
		found = person.members[member].events_until;
		heard = found >= t && wa_person_speaks(&person, member, t);
	}
	if (found == until && heard == speaks)
		passed++;
	else
	{
		failed++;
		printf("%s: %s asks about %s: until %lld, %s\n", story, self, other,
			   (long long) found, heard ? "speaks" : "does not speak");
	}
	enlarge(person.members, 0);
	enlarge(person.edges, 0);
}

#define P "491511234567"
#define Q "491607654321"
#define X "DE.x"
#define Y "DE.y"
#define E "DE.ENT.e"

int
main(void)
{
	tie(P, X, WA_LINK_SIGHTING, 10, 20, WA_NEVER);
	expect("two partners", P, X, WA_FOREVER, 30, true);
	expect("two partners", X, P, WA_FOREVER, 15, true);
	expect("before they were seen", X, P, WA_FOREVER, 5, false);
	expect("a stranger", Y, P, WA_NEVER, 30, false);

	tie(X, E, WA_LINK_SIGHTING, 12, 12, WA_NEVER);
	expect("on through a BSUID", P, E, WA_FOREVER, 30, true);
	expect("on through a BSUID", E, P, WA_FOREVER, 30, true);

	nlinks = 1;
	tie(P, Y, WA_LINK_SIGHTING, 40, 50, WA_NEVER);
	expect("recycled: protects both", P, X, WA_FOREVER, 45, false);
	expect("recycled: protects both", P, Y, WA_FOREVER, 45, true);
	expect("recycled: the resume of the new owner", X, P, WA_FOREVER, 45, false);
	expect("recycled: the resume before that", X, P, WA_FOREVER, 30, true);
	expect("recycled: not on through a phone", X, Y, WA_NEVER, 45, false);

	nlinks = 0;
	tie(P, X, WA_LINK_SIGHTING, 10, 60, WA_NEVER);
	tie(P, Y, WA_LINK_SIGHTING, 20, 30, WA_NEVER);
	expect("shared: uncertain who was last", X, P, WA_FOREVER, 25, false);
	expect("shared: uncertain after the rival was last seen", X, P, WA_FOREVER, 40, false);
	expect("shared: certain at the end", X, P, WA_FOREVER, 60, true);

	nlinks = 0;
	tie(P, Q, WA_LINK_CHANGE, 100, 100, WA_NEVER);
	expect("the new number inherits", Q, P, 100, 90, true);
	expect("not what is said later", Q, P, 100, 110, false);
	expect("the old one inherits nothing", P, Q, WA_NEVER, 110, false);

	tie(P, X, WA_LINK_SIGHTING, 10, 20, WA_NEVER);
	expect("from the BSUID of the old number, up to the change", Q, X, 100, 90, true);
	expect("the BSUID hears the old number up to the change", X, P, 100, 90, true);

	nlinks = 0;
	tie(P, X, WA_LINK_SIGHTING, 10, 20, 30);
	expect("parted", P, X, WA_NEVER, 40, false);
	nlinks = 0;
	tie(P, X, WA_LINK_SIGHTING, 10, 40, 30);
	expect("parted and seen again", P, X, WA_FOREVER, 40, true);
	expect("what was said before they were parted", P, X, WA_FOREVER, 20, false);

	nlinks = 0;
	tie(P, Q, WA_LINK_CHANGE, 10, 10, WA_NEVER);
	tie(Q, P, WA_LINK_CHANGE, 20, 20, WA_NEVER);
	expect("there and back", P, Q, 20, 15, true);
	expect("there and back", Q, P, 10, 5, true);

	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
