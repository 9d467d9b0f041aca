/*-------------------------------------------------------------------------
 *
 * test_person.c
 *	  Which identifiers count for which, and until when; which of them speak.
 *	  The cases follow src/identity/README.md, sentence by sentence.
 *
 * Each is tried with the links in several orders and with several seeds: the
 * answer may depend on neither.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/identity/person.c src/identity/kept.c src/identity/speaking.c src/recipient/phone.c src/recipient/spelling.c */
#include "c.h"

#include <stdlib.h>

#include "identity/person.h"

#include "check.h"

/*
 * Links, as they stand in the tables.
 */

#define MAX_LINKS 16

typedef struct fixture
{
	const char *from;
	const char *to;
	wa_link		link;
} fixture;

static fixture links[MAX_LINKS];
static int	nlinks;
static int	rotation;			/* in which order they are loaded */
static bool backwards;
static int	loads;				/* calls of load */
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
load(wa_person *person, int member, bool changes)
{
	wa_canonical here = person->members[member].id;

	loads++;
	for (int n = 0; n < nlinks; n++)
	{
		int			i = (rotation + (backwards ? nlinks - 1 - n : n)) % nlinks;

		if (links[i].link.change == changes &&
			(is(&here, links[i].from) || is(&here, links[i].to)))
		{
			wa_canonical from = id(links[i].from);
			wa_canonical to = id(links[i].to);

			wa_person_link(person, &from, &to, &links[i].link);
		}
	}
}

/* Memory that is freed at once, as that of a memory context. */
typedef struct chunk
{
	struct chunk *next;
	struct chunk *previous;
	max_align_t data[];
} chunk;

static chunk chunks = {&chunks, &chunks};

static void *
enlarge(void *old, size_t size)
{
	chunk	   *c = old == NULL ? NULL : (chunk *) ((char *) old - offsetof(chunk, data));

	if (c != NULL)
	{
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): a chunk leaves the ring before it is freed */
		c->next->previous = c->previous;
		c->previous->next = c->next;
	}
	if (size == 0)
	{
		free(c);
		return NULL;
	}
	c = realloc(c, offsetof(chunk, data) + size);
	c->next = chunks.next;
	c->previous = &chunks;
	c->next->previous = chunks.next = c;
	return c->data;
}

static void
free_all(void)
{
	while (chunks.next != &chunks)
		enlarge(chunks.next->data, 0);
}

static wa_instant
at(int day, int hour)
{
	return day * WA_DAY + hour * WA_HOUR;
}

/* A row of wa_identity; last as it is stored. */
static void
add_sighting(const char *from, const char *to, const char *business,
			 wa_instant first, wa_instant last, wa_instant unlinked)
{
	links[nlinks++] = (fixture) {from, to, {false, {business, strlen(business)}, first, last, unlinked, WA_NEVER, WA_NEVER, false}};
}

/* Adds to the latest sighting rivals that have been erased. */
static void
had_rivals(wa_instant since, wa_instant until)
{
	links[nlinks - 1].link.rival_since = since;
	links[nlinks - 1].link.rival_until = until;
}

/* As the intake stores it. */
static void
seen(const char *from, const char *to, const char *business, wa_instant first, wa_instant last)
{
	add_sighting(from, to, business, first, wa_day_of(last), WA_NEVER);
}

/* The same of two that wa_unlink has unlinked, once or ever. */
static void
seen_unlinked(const char *from, const char *to, const char *business,
			  wa_instant first, wa_instant last, wa_instant unlinked)
{
	add_sighting(from, to, business, first, last > unlinked ? last : wa_day_of(last), unlinked);
}

/* A row of wa_identity_change. */
static void
changed(const char *from, const char *to, wa_instant when, wa_instant unlinked)
{
	links[nlinks++] = (fixture) {from, to, {true, {"", 0}, when, when, unlinked, WA_NEVER, WA_NEVER, false}};
}

/* The same that was told again, with a later time. */
static void
changed_again(const char *from, const char *to, wa_instant first, wa_instant last, wa_instant unlinked)
{
	changed(from, to, last, unlinked);
	links[nlinks - 1].link.first_seen_at = first;
}

static const char *story;

static void
begin(const char *what)
{
	story = what;
	nlinks = 0;
}

/*
 * What is expected.
 */

static bool keeping;			/* have others read some of the links before? */

static wa_person
find(const char *self, uint64 seed)
{
	static wa_person kept;
	wa_person	person = {.load = load,.enlarge = enlarge,.seed = seed};
	wa_canonical who = id(self);

	kept = (wa_person) {.enlarge = enlarge,.seed = seed};
	for (int i = 0; keeping && i < nlinks; i += 2)
	{
		wa_person	other = {.load = load,.enlarge = enlarge,.seed = seed,.kept = &kept};
		wa_canonical whose = id(i % 4 == 0 ? links[i].from : links[i].to);

		wa_person_find(&other, &whose);
		wa_person_keep(&kept, &other);
		person.kept = &kept;
	}
	wa_person_find(&person, &who);
	return person;
}

