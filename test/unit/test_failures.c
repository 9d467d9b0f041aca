/*-------------------------------------------------------------------------
 *
 * test_failures.c
 *	  Unit test of state/failures.c: the bounded set of failure instants,
 *	  against a plain sorted list, and the laws of its merge.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/state/failures.c */
#include "state/failures.h"

#include <stdlib.h>

#include "check.h"

static int
compare(const void *a, const void *b)
{
	wa_instant	x = *(const wa_instant *) a;
	wa_instant	y = *(const wa_instant *) b;

	return x < y ? -1 : x > y;
}

/* What must be in the set after all of these: sort, drop repetitions, keep 32. */
static wa_failures
expected_of(const wa_instant *at, int n)
{
	wa_instant *sorted = malloc((n + 1) * sizeof(wa_instant));
	wa_failures result = {0, {0}};
	int			distinct = 0;

	memcpy(sorted, at, n * sizeof(wa_instant));
	qsort(sorted, n, sizeof(wa_instant), compare);
	for (int i = 0; i < n; i++)
	{
		if (distinct == 0 || sorted[i] != sorted[distinct - 1])
			sorted[distinct++] = sorted[i];
	}
	for (int i = Max(0, distinct - WA_MAX_FAILURES); i < distinct; i++)
		result.at[result.n++] = sorted[i];
	free(sorted);
	return result;
}

static bool
same(const wa_failures *a, const wa_failures *b)
{
	return a->n == b->n && memcmp(a->at, b->at, a->n * sizeof(wa_instant)) == 0;
}

static wa_failures
set_of(const wa_instant *at, int n)
{
	wa_failures result = {0, {0}};

	for (int i = 0; i < n; i++)
		wa_failures_add(&result, at[i]);
	return result;
}

static wa_failures
merged(const wa_failures *a, const wa_failures *b)
{
	wa_failures result = *a;
	bool		changed = wa_failures_merge(&result, b);

	check(changed == !same(&result, a), "merge says whether it changed anything");
	return result;
}

static void
test_add(void)
{
	wa_failures set = {0, {0}};

	check(wa_failures_add(&set, 5) && set.n == 1, "the first one");
	check(!wa_failures_add(&set, 5) && set.n == 1, "the same again");
	check(wa_failures_add(&set, 3) && set.at[0] == 3 && set.at[1] == 5, "an earlier one");
	check(wa_failures_add(&set, 4) && set.at[1] == 4, "one in between");
	check(wa_failures_add(&set, -7) && set.at[0] == -7, "one before 2000");

	for (int i = 0; i < WA_MAX_FAILURES - 4; i++)
		check(wa_failures_add(&set, 100 + i), "until it is full");
	check(set.n == WA_MAX_FAILURES && set.at[0] == -7, "full, nothing lost");
	check(!wa_failures_add(&set, -8) && set.at[0] == -7, "older than all of a full set");
	check(!wa_failures_add(&set, -7), "the oldest of a full set again");
	check(wa_failures_add(&set, -6) && set.at[0] == -6 && set.at[1] == 3,
		  "just later than the oldest takes its place");
	check(wa_failures_add(&set, 1000) && set.at[0] == 3 &&
		  set.at[WA_MAX_FAILURES - 1] == 1000, "the latest of all");
	check(set.n == WA_MAX_FAILURES, "no more than it holds");
}

/* Many random sets, with small numbers for repetitions. */
static void
test_laws(void)
{
	for (int round = 0; round < 3000; round++)
	{
		wa_instant	at[3 * 50];
		int			n[3];
		wa_failures set[3];
		wa_failures all;
		wa_failures left;
		wa_failures right;
		wa_failures swapped;
		wa_failures again;
		uint32		range = 2 + roll(200);
		int			total = 0;

		for (int i = 0; i < 3; i++)
		{
			n[i] = roll(51);
			for (int j = 0; j < n[i]; j++)
				at[total + j] = (wa_instant) roll(range) - range / 2;
			set[i] = set_of(&at[total], n[i]);
			all = expected_of(&at[total], n[i]);
			check(same(&set[i], &all), "one by one");
			total += n[i];
		}
		all = expected_of(at, total);

		left = merged(&set[0], &set[1]);
		swapped = merged(&set[1], &set[0]);
		check(same(&left, &swapped), "commutative");
		left = merged(&left, &set[2]);
		right = merged(&set[1], &set[2]);
		right = merged(&set[0], &right);
		check(same(&left, &right), "associative");
		check(same(&left, &all), "the same as all at once");
		again = merged(&left, &left);
		check(same(&again, &left), "idempotent");
		again = merged(&left, &set[1]);
		check(same(&again, &left), "a part again changes nothing");
	}
}

int
main(void)
{
	test_add();
	test_laws();
	return summary();
}
