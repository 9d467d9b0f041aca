/*-------------------------------------------------------------------------
 *
 * person_facts.c
 *	  The facts on a recipient with several identifiers.
 *
 * src/identity/README.md says which events count.  The own rows of the recipient
 * are taken as they are, so that a decision about somebody whose other identifiers
 * have no rows is the same as without them: the suppression list rests on that.
 * Of other identifiers consent is read from the log, since wa_consent keeps the latest
 * event only, while a change of number asks for the latest one up to the change.  wa_consent
 * says whether there is anything to look for.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "common/hashfn.h"
#include "miscadmin.h"

#include "rules/decision_cache.h"
#include "state/columns.h"
#include "state/failures.h"
#include "state/ladder.h"

/* A list that grows, in the current memory context. */
#define wa_append(rows, n, max, type) \
	((n) < (max) ? &(rows)[(n)++] : \
	 ((max) = Max(4, 2 * (max)), \
	  (rows) = (rows) == NULL ? palloc((max) * sizeof(type)) : \
	  repalloc_huge((rows), (max) * sizeof(type)), \
	  &(rows)[(n)++]))

/* Under which identifier, where it is not the one asked about. */
static wa_str
learned_under(const wa_person *person, int member)
{
	const wa_canonical *id = &person->members[member].id;

	if (member == 0)
		return (wa_str)
	{
		NULL, 0
	};
	/* A copy: members move when more of them come. */
	return (wa_str)
	{
		pnstrdup(id->text, id->len), id->len
	};
}

static void
seek_member(wa_reader *reader, const wa_person *person, int member)
{
	wa_reader_seek(reader, RecipientGetDatum(wa_recipient_make(&person->members[member].id)));
}

static bool
in_reach(const wa_member *member)
{
	return member->events_until != WA_NEVER;
}

/*
 * Does a failure or a delivery under this member at t count?  After an unlinking also where it may
 * have named both.
 */
static bool
counts_for_safety(const wa_member *member, wa_instant t)
{
	return t <= member->events_until ||
		(t >= member->failures_since && t <= member->failures_until);
}

/* Does what was said to the business under this member at t count, though it loosens? */
static bool
may_loosen(wa_person *person, int member, wa_str business, wa_instant t, bool over_changes)
{
	if (member == 0)
		return true;
	return t != WA_NEVER && t <= person->members[member].events_until &&
		wa_person_speaks(person, member, business, t, over_changes);
}

/*
 * Consent.
 */

/* Resumes under one member: do they speak? */
typedef struct wa_resumes
{
	int			member;
	wa_register reg;
	wa_str		business;
	wa_failures at;				/* the latest instants */
	bool		may_inherit;	/* may lift as well what is inherited */
} wa_resumes;

/* A stop that named this member. */
typedef struct wa_stop
{
	int			member;
	wa_register reg;
	wa_str		business;
	wa_instant	at;
} wa_stop;

/* Where the row of a register and business is, or the resumes of a member with it. */
typedef struct wa_place_key
{
	int			member;			/* 0: that of the row */
	wa_register reg;
	wa_str		business;
} wa_place_key;

typedef struct wa_known_place
{
	wa_place_key key;
	int			place;
	char		status;
} wa_known_place;

static inline uint32
hash_place(uint64 seed, wa_place_key key)
{
	seed ^= (uint64) key.member << 8 | key.reg;
	return (uint32) hash_bytes_extended((const unsigned char *) key.business.data,
										key.business.len, seed);
}

#define SH_PREFIX		place
#define SH_ELEMENT_TYPE	wa_known_place
#define SH_KEY_TYPE		wa_place_key
#define SH_KEY			key
#define SH_HASH_KEY(tb, key)	hash_place(((const wa_person *) (tb)->private_data)->seed, key)
#define SH_EQUAL(tb, a, b) \
	((a).member == (b).member && (a).reg == (b).reg && wa_str_equal((a).business, (b).business))
#define SH_SCOPE		static
#define SH_DECLARE
#define SH_DEFINE
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "lib/simplehash.h"
#pragma GCC diagnostic pop

typedef struct wa_consents
{
	wa_person  *person;
	place_hash *places;
	wa_instant	erased_at;		/* of member 0; WA_NEVER: not erased */
	int			nstops;
	int			max_stops;
	wa_stop    *stops;
	int			n;
	int			max;
	wa_consent_row *rows;
	int			nresumes;
	int			max_resumes;
	wa_resumes *resumes;
} wa_consents;