typedef struct answer
{
	wa_instant	until;			/* do its events count */
	wa_instant	failures_since;
	wa_instant	failures_until;
	bool		speaks;
} answer;

static answer
ask(const char *self, const char *other, wa_instant t, uint64 seed)
{
	answer		result = {WA_NEVER, WA_NEVER, WA_NEVER, false};
	wa_person	person = find(self, seed);
	wa_canonical whom = id(other);
	int			n = wa_person_member(&person, &whom);
	if (n >= 0)
	{
		const wa_member *member = &person.members[n];

		result.until = member->events_until;
		result.failures_since = member->failures_since;
		result.failures_until = member->failures_until;
		result.speaks = wa_person_speaks(&person, n, WA_STR(""), t, true) &&
			t <= member->events_until;
	}
	if (!wa_person_speaks(&person, 0, WA_STR(""), t, true) ||
		person.members[0].events_until != WA_FOREVER)
		abort();				/* its own rows always count */
	free_all();
	return result;
}

/* Until when was other alone, as self learns it, in every order? */
static void
expect_alone(int line, const char *self, const char *other, wa_instant expected)
{
	for (int round = 0; round < 4 * Max(1, nlinks); round++)
	{
		wa_person	person;
		wa_canonical whom = id(other);
		wa_instant	got;

		rotation = round / 4;
		backwards = round & 1;
		keeping = (round & 2) != 0;
		person = find(self, round);
		got = wa_person_alone_until(&person, wa_person_member(&person, &whom));
		free_all();
		passed += got == expected;
		failed += got != expected;
		if (got != expected)
			printf("line %d, order %d: %s: %s is alone until day %g\n", line, round, story, other, (double) got / WA_DAY);
	}
}

static void
show(const char *name, wa_instant t)
{
	if (t == WA_NEVER || t == WA_FOREVER)
		printf(" %s %s", name, t == WA_NEVER ? "never" : "forever");
	else
		printf(" %s day %g", name, (double) t / WA_DAY);
}

/* Compare, in every order. */
static void
expect(int line, const char *self, const char *other, wa_instant t, answer expected,
	   bool ask_until, bool ask_failures, bool ask_speaks)
{
	for (int round = 0; round < 8 * Max(1, nlinks); round++)
	{
		answer		got;

		rotation = round / 8;
		backwards = round & 1;
		keeping = (round & 4) != 0;
		got = ask(self, other, t, round & 2 ? UINT64CONST(0x9e3779b97f4a7c15) * round : 0);
		if ((!ask_until || got.until == expected.until) &&
			(!ask_failures || (got.failures_since == expected.failures_since &&
							   got.failures_until == expected.failures_until)) &&
			(!ask_speaks || got.speaks == expected.speaks))
		{
			passed++;
			continue;
		}
		failed++;
		printf("line %d, order %d: %s: %s about %s:", line, round, story, self, other);
		show("until", got.until);
		show("failures since", got.failures_since);
		show("until", got.failures_until);
		printf(", %s", got.speaks ? "speaks" : "does not speak");
		show("at", t);
		printf("\n");
		return;
	}
}

/* Events of other count for self until then; NEVER: not at all. */
#define counts(self, other, when) \
	expect(__LINE__, self, other, 0, (answer) {.until = (when)}, true, false, false)
/* Failures under other count that came between. */
#define failures(self, other, since, when) \
	expect(__LINE__, self, other, 0, (answer) {WA_NEVER, since, when, false}, true, true, false)
/* What other says at t counts for self although it loosens. */
#define speaks(self, other, t) \
	expect(__LINE__, self, other, t, (answer) {.speaks = true}, false, false, true)
#define silent(self, other, t) \
	expect(__LINE__, self, other, t, (answer) {.speaks = false}, false, false, true)

/* Other was alone until then. */
#define alone(self, other, when)	expect_alone(__LINE__, self, other, when)

#define P "491511234567"
#define Q "491607654321"
#define R "491701112223"
#define X "DE.x"
#define Y "DE.y"
#define Z "DE.z"
#define E "DE.ENT.e"

static wa_id_kind
kind(const char *text)
{
	wa_canonical canonical = id(text);

	return wa_id_kind_of(&canonical);
}

/* An event is stored once: under the phone, else the BSUID, else the parent. */
static void
test_kinds(void)
{
	check(kind(P) == WA_ID_PHONE, "a phone");
	check(kind(X) == WA_ID_USER, "a BSUID");
	check(kind(E) == WA_ID_PARENT, "a parent");
	check(kind("DE.ENT") == WA_ID_USER, "a BSUID that is called ENT");
	check(kind("DE.ENTx") == WA_ID_USER, "one that begins so");
	check(WA_ID_PHONE < WA_ID_USER && WA_ID_USER < WA_ID_PARENT, "the lower one is the home");
}

