/*-------------------------------------------------------------------------
 *
 * test_decide.c
 *	  Unit test of rules/decide.c: each rule at the instants where it
 *	  turns, and what the answers say of one another.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/rules/decide.c src/rules/frequency_cap.c src/rules/windows.c src/state/deliveries.c */
/* LIBS: -Wno-sign-compare */
#include <time.h>

#include "rules/decide.h"
#include "rules/windows.h"

#include "check.h"

#define NOW (INT64CONST(800000000) * WA_SECOND)
#define ALL ((wa_str) {NULL, 0})
#define ANY ((wa_str) {NULL, 0})

#define MAX_OBJECTIONS 32

typedef struct wa_objections
{
	int			n;
	int			enough;			/* stop after so many; 0: never */
	wa_objection objections[MAX_OBJECTIONS];
} wa_objections;

static bool
collect(void *arg, const wa_objection *objection)
{
	wa_objections *found = arg;

	found->objections[found->n++] = *objection;
	return found->enough == 0 || found->n < found->enough;
}

/* As is done when rows are fetched. */
static void
note_refusals(wa_facts *facts)
{
	wa_refusal *room = malloc((facts->nactivities + 1) * WA_REFUSALS_OF_ROW * sizeof(wa_refusal));

	wa_note_refusals(facts->activities, facts->nactivities, room);
	free(room);
}

/* Ask, and see that with and without a sink the answer is the same. */
static wa_objections
ask_all(wa_facts *facts, wa_category category, wa_str business, wa_str sender, wa_instant at)
{
	wa_question question = {category, business, sender, at, 0};
	wa_objections found = {0};
	wa_objections	first = {.enough = 1};
	bool		sendable;

	note_refusals(facts);
	sendable = wa_decide(facts, &question, collect, &found);
	check(sendable == (found.n == 0), "objections or sendable");
	check(sendable == wa_decide(facts, &question, NULL, NULL), "the same without a sink");
	check(sendable == wa_decide(facts, &question, collect, &first), "the same for the first one only");
	check(first.n == (found.n > 0), "one is enough");
	if (found.n > 0)
		check(first.objections[0].rule == found.objections[0].rule &&
			  first.objections[0].code == found.objections[0].code, "the first one is the first one");
	for (int i = 1; i < found.n; i++)
		check(found.objections[i - 1].rule <= found.objections[i].rule, "in the order of the rules");
	return found;
}

static int
ask(wa_facts *facts, wa_category category, wa_instant at)
{
	return ask_all(facts, category, ALL, ANY, at).n;
}

static wa_instant
next(wa_facts *facts, wa_category category, wa_instant at)
{
	wa_question question = {category, ALL, ANY, at, 0};
	wa_instant	found;

	note_refusals(facts);
	found = wa_next(facts, &question);
	check(found >= at, "not before it was asked");
	if (found != WA_FOREVER)
		check(ask(facts, category, found) == 0, "sendable then");
	if (found > at)
		check(ask(facts, category, (found == WA_FOREVER ? at + 400 * WA_DAY : found) - 1) > 0,
			  "not a microsecond earlier");
	return found;
}

static void
no_more(wa_facts *facts, wa_part part)
{
	check(false, "rows fetched of nobody");
	(void) facts;
	(void) part;
}

static void
test_invalid(void)
{
	wa_facts	facts = {.valid = false,.fetch = no_more};

	for (wa_category category = WA_MARKETING; category <= WA_SERVICE; category++)
	{
		wa_objections found = ask_all(&facts, category, ALL, ANY, NOW);

		check(found.n == 1 && found.objections[0].rule == WA_RULE_INVALID_RECIPIENT, "invalid");
		check(next(&facts, category, NOW) == WA_FOREVER, "without an end");
	}
}

static void
test_unknown(void)
{
	wa_facts	facts = {.valid = true,.erased = {WA_NEVER, WA_NEVER},.fetched = WA_ALL_PARTS};

	check(ask(&facts, WA_MARKETING, NOW) == 0, "marketing to an unknown recipient");
	check(ask(&facts, WA_UTILITY, NOW) == 0, "utility to an unknown recipient");
	check(ask(&facts, WA_AUTHENTICATION, NOW) == 0, "authentication to an unknown recipient");
	check(ask(&facts, WA_SERVICE, NOW) == 1, "nothing free-form to an unknown recipient");
	check(next(&facts, WA_MARKETING, NOW) == NOW, "now");
	check(next(&facts, WA_SERVICE, NOW) == WA_FOREVER, "when it writes");
}

