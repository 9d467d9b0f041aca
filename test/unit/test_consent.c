/*-------------------------------------------------------------------------
 *
 * test_consent.c
 *	  Unit test of state/consent.c: the latest word wins, stop wins a tie,
 *	  and no order of arrival shows.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/state/consent.c */
#include "state/consent.h"

#include "check.h"

static const wa_consent nothing = {.stopped_at = WA_NEVER,.resumed_at = WA_NEVER};

static wa_consent
word(bool stop, wa_instant at, const char *origin, int32 code, const char *sender,
	 const char *message_id)
{
	wa_consent	consent = {stop ? at : WA_NEVER, stop ? WA_NEVER : at,
		{origin, strlen(origin)}, code, {sender, strlen(sender)},
		{message_id, strlen(message_id)}};

	return consent;
}

static wa_consent
merged(const wa_consent *a, const wa_consent *b)
{
	wa_consent	result = *a;

	wa_consent_merge(&result, b);
	return result;
}

static bool
same(const wa_consent *a, const wa_consent *b)
{
	return a->stopped_at == b->stopped_at && a->resumed_at == b->resumed_at &&
		wa_str_equal(a->origin, b->origin) && a->code == b->code &&
		wa_str_equal(a->sender, b->sender) && wa_str_equal(a->message_id, b->message_id);
}

static void
test_words(void)
{
	wa_consent	stop = word(true, 100, "user_preferences", 0, "s1", "");
	wa_consent	resume = word(false, 200, "user_preferences", 0, "s2", "");
	wa_consent	late = word(false, 50, "user_preferences", 0, "s3", "");
	wa_consent	tie = word(false, 100, "zzz", 999999, "zzz", "zzz");
	wa_consent	both;

	check(!wa_consent_stopped(&nothing), "nothing said: no stop");
	check(wa_consent_stopped(&stop) && wa_consent_at(&stop) == 100, "a stop");
	check(!wa_consent_stopped(&resume) && wa_consent_at(&resume) == 200, "a resume");

	both = merged(&stop, &resume);
	check(!wa_consent_stopped(&both) && wa_consent_at(&both) == 200, "a later resume lifts");
	check(wa_str_equal(both.sender, WA_STR("s2")), "and is the one shown");
	check(both.stopped_at == 100, "the stop is remembered");

	both = merged(&stop, &late);
	check(wa_consent_stopped(&both) && wa_consent_at(&both) == 100, "a late old resume lifts nothing");
	check(wa_str_equal(both.sender, WA_STR("s1")), "the stop is still shown");

	both = merged(&tie, &stop);
	check(wa_consent_stopped(&both) && wa_str_equal(both.sender, WA_STR("s1")),
		  "stop wins a tie, whatever the strings");
	both = merged(&stop, &tie);
	check(wa_consent_stopped(&both) && wa_str_equal(both.sender, WA_STR("s1")),
		  "stop wins a tie the other way round");

	both = merged(&nothing, &stop);
	check(same(&both, &stop), "nothing before");
	both = merged(&stop, &nothing);
	check(same(&both, &stop), "nothing after");
}

/* Of equal words: origin, then code, sender, message id, strings by bytes. */
static void
test_strings(void)
{
	wa_consent	a = word(true, 1, "phrase", 0, "s2", "m9");
	wa_consent	b = word(true, 1, "user_preferences", 0, "s1", "m1");
	wa_consent	c = word(true, 1, "phrase", 0, "s3", "m1");
	wa_consent	d = word(true, 1, "phrase", 0, "s2", "m91");
	wa_consent	e = word(true, 1, "phrase", 0, "s2", "\xc3\xa4");
	wa_consent	f = word(true, 1, "phrase", 7, "s1", "m1");
	wa_consent	g = word(true, 1, "phrase", -7, "s9", "m99");
	wa_consent	h = word(true, 1, "phrase", 131050, "s0", "m0");
	wa_consent	both;

	both = merged(&a, &b);
	check(same(&both, &b), "the greater origin");
	both = merged(&h, &b);
	check(same(&both, &b) && both.code == 0, "the origin comes before the code, which goes with it");
	both = merged(&c, &f);
	check(same(&both, &f), "then the greater code, whatever the sender");
	both = merged(&f, &h);
	check(same(&both, &h), "by number, not by digits");
	both = merged(&g, &a);
	check(same(&both, &a), "none is 0");
	both = merged(&c, &a);
	check(same(&both, &c), "then the greater sender");
	both = merged(&d, &a);
	check(same(&both, &d), "then the greater message id, a prefix first");
	both = merged(&d, &e);
	check(same(&both, &e), "bytes are unsigned");
}

static void
test_laws(void)
{
	static const char *const strings[] = {"", "a", "b", "ab"};

	for (int round = 0; round < 20000; round++)
	{
		wa_consent	words[6];
		wa_consent	a = nothing;
		wa_consent	b = nothing;
		wa_consent	forth = nothing;
		wa_consent	back = nothing;
		wa_consent	ab;
		wa_consent	ba;
		wa_consent	again;
		int			latest = 0;

		for (int i = 0; i < (int) lengthof(words); i++)
		{
			words[i] = word(roll(2) == 0, (wa_instant) roll(5) - 2, strings[roll(4)],
							(int32) roll(3) - 1, strings[roll(4)], strings[roll(4)]);
			if (wa_consent_at(&words[i]) > wa_consent_at(&words[latest]) ||
				(wa_consent_at(&words[i]) == wa_consent_at(&words[latest]) &&
				 wa_consent_stopped(&words[i])))
				latest = i;
			forth = merged(&forth, &words[i]);
			if (i < 3)
				a = merged(&a, &words[i]);
			else
				b = merged(&b, &words[i]);
		}
		for (int i = lengthof(words) - 1; i >= 0; i--)
			back = merged(&words[i], &back);

		ab = merged(&a, &b);
		ba = merged(&b, &a);
		check(same(&ab, &ba), "commutative");
		check(same(&ab, &forth) && same(&forth, &back), "associative");
		again = merged(&ab, &ab);
		check(same(&again, &ab), "idempotent");
		again = merged(&ab, &words[roll(lengthof(words))]);
		check(same(&again, &ab), "a word again changes nothing");
		check(wa_consent_at(&ab) == wa_consent_at(&words[latest]) &&
			  wa_consent_stopped(&ab) == wa_consent_stopped(&words[latest]), "the latest word wins");
	}
}

int
main(void)
{
	test_words();
	test_strings();
	test_laws();
	return summary();
}