/* A link holds while a sighting is later than unlinked_at, and since the later of both. */
static void
test_links(void)
{
	begin("without links");
	counts(P, P, WA_FOREVER);
	counts(P, X, WA_NEVER);
	speaks(P, P, at(1, 0));

	begin("seen together");
	seen(P, X, "b", at(10, 12), at(20, 12));
	counts(P, X, WA_FOREVER);
	counts(X, P, WA_FOREVER);
	counts(X, Y, WA_NEVER);
	speaks(P, X, at(10, 12));
	speaks(X, P, at(15, 0));
	speaks(X, P, at(400, 0));
	silent(X, P, at(10, 12) - 1);

	begin("unlinked");
	seen_unlinked(P, X, "b", at(10, 12), at(20, 12), at(30, 6));
	counts(P, X, WA_NEVER);
	silent(P, X, at(15, 0));
	silent(P, X, at(40, 0));

	begin("unlinked at the instant of the sighting");
	seen_unlinked(P, X, "b", at(10, 12), at(30, 6), at(30, 6));
	counts(P, X, WA_NEVER);

	begin("unlinked and seen again, on the same day");
	seen_unlinked(P, X, "b", at(10, 12), at(30, 8), at(30, 6));
	counts(P, X, WA_FOREVER);
	speaks(P, X, at(30, 9));
	silent(P, X, at(30, 6) - 1);
	silent(P, X, at(20, 0));

	/* unlinked_at counts for the two in every business. */
	begin("unlinked, of two businesses");
	seen_unlinked(P, X, "b", at(10, 12), at(20, 12), at(30, 6));
	seen(P, X, "c", at(11, 0), at(25, 0));
	counts(P, X, WA_NEVER);
	counts(X, P, WA_NEVER);

	begin("unlinked, and seen again in the other business");
	seen_unlinked(P, X, "b", at(10, 12), at(20, 12), at(30, 6));
	seen(P, X, "c", at(11, 0), at(35, 0));
	counts(P, X, WA_FOREVER);
	speaks(P, X, at(36, 0));
	silent(P, X, at(29, 0));

	begin("a row of wa_unlink alone");
	add_sighting(P, X, "", WA_NEVER, WA_NEVER, at(30, 6));
	counts(P, X, WA_NEVER);
	failures(X, P, WA_NEVER, WA_NEVER);
}

/* A chain of links joins all three; phones do not lead on. */
static void
test_sightings_lead_on(void)
{
	begin("a chain");
	seen(P, X, "b", at(10, 0), at(20, 0));
	seen(X, E, "b", at(12, 0), at(12, 0));
	counts(P, E, WA_FOREVER);
	counts(E, P, WA_FOREVER);
	speaks(P, E, at(30, 0));
	speaks(E, P, at(30, 0));
	silent(P, E, at(11, 0));

	begin("two BSUIDs of one phone");
	seen(P, X, "b", at(10, 0), at(20, 0));
	seen(P, Y, "c", at(10, 0), at(20, 0));
	counts(P, X, WA_FOREVER);
	counts(P, Y, WA_FOREVER);
	counts(X, Y, WA_NEVER);

	begin("two phones of one BSUID");
	seen(P, X, "b", at(10, 0), at(20, 0));
	seen(Q, X, "b", at(30, 0), at(40, 0));
	counts(P, X, WA_FOREVER);
	counts(P, Q, WA_FOREVER);

	begin("two BSUIDs of one parent");
	seen(P, X, "b", at(10, 0), at(20, 0));
	seen(X, E, "b", at(10, 0), at(20, 0));
	seen(Y, E, "c", at(10, 0), at(20, 0));
	seen(Q, Y, "c", at(10, 0), at(20, 0));
	seen(Q, Z, "d", at(10, 0), at(20, 0));
	counts(P, E, WA_FOREVER);
	counts(P, Y, WA_FOREVER);
	counts(P, Q, WA_FOREVER);
	counts(P, Z, WA_NEVER);
	/* Of two phones at a time nobody knows which is the user's. */
	silent(E, P, at(30, 0));
	silent(P, E, at(30, 0));

	begin("two BSUIDs of one parent in one business");
	seen(P, X, "b", at(10, 0), at(20, 0));
	seen(X, E, "b", at(10, 0), at(20, 0));
	seen(Y, E, "b", at(10, 0), at(20, 0));
	silent(E, P, at(30, 0));
	silent(P, E, at(30, 0));
}

