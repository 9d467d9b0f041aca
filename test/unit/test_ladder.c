/*-------------------------------------------------------------------------
 *
 * test_ladder.c
 *	  Unit test of state/ladder.c: strikes and ends of cooldowns, at the
 *	  exact instants where they turn, and against a slow second reading.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/state/ladder.c src/state/failures.c */
#include "state/ladder.h"

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

#define T0 (INT64CONST(800000000) * WA_SECOND)

/* The ladders of 131049, 131056 and 130472. */
static const wa_ladder limit = {3, {24 * WA_HOUR, 24 * WA_HOUR, 48 * WA_HOUR}, 12 * WA_HOUR};
static const wa_ladder pair = {5, {4 * WA_SECOND, 16 * WA_SECOND, 64 * WA_SECOND,
256 * WA_SECOND, 1024 * WA_SECOND}, 0};
static const wa_ladder forever = {1, {WA_FOREVER}, 0};

/* What n failures at T0 + these offsets come to. */
static void
climbs(const char *what, const wa_ladder *ladder, wa_instant lifted,
	   int n, const wa_instant *offset, int strikes, wa_instant until)
{
	wa_failures failures = {0, {0}};
	wa_cooldown_end end;

	for (int i = 0; i < n; i++)
		wa_failures_add(&failures, T0 + offset[i]);
	end = wa_climb(&failures, lifted, ladder);
	check(end.strikes == strikes, what);
	check(end.until == until, what);
}

#define OFFSETS(...) (int) (sizeof((wa_instant[]) {__VA_ARGS__}) / sizeof(wa_instant)), \
	(wa_instant[]) {__VA_ARGS__}

static void
test_rungs(void)
{
	const int64 half = 12 * WA_HOUR;

	climbs("no failure", &limit, WA_NEVER, 0, NULL, 0, WA_NEVER);
	climbs("no ladder", &(wa_ladder) {0, {0}, 0}, WA_NEVER, OFFSETS(0), 0, WA_NEVER);
	climbs("first", &limit, WA_NEVER, OFFSETS(0), 1, T0 + 24 * WA_HOUR);
	climbs("second at the gap", &limit, WA_NEVER, OFFSETS(0, half), 2, T0 + half + 24 * WA_HOUR);
	climbs("one microsecond short of the gap", &limit, WA_NEVER, OFFSETS(0, half - 1), 1,
		   T0 + half - 1 + 24 * WA_HOUR);
	climbs("third", &limit, WA_NEVER, OFFSETS(0, half, 2 * half), 3, T0 + 2 * half + 48 * WA_HOUR);
	climbs("the last rung repeats", &limit, WA_NEVER, OFFSETS(0, half, 2 * half, 3 * half, 4 * half),
		   5, T0 + 4 * half + 48 * WA_HOUR);
	climbs("the gap counts from the strike, not from the failure", &limit, WA_NEVER,
		   OFFSETS(0, half - 1, half + 5), 2, T0 + half + 5 + 24 * WA_HOUR);
	climbs("the end counts from the latest failure, strike or not", &limit, WA_NEVER,
		   OFFSETS(0, half, half + 1), 2, T0 + half + 1 + 24 * WA_HOUR);
	climbs("no gap: each counts", &pair, WA_NEVER, OFFSETS(0, 1, 2), 3, T0 + 2 + 64 * WA_SECOND);
	climbs("seven of five", &pair, WA_NEVER, OFFSETS(0, 1, 2, 3, 4, 5, 6), 7, T0 + 6 + 1024 * WA_SECOND);
	climbs("without an end", &forever, WA_NEVER, OFFSETS(0), 1, WA_FOREVER);
	climbs("a rung that would overflow", &(wa_ladder) {1, {WA_FOREVER - T0}, 0}, WA_NEVER,
		   OFFSETS(1), 1, WA_FOREVER);
}