static wa_consent_row
stop_or_resume(wa_register reg, const char *business, wa_instant stopped, wa_instant resumed)
{
	wa_consent_row row = {.reg = reg,.business = {business, strlen(business)},
	.consent = {.stopped_at = stopped,.resumed_at = resumed,.origin = WA_STR("phrase")}};

	return row;
}

static void
test_consent(void)
{
	wa_consent_row rows[2];
	wa_facts	facts = {.valid = true,.erased = {WA_NEVER, WA_NEVER},.fetched = WA_ALL_PARTS,.nconsents = 1,.consents = rows};
	wa_objections found;

	for (int reg = WA_REGISTER_WHATSAPP; reg <= WA_REGISTER_BUSINESS; reg++)
	{
		rows[0] = stop_or_resume(reg, "b1", NOW, WA_NEVER);
		facts.nconsents = 1;
		found = ask_all(&facts, WA_MARKETING, ALL, ANY, NOW);
		check(found.n == 1 && found.objections[0].rule ==
			  (reg == WA_REGISTER_WHATSAPP ? WA_RULE_OPTED_OUT_WHATSAPP : WA_RULE_OPTED_OUT_BUSINESS),
			  "opted out");
		check(found.n == 1 && found.objections[0].since == NOW && found.objections[0].until == WA_FOREVER,
			  "since then, without an end");
		check(found.n == 1 && found.objections[0].code == 0 &&
			  wa_str_equal(found.objections[0].origin, WA_STR("phrase")), "by no code");
		rows[0].consent.code = 131050;
		found = ask_all(&facts, WA_MARKETING, ALL, ANY, NOW);
		check(found.n == 1 && found.objections[0].code == 131050, "by a code");
		check(ask(&facts, WA_UTILITY, NOW) == 0, "of marketing only");
		check(ask(&facts, WA_MARKETING, NOW - WA_DAY) == 1, "whatever the time asked about");
		check(ask_all(&facts, WA_MARKETING, WA_STR("b1"), ANY, NOW).n == 1, "its business");
		check(ask_all(&facts, WA_MARKETING, WA_STR("b2"), ANY, NOW).n == 0, "another business");
		check(ask_all(&facts, WA_MARKETING, WA_STR("b"), ANY, NOW).n == 0, "a prefix is another");
		check(ask_all(&facts, WA_MARKETING, WA_STR("b1"), WA_STR("s"), NOW).n == 1, "whatever the sender");
		check(next(&facts, WA_MARKETING, NOW) == WA_FOREVER, "without an end");

		rows[0] = stop_or_resume(reg, "", NOW, WA_NEVER);
		check(ask_all(&facts, WA_MARKETING, WA_STR("b2"), ANY, NOW).n == 1, "'' is every business");
		rows[0] = stop_or_resume(reg, "b1", NOW, NOW);
		check(ask(&facts, WA_MARKETING, NOW) == 1, "a tie is a stop");
		rows[0] = stop_or_resume(reg, "b1", NOW, NOW + 1);
		check(ask(&facts, WA_MARKETING, NOW) == 0, "resumed");

		/* A later resume for every business, whose rows come first. */
		rows[0] = stop_or_resume(WA_REGISTER_BUSINESS, "", WA_NEVER, NOW + 1);
		rows[1] = stop_or_resume(reg, "b1", NOW, WA_NEVER);
		facts.nconsents = 2;
		check(ask(&facts, WA_MARKETING, NOW) == (reg == WA_REGISTER_WHATSAPP), "operators lift their own register");
		rows[0] = stop_or_resume(WA_REGISTER_BUSINESS, "", WA_NEVER, NOW);
		check(ask(&facts, WA_MARKETING, NOW) == 1, "not at the same instant");
		rows[0] = stop_or_resume(WA_REGISTER_BUSINESS, "b0", WA_NEVER, NOW + 1);
		check(ask(&facts, WA_MARKETING, NOW) == 1, "another business lifts nothing");
		rows[0] = stop_or_resume(WA_REGISTER_WHATSAPP, "", WA_NEVER, NOW + 1);
		check(ask(&facts, WA_MARKETING, NOW) == 1, "WhatsApp's register lifts nothing elsewhere");
	}
}