/* Change from A to B: A counts up to the change, and nothing the other way. */
static void
test_changes(void)
{
	begin("a change");
	changed(P, Q, at(100, 6), WA_NEVER);
	counts(Q, P, at(100, 6));
	counts(P, Q, WA_NEVER);
	speaks(Q, P, at(100, 6));
	speaks(Q, P, at(1, 0));
	silent(Q, P, at(100, 6) + 1);
	silent(P, Q, at(1, 0));
	silent(P, Q, at(110, 0));

	begin("a change that was unlinked");
	changed(P, Q, at(100, 6), at(100, 6));
	counts(Q, P, WA_NEVER);
	silent(Q, P, at(50, 0));
	begin("a change again, since it was unlinked");
	changed(P, Q, at(100, 7), at(100, 6));
	counts(Q, P, at(100, 7));
	begin("a row of wa_unlink alone");
	changed(P, Q, WA_NEVER, at(100, 6));
	counts(Q, P, WA_NEVER);
	begin("a change to itself");
	changed(P, P, at(100, 6), WA_NEVER);
	counts(P, P, WA_FOREVER);

	begin("two changes");
	changed(P, Q, at(100, 6), WA_NEVER);
	changed(Q, R, at(120, 6), WA_NEVER);
	counts(R, Q, at(120, 6));
	counts(R, P, at(100, 6));
	speaks(R, P, at(90, 0));
	silent(R, P, at(110, 0));
	begin("no longer than the one in between");
	changed(P, Q, at(100, 6), WA_NEVER);
	changed(Q, R, at(80, 6), WA_NEVER);
	counts(R, P, at(80, 6));

	begin("there and back");
	changed(P, Q, at(10, 0), WA_NEVER);
	changed(Q, P, at(20, 0), WA_NEVER);
	counts(P, Q, at(20, 0));
	counts(Q, P, at(10, 0));
	speaks(P, Q, at(15, 0));
	silent(P, Q, at(21, 0));
	silent(Q, P, at(15, 0));

	begin("told again");
	changed_again(P, Q, at(100, 6), at(120, 0), WA_NEVER);
	counts(Q, P, at(120, 0));
	speaks(Q, P, at(100, 6));
	silent(Q, P, at(100, 7));
	silent(Q, P, at(120, 0));

	begin("told again after it was unlinked");
	changed_again(P, Q, at(100, 6), at(120, 0), at(110, 0));
	counts(Q, P, at(120, 0));
	speaks(Q, P, at(110, 0));
	silent(Q, P, at(110, 1));

	begin("what the old one was seen with leads on, though it is a phone");
	changed(P, Q, at(100, 6), WA_NEVER);
	seen(P, X, "b", at(10, 0), at(20, 0));
	seen(P, Y, "c", at(100, 7), at(110, 0));
	counts(Q, X, at(100, 6));
	counts(Q, Y, WA_NEVER);
	speaks(Q, X, at(90, 0));
	silent(Q, X, at(101, 0));

	begin("a new BSUID");
	changed(X, Y, at(100, 6), WA_NEVER);
	seen(P, X, "b", at(10, 0), at(20, 0));
	counts(Y, X, at(100, 6));
	counts(Y, P, at(100, 6));
	counts(X, Y, WA_NEVER);

	begin("the phone of a new BSUID");
	seen(P, X, "b", at(10, 0), at(20, 6));
	changed(X, Y, at(20, 6), WA_NEVER);
	seen(P, Y, "b", at(20, 6), at(30, 0));
	speaks(Y, P, at(30, 12));
	silent(X, P, at(30, 12));

	begin("an old BSUID that is seen again");
	seen(P, X, "b", at(10, 0), at(25, 0));
	changed(X, Y, at(20, 6), WA_NEVER);
	seen(P, Y, "b", at(20, 6), at(30, 0));
	silent(Y, P, at(30, 12));

	begin("the BSUID of a new phone");
	seen(P, X, "b", at(10, 0), at(20, 6));
	changed(P, Q, at(20, 6), WA_NEVER);
	seen(Q, X, "b", at(20, 6), at(30, 0));
	speaks(X, Q, at(30, 12));
}

