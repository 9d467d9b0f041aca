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

#include "check.h"

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

/* What lifts, by inbound message, receipt and marketing receipt, with their lift_after. */
static wa_code_policy
lifted_by(uint8 kinds, int64 inbound, int64 receipt, int64 marketing)
{
	wa_code_policy policy = {0};

	policy.lifted_by = kinds;
	policy.lift_after[WA_EVIDENCE_INBOUND] = inbound;
	policy.lift_after[WA_EVIDENCE_RECEIPT] = receipt;
	policy.lift_after[WA_EVIDENCE_MARKETING_RECEIPT] = marketing;
	return policy;
}

static wa_instant
lifts(const wa_activity *activity, uint8 kinds)
{
	wa_code_policy policy = lifted_by(kinds, 0, 0, 0);

	return wa_activity_lifts(activity, &policy);
}

static void
test_lifts(void)
{
	wa_activity activity = WA_NO_ACTIVITY;
	const uint8 any = WA_LIFT_INBOUND | WA_LIFT_RECEIPT | WA_LIFT_MARKETING_RECEIPT;

	check(lifts(&activity, any) == WA_NEVER, "nothing lifts nothing");
	activity.last_read_at = 90;
	activity.last_window_refused_at = 95;
	activity.wa_id_at = 99;
	check(lifts(&activity, any) == WA_NEVER && !wa_activity_has_evidence(&activity),
		  "what is no evidence lifts nothing");
	activity.last_inbound_at = 10;
	check(wa_activity_has_evidence(&activity), "a message is evidence");
	activity.last_delivered_at = 30;
	activity.last_marketing_delivered_at = 20;
	check(lifts(&activity, 0) == WA_NEVER, "nothing asked");
	check(lifts(&activity, WA_LIFT_INBOUND) == 10, "inbound");
	check(lifts(&activity, WA_LIFT_RECEIPT) == 30, "any receipt");
	check(lifts(&activity, WA_LIFT_MARKETING_RECEIPT) == 20, "marketing receipt");
	check(lifts(&activity, WA_LIFT_INBOUND | WA_LIFT_MARKETING_RECEIPT) == 20,
		  "the later of two");
	check(lifts(&activity, any) == 30, "the latest of all");
}

/* Each kind has its own lift_after, and it is not the latest evidence that counts. */
static void
test_lift_after(void)
{
	wa_activity activity = WA_NO_ACTIVITY;
	wa_code_policy policy = lifted_by(WA_LIFT_INBOUND | WA_LIFT_MARKETING_RECEIPT, 0, -7, WA_DAY);

	activity.last_marketing_delivered_at = 5 * WA_DAY;
	check(wa_activity_lifts(&activity, &policy) == 4 * WA_DAY, "a day later at least");
	activity.last_inbound_at = 4 * WA_DAY - 1;
	check(wa_activity_lifts(&activity, &policy) == 4 * WA_DAY, "the receipt lifts more");
	activity.last_inbound_at = 4 * WA_DAY + 1;
	check(wa_activity_lifts(&activity, &policy) == 4 * WA_DAY + 1,
		  "the message lifts more, though it is earlier");
	activity.last_delivered_at = 9 * WA_DAY;
	check(wa_activity_lifts(&activity, &policy) == 4 * WA_DAY + 1, "a kind that is not asked");

	policy = lifted_by(WA_LIFT_RECEIPT, 0, -WA_MINUTE, 0);
	check(wa_activity_lifts(&activity, &policy) == 9 * WA_DAY + WA_MINUTE, "a minute earlier at most");

	/* At the ends of time. */
	policy = lifted_by(WA_LIFT_INBOUND | WA_LIFT_RECEIPT, WA_DAY, -WA_DAY, 0);
	activity = WA_NO_ACTIVITY;
	check(wa_activity_lifts(&activity, &policy) == WA_NEVER, "never, whatever the span");
	activity.last_inbound_at = WA_NEVER + 1;
	check(wa_activity_lifts(&activity, &policy) == WA_NEVER, "no instant before the first");
	activity.last_inbound_at = WA_NEVER + WA_DAY + 1;
	check(wa_activity_lifts(&activity, &policy) == WA_NEVER + 1, "the first instant");
	activity.last_delivered_at = WA_FOREVER - 1;
	check(wa_activity_lifts(&activity, &policy) == WA_FOREVER, "no instant after the last");
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
	test_lift_after();
	test_laws();
	return summary();
}