/* The businesses that are known; arg: how many of them. */
static int
some_businesses(void *arg, const wa_str **businesses)
{
	static const wa_str known[] = {WA_STR("b1"), WA_STR("b2")};

	*businesses = known;
	return *(int *) arg;
}

static void
test_opt_in(void)
{
	int			known = 2;
	wa_consent_row rows[2];
	wa_facts	facts = {.valid = true,.erased = {WA_NEVER, WA_NEVER},.fetched = WA_ALL_PARTS,.consents = rows,
	.opt_in_required = true,.known_businesses = some_businesses,.known = &known};

	for (int erased = 0; erased <= 1; erased++)
	{
		wa_objections found;

		facts.opt_in_required = !erased;
		facts.erased.at = erased ? NOW : WA_NEVER;
		facts.nconsents = 0;
		found = ask_all(&facts, WA_MARKETING, ALL, ANY, NOW);
		check(found.n == 1 && found.objections[0].rule == (erased ? WA_RULE_ERASED : WA_RULE_NO_OPT_IN) &&
			  found.objections[0].since == (erased ? NOW : WA_NEVER), "no opt-in");
		check(ask(&facts, WA_UTILITY, NOW) == 0, "marketing only");
		rows[0] = stop_or_resume(WA_REGISTER_BUSINESS, "b1", WA_NEVER, NOW + 1);
		facts.nconsents = 1;
		check(ask_all(&facts, WA_MARKETING, WA_STR("b1"), ANY, NOW).n == 0, "with that business");
		check(ask_all(&facts, WA_MARKETING, WA_STR("b2"), ANY, NOW).n == 1, "not with another one");
		check(ask_all(&facts, WA_MARKETING, ALL, ANY, NOW).n == 1, "one of all is not all");
		known = 1;
		check(ask_all(&facts, WA_MARKETING, ALL, ANY, NOW).n == 0, "the only one is all");
		known = 0;
		check(ask_all(&facts, WA_MARKETING, ALL, ANY, NOW).n == 1, "no known one is not all");
		known = 2;
		rows[1] = stop_or_resume(WA_REGISTER_BUSINESS, "b2", WA_NEVER, NOW + 1);
		facts.nconsents = 2;
		check(ask_all(&facts, WA_MARKETING, ALL, ANY, NOW).n == 0, "with each");
		rows[1] = stop_or_resume(WA_REGISTER_WHATSAPP, "b2", WA_NEVER, NOW + 1);
		check(ask_all(&facts, WA_MARKETING, ALL, ANY, NOW).n == 1, "WhatsApp's resume is no opt-in");
		rows[1] = rows[0];
		rows[0] = stop_or_resume(WA_REGISTER_BUSINESS, "", WA_NEVER, NOW + 1);
		check(ask_all(&facts, WA_MARKETING, ALL, ANY, NOW).n == 0, "one for all");
		check(ask_all(&facts, WA_MARKETING, WA_STR("b2"), ANY, NOW).n == 0, "one for all is one for each");
		rows[0].consent.resumed_at = NOW;
		check(ask_all(&facts, WA_MARKETING, ALL, ANY, NOW).n == (erased ? 1 : 0), "later than the erasure");
	}
}

