/*-------------------------------------------------------------------------
 *
 * test_ladder.c
 *	  Unit test of state/ladder.c: strikes and ends of cooldowns, at the
 *	  exact instants where they turn, and against a slow second reading.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/state/ladder.c src/state/failures.c src/state/activity.c */
/* SOURCES: src/errors/catalogue.c src/errors/code_policy.c */
#include "state/activity.h"
#include "state/ladder.h"

#include "check.h"

#define T0 (INT64CONST(800000000) * WA_SECOND)

/* The ladders of 131049, 131056 and 130472. */
static const wa_ladder limit = {3, {24 * WA_HOUR, 24 * WA_HOUR, 48 * WA_HOUR}, 12 * WA_HOUR};
static const wa_ladder pair = {5, {4 * WA_SECOND, 16 * WA_SECOND, 64 * WA_SECOND,
256 * WA_SECOND, 1024 * WA_SECOND}, 0};
static const wa_ladder forever = {1, {WA_FOREVER}, 0};

static wa_code_policy
policy_of(const wa_ladder *ladder)
{
	return (wa_code_policy) {.effect = WA_EFFECT_COOLDOWN, .ladder = *ladder};
}

/* What n failures at T0 + these offsets come to. */
static void
evaluates(const char *what, const wa_ladder *ladder, wa_instant lifted,
		  int n, const wa_instant *offset, int strikes, wa_instant until)
{
	wa_code_policy policy = policy_of(ladder);
	wa_failures failures = {0, {0}};
	wa_cooldown_end end;

	for (int i = 0; i < n; i++)
		wa_failures_add(&failures, T0 + offset[i]);
	end = wa_ladder_evaluate(&failures, lifted, &policy, WA_STR("b1"));
	check(end.strikes == strikes, what);
	check(end.until == until, what);
	check(end.excluded == 0, what);
}

#define OFFSETS(...) (int) (sizeof((wa_instant[]) {__VA_ARGS__}) / sizeof(wa_instant)), \
	(wa_instant[]) {__VA_ARGS__}

static void
test_steps(void)
{
	const int64 half = 12 * WA_HOUR;

	evaluates("no failure", &limit, WA_NEVER, 0, NULL, 0, WA_NEVER);
	evaluates("first", &limit, WA_NEVER, OFFSETS(0), 1, T0 + 24 * WA_HOUR);
	evaluates("second at the gap", &limit, WA_NEVER, OFFSETS(0, half), 2, T0 + half + 24 * WA_HOUR);
	evaluates("one microsecond short of the gap", &limit, WA_NEVER, OFFSETS(0, half - 1), 1,
		   T0 + half - 1 + 24 * WA_HOUR);
	evaluates("third", &limit, WA_NEVER, OFFSETS(0, half, 2 * half), 3, T0 + 2 * half + 48 * WA_HOUR);
	evaluates("the last step repeats", &limit, WA_NEVER, OFFSETS(0, half, 2 * half, 3 * half, 4 * half),
		   5, T0 + 4 * half + 48 * WA_HOUR);
	evaluates("the gap counts from the strike, not from the failure", &limit, WA_NEVER,
		   OFFSETS(0, half - 1, half + 5), 2, T0 + half + 5 + 24 * WA_HOUR);
	evaluates("the end counts from the latest failure, strike or not", &limit, WA_NEVER,
		   OFFSETS(0, half, half + 1), 2, T0 + half + 1 + 24 * WA_HOUR);
	evaluates("no gap: each counts", &pair, WA_NEVER, OFFSETS(0, 1, 2), 3, T0 + 2 + 64 * WA_SECOND);
	evaluates("seven of five", &pair, WA_NEVER, OFFSETS(0, 1, 2, 3, 4, 5, 6), 7, T0 + 6 + 1024 * WA_SECOND);
	evaluates("without an end", &forever, WA_NEVER, OFFSETS(0), 1, WA_FOREVER);
	evaluates("a step that would overflow", &(wa_ladder) {1, {WA_FOREVER - T0}, 0}, WA_NEVER,
		   OFFSETS(1), 1, WA_FOREVER);
}