static wa_consent_row *
consent_row_of(wa_consents *consents, wa_register reg, wa_str business)
{
	bool		found;
	wa_known_place *known = place_insert(consents->places, (wa_place_key) {0, reg, business}, &found);
	wa_consent_row *row;

	if (found)
		return &consents->rows[known->place];
	row = wa_append(consents->rows, consents->n, consents->max, wa_consent_row);
	known->place = consents->n - 1;
	memset(row, 0, sizeof(*row));
	row->reg = reg;
	row->business = business;
	row->consent.stopped_at = WA_NEVER;
	row->consent.resumed_at = WA_NEVER;
	return row;
}

static void
add_stop(wa_consents *consents, int member, wa_register reg, wa_str business, wa_instant at)
{
	*wa_append(consents->stops, consents->nstops, consents->max_stops, wa_stop) = (wa_stop)
	{
		member, reg, business, at
	};
}

static void
add_resume(wa_consents *consents, int member, wa_register reg, wa_str business, wa_instant at)
{
	bool		found;
	wa_known_place *known = place_insert(consents->places, (wa_place_key) {member, reg, business},
										 &found);
	wa_resumes *resumes;

	if (!found)
	{
		resumes = wa_append(consents->resumes, consents->nresumes, consents->max_resumes, wa_resumes);
		resumes->member = member;
		resumes->reg = reg;
		resumes->business = business;
		resumes->at.n = 0;
		known->place = consents->nresumes - 1;
	}
	wa_failures_add(&consents->resumes[known->place].at, at);
}

/* One row of the log, which stands under the home identifier. */
typedef struct wa_logged
{
	wa_reader  *reader;			/* at the row */
	int			home;
	wa_instant	at;
	wa_register reg;
	wa_str		business;
	bool		stop;
} wa_logged;

/* Take it in as what named this member. */
static void
add_logged(wa_consents *consents, const wa_logged *logged, int member)
{
	const wa_person *person = consents->person;
	wa_consent_row *row;

	if (!in_reach(&person->members[member]) || logged->at > person->members[member].events_until)
		return;
	if (!logged->stop && member == logged->home)
		add_resume(consents, member, logged->reg, logged->business, logged->at);
	if (!logged->stop && member != 0)
		return;
	if (logged->stop)
		add_stop(consents, member, logged->reg, logged->business, logged->at);
	row = consent_row_of(consents, logged->reg, logged->business);
	if (!logged->stop)
		row->consent.resumed_at = wa_later(row->consent.resumed_at, logged->at);
	else if (logged->at > row->consent.stopped_at)
	{
		row->consent.stopped_at = logged->at;
		row->consent.origin = wa_reader_str(logged->reader, Anum_wa_consent_log_origin);
		row->consent.code = wa_reader_int(logged->reader, Anum_wa_consent_log_code);
		row->learned_under = learned_under(person, logged->home);
	}
}

/* The member of that name among those that an event also named; -1: none. */
static int
member_named(const wa_person *person, const char *name, size_t len)
{
	wa_canonical id = {.len = Min(len, WA_RECIPIENT_MAX)};

	memcpy(id.text, name, id.len);
	return id.len == len ? wa_person_member(person, &id) : -1;
}

/* Take in the row at hand for all that it named. */
static void
read_logged(wa_consents *consents, wa_reader *log, int home)
{
	wa_logged	logged = {.reader = log,.home = home};
	wa_str		also_named = wa_reader_str_in_place(log, Anum_wa_consent_log_also_named);
	const char *end = also_named.data + also_named.len;

	logged.at = wa_reader_instant(log, Anum_wa_consent_log_at);
	logged.business = wa_reader_str(log, Anum_wa_consent_log_business);
	logged.reg = wa_register_from_name(wa_reader_str_in_place(log, Anum_wa_consent_log_register));
	logged.stop = wa_str_equal(wa_reader_str_in_place(log, Anum_wa_consent_log_state),
							   WA_STR("stop"));
	add_logged(consents, &logged, home);
	for (const char *name = also_named.data; name < end;)
	{
		const char *blank = memchr(name, ' ', end - name);
		size_t		len = (blank == NULL ? end : blank) - name;
		int			member = member_named(consents->person, name, len);

		if (member >= 0)
			add_logged(consents, &logged, member);
		name += len + 1;
	}
}