static void
test_erased_everything(void)
{
	int			known = 1;
	wa_consent_row row = stop_or_resume(WA_REGISTER_EVERYTHING, "", WA_NEVER, NOW);
	wa_facts	facts = {.valid = true,.erased = {NOW + 1, NOW},.fetched = WA_ALL_PARTS,.consents = &row,
	.known_businesses = some_businesses,.known = &known};
	wa_objections found = ask_all(&facts, WA_MARKETING, ALL, ANY, NOW + 2);

	check(found.n == 2 && found.objections[0].reg == WA_REGISTER_BUSINESS && found.objections[0].since == NOW + 1 &&
		  found.objections[1].reg == WA_REGISTER_EVERYTHING && found.objections[1].since == NOW, "marketing, of both");
	for (wa_category category = WA_UTILITY; category <= WA_AUTHENTICATION; category++)
	{
		facts.nconsents = 0;
		found = ask_all(&facts, category, ALL, ANY, NOW + 2);
		check(found.n == 1 && found.objections[0].rule == WA_RULE_ERASED &&
			  found.objections[0].reg == WA_REGISTER_EVERYTHING, "everything");
		facts.nconsents = 1;
		row = stop_or_resume(WA_REGISTER_EVERYTHING, "", WA_NEVER, NOW);
		check(ask_all(&facts, category, ALL, ANY, NOW + 2).n == 1, "an opt-in at that time lifts nothing");
		row = stop_or_resume(WA_REGISTER_BUSINESS, "", WA_NEVER, NOW + 2);
		check(ask_all(&facts, category, ALL, ANY, NOW + 2).n == 1, "nor one to marketing");
		row = stop_or_resume(WA_REGISTER_EVERYTHING, "", WA_NEVER, NOW + 1);
		check(ask_all(&facts, category, ALL, ANY, NOW + 2).n == 0, "a later one to everything");
		check(ask_all(&facts, WA_MARKETING, ALL, ANY, NOW + 2).n == 1, "marketing, still by the erasure");
	}
	facts.nconsents = 0;
	found = ask_all(&facts, WA_SERVICE, ALL, ANY, NOW + 2);
	check(found.n == 1 && found.objections[0].rule == WA_RULE_WINDOW_CLOSED, "whoever writes may be answered");
}

static void
test_region(void)
{
	wa_region_fact fact = {WA_MARKETING, WA_STR("US"), WA_STR("because")};
	wa_facts	facts = {.valid = true,.erased = {WA_NEVER, WA_NEVER},.fetched = WA_ALL_PARTS,.nregions = 1,.regions = &fact};
	wa_objections found = ask_all(&facts, WA_MARKETING, ALL, ANY, NOW);

	check(found.n == 1 && found.objections[0].rule == WA_RULE_REGION, "forbidden there");
	check(ask(&facts, WA_UTILITY, NOW) == 0, "that category only");
	check(next(&facts, WA_MARKETING, NOW) == WA_FOREVER, "without an end");
}