/* What the bound costs, and what it does not: state/failures.h. */
static void
test_flood(void)
{
	const int64 half = 12 * WA_HOUR;
	wa_instant	offset[2 + WA_MAX_FAILURES] = {0, half};

	for (int i = 0; i < WA_MAX_FAILURES; i++)
		offset[2 + i] = 2 * half + i * WA_SECOND;
	evaluates("as many failures as there is room for", &limit, WA_NEVER, WA_MAX_FAILURES, offset, 3,
		   T0 + offset[WA_MAX_FAILURES - 1] + 48 * WA_HOUR);
	evaluates("two more push out two strikes, and leave a first one", &limit, WA_NEVER,
		   2 + WA_MAX_FAILURES, offset, 1, T0 + offset[1 + WA_MAX_FAILURES] + 24 * WA_HOUR);
}

static void
test_memory(void)
{
	evaluates("30 days back still counts", &limit, WA_NEVER, OFFSETS(0, 30 * WA_DAY), 2,
		   T0 + 30 * WA_DAY + 24 * WA_HOUR);
	evaluates("a microsecond more does not", &limit, WA_NEVER, OFFSETS(-1, 30 * WA_DAY), 1,
		   T0 + 30 * WA_DAY + 24 * WA_HOUR);
	evaluates("what is forgotten makes no gap", &limit, WA_NEVER, OFFSETS(-1, 5, 30 * WA_DAY), 2,
		   T0 + 30 * WA_DAY + 24 * WA_HOUR);
}

static void
test_lifting(void)
{
	evaluates("lifted at the failure", &limit, T0, OFFSETS(0), 0, WA_NEVER);
	evaluates("lifted after it", &limit, T0 + 1, OFFSETS(0), 0, WA_NEVER);
	evaluates("evidence before it", &limit, T0 - 1, OFFSETS(0), 1, T0 + 24 * WA_HOUR);
	evaluates("the ladder begins again", &limit, T0 + 13 * WA_HOUR,
		   OFFSETS(0, 13 * WA_HOUR, 14 * WA_HOUR), 1, T0 + 14 * WA_HOUR + 24 * WA_HOUR);
	evaluates("lifted without an end", &forever, T0, OFFSETS(0), 0, WA_NEVER);
	evaluates("and held again", &forever, T0, OFFSETS(0, 1), 1, WA_FOREVER);
}

/* What two failures 13 hours apart come to with one incident. */
static wa_cooldown_end
with_incident(const wa_ladder *ladder, const char *incident_business, const char *business,
			  wa_instant since, wa_instant until)
{
	wa_incident incident = {0, {incident_business, strlen(incident_business)}, since, until};
	wa_code_policy policy = policy_of(ladder);
	wa_failures failures = {0, {0}};

	policy.nincidents = 1;
	policy.incidents = &incident;
	wa_failures_add(&failures, T0);
	wa_failures_add(&failures, T0 + 13 * WA_HOUR);
	return wa_ladder_evaluate(&failures, WA_NEVER, &policy, (wa_str) {business, strlen(business)});
}

static void
test_incidents(void)
{
	const wa_instant second = T0 + 13 * WA_HOUR;
	wa_cooldown_end end;

	end = with_incident(&limit, "", "b1", second + 1, WA_FOREVER);
	check(end.strikes == 2 && end.excluded == 0 && end.until == second + 24 * WA_HOUR,
		  "begins a microsecond after the failure");
	end = with_incident(&limit, "", "b1", second, WA_FOREVER);
	check(end.strikes == 1 && end.excluded == 1 && end.until == T0 + 24 * WA_HOUR,
		  "begins at the failure, which is as if it had not been");
	end = with_incident(&limit, "", "b1", T0 - WA_DAY, T0);
	check(end.strikes == 2 && end.excluded == 0, "ends at the failure");
	end = with_incident(&limit, "", "b1", T0 - WA_DAY, T0 + 1);
	check(end.strikes == 1 && end.excluded == 1 && end.until == second + 24 * WA_HOUR,
		  "ends a microsecond after the failure");
	end = with_incident(&forever, "", "b1", T0, WA_FOREVER);
	check(end.strikes == 0 && end.excluded == 2 && end.until == WA_NEVER, "all of them");

	check(with_incident(&limit, "b1", "b1", T0, WA_FOREVER).strikes == 0, "of this business");
	check(with_incident(&limit, "b2", "b1", T0, WA_FOREVER).strikes == 2, "of another one");
	check(with_incident(&limit, "b1", "", T0, WA_FOREVER).strikes == 2,
		  "failures of an unknown business are nobody's in particular");
	check(with_incident(&limit, "", "", T0, WA_FOREVER).strikes == 0, "of every business");
}