/* An identifier that its person has left counts up to the leaving. */
static void
test_leaving(void)
{
	begin("left after the sighting");
	seen(P, X, "b", at(10, 12), at(15, 12));
	changed(P, Q, at(20, 12), WA_NEVER);
	counts(X, P, at(20, 12));
	counts(P, X, at(20, 12));
	speaks(X, P, at(18, 0));
	silent(X, P, at(20, 12));
	silent(X, P, at(25, 0));

	begin("left after the sighting, as is told again");
	seen(P, X, "b", at(10, 12), at(15, 12));
	changed_again(P, Q, at(20, 12), at(40, 0), WA_NEVER);
	counts(X, P, at(40, 0));
	speaks(X, P, at(20, 11));
	silent(X, P, at(20, 12));
	silent(X, P, at(30, 0));
	silent(X, P, at(41, 0));

	begin("seen again before it is told again");
	seen(P, X, "b", at(10, 12), at(30, 12));
	changed_again(P, Q, at(20, 12), at(40, 0), WA_NEVER);
	silent(X, P, at(35, 0));

	begin("an old BSUID that is seen again before the change is told again");
	seen(P, X, "b", at(10, 0), at(25, 0));
	changed_again(X, Y, at(20, 6), at(28, 0), WA_NEVER);
	seen(P, Y, "b", at(20, 6), at(25, 0));
	silent(Y, P, at(27, 12));

	begin("left on the day of the sighting");
	seen(P, X, "b", at(10, 12), at(20, 23));
	changed(P, Q, at(20, 12), WA_NEVER);
	counts(X, P, at(20, 12));

	begin("seen since");
	seen(P, X, "b", at(10, 12), at(30, 0));
	changed(P, Q, at(20, 12), WA_NEVER);
	counts(X, P, WA_FOREVER);
	counts(P, X, WA_FOREVER);
	/* Whether it was seen between the leaving and then is not known. */
	silent(X, P, at(25, 0));
	silent(X, P, at(30, 23));
	speaks(X, P, at(31, 0));

	begin("a BSUID that was left and seen since");
	seen(P, X, "b", at(10, 12), at(30, 0));
	changed(X, Y, at(20, 12), WA_NEVER);
	counts(P, X, WA_FOREVER);
	silent(P, X, at(25, 0));
	speaks(P, X, at(31, 0));

	begin("a leaving that was unlinked is none");
	seen(P, X, "b", at(10, 12), at(15, 12));
	changed(P, Q, at(20, 12), at(21, 0));
	counts(X, P, WA_FOREVER);
	speaks(X, P, at(25, 0));

	begin("the latest of two");
	seen(P, X, "b", at(10, 12), at(25, 12));
	changed(P, Q, at(20, 12), WA_NEVER);
	changed(P, R, at(30, 12), WA_NEVER);
	counts(X, P, at(30, 12));

	begin("left twice, and seen in between");
	seen(P, X, "b", at(10, 12), at(25, 12));
	changed(P, Q, at(20, 12), WA_NEVER);
	changed(P, R, at(30, 12), WA_NEVER);
	speaks(X, P, at(18, 0));
	silent(X, P, at(22, 0));
	speaks(X, P, at(28, 0));
	silent(X, P, at(30, 12));

	begin("a BSUID that was left leads on up to the leaving");
	seen(P, X, "b", at(10, 12), at(15, 12));
	seen(X, E, "b", at(10, 12), at(15, 12));
	changed(X, Y, at(20, 12), WA_NEVER);
	counts(P, X, at(20, 12));
	counts(P, E, at(20, 12));

	begin("the old phone of a BSUID, and the new one");
	seen(P, X, "b", at(10, 12), at(15, 12));
	changed(P, Q, at(20, 12), WA_NEVER);
	seen(Q, X, "b", at(20, 12), at(40, 12));
	counts(X, P, at(20, 12));
	counts(X, Q, WA_FOREVER);
	counts(Q, P, at(20, 12));
	/* On the day when it was last seen for sure neither had been left. */
	speaks(X, Q, at(41, 0));
	speaks(Q, X, at(41, 0));
	silent(X, P, at(41, 0));
}

/* After wa_unlink: failures under the home of the two, from the first sighting on. */
static void
test_unlinked_failures(void)
{
	begin("unlinked");
	seen_unlinked(P, X, "b", at(10, 12), at(20, 12), at(30, 6));
	failures(X, P, at(10, 12), at(30, 6));
	failures(P, X, WA_NEVER, WA_NEVER);

	begin("unlinked, of two businesses");
	seen_unlinked(P, X, "b", at(10, 12), at(20, 12), at(30, 6));
	seen_unlinked(P, X, "c", at(5, 12), at(6, 12), at(30, 6));
	failures(X, P, at(5, 12), at(30, 6));

	begin("the home of a BSUID and its parent is the BSUID");
	seen_unlinked(X, E, "b", at(10, 12), at(20, 12), at(30, 6));
	failures(E, X, at(10, 12), at(30, 6));
	failures(X, E, WA_NEVER, WA_NEVER);

	begin("what named both may be under a phone of the BSUID");
	seen(P, X, "b", at(5, 12), at(40, 12));
	seen(Q, X, "b", at(15, 12), at(20, 12));
	seen_unlinked(X, E, "b", at(10, 12), at(20, 12), at(30, 6));
	failures(E, X, at(10, 12), at(30, 6));
	failures(E, P, at(10, 12), at(30, 6));
	failures(E, Q, at(15, 12), at(30, 6));
	counts(E, P, WA_NEVER);

	begin("but not under one that was seen with it later");
	seen(P, X, "b", at(31, 12), at(40, 12));
	seen_unlinked(X, E, "b", at(10, 12), at(20, 12), at(30, 6));
	failures(E, P, WA_NEVER, WA_NEVER);

	begin("unlinked from a member in reach");
	seen_unlinked(P, X, "b", at(10, 12), at(20, 12), at(30, 6));
	seen(X, E, "b", at(10, 12), at(20, 12));
	failures(E, P, at(10, 12), at(30, 6));

	begin("unlinked from one out of reach");
	seen_unlinked(P, X, "b", at(10, 12), at(20, 12), at(30, 6));
	seen(Q, X, "b", at(10, 12), at(20, 12));
	seen(Q, Y, "c", at(10, 12), at(20, 12));
	failures(Q, P, at(10, 12), at(30, 6));
	counts(Y, X, WA_NEVER);
	failures(Y, P, WA_NEVER, WA_NEVER);

	begin("seen again: as anybody seen together, and as before");
	seen_unlinked(P, X, "b", at(10, 12), at(31, 0), at(30, 6));
	expect(__LINE__, X, P, 0, (answer) {WA_FOREVER, at(10, 12), at(30, 6), false}, true, true, false);

	begin("seen again, but the BSUID was left before");
	seen_unlinked(P, X, "b", at(10, 12), at(31, 0), at(30, 6));
	changed(X, Y, at(20, 12), WA_NEVER);
	failures(Y, P, at(10, 12), at(30, 6));
}

