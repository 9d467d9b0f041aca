/*-------------------------------------------------------------------------
 *
 * import_person.c
 *	  What is recorded of the recipient whose rows an import compares.
 *
 * A row's effect is computed from the rows of wa_consent and wa_consent_log that were there, and
 * the stops that this import has added so far, whether or not they have been written.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "common/hashfn.h"
#include "common/pg_prng.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/encode.h"
#include "operator/import_person.h"
#include "recipient/recipient.h"
#include "rules/decide.h"
#include "rules/gather.h"
#include "state/columns.h"
#include "state/read.h"

/*
 * What is known of the recipient at hand: a stop that its log has, or will have; at WA_NEVER: its row of that
 * register; at WA_FOREVER: that a stop stands by what decides.
 */
typedef struct wa_known
{
	wa_str		business;
	wa_register reg;
	wa_instant	at;
} wa_known;

typedef struct known_entry
{
	wa_known	key;
	wa_consent_row *row;		/* of a register */
	char		status;
} known_entry;

static uint32
hash_known(uint64 seed, wa_known key)
{
	return (uint32) hash_bytes_extended((const unsigned char *) key.business.data, key.business.len,
										seed ^ (uint64) key.at ^ (uint64) key.reg << 56);
}

#define SH_PREFIX		known
#define SH_ELEMENT_TYPE	known_entry
#define SH_KEY_TYPE		wa_known
#define SH_KEY			key
#define SH_HASH_KEY(tb, key)	hash_known(*(const uint64 *) (tb)->private_data, key)
#define SH_EQUAL(tb, a, b) \
	((a).at == (b).at && (a).reg == (b).reg && wa_str_equal((a).business, (b).business))
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct wa_import_person
{
	Oid			funcid;
	wa_instant	list_at;
	wa_reader	consent;
	wa_reader	log;
	uint64		seed;			/* of the hash table */
	Snapshot	before;			/* of what is recorded before this import */
	MemoryContext deciding;		/* of the decisions by it */
	wa_decision_cache *decisions;

	/* The recipient at hand, and what is known of it. */
	MemoryContext context;		/* holds what follows */
	wa_canonical recipient;
	bool		decided;		/* does known tell which stops stand? */
	known_hash *known;
};

wa_import_person *
wa_import_person_open(const wa_schema *schema, Oid funcid, wa_instant list_at)
{
	wa_import_person *person = palloc0(sizeof(wa_import_person));

	person->funcid = funcid;
	person->list_at = list_at;
	person->seed = pg_prng_uint64(&pg_global_prng_state);
	person->context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy import person",
											ALLOCSET_SMALL_SIZES);
	person->deciding = AllocSetContextCreate(CurrentMemoryContext, "wa_policy import decisions",
											 ALLOCSET_SMALL_SIZES);
	person->before = RegisterSnapshot(GetLatestSnapshot());
	wa_reader_open_latest(&person->consent, &schema->consent);
	wa_reader_open_latest(&person->log, &schema->consent_log);
	return person;
}

void
wa_import_person_close(wa_import_person *person)
{
	wa_reader_close(&person->log);
	wa_reader_close(&person->consent);
	UnregisterSnapshot(person->before);
}

/* Its business must live as long as what is known of the recipient. */
static known_entry *
know(wa_import_person *person, wa_register reg, wa_str business, wa_instant at)
{
	bool		found;
	known_entry *entry = known_insert(person->known, (wa_known) {business, reg, at}, &found);

	if (!found)
		entry->row = NULL;
	return entry;
}

static bool
is_in_known(const wa_import_person *person, wa_register reg, wa_str business, wa_instant at)
{
	return known_lookup(person->known, (wa_known) {business, reg, at}) != NULL;
}

static wa_consent_row *
register_of(wa_import_person *person, wa_register reg, wa_str business)
{
	known_entry *entry = known_lookup(person->known, (wa_known) {business, reg, WA_NEVER});

	if (entry != NULL)
		return entry->row;
	business = wa_str_copy(business);
	entry = know(person, reg, business, WA_NEVER);
	entry->row = palloc(sizeof(wa_consent_row));
	*entry->row = (wa_consent_row)
	{
		.reg = reg,.business = business,
		.consent = {.stopped_at = WA_NEVER,.resumed_at = WA_NEVER}
	};
	return entry->row;
}

static void
load_registers(wa_import_person *person, Datum recipient)
{
	wa_reader_seek(&person->consent, recipient);
	while (wa_reader_next(&person->consent))
	{
		wa_consent_row row;

		wa_read_consent(&person->consent, &row);
		*register_of(person, row.reg, row.business) = row;
	}
}

static void
load_stops(wa_import_person *person, Datum recipient)
{
	wa_reader_seek(&person->log, recipient);
	while (wa_reader_next(&person->log))
	{
		if (!wa_str_equal(wa_reader_str_in_place(&person->log, Anum_wa_consent_log_state),
						  WA_STR("stop")))
			continue;
		know(person,
			 wa_register_from_name(wa_reader_str_in_place(&person->log, Anum_wa_consent_log_register)),
			 wa_reader_str(&person->log, Anum_wa_consent_log_business),
			 wa_reader_instant(&person->log, Anum_wa_consent_log_at));
	}
}

