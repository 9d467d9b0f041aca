/*-------------------------------------------------------------------------
 *
 * test_activity.c
 *	  Unit test of state/activity.c: maxima, and what lifts a cooldown.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/state/activity.c */
#include "errors/catalogue.h"
#include "state/activity.h"

#undef printf

static int	passed = 0;
static int	failed = 0;

static void
check(bool ok, const char *what)
{
	if (ok)
		passed++;
	else
	{
		failed++;
		printf("FAILED %s\n", what);
	}
}

static bool
same(const wa_activity *a, const wa_activity *b)
{
	return a->last_inbound_at == b->last_inbound_at &&
		a->last_delivered_at == b->last_delivered_at &&
		a->last_read_at == b->last_read_at &&
		a->last_marketing_delivered_at == b->last_marketing_delivered_at &&
		a->last_window_refused_at == b->last_window_refused_at &&
		a->wa_id_at == b->wa_id_at && wa_str_equal(a->wa_id, b->wa_id);
}

static wa_activity
merged(const wa_activity *a, const wa_activity *b)
{
	wa_activity result = *a;
	bool		changed = wa_activity_merge(&result, b);

	check(changed == !same(&result, a), "merge says whether it changed anything");
	return result;
}

static void
test_lifts(void)
{
	wa_activity activity = WA_NO_ACTIVITY;
	const uint8 any = WA_LIFT_INBOUND | WA_LIFT_RECEIPT | WA_LIFT_MARKETING_RECEIPT;

	check(wa_activity_lifts(&activity, any) == WA_NEVER, "nothing lifts nothing");
	activity.last_inbound_at = 10;
	activity.last_delivered_at = 30;
	activity.last_read_at = 90;
	activity.last_marketing_delivered_at = 20;
	activity.last_window_refused_at = 95;
	activity.wa_id_at = 99;
	check(wa_activity_lifts(&activity, 0) == WA_NEVER, "nothing asked");
	check(wa_activity_lifts(&activity, WA_LIFT_INBOUND) == 10, "inbound");
	check(wa_activity_lifts(&activity, WA_LIFT_RECEIPT) == 30, "any receipt");
	check(wa_activity_lifts(&activity, WA_LIFT_MARKETING_RECEIPT) == 20, "marketing receipt");
	check(wa_activity_lifts(&activity, WA_LIFT_INBOUND | WA_LIFT_MARKETING_RECEIPT) == 20,
		  "the later of two");
	check(wa_activity_lifts(&activity, any) == 30, "the latest of all");
}

static uint32
roll(uint32 sides)
{
	static uint64 state = 5;

	state = state * UINT64CONST(6364136223846793005) + UINT64CONST(1442695040888963407);
	return (uint32) (state >> 33) % sides;
}

static wa_instant
some_instant(void)
{
	return roll(3) == 0 ? WA_NEVER : (wa_instant) roll(6) - 3;
}

static wa_activity
some_activity(void)
{
	static const char *const ids[] = {"5531987654321", "553187654321", "55"};
	wa_activity activity = WA_NO_ACTIVITY;

	activity.last_inbound_at = some_instant();
	activity.last_delivered_at = some_instant();
	activity.last_read_at = some_instant();
	activity.last_marketing_delivered_at = some_instant();
	activity.last_window_refused_at = some_instant();
	if (roll(3) > 0)
	{
		const char *id = ids[roll(3)];

		activity.wa_id_at = (wa_instant) roll(4) - 2;
		activity.wa_id = (wa_str) {id, strlen(id)};
	}
	return activity;
}

static void
test_laws(void)
{
	const wa_activity nothing = WA_NO_ACTIVITY;

	for (int round = 0; round < 20000; round++)
	{
		wa_activity a = some_activity();
		wa_activity b = some_activity();
		wa_activity c = some_activity();
		wa_activity ab = merged(&a, &b);
		wa_activity ba = merged(&b, &a);
		wa_activity bc = merged(&b, &c);
		wa_activity ab_c = merged(&ab, &c);
		wa_activity a_bc = merged(&a, &bc);
		wa_activity again = merged(&ab_c, &b);
		wa_activity alone = merged(&nothing, &a);

		check(same(&ab, &ba), "commutative");
		check(same(&ab_c, &a_bc), "associative");
		check(same(&again, &ab_c), "idempotent");
		check(same(&alone, &a), "nothing is neutral");
		check(ab.last_inbound_at == wa_later(a.last_inbound_at, b.last_inbound_at), "a maximum");
		if (a.wa_id_at != b.wa_id_at)
			check(wa_str_equal(ab.wa_id, a.wa_id_at > b.wa_id_at ? a.wa_id : b.wa_id),
				  "the wa_id seen last");
		else
			check(wa_str_equal(ab.wa_id, wa_str_compare(a.wa_id, b.wa_id) > 0 ? a.wa_id : b.wa_id),
				  "of two wa_ids of one instant the greater");
	}
}

int
main(void)
{
	test_lifts();
	test_laws();
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