/* Over a sighting: no rival of either may have been seen as late as it was for sure. */
static void
test_rivals(void)
{
	begin("a recycled phone protects both");
	seen(P, X, "b", at(10, 12), at(20, 12));
	seen(P, Y, "b", at(40, 12), at(50, 12));
	counts(P, X, WA_FOREVER);
	counts(P, Y, WA_FOREVER);
	counts(X, P, WA_FOREVER);
	begin("a recycled phone: the new owner speaks for the number, not for the old BSUID");
	seen(P, X, "b", at(10, 12), at(20, 12));
	seen(P, Y, "b", at(40, 12), at(50, 12));
	silent(X, P, at(45, 0));
	silent(P, X, at(45, 0));
	speaks(P, Y, at(45, 0));
	speaks(Y, P, at(45, 0));
	speaks(Y, P, at(51, 0));
	/* Only one seen by t is a rival. */
	speaks(X, P, at(30, 0));
	speaks(P, X, at(30, 0));
	silent(Y, P, at(30, 0));

	begin("how long a phone was alone");
	seen(P, X, "b", at(40, 12), at(50, 12));
	alone(X, P, at(40, 12));
	alone(P, P, at(40, 12));
	seen(P, Y, "c", at(30, 12), at(30, 12));
	alone(X, P, at(30, 12));
	alone(X, X, at(40, 12));
	seen_unlinked(P, "DE.z", "b", at(25, 0), at(25, 0), at(100, 0));
	alone(X, P, at(25, 0));
	had_rivals(at(22, 0), at(24, 0));
	alone(X, P, at(22, 0));
	changed(P, Q, at(20, 0), at(100, 0));
	alone(X, P, at(22, 0));
	changed(P, R, at(21, 0), WA_NEVER);
	alone(X, P, at(21, 0));
	alone(R, P, at(21, 0));
	alone(R, R, WA_FOREVER);

	begin("a phone that was seen with the parent, and a later one with its BSUID");
	seen(P, E, "b", at(10, 12), at(10, 12));
	speaks(P, E, at(15, 0));
	seen(Q, X, "b", at(20, 12), at(20, 12));
	speaks(P, E, at(30, 0));
	seen(X, E, "b", at(20, 12), at(20, 12));
	speaks(P, E, at(15, 0));
	silent(P, E, at(30, 0));
	silent(P, X, at(30, 0));
	silent(P, Q, at(30, 0));
	speaks(Q, X, at(30, 0));
	speaks(Q, E, at(30, 0));
	silent(Q, P, at(30, 0));
	silent(X, P, at(30, 0));
	changed(P, Q, at(20, 12), WA_NEVER);
	silent(P, E, at(30, 0));
	speaks(Q, E, at(30, 0));

	/* For sure: the start of the last day if that ended by t, else since when it holds. */
	begin("shared by two");
	seen(P, X, "b", at(10, 0), at(60, 12));
	seen(P, Y, "b", at(20, 0), at(30, 0));
	silent(X, P, at(25, 0));
	silent(X, P, at(40, 0));
	silent(X, P, at(60, 23));
	speaks(X, P, at(61, 0));

	/* A rival may have been seen until the end of its last day, or until t. */
	begin("both on one day");
	seen(P, X, "b", at(10, 0), at(20, 6));
	seen(P, Y, "b", at(20, 18), at(20, 18));
	silent(X, P, at(20, 20));
	silent(Y, P, at(20, 20));
	silent(X, P, at(21, 0));
	silent(Y, P, at(21, 0));
	silent(Y, P, at(400, 0));
	speaks(X, P, at(20, 17));

	begin("both at one instant");
	seen(P, X, "b", at(20, 6), at(20, 6));
	seen(P, Y, "b", at(20, 6), at(20, 6));
	silent(X, P, at(20, 6));
	silent(Y, P, at(20, 6));

	begin("the next day");
	seen(P, X, "b", at(10, 0), at(20, 23));
	seen(P, Y, "b", at(21, 0), at(21, 0));
	speaks(Y, P, at(21, 0));
	speaks(Y, P, at(22, 0));
	speaks(X, P, at(20, 23));
	silent(X, P, at(21, 0));

	begin("another kind is no rival");
	seen(P, X, "b", at(10, 0), at(20, 0));
	seen(P, E, "b", at(30, 0), at(40, 0));
	speaks(X, P, at(35, 0));
	speaks(E, P, at(35, 0));

	begin("the same one in another business is no rival");
	seen(P, X, "b", at(10, 0), at(20, 0));
	seen(P, X, "c", at(30, 0), at(40, 0));
	speaks(X, P, at(35, 0));
	speaks(P, X, at(35, 0));

	begin("nor is it where the two businesses take turns");
	seen(P, X, "b", at(10, 0), at(50, 0));
	seen(P, X, "c", at(30, 0), at(40, 0));
	speaks(X, P, at(45, 0));
	speaks(P, X, at(45, 0));

	/* BSUIDs belong to a portfolio. */
	begin("BSUIDs of different businesses are no rivals for a phone");
	seen(P, X, "b", at(10, 0), at(20, 0));
	seen(P, Y, "c", at(30, 0), at(40, 0));
	speaks(X, P, at(35, 0));
	speaks(P, X, at(35, 0));
	speaks(Y, P, at(35, 0));
	begin("a rival in an unknown business");
	seen(P, X, "b", at(10, 0), at(20, 0));
	seen(P, Y, "", at(30, 0), at(40, 0));
	silent(X, P, at(35, 0));
	speaks(Y, P, at(35, 0));
	begin("seen in an unknown business, with a rival in a known one");
	seen(P, X, "", at(10, 0), at(20, 0));
	seen(P, Y, "b", at(30, 0), at(40, 0));
	silent(X, P, at(35, 0));
	speaks(Y, P, at(35, 0));
	begin("of three, one is a rival");
	seen(P, X, "b", at(10, 0), at(20, 0));
	seen(P, Y, "c", at(30, 0), at(40, 0));
	seen(P, Z, "b", at(32, 0), at(40, 0));
	silent(X, P, at(35, 0));
	speaks(Y, P, at(35, 0));
	speaks(Z, P, at(35, 0));

	begin("phones of different businesses are rivals for a BSUID");
	seen(P, X, "b", at(10, 0), at(20, 0));
	seen(Q, X, "c", at(30, 0), at(40, 0));
	silent(X, P, at(35, 0));
	speaks(X, Q, at(35, 0));
	silent(P, X, at(35, 0));
	/* Over the BSUID the new phone would speak for the old one as little. */
	silent(P, Q, at(35, 0));

	begin("parents of a BSUID");
	seen(X, E, "b", at(10, 0), at(20, 0));
	seen(X, "DE.ENT.f", "c", at(30, 0), at(40, 0));
	silent(X, E, at(35, 0));
	speaks(X, "DE.ENT.f", at(35, 0));

	begin("an unlinked one is no rival");
	seen(P, X, "b", at(10, 0), at(20, 0));
	seen_unlinked(P, Y, "b", at(30, 0), at(40, 0), at(41, 0));
	speaks(X, P, at(35, 0));
	speaks(X, P, at(45, 0));

	/* As in "a recycled phone", from both ends. */
	begin("rivals that were erased");
	seen(P, X, "b", at(10, 12), at(20, 12));
	had_rivals(at(40, 12), at(51, 0) - 1);
	counts(P, X, WA_FOREVER);
	counts(X, P, WA_FOREVER);
	speaks(X, P, at(30, 0));
	speaks(P, X, at(30, 0));
	silent(X, P, at(40, 12));
	silent(P, X, at(45, 0));
	silent(X, P, at(400, 0));
	silent(P, X, at(400, 0));
	begin("seen again after rivals that were erased");
	seen(P, X, "b", at(10, 12), at(51, 12));
	had_rivals(at(40, 12), at(51, 0) - 1);
	silent(X, P, at(45, 0));
	silent(X, P, at(51, 23));
	speaks(X, P, at(52, 0));
	speaks(P, X, at(52, 0));
	begin("no rivals of another link");
	seen(P, Y, "c", at(10, 12), at(20, 12));
	had_rivals(at(40, 12), at(51, 0) - 1);
	seen(P, X, "b", at(10, 12), at(20, 12));
	speaks(X, P, at(45, 0));
	silent(Y, P, at(45, 0));
}

