/*-------------------------------------------------------------------------
 *
 * test_deliveries.c
 *	  Unit test of state/deliveries.c: the merge is a law, and counting sees
 *	  messages, not receipts.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/state/deliveries.c */
/* LIBS: -Wno-sign-compare */
#include "c.h"

#include "state/deliveries.h"

#include "check.h"

typedef struct set
{
	wa_delivery room[WA_MAX_DELIVERIES];
	wa_deliveries d;
} set;

static void
begin(set *s)
{
	s->d.n = 0;
	s->d.at = s->room;
}

static bool
add(set *s, wa_instant at, int32 message)
{
	return wa_deliveries_add(&s->d, (wa_delivery) {at, message});
}

static bool
same(const set *a, const set *b)
{
	if (a->d.n != b->d.n)
		return false;
	for (int i = 0; i < a->d.n; i++)
	{
		if (a->d.at[i].at != b->d.at[i].at || a->d.at[i].message != b->d.at[i].message)
			return false;
	}
	return true;
}

static void
merge(set *into, const set *from)
{
	for (int i = 0; i < from->d.n; i++)
		add(into, from->d.at[i].at, from->d.at[i].message);
}

/* Whatever the order and the grouping, and however often. */
static void
test_law(void)
{
	for (int round = 0; round < 2000; round++)
	{
		set			all;
		set			parts[3];
		set			left;
		set			right;
		int			n = roll(150);

		begin(&all);
		for (int i = 0; i < 3; i++)
			begin(&parts[i]);
		for (int i = 0; i < n; i++)
		{
			wa_instant	at = roll(90);
			int32		message = roll(4);

			add(&all, at, message);
			add(&parts[roll(3)], at, message);
			if (roll(4) == 0)
				add(&parts[roll(3)], at, message);
		}
		left = parts[0];
		left.d.at = left.room;
		merge(&left, &parts[1]);
		merge(&left, &parts[2]);
		right = parts[2];
		right.d.at = right.room;
		merge(&right, &parts[0]);
		merge(&right, &parts[1]);
		merge(&right, &left);
		check(same(&left, &all) && same(&right, &all), "merging is a law");
	}
}

static void
test_bound(void)
{
	set			s;

	begin(&s);
	for (int i = 0; i < WA_MAX_DELIVERIES; i++)
		check(add(&s, 1000 - i, 7), "room for one more");
	check(wa_deliveries_overflowed(&s.d, 900) && !wa_deliveries_overflowed(&s.d, 1000 - WA_MAX_DELIVERIES + 1),
		  "full, as far as it reaches");
	check(!add(&s, 5, 7), "older than all of a full set");
	check(add(&s, 2000, 7) && s.d.n == WA_MAX_DELIVERIES && s.d.at[0].at == 1000 - WA_MAX_DELIVERIES + 2,
		  "the oldest goes");
	check(!add(&s, 2000, 7), "the same again");
}

static void
test_count(void)
{
	set			s;

	begin(&s);
	add(&s, 100, 1);
	add(&s, 300, 1);			/* read */
	add(&s, 200, 2);
	add(&s, 200, 3);			/* in the same second */
	add(&s, 250, 0);
	add(&s, 260, 0);			/* without an id: two */
	check(wa_deliveries_count(&s.d, 0, 1000) == 5, "messages, not receipts");
	check(wa_deliveries_count(&s.d, 100, 1000) == 4, "one that was delivered before and read within");
	check(wa_deliveries_count(&s.d, 99, 199) == 1, "up to the question's time");
	check(wa_deliveries_count(&s.d, 99, 200) == 3, "at that time");
	check(wa_deliveries_count(&s.d, 260, 1000) == 0, "none");
	check(wa_deliveries_count(&s.d, WA_NEVER, WA_FOREVER) == 5, "all");
}

static void
test_hash(void)
{
	check(wa_message_hash(WA_STR("")) == 0 && wa_message_hash((wa_str) {NULL, 0}) == 0, "no id");
	check(wa_message_hash(WA_STR("a")) == (int32) 0xe40c292cu &&
		  wa_message_hash(WA_STR("foobar")) == (int32) 0xbf9cf968u, "FNV-1a");
}

int
main(void)
{
	test_law();
	test_bound();
	test_count();
	test_hash();
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
