/*-------------------------------------------------------------------------
 *
 * person_consents.c
 *	  What a recipient with several identifiers has consented to.
 *
 * Consent under other identifiers is read from the log: wa_consent has the latest event
 * only, while after a change of number the latest event up to the change counts.  wa_consent
 * is read first, to see whether there is any, and for the latest stop, should the log be lost.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "common/hashfn.h"
#include "miscadmin.h"

#include "base/bisect.h"
#include "base/encode.h"
#include "rules/fact_rows.h"
#include "rules/person_facts.h"
#include "state/columns.h"
#include "state/failures.h"

/* Resumes under one member: do they speak? */
typedef struct wa_resumes
{
	int			member;
	wa_register reg;
	wa_str		business;
	wa_failures at;				/* the latest instants */
	wa_instant	alone;			/* the latest before the member was seen with others; WA_NEVER: none */
	bool		may_inherit;	/* may lift as well what is inherited */
} wa_resumes;

/* A stop that named this member. */
typedef struct wa_stop
{
	wa_str		business;		/* first: sorted by it */
	int			member;
	wa_register reg;
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
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct wa_consents
{
	wa_person  *person;
	place_hash *places;
	const wa_erased *erased;	/* of member 0 */
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
		business, member, reg, at
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
		resumes->alone = WA_NEVER;
		known->place = consents->nresumes - 1;
	}
	resumes = &consents->resumes[known->place];
	wa_failures_add(&resumes->at, at);
	if (at < wa_person_alone_until(consents->person, member))
		resumes->alone = wa_later(resumes->alone, at);
}

/* One event, as the log has it; it stands under the home identifier. */
typedef struct wa_logged
{
	int			home;
	wa_instant	at;
	wa_register reg;
	wa_str		business;
	bool		stop;
	wa_str		origin;			/* where it lies in the row */
	int			code;
} wa_logged;

/*
 * Does it stand for the row instead of what did?  Of those of one instant the greatest origin and
 * code do, as in wa_consent; then what was learned under the recipient itself, or the least other.
 */
static bool
replaces(const wa_consent_row *row, wa_instant at, wa_str origin, int code, wa_str home)
{
	int			order;

	if (at != row->consent.stopped_at)
		return at > row->consent.stopped_at;
	order = wa_str_compare(origin, row->consent.origin);
	if (order == 0)
		order = (code > row->consent.code) - (code < row->consent.code);
	return order > 0 ||
		(order == 0 && row->learned_under.data != NULL &&
		 wa_str_compare(home, row->learned_under) < 0);
}

static void
take_stop(wa_consents *consents, const wa_logged *logged, wa_consent_row *row)
{
	wa_str		home = wa_learned_under(consents->person, logged->home);

	if (!replaces(row, logged->at, logged->origin, logged->code, home))
		return;
	row->consent.stopped_at = logged->at;
	row->consent.origin = wa_str_copy(logged->origin);
	row->consent.code = logged->code;
	row->learned_under = home;
}

/*
 * A stop that named its home alone: was it lifted there before that was seen with anybody?  Then the others
 * inherit no stop.  Its resumes must have been read.
 */
static bool
is_taken_back(const wa_consents *consents, const wa_logged *stop)
{
	const wa_known_place *known = place_lookup(consents->places,
											   (wa_place_key) {stop->home, stop->reg, stop->business});

	return known != NULL && stop->at < consents->resumes[known->place].alone;
}

/* Take it in as what named this member. */
static void
add_logged(wa_consents *consents, const wa_logged *logged, int member)
{
	const wa_person *person = consents->person;
	wa_consent_row *row;

	if (!wa_in_reach(&person->members[member]) || logged->at > person->members[member].events_until)
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
	else if (logged->at >= row->consent.stopped_at)
		take_stop(consents, logged, row);
}