/* Along a path of links, each of which must be certain. */
static void
test_paths(void)
{
	begin("the parent of a recycled phone's old owner");
	seen(P, X, "b", at(10, 0), at(20, 0));
	seen(X, E, "b", at(10, 0), at(20, 0));
	seen(P, Y, "b", at(40, 0), at(50, 0));
	speaks(E, P, at(30, 0));
	silent(E, P, at(45, 0));
	speaks(E, X, at(45, 0));

	begin("over a change, then a sighting");
	seen(P, X, "b", at(10, 0), at(20, 0));
	changed(P, Q, at(100, 0), WA_NEVER);
	speaks(Q, X, at(50, 0));
	speaks(Q, P, at(50, 0));
	silent(Q, X, at(5, 0));

	begin("a change, and both seen with one BSUID since");
	changed(P, Q, at(100, 0), WA_NEVER);
	seen(P, X, "b", at(105, 0), at(130, 0));
	seen(Q, X, "b", at(105, 0), at(140, 0));
	counts(Q, P, WA_FOREVER);
	counts(P, Q, WA_FOREVER);
	speaks(Q, P, at(50, 0));
	silent(Q, P, at(150, 0));
	silent(P, Q, at(50, 0));

	begin("over a sighting, then a change");
	changed(P, Q, at(100, 0), WA_NEVER);
	seen(Q, X, "b", at(100, 0), at(120, 0));
	speaks(X, Q, at(110, 0));
	/* At that time the sighting that leads there had not been. */
	silent(X, P, at(50, 0));
}