static void
test_window(void)
{
	wa_activity_row all[] = {
		{WA_STR(""), WA_STR(""), false, WA_NO_ACTIVITY, WA_NEVER},
		{WA_STR("b1"), WA_STR("s1"), false, WA_NO_ACTIVITY, WA_NEVER},
		{WA_STR("b2"), WA_STR("s2"), false, WA_NO_ACTIVITY, WA_NEVER},
	};
	wa_activity_row *rows = &all[1];
	wa_facts	facts = {.valid = true,.erased = {WA_NEVER, WA_NEVER},.fetched = WA_ALL_PARTS,.nactivities = 1,.activities = rows};
	wa_objections found;

	rows[0].activity.last_inbound_at = NOW;
	check(ask(&facts, WA_SERVICE, NOW - 1) == 1, "before the message");
	check(ask(&facts, WA_SERVICE, NOW) == 0, "at the message");
	check(ask(&facts, WA_SERVICE, NOW + 24 * WA_HOUR - 1) == 0, "up to 24 hours");
	check(ask(&facts, WA_SERVICE, NOW + 24 * WA_HOUR) == 1, "at 24 hours");
	check(next(&facts, WA_SERVICE, NOW - 5 * WA_DAY) == NOW, "opens by a message ahead");
	check(next(&facts, WA_SERVICE, NOW + 24 * WA_HOUR) == WA_FOREVER, "does not open again");
	found = ask_all(&facts, WA_SERVICE, ALL, ANY, NOW + 2 * WA_DAY);
	check(found.n == 1 && found.objections[0].rule == WA_RULE_WINDOW_CLOSED &&
		  found.objections[0].since == WA_NEVER, "closed, of one that does not lift");
	rows[0].lifts = true;
	found = ask_all(&facts, WA_SERVICE, ALL, ANY, NOW + 2 * WA_DAY);
	check(found.n == 1 && found.objections[0].rule == WA_RULE_WINDOW_CLOSED &&
		  found.objections[0].since == NOW + WA_DAY, "closed since");
	check(ask_all(&facts, WA_SERVICE, WA_STR("b1"), ANY, NOW).n == 0, "its business");
	check(ask_all(&facts, WA_SERVICE, WA_STR("b2"), ANY, NOW).n == 1, "not another");
	check(ask_all(&facts, WA_SERVICE, ALL, WA_STR("s1"), NOW).n == 0, "its sender");
	found = ask_all(&facts, WA_SERVICE, ALL, WA_STR("s2"), NOW);
	check(found.n == 1 && found.objections[0].since == WA_NEVER &&
		  found.objections[0].business.data == NULL, "not another sender, which was not written to");

	rows[0].activity.last_window_refused_at = NOW - 1;
	check(ask(&facts, WA_SERVICE, NOW) == 0, "refused before the message");
	rows[0].activity.last_window_refused_at = NOW;
	check(ask(&facts, WA_SERVICE, NOW) == 1, "refused at the message");
	rows[0].activity.last_window_refused_at = WA_NEVER;

	/* A refusal that stands in another row. */
	facts.nactivities = 3;
	facts.activities = all;
	rows[1].activity.last_window_refused_at = NOW + 1;
	check(ask(&facts, WA_SERVICE, NOW + 2) == 0, "another business's refusal");
	all[0].activity.last_window_refused_at = NOW + 1;
	found = ask_all(&facts, WA_SERVICE, ALL, ANY, NOW + 2);
	check(found.n == 1 && found.objections[0].since == NOW + 1, "a refusal of nobody knows whom");
	all[0].activity.last_window_refused_at = WA_NEVER;
	rows[1].activity.last_inbound_at = NOW + WA_DAY;
	rows[1].activity.last_window_refused_at = WA_NEVER;
	check(ask(&facts, WA_SERVICE, NOW + WA_DAY) == 0, "either window will do");
	check(next(&facts, WA_SERVICE, NOW + WA_DAY - 1) == NOW + WA_DAY - 1, "still open");
}

/* Against each refusal by itself. */
static void
test_refusals(void)
{
	static const char *const names[] = {"", "a", "b"};
	wa_activity_row rows[9];
	wa_facts	facts = {.nactivities = 9,.activities = rows};

	for (int seed = 0; seed < 2000; seed++)
	{
		uint32		bits = seed * (uint32) 2654435761U;

		for (int i = 0; i < 9; i++)
		{
			rows[i] = (wa_activity_row) {wa_str_from(names[i / 3]), wa_str_from(names[i % 3]), true, WA_NO_ACTIVITY, WA_NEVER};
			if (bits >> (3 * i) & 1)
				rows[i].activity.last_window_refused_at = NOW + (bits >> (3 * i + 1) & 3);
		}
		note_refusals(&facts);
		for (int i = 0; i < 9; i++)
		{
			wa_instant	latest = WA_NEVER;

			for (int j = 0; j < 9; j++)
			{
				if (wa_may_be_same(rows[i].business, rows[j].business) && wa_may_be_same(rows[i].sender, rows[j].sender))
					latest = wa_later(latest, rows[j].activity.last_window_refused_at);
			}
			check(rows[i].refused_at == latest, "the latest that may be of it");
		}
	}
}