/* Take in the row at hand for all that it named. */
static void
read_logged(wa_consents *consents, wa_reader *log, int home)
{
	wa_logged	logged = {.home = home};
	wa_str		also_named = wa_reader_str_in_place(log, Anum_wa_consent_log_also_named);
	wa_str		name;

	logged.at = wa_reader_instant(log, Anum_wa_consent_log_at);
	logged.business = wa_reader_str(log, Anum_wa_consent_log_business);
	logged.reg = wa_register_from_name(wa_reader_str_in_place(log, Anum_wa_consent_log_register));
	logged.stop = wa_str_equal(wa_reader_str_in_place(log, Anum_wa_consent_log_state),
							   WA_STR("stop"));
	logged.origin = wa_reader_str_in_place(log, Anum_wa_consent_log_origin);
	logged.code = wa_reader_int(log, Anum_wa_consent_log_code);
	if (logged.stop && also_named.len == 0 && is_taken_back(consents, &logged))
		return;
	add_logged(consents, &logged, home);
	while (wa_str_next_word(&also_named, &name))
	{
		wa_canonical id;
		int			member = wa_canonical_from_str(name, &id) ?
			wa_person_member(consents->person, &id) : -1;

		if (member >= 0)
			add_logged(consents, &logged, member);
	}
}

/* Take in the latest stop of the row of wa_consent at hand, in case that the log was lost. */
static void
read_latest(wa_consents *consents, wa_reader *consent, int home)
{
	wa_consent_row row;
	wa_logged	logged = {.home = home,.stop = true};

	wa_read_consent(consent, &row);
	logged.at = row.consent.stopped_at;
	logged.reg = row.reg;
	logged.business = row.business;
	if (wa_consent_stopped(&row.consent))
	{
		logged.origin = row.consent.origin;
		logged.code = row.consent.code;
	}
	if (logged.at != WA_NEVER && !is_taken_back(consents, &logged))
		add_logged(consents, &logged, home);
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
	int			i;

	wa_bisect(i, consents->nstops, wa_str_compare(consents->stops[i].business, business) < 0);
	return i;
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
	wa_instant	stop = wa_erased_stop(consents->erased, resumes->reg);

	return stop != WA_NEVER &&
		consent_row_of(consents, resumes->reg, resumes->business)->consent.resumed_at <= stop;
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
		if (wa_may_loosen(consents->person, resumes->member, seen_by, resumes->at.at[i], inherited))
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
	qsort(consents->stops, consents->nstops, sizeof(wa_stop), wa_str_order);
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

/*
 * Of other identifiers: those in reach, and those unlinked since, for what named both.  Few have any, so the
 * log is opened for the first that has.
 */
static void
read_logs(wa_decision_cache *cache, wa_consents *consents, wa_reader *consent)
{
	wa_person  *person = consents->person;
	wa_reader	log = {0};

	for (int i = 1; i < person->nmembers; i++)
	{
		if (!wa_first_of_member(consent, person, i, WA_CONSENTS))
			continue;
		if (log.heap == NULL)
			wa_reader_open(&log, &cache->schema->consent_log, cache->snapshot);
		wa_reader_seek(&log, RecipientGetDatum(wa_recipient_make(&person->members[i].id)));
		/* Of each register and business the latest first, so that a resume comes before what it lifts. */
		while (wa_reader_previous(&log))
			read_logged(consents, &log, i);
		do
			read_latest(consents, consent, i);
		while (wa_reader_next(consent));
	}
	if (log.heap != NULL)
		wa_reader_close(&log);
}

static int
compare_rows(const void *a, const void *b)
{
	const wa_consent_row *x = a;
	const wa_consent_row *y = b;
	int			order = wa_str_compare(x->business, y->business);

	return order != 0 ? order : (int) x->reg - (int) y->reg;
}

/* In one order, whichever link was read first: it tells which objection comes first. */
void
wa_gather_person_consents(wa_decision_cache *cache)
{
	wa_consents consents = {.person = cache->person,.erased = wa_gather_erasure(cache)};
	wa_reader	consent;

	consents.places = place_create(CurrentMemoryContext, 16, cache->person);
	wa_reader_open(&consent, &cache->schema->consent, cache->snapshot);
	for (bool found = wa_first_of_member(&consent, cache->person, 0, WA_CONSENTS); found;
		 found = wa_reader_next(&consent))
	{
		wa_consent_row read;
		wa_consent_row *row;

		wa_read_consent(&consent, &read);
		row = consent_row_of(&consents, read.reg, read.business);
		*row = read;
		if (row->consent.stopped_at != WA_NEVER)
			add_stop(&consents, 0, row->reg, row->business, row->consent.stopped_at);
	}
	read_logs(cache, &consents, &consent);
	wa_reader_close(&consent);

	apply_all_resumes(&consents);
	qsort(consents.rows, consents.n, sizeof(wa_consent_row), compare_rows);
	cache->facts.consents = consents.rows;
	cache->facts.nconsents = consents.n;
}