/*
 * What an owner of one phone can do: very many identifiers.  Links of each are read
 * once, and nothing is walked more than in proportion.
 */
#define MANY 20000

static void
load_many(wa_person *person, int member, bool changes)
{
	wa_canonical phone = id(P);
	wa_canonical here = person->members[member].id;
	bool		is_phone = person->members[member].kind == WA_ID_PHONE;

	if (changes)
		return;
	loads++;
	for (int i = 0; i < (is_phone ? MANY : 1); i++)
	{
		wa_link		link = {false, WA_STR("b"), at(10, 0), at(20, 0), WA_NEVER, WA_NEVER, WA_NEVER, false};
		wa_canonical other = here;

		if (is_phone)
			other.len = snprintf(other.text, sizeof(other.text), "DE.n%d", i);
		wa_person_link(person, &phone, &other, &link);
	}
}

static void
test_many(void)
{
	const char *asked[] = {P, "DE.n77"};

	for (int i = 0; i < 2; i++)
	{
		wa_person	person = {.load = load_many,.enlarge = enlarge,.seed = 99};
		wa_canonical who = id(asked[i]);
		int			in_reach = 0;
		int			speaking = 0;

		loads = 0;
		wa_person_find(&person, &who);
		check(person.nedges == (i == 0 ? MANY : 1), "each of them once, and none to whom nothing leads");
		check(loads == (i == 0 ? MANY + 1 : 1), "the links of those alone that lead on");
		for (int n = 0; n < person.nmembers; n++)
		{
			in_reach += person.members[n].events_until == WA_FOREVER;
			speaking += wa_person_speaks(&person, n, WA_STR(""), at(30, 0), true);
		}
		check(person.nedges == MANY && loads == (i == 0 ? MANY + 1 : 2), "rivals once it is asked who speaks");
		check(in_reach == (i == 0 ? MANY + 1 : 2), "a phone is protected by all, a BSUID by the phone");
		check(speaking == 1, "all are each other's rivals");
		free_all();
	}
}

/* What one of them has read is not read for the others. */
static void
test_kept(void)
{
	wa_person	kept = {.enlarge = enlarge,.seed = 98};
	wa_person	first = {.load = load_many,.enlarge = enlarge,.seed = 98};
	wa_canonical phone = id(P);
	wa_canonical one = id("DE.n77");

	wa_person_find(&first, &phone);
	first.members[3].without = 2;
	wa_person_keep(&kept, &first);
	loads = 0;
	for (int i = 0; i < 2; i++)
	{
		wa_person	person = {.load = load_many,.enlarge = enlarge,.seed = 98,.kept = &kept};
		int			without = 0;

		wa_person_find(&person, i == 0 ? &one : &phone);
		check(person.nmembers == (i == 0 ? 2 : MANY + 1), "those whom it reaches");
		check(wa_person_speaks(&person, i, WA_STR(""), at(30, 0), true) == (i == 0), "nobody but itself");
		check(!wa_person_speaks(&person, 1, WA_STR(""), at(30, 0), true), "rivals");
		check(person.nedges == (i == 0 ? 1 : MANY), "those of the phone need not be taken over to ask for rivals");
		for (int n = 0; n < person.nmembers; n++)
			without += person.members[n].without;
		check(without == (i == 0 ? 0 : 2), "what was found out about a member");
		wa_person_keep(&kept, &person);
		check(kept.nmembers == MANY + 1 && kept.nedges == MANY, "nothing is kept twice");
	}
	check(loads == 0, "nothing is loaded");
	free_all();
}

int
main(void)
{
	test_kinds();
	test_links();
	test_sightings_lead_on();
	test_changes();
	test_leaving();
	test_unlinked_failures();
	test_rivals();
	test_paths();
	test_many();
	test_kept();
	return summary();
}