static void
test_cooldown(void)
{
	wa_cooldown_row rows[2] = {
		{.business = WA_STR("b1"),.code = 131049,.strikes = 1,.since = NOW - WA_HOUR,
			.until = NOW + WA_HOUR,.blocks = WA_CATEGORY_BIT(WA_MARKETING),
			.yields_to_window = true,.yields_until = WA_FOREVER},
		{.business = WA_STR(""),.code = 131056,.strikes = 1,.since = NOW,
			.until = NOW + 4 * WA_SECOND,.blocks = WA_ALL_CATEGORIES},
	};
	wa_activity_row activity = {WA_STR("b1"), WA_STR("s1"), true, WA_NO_ACTIVITY, WA_NEVER};
	wa_facts	facts = {.valid = true,.erased = {WA_NEVER, WA_NEVER},.fetched = WA_ALL_PARTS,.ncooldowns = 1,.cooldowns = rows,
	.nactivities = 1,.activities = &activity};
	wa_objections found = ask_all(&facts, WA_MARKETING, ALL, ANY, NOW);

	check(found.n == 1 && found.objections[0].rule == WA_RULE_COOLDOWN &&
		  found.objections[0].code == 131049 && found.objections[0].since == NOW - WA_HOUR &&
		  found.objections[0].until == NOW + WA_HOUR, "holds");
	check(ask(&facts, WA_UTILITY, NOW) == 0, "what it blocks only");
	check(ask(&facts, WA_MARKETING, NOW + WA_HOUR - 1) == 1, "to its end");
	check(ask(&facts, WA_MARKETING, NOW + WA_HOUR) == 0, "not at its end");
	check(next(&facts, WA_MARKETING, NOW) == NOW + WA_HOUR, "its end is next");
	check(ask_all(&facts, WA_MARKETING, WA_STR("b2"), ANY, NOW).n == 0, "not another business");

	facts.ncooldowns = 2;
	check(ask(&facts, WA_MARKETING, NOW) == 2, "both");
	check(ask(&facts, WA_SERVICE, NOW) == 2, "the pair limit blocks free-form too, beside the window");
	check(ask_all(&facts, WA_UTILITY, WA_STR("b2"), ANY, NOW).n == 1, "'' is every business");
	check(next(&facts, WA_UTILITY, NOW) == NOW + 4 * WA_SECOND, "the end that matters");
	check(next(&facts, WA_MARKETING, NOW) == NOW + WA_HOUR, "the later end");

	/* It yields to an open window of that business. */
	facts.ncooldowns = 1;
	activity.activity.last_inbound_at = NOW;
	check(ask(&facts, WA_MARKETING, NOW) == 0, "yields to an open window");
	check(ask(&facts, WA_MARKETING, NOW - 1) == 1, "before it opened");
	check(next(&facts, WA_MARKETING, NOW - 5) == NOW, "next when it opens");
	activity.business = WA_STR("b2");
	check(ask(&facts, WA_MARKETING, NOW) == 1, "not to that of another business");
	activity.business = WA_STR("");
	check(ask(&facts, WA_MARKETING, NOW) == 0, "to one of nobody knows which");
	check(ask_all(&facts, WA_MARKETING, ALL, WA_STR("s2"), NOW).n == 1, "not to another sender's");
	rows[0].yields_to_window = false;
	check(ask(&facts, WA_MARKETING, NOW) == 1, "one that does not yield");
	rows[0].yields_to_window = true;
	rows[0].yields_until = NOW;
	check(ask(&facts, WA_MARKETING, NOW) == 1, "one that knows of no such message");
	rows[0].yields_until = NOW + 1;
	check(ask(&facts, WA_MARKETING, NOW) == 0, "as long as it is known");
	rows[0].yields_until = WA_FOREVER;

	/* A window under another identifier of the person may not lift. */
	activity.lifts = false;
	check(ask(&facts, WA_MARKETING, NOW) == 1, "not to one that does not lift");
	check(next(&facts, WA_MARKETING, NOW - 5) == NOW + WA_HOUR, "nor when that opens");
	check(ask(&facts, WA_SERVICE, NOW) == 0, "which is a window all the same");
	activity.lifts = true;

	/* The window shuts before the cooldown ends. */
	activity.activity.last_inbound_at = NOW - WA_DAY + 10;
	check(next(&facts, WA_MARKETING, NOW) == NOW, "still open");
	check(next(&facts, WA_MARKETING, NOW + 10) == NOW + WA_HOUR, "shut: the end of the cooldown");

	rows[0].until = WA_FOREVER;
	check(next(&facts, WA_MARKETING, NOW + 10) == WA_FOREVER, "without an end");
	rows[0].until = WA_NEVER;
	check(ask(&facts, WA_MARKETING, NOW + 10) == 0, "no strike counts");
}