/* What is lifted is not excluded, and what is excluded makes no gap and is not the latest. */
static void
test_incident_and_the_rest(void)
{
	wa_incident incident = {0, {"", 0}, T0 + 6 * WA_HOUR, T0 + 7 * WA_HOUR};
	wa_code_policy policy = policy_of(&limit);
	wa_failures failures = {0, {0}};
	wa_cooldown_end end;

	policy.nincidents = 1;
	policy.incidents = &incident;
	wa_failures_add(&failures, T0);
	wa_failures_add(&failures, T0 + 6 * WA_HOUR);
	wa_failures_add(&failures, T0 + 12 * WA_HOUR);
	end = wa_ladder_evaluate(&failures, WA_NEVER, &policy, WA_STR(""));
	check(end.strikes == 2 && end.excluded == 1, "the gap is from strike to strike");
	end = wa_ladder_evaluate(&failures, T0 + 6 * WA_HOUR, &policy, WA_STR(""));
	check(end.strikes == 1 && end.excluded == 0, "lifted anyway");

	/* 30 days are counted back from the latest failure that counts. */
	failures.n = 0;
	incident.since = T0 + 30 * WA_DAY + 1;
	incident.until = WA_FOREVER;
	wa_failures_add(&failures, T0);
	wa_failures_add(&failures, T0 + 30 * WA_DAY + 1);
	end = wa_ladder_evaluate(&failures, WA_NEVER, &policy, WA_STR(""));
	check(end.strikes == 1 && end.until == T0 + 24 * WA_HOUR, "the latest that counts");

	policy.effect = WA_EFFECT_NONE;
	check(wa_ladder_evaluate(&failures, WA_NEVER, &policy, WA_STR("")).until == WA_NEVER,
		  "a code without effect");
}

/*
 * From evidence to the end, by the default policy of a code: does evidence of
 * this kind that comes so long after the failure lift it?
 */
static bool
is_lifted(int32 code, wa_evidence kind, int64 after)
{
	wa_code_policy policy;
	wa_activity activity = WA_NO_ACTIVITY;
	wa_failures failures = {1, {T0}};

	wa_code_policy_shipped(wa_catalogue_find(code), &policy);
	if (kind == WA_EVIDENCE_INBOUND)
		activity.last_inbound_at = T0 + after;
	else
		activity.last_delivered_at = T0 + after;
	if (kind == WA_EVIDENCE_MARKETING_RECEIPT)
		activity.last_marketing_delivered_at = T0 + after;
	return wa_ladder_evaluate(&failures, wa_activity_lifts(&activity, &policy), &policy,
							  WA_STR("b1")).until == WA_NEVER;
}

#define NOT_AT_ALL PG_INT64_MAX

static void
test_shipped_evidence(void)
{
	static const struct
	{
		int32		code;
		int64		first[WA_EVIDENCES];	/* counts from so long after the failure */
	}			lifting[] = {
		{131049, {0, NOT_AT_ALL, 24 * WA_HOUR}},
		{1026, {0, NOT_AT_ALL, 24 * WA_HOUR}},
		{130472, {0, NOT_AT_ALL, NOT_AT_ALL}},
		{472, {0, NOT_AT_ALL, NOT_AT_ALL}},
		{131026, {0, -60 * WA_SECOND, -60 * WA_SECOND}},
		{1013, {0, -60 * WA_SECOND, -60 * WA_SECOND}},
		{131056, {NOT_AT_ALL, 0, 0}},
		{130403, {0, NOT_AT_ALL, NOT_AT_ALL}},
	};

	for (int i = 0; i < (int) lengthof(lifting); i++)
	{
		for (int kind = 0; kind < WA_EVIDENCES; kind++)
		{
			int64		first = lifting[i].first[kind];

			if (first == NOT_AT_ALL)
			{
				check(!is_lifted(lifting[i].code, kind, WA_DAY), "no evidence of this kind");
				continue;
			}
			check(!is_lifted(lifting[i].code, kind, first - 1), "a microsecond too early");
			check(is_lifted(lifting[i].code, kind, first), "the first instant");
			check(is_lifted(lifting[i].code, kind, first + 1), "a microsecond later");
		}
	}
}