static int
compare_stops(const void *a, const void *b)
{
	return wa_str_compare(((const wa_stop *) a)->business, ((const wa_stop *) b)->business);
}

static int
compare_resumes(const void *a, const void *b)
{
	const wa_resumes *x = a;
	const wa_resumes *y = b;
	int			order = wa_str_compare(x->business, y->business);

	return order != 0 ? order : (int) x->reg - (int) y->reg;
}

/* The first stop of this business, or behind it. */
static int
stop_from(const wa_consents *consents, wa_str business)
{
	int			low = 0;
	int			high = consents->nstops;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (wa_str_compare(consents->stops[middle].business, business) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Does a stop stand that a resume with this business would lift, and that is member 0's own: one that
 * named it, or a member that was seen together with it?
 */
static bool
own_stop_stands(wa_consents *consents, const wa_resumes *resumes, const bool *together)
{
	for (int i = stop_from(consents, resumes->business); i < consents->nstops; i++)
	{
		const wa_stop *stop = &consents->stops[i];

		if (resumes->business.len > 0 && !wa_str_equal(stop->business, resumes->business))
			break;
		if (together[stop->member] && stop->reg == resumes->reg &&
			stop->at >= consent_row_of(consents, stop->reg, stop->business)->consent.resumed_at)
			return true;
	}
	return false;
}

/*
 * Erasure is as good as a stop in every business, of member 0 itself.  Has no own resume lifted that
 * for this one?
 */
static bool
erasure_stands(wa_consents *consents, const wa_resumes *resumes)
{
	return consents->erased_at != WA_NEVER && resumes->reg == WA_REGISTER_BUSINESS &&
		consent_row_of(consents, resumes->reg, resumes->business)->consent.resumed_at <=
		consents->erased_at;
}

/*
 * The latest of these resumes that speaks for member 0 lifts what was stopped before it.
 * Inherited ones come over changes, or over what another business has seen.
 */
static void
apply_resumes(wa_consents *consents, const wa_resumes *resumes, bool inherited)
{
	wa_consent_row *row = consent_row_of(consents, resumes->reg, resumes->business);
	wa_str		seen_by = inherited ? WA_STR("") : resumes->business;

	for (int i = resumes->at.n - 1; i >= 0 && resumes->at.at[i] > row->consent.resumed_at; i--)
	{
		CHECK_FOR_INTERRUPTS();
		if (may_loosen(consents->person, resumes->member, seen_by, resumes->at.at[i], inherited))
			row->consent.resumed_at = resumes->at.at[i];
	}
}

/*
 * First what speaks by what that business has seen.  Then what is inherited, which lifts inherited stops,
 * and nothing where an own stop stands.
 */
static void
apply_all_resumes(wa_consents *consents)
{
	bool	   *together;

	if (consents->nresumes == 0)
		return;
	/* What is asked of a business is asked once. */
	qsort(consents->stops, consents->nstops, sizeof(wa_stop), compare_stops);
	qsort(consents->resumes, consents->nresumes, sizeof(wa_resumes), compare_resumes);
	for (int i = 0; i < consents->nresumes; i++)
		apply_resumes(consents, &consents->resumes[i], false);
	/* To ask who speaks may have brought more members. */
	together = palloc(consents->person->nmembers * sizeof(bool));
	for (int i = 0; i < consents->nresumes; i++)
	{
		wa_resumes *resumes = &consents->resumes[i];

		if (i > 0 && compare_resumes(resumes, &resumes[-1]) == 0)
		{
			resumes->may_inherit = resumes[-1].may_inherit;
			continue;
		}
		if (i == 0 || !wa_str_equal(resumes->business, resumes[-1].business))
			wa_person_seen_together(consents->person, resumes->business, together);
		resumes->may_inherit = !own_stop_stands(consents, resumes, together) &&
			!erasure_stands(consents, resumes);
	}
	for (int i = 0; i < consents->nresumes; i++)
	{
		if (consents->resumes[i].may_inherit)
			apply_resumes(consents, &consents->resumes[i], true);
	}
	pfree(together);
}

/* Of other identifiers: those in reach, and those unlinked since, for what named both. */
static void
read_logs(wa_decision_cache *cache, wa_consents *consents)
{
	const wa_person *person = consents->person;
	wa_reader	consent;
	wa_reader	log;

	wa_reader_open(&consent, &cache->schema->consent, cache->snapshot);
	wa_reader_open(&log, &cache->schema->consent_log, cache->snapshot);
	for (int i = 1; i < person->nmembers; i++)
	{
		const wa_member *member = &person->members[i];

		if (!in_reach(member) && member->failures_until == WA_NEVER)
			continue;
		seek_member(&consent, person, i);
		if (!wa_reader_next(&consent))
			continue;
		seek_member(&log, person, i);
		while (wa_reader_next(&log))
		{
			CHECK_FOR_INTERRUPTS();
			read_logged(consents, &log, i);
		}
	}
	wa_reader_close(&log);
	wa_reader_close(&consent);
}

static void
gather_consents(wa_decision_cache *cache)
{
	wa_consents consents = {.person = cache->person,.erased_at = wa_gather_erasure(cache)};
	wa_reader	own;

	consents.places = place_create(CurrentMemoryContext, 16, cache->person);
	wa_reader_open(&own, &cache->schema->consent, cache->snapshot);
	seek_member(&own, cache->person, 0);
	while (wa_reader_next(&own))
	{
		wa_consent_row read;
		wa_consent_row *row;

		wa_read_consent(&own, &read);
		row = consent_row_of(&consents, read.reg, read.business);
		*row = read;
		if (row->consent.stopped_at != WA_NEVER)
			add_stop(&consents, 0, row->reg, row->business, row->consent.stopped_at);
	}
	wa_reader_close(&own);

	read_logs(cache, &consents);
	apply_all_resumes(&consents);
	cache->facts.consents = consents.rows;
	cache->facts.nconsents = consents.n;
}

/*
 * Activity.
 */

/* Does evidence about member 0 stand under this other member, where both were named? */
static bool
is_home_of(const wa_person *person, int member)
{
	return person->members[0].kind != WA_ID_PHONE && person->members[member].kind == WA_ID_PHONE;
}

/* An instant of evidence under a member, if it counts. */
static void
keep_if_speaking(wa_person *person, int member, wa_str business, wa_instant *at)
{
	if (!may_loosen(person, member, business, *at, true))
		*at = WA_NEVER;
}

/* The row at hand, about that member, with what counts of it for member 0. */
static void
read_member_activity(wa_reader *reader, wa_person *person, int member, wa_activity_row *row)
{
	wa_activity *activity = &row->activity;

	wa_read_activity(reader, row);
	if (member == 0)
		return;
	row->lifts = is_home_of(person, member);
	keep_if_speaking(person, member, row->business, &activity->last_inbound_at);
	keep_if_speaking(person, member, row->business, &activity->last_delivered_at);
	keep_if_speaking(person, member, row->business, &activity->last_read_at);
	keep_if_speaking(person, member, row->business, &activity->last_marketing_delivered_at);
	if (!counts_for_safety(&person->members[member], activity->last_window_refused_at))
		activity->last_window_refused_at = WA_NEVER;
}

static void
gather_activities(wa_decision_cache *cache)
{
	wa_person  *person = cache->person;
	wa_activity_row *rows = NULL;
	int			n = 0;
	int			max = 0;
	wa_reader	reader;

	wa_reader_open(&reader, &cache->schema->activity, cache->snapshot);
	for (int i = 0; i < person->nmembers; i++)
	{
		if (!in_reach(&person->members[i]) && person->members[i].failures_until == WA_NEVER)
			continue;
		seek_member(&reader, person, i);
		while (wa_reader_next(&reader))
			read_member_activity(&reader, person, i,
								 wa_append(rows, n, max, wa_activity_row));
	}
	wa_reader_close(&reader);
	cache->facts.activities = rows;
	cache->facts.nactivities = n;
}

/*
 * Deliveries.  Those of other identifiers count as far as failures do.
 */

static void
read_member_delivery(wa_reader *reader, const wa_person *person, int member, wa_delivery_row *row)
{
	int			kept = 0;

	row->business = wa_reader_str(reader, Anum_wa_delivery_business);
	row->category = wa_read_delivery_category(reader);
	row->deliveries.n = 0;
	row->deliveries.at = palloc(WA_MAX_DELIVERIES * sizeof(wa_delivery));
	wa_read_deliveries(reader, &row->deliveries);
	for (int i = 0; i < row->deliveries.n; i++)
	{
		if (member == 0 || counts_for_safety(&person->members[member], row->deliveries.at[i].at))
			row->deliveries.at[kept++] = row->deliveries.at[i];
	}
	row->deliveries.n = kept;
}

static void
gather_deliveries(wa_decision_cache *cache)
{
	const wa_person *person = cache->person;
	wa_delivery_row *rows = NULL;
	int			n = 0;
	int			max = 0;
	wa_reader	reader;

	wa_reader_open(&reader, &cache->schema->delivery, cache->snapshot);
	for (int i = 0; i < person->nmembers; i++)
	{
		if (!in_reach(&person->members[i]) && person->members[i].failures_until == WA_NEVER)
			continue;
		seek_member(&reader, person, i);
		while (wa_reader_next(&reader))
			read_member_delivery(&reader, person, i, wa_append(rows, n, max, wa_delivery_row));
	}
	wa_reader_close(&reader);
	cache->facts.deliveries = rows;
	cache->facts.ndeliveries = n;
}

/* Claims stand under each identifier that was known then; they count as deliveries do. */
static void
gather_claims(wa_decision_cache *cache)
{
	const wa_person *person = cache->person;
	wa_claim_row *rows = NULL;
	int			n = 0;
	int			max = 0;
	wa_reader	reader;

	wa_reader_open(&reader, &cache->schema->claim_open, cache->snapshot);
	for (int i = 0; i < person->nmembers; i++)
	{
		if (!in_reach(&person->members[i]) && person->members[i].failures_until == WA_NEVER)
			continue;
		seek_member(&reader, person, i);
		while (wa_reader_next(&reader))
		{
			wa_claim_row row;

			wa_read_claim(&reader, &row);
			if (i == 0 || counts_for_safety(&person->members[i], row.claimed_at))
				*wa_append(rows, n, max, wa_claim_row) = row;
		}
	}
	wa_reader_close(&reader);
	cache->facts.claims = rows;
	cache->facts.nclaims = wa_claims_once(rows, n);
}

/*
 * Cooldowns.
 */

/* A row of wa_cooldown about one of the members. */
typedef struct wa_member_cooldown
{
	int			member;
	wa_str		business;
	int			strikes;		/* as stored */
	wa_instant	until;
	wa_code_policy policy;
	wa_failures failures;		/* that count */
	bool		is_first;		/* of its code and business */
	int			next;			/* of them; -1: none */
} wa_member_cooldown;

typedef struct wa_cooldowns
{
	int			n;
	int			max;
	wa_member_cooldown *rows;

	/* What is read of wa_activity, once for each member that is asked for. */
	wa_reader	reader;
	int			nactivities;
	int			max_activities;
	wa_activity_row *activities;
	int		   *first;			/* by member; -1: not read so far */
	int		   *nrows;
} wa_cooldowns;

/* Which failures of a member count for member 0? */
static void
keep_counting(const wa_person *person, int n, wa_failures *failures)
{
	const wa_member *member = &person->members[n];
	int			kept = 0;

	for (int i = 0; i < failures->n; i++)
	{
		wa_instant	at = failures->at[i];

		if (counts_for_safety(member, at))
			failures->at[kept++] = at;
	}
	failures->n = kept;
}

/* Take in the row at hand, unless nothing of it can object. */
static void
add_cooldown(wa_decision_cache *cache, wa_cooldowns *cooldowns, wa_reader *reader, int member)
{
	wa_member_cooldown row = {.member = member};

	if (!wa_code_policies_find(cache->codes, wa_reader_int(reader, Anum_wa_cooldown_code),
							   &row.policy) || row.policy.blocks == 0)
		return;
	row.business = wa_reader_str(reader, Anum_wa_cooldown_business);
	row.strikes = wa_reader_int(reader, Anum_wa_cooldown_strikes);
	row.until = wa_read_until(reader);
	wa_read_failures(reader, &row.failures);
	if (member != 0)
		keep_counting(cache->person, member, &row.failures);
	if (row.failures.n > 0)
		*wa_append(cooldowns->rows, cooldowns->n, cooldowns->max, wa_member_cooldown) = row;
}

static void
read_cooldowns(wa_decision_cache *cache, wa_cooldowns *cooldowns)
{
	const wa_person *person = cache->person;
	wa_reader	reader;

	wa_reader_open(&reader, &cache->schema->cooldown, cache->snapshot);
	for (int i = 0; i < person->nmembers; i++)
	{
		if (!in_reach(&person->members[i]) && person->members[i].failures_until == WA_NEVER)
			continue;
		seek_member(&reader, person, i);
		while (wa_reader_next(&reader))
			add_cooldown(cache, cooldowns, &reader, i);
	}
	wa_reader_close(&reader);
}

static void
read_evidence(wa_decision_cache *cache, wa_cooldowns *cooldowns, int member)
{
	cooldowns->first[member] = cooldowns->nactivities;
	seek_member(&cooldowns->reader, cache->person, member);
	while (wa_reader_next(&cooldowns->reader))
	{
		wa_activity_row row;

		CHECK_FOR_INTERRUPTS();
		read_member_activity(&cooldowns->reader, cache->person, member, &row);
		*wa_append(cooldowns->activities, cooldowns->nactivities, cooldowns->max_activities,
				   wa_activity_row) = row;
		cooldowns->nrows[member]++;
	}
}

/*
 * The latest instant up to which evidence under one member lifts failures of that code
 * and business.
 */
static wa_instant
evidence_of(wa_decision_cache *cache, wa_cooldowns *cooldowns, int member,
			const wa_member_cooldown *cooldown)
{
	wa_instant	lifted = WA_NEVER;

	if (!in_reach(&cache->person->members[member]))
		return WA_NEVER;
	if (cooldowns->first[member] < 0)
		read_evidence(cache, cooldowns, member);
	for (int i = 0; i < cooldowns->nrows[member]; i++)
	{
		const wa_activity_row *row = &cooldowns->activities[cooldowns->first[member] + i];

		if (cooldown->business.len == 0 || row->business.len == 0 ||
			wa_str_equal(cooldown->business, row->business))
			lifted = wa_later(lifted, wa_activity_lifts(&row->activity, &cooldown->policy));
	}
	return lifted;
}

/*
 * Evidence under the recipient itself lifts failures of all, and so does evidence under a phone
 * that is the home of what names both.
 */
static wa_instant
common_evidence(wa_decision_cache *cache, wa_cooldowns *cooldowns,
				const wa_member_cooldown *cooldown)
{
	wa_instant	lifted = WA_NEVER;

	for (int i = 0; i < cache->person->nmembers; i++)
	{
		if (i == 0 || is_home_of(cache->person, i))
			lifted = wa_later(lifted, evidence_of(cache, cooldowns, i, cooldown));
	}
	return lifted;
}

static int
compare_cooldowns(const void *a, const void *b, void *arg)
{
	const wa_member_cooldown *rows = arg;
	const wa_member_cooldown *x = &rows[*(const int *) a];
	const wa_member_cooldown *y = &rows[*(const int *) b];
	int			order;

	if (x->policy.code != y->policy.code)
		return x->policy.code < y->policy.code ? -1 : 1;
	order = wa_str_compare(x->business, y->business);
	return order != 0 ? order : *(const int *) a - *(const int *) b;
}

static bool
is_same_cooldown(const wa_member_cooldown *a, const wa_member_cooldown *b)
{
	return a->policy.code == b->policy.code && wa_str_equal(a->business, b->business);
}

/* Chain the rows of one code and business, in their order. */
static void
chain_cooldowns(wa_cooldowns *cooldowns)
{
	int		   *order = palloc(Max(1, cooldowns->n) * sizeof(int));

	for (int i = 0; i < cooldowns->n; i++)
		order[i] = i;
	qsort_arg(order, cooldowns->n, sizeof(int), compare_cooldowns, cooldowns->rows);
	for (int i = 0; i < cooldowns->n; i++)
	{
		wa_member_cooldown *row = &cooldowns->rows[order[i]];

		row->is_first = i == 0 || !is_same_cooldown(row, &cooldowns->rows[order[i - 1]]);
		row->next = i + 1 < cooldowns->n &&
			is_same_cooldown(row, &cooldowns->rows[order[i + 1]]) ? order[i + 1] : -1;
	}
	pfree(order);
}

/* Add the failures of one member that its own evidence has not lifted. */
static void
merge_failures(wa_decision_cache *cache, wa_cooldowns *cooldowns, const wa_member_cooldown *cooldown,
			   wa_failures *merged, wa_str *under)
{
	const wa_person *person = cache->person;
	wa_instant	lifted = cooldown->member == 0 ? WA_NEVER :
		evidence_of(cache, cooldowns, cooldown->member, cooldown);

	for (int i = 0; i < cooldown->failures.n; i++)
	{
		wa_instant	at = cooldown->failures.at[i];

		if (at <= lifted)
			continue;
		if (merged->n == 0 || at > merged->at[merged->n - 1])
			*under = learned_under(person, cooldown->member);
		wa_failures_add(merged, at);
	}
}

/* All members' failures of the code and business of the row of that number. */
static void
evaluate_together(wa_decision_cache *cache, wa_cooldowns *cooldowns, int first,
				  wa_cooldown_row *row)
{
	const wa_member_cooldown *like = &cooldowns->rows[first];
	wa_failures merged = {0};
	wa_cooldown_end end;

	for (int i = first; i >= 0; i = cooldowns->rows[i].next)
		merge_failures(cache, cooldowns, &cooldowns->rows[i], &merged, &row->learned_under);
	end = wa_ladder_evaluate(&merged, common_evidence(cache, cooldowns, like), &like->policy,
							 like->business);
	row->strikes = end.strikes;
	row->until = end.until;
	row->since = merged.n > 0 ? merged.at[merged.n - 1] : WA_NEVER;
}

/* Is this the row of a phone that was asked about, and the only one of its kind? */
static bool
stands_alone(const wa_person *person, const wa_member_cooldown *cooldown)
{
	return cooldown->member == 0 && person->members[0].kind == WA_ID_PHONE && cooldown->next < 0;
}

static void
begin_evidence(wa_decision_cache *cache, wa_cooldowns *cooldowns)
{
	int			n = cache->person->nmembers;

	wa_reader_open(&cooldowns->reader, &cache->schema->activity, cache->snapshot);
	cooldowns->first = palloc(n * sizeof(int));
	memset(cooldowns->first, -1, n * sizeof(int));
	cooldowns->nrows = palloc0(n * sizeof(int));
}

static void
gather_cooldowns(wa_decision_cache *cache)
{
	wa_cooldowns cooldowns = {0};
	wa_cooldown_row *rows;
	int			n = 0;

	read_cooldowns(cache, &cooldowns);
	if (cooldowns.n == 0)
		return;
	chain_cooldowns(&cooldowns);
	begin_evidence(cache, &cooldowns);
	rows = palloc_extended(cooldowns.n * sizeof(wa_cooldown_row), MCXT_ALLOC_HUGE);
	for (int i = 0; i < cooldowns.n; i++)
	{
		const wa_member_cooldown *cooldown = &cooldowns.rows[i];
		wa_cooldown_row *row = &rows[n];

		if (!cooldown->is_first)
			continue;
		memset(row, 0, sizeof(*row));
		row->business = cooldown->business;
		row->code = cooldown->policy.code;
		row->blocks = cooldown->policy.blocks;
		row->yields_to_window = cooldown->policy.yields_to_window;
		row->strikes = cooldown->strikes;
		row->until = cooldown->until;
		row->since = cooldown->failures.at[cooldown->failures.n - 1];
		if (!stands_alone(cache->person, cooldown))
			evaluate_together(cache, &cooldowns, i, row);
		if (row->until != WA_NEVER)
			n++;
	}
	wa_reader_close(&cooldowns.reader);
	cache->facts.cooldowns = rows;
	cache->facts.ncooldowns = n;
}

void
wa_gather_person(wa_decision_cache *cache, wa_part part)
{
	if (part == WA_CONSENTS)
		gather_consents(cache);
	else if (part == WA_COOLDOWNS)
		gather_cooldowns(cache);
	else if (part == WA_DELIVERIES)
		gather_deliveries(cache);
	else if (part == WA_CLAIMS)
		gather_claims(cache);
	else
		gather_activities(cache);
}