static int	fetched[WA_ALL_PARTS + 1];

static void
fetch(wa_facts *facts, wa_part part)
{
	static wa_consent_row stop = {.reg = WA_REGISTER_WHATSAPP,.business = {"", 0},
	.consent = {.stopped_at = NOW,.resumed_at = WA_NEVER}};

	fetched[part]++;
	if (part == WA_CONSENTS)
	{
		facts->nconsents = 1;
		facts->consents = &stop;
	}
}

/* What is not needed is not read, and nothing is read twice. */
static void
test_fetching(void)
{
	wa_facts	facts = {.valid = true,.erased = {WA_NEVER, WA_NEVER},.fetch = fetch};

	check(ask(&facts, WA_UTILITY, NOW) == 0 && fetched[WA_CONSENTS] == 1 &&
		  fetched[WA_COOLDOWNS] == 1 && fetched[WA_ACTIVITIES] == 0,
		  "utility needs consent, for who wants no message at all, and cooldowns");
	check(ask(&facts, WA_SERVICE, NOW) == 1 && fetched[WA_ACTIVITIES] == 1,
		  "free-form needs activities");
	check(ask(&facts, WA_MARKETING, NOW) == 1 && fetched[WA_CONSENTS] == 1,
		  "marketing needs consent");
	check(ask(&facts, WA_MARKETING, NOW) == 1 && ask(&facts, WA_SERVICE, NOW) == 1 &&
		  fetched[WA_CONSENTS] == 1 && fetched[WA_COOLDOWNS] == 1 &&
		  fetched[WA_ACTIVITIES] == 1, "each of them once");

	memset(fetched, 0, sizeof(fetched));
	facts = (wa_facts)
	{
		.valid = true,.erased = {WA_NEVER, WA_NEVER},.fetch = fetch
	};
	check(!wa_decide(&facts, &(wa_question)
					 {
						 .category = WA_MARKETING,.at = NOW
					 }, NULL, NULL) &&
		  fetched[WA_COOLDOWNS] == 0, "one objection is enough");
	check(next(&facts, WA_MARKETING, NOW) == WA_FOREVER, "a stop has no end");
}

/* Quiet by one row in the first half of every day, by the other in the second. */
static const wa_quiet_fact halves[] = {{WA_MARKETING, NULL, NULL}, {WA_MARKETING, NULL, NULL}};

static bool
is_half_quiet(void *pacing, const wa_quiet_fact *fact, wa_instant at, wa_quiet_time *time)
{
	wa_instant	half = wa_day_of(at) + (at - wa_day_of(at)) / (WA_DAY / 2) * (WA_DAY / 2);

	(void) pacing;
	if ((half == wa_day_of(at)) != (fact == &halves[0]))
		return false;
	if (time != NULL)
		*time = (wa_quiet_time) {half, half + WA_DAY / 2, {NULL, 0}, {NULL, 0}};
	return true;
}

static void
test_quiet(void)
{
	wa_facts	facts = {.valid = true,.erased = {WA_NEVER, WA_NEVER},.fetched = WA_ALL_PARTS,
		.nquiet = 1,.quiet = halves,.is_quiet = is_half_quiet};
	wa_instant	midnight = wa_day_of(NOW) + WA_DAY;

	check(next(&facts, WA_MARKETING, midnight) == midnight + WA_DAY / 2, "at noon");
	check(next(&facts, WA_MARKETING, midnight - 1) == midnight - 1, "before midnight");
	check(next(&facts, WA_UTILITY, midnight) == midnight, "another category");

	/* One begins where the other ends. */
	facts.nquiet = 2;
	check(next(&facts, WA_MARKETING, midnight) == WA_FOREVER, "no end");
	check(next(&facts, WA_UTILITY, midnight) == midnight, "another category");
}

#define MANY 30000

static wa_str many_names[MANY];

static int
many_businesses(void *arg, const wa_str **businesses)
{
	(void) arg;
	*businesses = many_names;
	return MANY;
}

static bool
count(void *arg, const wa_objection *objection)
{
	(void) objection;
	++*(int *) arg;
	return true;
}