/* A second reading of the law, from the newest back. */
static wa_cooldown_end
slowly(const wa_failures *given, wa_instant lifted, const wa_code_policy *policy, const char *business)
{
	const wa_ladder *ladder = &policy->ladder;
	wa_failures remaining = {0, {0}};
	const wa_failures *failures = &remaining;
	wa_cooldown_end end = {0, 0, WA_NEVER, WA_NEVER};
	wa_instant	latest = WA_NEVER;
	wa_instant	before = WA_NEVER;

	for (int i = given->n - 1; i >= 0; i--)
	{
		bool		excluded = false;

		for (int j = 0; j < policy->nincidents; j++)
		{
			const wa_incident *incident = &policy->incidents[j];

			excluded |= given->at[i] >= incident->since && given->at[i] < incident->until &&
				(strcmp(incident->business.data, "") == 0 ||
				 strcmp(incident->business.data, business) == 0);
		}
		if (!excluded)
			wa_failures_add(&remaining, given->at[i]);
		else if (given->at[i] > lifted)
			end.excluded++;
	}
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
	if (end.strikes > 0 && ladder->nsteps > 0)
	{
		end.since = latest;
		end.until = wa_after(latest, ladder->step[end.strikes > ladder->nsteps ?
												  ladder->nsteps - 1 : end.strikes - 1]);
	}
	else
		end.strikes = 0;
	return end;
}

static wa_instant
some_instant(void)
{
	return T0 + roll(160) * 6 * WA_HOUR + (roll(4) == 0 ? (int) roll(3) - 1 : 0);
}

static wa_incident
some_incident(const char *business)
{
	wa_instant	since = some_instant();

	return (wa_incident) {
		0, {business, strlen(business)}, since,
		roll(4) == 0 ? WA_FOREVER : since + 1 + roll(20) * 6 * WA_HOUR
	};
}

static void
test_second_reading(void)
{
	const wa_ladder *const ladders[] = {&limit, &pair, &forever};
	static const char *const businesses[] = {"", "b1", "b2"};

	for (int round = 0; round < 20000; round++)
	{
		wa_code_policy policy = policy_of(ladders[roll(lengthof(ladders))]);
		const char *business = businesses[roll(lengthof(businesses))];
		wa_incident incidents[3];
		wa_failures failures = {0, {0}};
		wa_instant	lifted;
		wa_cooldown_end end;
		wa_cooldown_end other;
		int			n = roll(WA_MAX_FAILURES + 5);

		/* On a grid of six hours, so that gaps, memory and ends are met exactly. */
		for (int i = 0; i < n; i++)
			wa_failures_add(&failures, some_instant());
		lifted = roll(3) == 0 ? WA_NEVER : some_instant();
		policy.nincidents = roll(lengthof(incidents) + 1);
		policy.incidents = incidents;
		for (int i = 0; i < policy.nincidents; i++)
			incidents[i] = some_incident(businesses[roll(lengthof(businesses))]);

		end = wa_ladder_evaluate(&failures, lifted, &policy, (wa_str) {business, strlen(business)});
		other = slowly(&failures, lifted, &policy, business);
		check(end.strikes == other.strikes && end.until == other.until &&
			  end.excluded == other.excluded && end.since == other.since, "second reading");
		check((end.strikes == 0) == (end.until == WA_NEVER), "no strike, no end");

		/* Later evidence never makes it worse. */
		other = wa_ladder_evaluate(&failures, wa_later(lifted, some_instant()), &policy,
								   (wa_str) {business, strlen(business)});
		check(other.strikes <= end.strikes && other.until <= end.until, "evidence only lifts");

		/* Nor does an incident. */
		policy.nincidents = 0;
		other = wa_ladder_evaluate(&failures, lifted, &policy, (wa_str) {business, strlen(business)});
		check(other.until >= end.until, "incidents only lift");
	}
}

int
main(void)
{
	test_steps();
	test_flood();
	test_memory();
	test_lifting();
	test_incidents();
	test_incident_and_the_rest();
	test_shipped_evidence();
	test_second_reading();
	return summary();
}