static void
test_memory(void)
{
	climbs("30 days back still counts", &limit, WA_NEVER, OFFSETS(0, 30 * WA_DAY), 2,
		   T0 + 30 * WA_DAY + 24 * WA_HOUR);
	climbs("a microsecond more does not", &limit, WA_NEVER, OFFSETS(-1, 30 * WA_DAY), 1,
		   T0 + 30 * WA_DAY + 24 * WA_HOUR);
	climbs("what is forgotten makes no gap", &limit, WA_NEVER, OFFSETS(-1, 5, 30 * WA_DAY), 2,
		   T0 + 30 * WA_DAY + 24 * WA_HOUR);
}

static void
test_lifting(void)
{
	climbs("lifted at the failure", &limit, T0, OFFSETS(0), 0, WA_NEVER);
	climbs("lifted after it", &limit, T0 + 1, OFFSETS(0), 0, WA_NEVER);
	climbs("evidence before it", &limit, T0 - 1, OFFSETS(0), 1, T0 + 24 * WA_HOUR);
	climbs("the ladder begins anew", &limit, T0 + 13 * WA_HOUR,
		   OFFSETS(0, 13 * WA_HOUR, 14 * WA_HOUR), 1, T0 + 14 * WA_HOUR + 24 * WA_HOUR);
	climbs("lifted without an end", &forever, T0, OFFSETS(0), 0, WA_NEVER);
	climbs("and held again", &forever, T0, OFFSETS(0, 1), 1, WA_FOREVER);
}

/* A second reading of the law, from the newest back. */
static wa_cooldown_end
slowly(const wa_failures *failures, wa_instant lifted, const wa_ladder *ladder)
{
	wa_cooldown_end end = {0, WA_NEVER};
	wa_instant	latest = WA_NEVER;
	wa_instant	before = WA_NEVER;

	for (int i = 0; i < failures->n; i++)
		latest = wa_later(latest, failures->at[i]);
	for (;;)
	{
		wa_instant	next = WA_FOREVER;

		for (int i = 0; i < failures->n; i++)
		{
			wa_instant	at = failures->at[i];

			if (at > lifted && at >= latest - 30 * WA_DAY &&
				(before == WA_NEVER || (at > before && at >= before + ladder->gap)) &&
				at < next)
				next = at;
		}
		if (next == WA_FOREVER)
			break;
		before = next;
		end.strikes++;
	}
	if (end.strikes > 0 && ladder->nrungs > 0)
		end.until = wa_after(latest, ladder->rung[end.strikes > ladder->nrungs ?
												  ladder->nrungs - 1 : end.strikes - 1]);
	else
		end.strikes = 0;
	return end;
}

static uint32
roll(uint32 sides)
{
	static uint64 state = 7;

	state = state * UINT64CONST(6364136223846793005) + UINT64CONST(1442695040888963407);
	return (uint32) (state >> 33) % sides;
}

static void
test_second_reading(void)
{
	const wa_ladder *const ladders[] = {&limit, &pair, &forever};

	for (int round = 0; round < 20000; round++)
	{
		const wa_ladder *ladder = ladders[roll(lengthof(ladders))];
		wa_failures failures = {0, {0}};
		wa_instant	lifted;
		wa_cooldown_end end;
		wa_cooldown_end other;
		int			n = roll(WA_MAX_FAILURES + 5);

		/* On a grid of six hours, so that gaps and memory are met exactly. */
		for (int i = 0; i < n; i++)
			wa_failures_add(&failures, T0 + roll(160) * 6 * WA_HOUR + (roll(4) == 0 ? (int) roll(3) - 1 : 0));
		lifted = roll(3) == 0 ? WA_NEVER : T0 + roll(160) * 6 * WA_HOUR + (int) roll(3) - 1;
		end = wa_climb(&failures, lifted, ladder);
		other = slowly(&failures, lifted, ladder);
		check(end.strikes == other.strikes && end.until == other.until, "second reading");
		check((end.strikes == 0) == (end.until == WA_NEVER), "no strike, no end");

		/* Later evidence never makes it worse. */
		other = wa_climb(&failures, wa_later(lifted, T0 + roll(160) * 6 * WA_HOUR), ladder);
		check(other.strikes <= end.strikes && other.until <= end.until, "evidence only lifts");
	}
}

int
main(void)
{
	test_rungs();
	test_memory();
	test_lifting();
	test_second_reading();
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