/* What a person said to very many businesses costs in proportion: with the square it would be minutes. */
static void
test_many_businesses(void)
{
	static char names[MANY][16];
	static wa_consent_row consents[MANY];
	static wa_cooldown_row cooldowns[MANY];
	static wa_activity_row activities[MANY];
	wa_facts	facts = {.valid = true,.erased = {WA_NEVER, WA_NEVER},.fetched = WA_ALL_PARTS,.consents = consents,
		.cooldowns = cooldowns,.activities = activities,.known_businesses = many_businesses};
	wa_question question = {WA_MARKETING, ALL, ANY, NOW, 0};
	clock_t		began = clock();
	int			objections = 0;

	for (int i = 0; i < MANY; i++)
	{
		snprintf(names[i], sizeof(names[i]), "b%05d", i);
		many_names[i] = wa_str_from(names[i]);
		consents[i] = stop_or_resume(WA_REGISTER_BUSINESS, names[i], NOW, WA_NEVER);
		cooldowns[i] = (wa_cooldown_row) {.business = many_names[i],.code = 131049,.strikes = 1,.since = NOW,
		.until = NOW + WA_DAY,.blocks = WA_CATEGORY_BIT(WA_MARKETING),
		.yields_to_window = true,.yields_until = WA_FOREVER};
		activities[i] = (wa_activity_row) {many_names[i], WA_STR("s"), true, WA_NO_ACTIVITY, WA_NEVER};
		activities[i].activity.last_inbound_at = NOW;
	}
	facts.nconsents = MANY;
	check(!wa_decide(&facts, &question, count, &objections) && objections == MANY, "each stop objects");
	for (int i = 0; i < MANY; i++)
		consents[i] = stop_or_resume(WA_REGISTER_BUSINESS, names[i], WA_NEVER, NOW);
	facts.opt_in_required = true;
	check(wa_decide(&facts, &question, NULL, NULL), "an opt-in with each");
	facts.ncooldowns = facts.nactivities = MANY;
	note_refusals(&facts);
	check(wa_decide(&facts, &question, NULL, NULL), "a window open with each");
	for (int i = 0; i < MANY; i++)
	{
		activities[i].activity.last_inbound_at = NOW - 2 * WA_DAY + i;
		activities[i].activity.last_window_refused_at = NOW;
	}
	note_refusals(&facts);
	question.category = WA_SERVICE;
	check(!wa_decide(&facts, &question, count, &objections) && objections == MANY + 1, "closed with each");
	/* Of one business, with very many senders. */
	for (int i = 0; i < MANY; i++)
	{
		activities[i].business = many_names[0];
		activities[i].sender = many_names[i];
	}
	facts.nconsents = facts.ncooldowns = 0;
	note_refusals(&facts);
	check(!wa_decide(&facts, &question, count, &objections), "closed with each sender");
	question.at = NOW - 3 * WA_DAY;
	check(wa_next(&facts, &question) == WA_FOREVER, "no message of the person opens it");
	/* Those of one business are refused under an unknown one, beside cooldowns of very many businesses. */
	facts.ncooldowns = MANY;
	for (int i = 0; i < MANY; i++)
	{
		activities[i].business = i < MANY / 2 ? WA_STR("") : WA_STR("b");
		activities[i].sender = many_names[i % (MANY / 2)];
		activities[i].activity.last_inbound_at = i < MANY / 2 ? WA_NEVER : NOW - 2 * WA_DAY + i;
		activities[i].activity.last_window_refused_at = i < MANY / 2 ? NOW : WA_NEVER;
	}
	note_refusals(&facts);
	check(wa_next(&facts, &question) == WA_FOREVER, "none of them opens it either");
	question.category = WA_MARKETING;
	question.at = NOW;
	objections = 0;
	check(!wa_decide(&facts, &question, count, &objections) && objections == MANY + 1, "no cooldown yields");
	check(clock() - began < 2 * CLOCKS_PER_SEC, "in proportion");
}

int
main(void)
{
	test_invalid();
	test_unknown();
	test_consent();
	test_opt_in();
	test_erased_everything();
	test_region();
	test_window();
	test_refusals();
	test_cooldown();
	test_quiet();
	test_fetching();
	test_many_businesses();
	return summary();
}