static void
load(wa_import_person *person, const wa_canonical *recipient)
{
	Datum		value;

	MemoryContextReset(person->context);
	person->recipient = *recipient;
	person->decided = false;
	person->known = known_create(person->context, 8, &person->seed);
	value = RecipientGetDatum(wa_recipient_make(recipient));
	load_registers(person, value);
	load_stops(person, value);
}

/* Does its stop stand, which a later opt-in for every business would lift? */
static bool
stop_stands(wa_import_person *person, const wa_consent_row *known)
{
	return wa_consent_stopped(&known->consent) &&
		!wa_resumed_for_all(register_of(person, known->reg, WA_STR("")), 1, known);
}

/* Does the register object to every message of this business, by itself or for all? */
static bool
any_stop_stands(wa_import_person *person, wa_register reg, wa_str business)
{
	return stop_stands(person, register_of(person, reg, WA_STR(""))) ||
		stop_stands(person, register_of(person, reg, business));
}

/*
 * Does one stand of a business that is later than a stop for all of them, which it does not lift?  Asked of
 * the first stop for all that stands, so that all may be looked through.
 */
static bool
opt_in_is_overruled(const wa_import_person *person, const wa_import_row *row)
{
	known_iterator entries;
	const known_entry *entry;

	if (row->business.len > 0)
		return false;
	known_start_iterate(person->known, &entries);
	while ((entry = known_iterate(person->known, &entries)) != NULL)
	{
		const wa_consent_row *known = entry->row;

		if (known != NULL && known->reg == row->reg && known->business.len > 0 &&
			!wa_consent_stopped(&known->consent) && known->consent.resumed_at > row->at)
			return true;
	}
	return false;
}

static bool
take_standing(void *arg, const wa_objection *objection)
{
	if (!wa_is_opt_out(objection))
		return false;
	know(arg, objection->reg, wa_str_copy(objection->business), WA_FOREVER);
	return true;
}

/*
 * Does a stop of this register and business stand?  By what decides: an opt-in for every business,
 * or one under another identifier of the person, may have lifted what is recorded here.
 */
static bool
stands_by_decision(wa_import_person *person, wa_register reg, const wa_import_row *row)
{
	const wa_question question = {.category = WA_MARKETING,.at = GetCurrentTimestamp()};

	if (!wa_consent_stopped(&register_of(person, reg, row->business)->consent))
		return false;
	if (!person->decided)
	{
		PushActiveSnapshot(person->before);
		wa_decision_cache_for(&person->decisions, person->funcid, person->deciding);
		wa_decide(wa_facts_of(person->decisions, &row->recipient), &question, take_standing, person);
		PopActiveSnapshot();
		person->decided = true;
	}
	return is_in_known(person, reg, row->business, WA_FOREVER);
}

/* Is there a stop in this register at that very time? */
static bool
has_stop(wa_import_person *person, wa_register reg, const wa_import_row *row)
{
	return register_of(person, reg, row->business)->consent.stopped_at == row->at ||
		is_in_known(person, reg, row->business, row->at);
}

/* The row repeats a stop: at its time or, without a time, one that stands. */
static bool
is_known(wa_import_person *person, wa_import_row *row)
{
	bool		timed = row->at != WA_NEVER;

	if (!timed && (stands_by_decision(person, row->reg, row) ||
				   (row->of_whatsapp && stands_by_decision(person, WA_REGISTER_WHATSAPP, row))))
		return true;
	if (!timed)
		row->at = person->list_at;
	return has_stop(person, row->reg, row) ||
		(row->of_whatsapp && has_stop(person, WA_REGISTER_WHATSAPP, row));
}

/* Add the stop to what is known; does it stand, where none did? */
static wa_import_outcome
add_stop(wa_import_person *person, const wa_import_row *row, const char **detail)
{
	bool		before = any_stop_stands(person, row->reg, row->business);
	wa_consent_row *known = register_of(person, row->reg, row->business);

	known->consent.stopped_at = wa_later(known->consent.stopped_at, row->at);
	know(person, row->reg, known->business, row->at);
	if (before || !stop_stands(person, known))
	{
		*detail = before ? "a stop stands already" : "a later opt-in stands";
		return WA_IMPORT_RECORDED;
	}
	if (opt_in_is_overruled(person, row))
		*detail = "overrules a later opt-in, which is for one business alone";
	return WA_IMPORT_STOPPED;
}

wa_import_outcome
wa_import_person_add(wa_import_person *person, wa_import_row *row, const char **detail)
{
	MemoryContext old = MemoryContextSwitchTo(person->context);
	wa_import_outcome outcome = WA_IMPORT_KNOWN;

	*detail = NULL;
	if (!wa_canonical_equal(&row->recipient, &person->recipient))
		load(person, &row->recipient);
	if (!is_known(person, row))
		outcome = add_stop(person, row, detail);
	MemoryContextSwitchTo(old);
	return outcome;
}
