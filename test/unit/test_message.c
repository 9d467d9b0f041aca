/*-------------------------------------------------------------------------
 *
 * test_message.c
 *	  Unit test of report/message.c: whatever the order and the repetition of
 *	  statuses, one message comes of them.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/report/message.c */
#include "report/message.h"

#include "check.h"

static wa_message
random_message(void)
{
	static const char *const names[] = {"", "a", "b", "49151", "DE.x"};
	wa_message	m = WA_NO_MESSAGE;
	const char *name = names[3 + roll(2)];

	m.recipient = (wa_str) {name, strlen(name)};
	name = names[roll(3)];
	m.business = (wa_str) {name, strlen(name)};
	name = names[roll(3)];
	m.sender = (wa_str) {name, strlen(name)};
	m.category = roll(5) - 1;
	if (roll(2))
		m.sent_at = roll(3);
	if (roll(2))
		m.delivered_at = roll(3);
	if (roll(2))
		m.read_at = roll(3);
	if (roll(2))
	{
		m.failed_at = roll(3);
		m.code = roll(3);
	}
	return m;
}

static bool
same(const wa_message *a, const wa_message *b)
{
	return wa_str_equal(a->recipient, b->recipient) && wa_str_equal(a->business, b->business) &&
		wa_str_equal(a->sender, b->sender) && a->category == b->category &&
		a->sent_at == b->sent_at && a->delivered_at == b->delivered_at &&
		a->read_at == b->read_at && a->failed_at == b->failed_at && a->code == b->code;
}

static void
test_law(void)
{
	bool		commutes = true;
	bool		associates = true;
	bool		repeats = true;
	bool		neutral = true;

	for (int i = 0; i < 20000; i++)
	{
		wa_message	a = random_message();
		wa_message	b = random_message();
		wa_message	c = random_message();
		wa_message	ab = a;
		wa_message	ba = b;
		wa_message	ab_c;
		wa_message	bc = b;
		wa_message	a_bc = a;
		wa_message	none = WA_NO_MESSAGE;

		wa_message_merge(&ab, &b);
		wa_message_merge(&ba, &a);
		commutes = commutes && same(&ab, &ba);
		ab_c = ab;
		wa_message_merge(&ab_c, &c);
		wa_message_merge(&bc, &c);
		wa_message_merge(&a_bc, &bc);
		associates = associates && same(&ab_c, &a_bc);
		repeats = repeats && !wa_message_merge(&ab, &a) && !wa_message_merge(&ab, &b);
		neutral = neutral && !wa_message_merge(&a, &none);
		wa_message_merge(&none, &a);
		neutral = neutral && same(&a, &none);
	}
	check(commutes, "merging commutes");
	check(associates, "merging associates");
	check(repeats, "merging again changes nothing, and says so");
	check(neutral, "no message is neutral");
}

static void
test_failures(void)
{
	wa_message	a = WA_NO_MESSAGE;
	wa_message	b = WA_NO_MESSAGE;

	a.failed_at = 5;
	a.code = 131049;
	b.failed_at = 5;
	b.code = 131026;
	check(wa_message_merge(&a, &b) && a.code == 131026, "of two failures at once the lower code stands");
	b.failed_at = 4;
	b.code = 131050;
	check(wa_message_merge(&a, &b) && a.failed_at == 4 && a.code == 131050, "the first failure stands");
}

int
main(void)
{
	test_law();
	test_failures();
	return summary();
}
