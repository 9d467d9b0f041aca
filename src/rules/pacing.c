/*-------------------------------------------------------------------------
 *
 * pacing.c
 *	  Reading frequency caps and quiet hours, and finding those that apply to a
 *	  recipient.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/memutils.h"

#include "base/append.h"
#include "base/category_oid.h"
#include "base/guarded_setting.h"
#include "base/snapshot_id.h"
#include "base/table_scan.h"
#include "errors/code_policies.h"
#include "recipient/region.h"
#include "recipient/time_zones.h"
#include "rules/pacing.h"
#include "rules/quiet_hours.h"
#include "state/columns.h"
#include "state/read.h"

bool		wa_require_opt_in = false;

/* A number of our own. */
typedef struct wa_own_number
{
	wa_str		business;
	wa_str		sender;
	bool		without_limit;
} wa_own_number;

struct wa_pacing
{
	MemoryContext context;
	const wa_schema *schema;	/* of the decision at hand */
	Snapshot	snapshot;
	int			ncaps;
	wa_cap	   *caps;
	int			nquiet;
	wa_quiet_row *quiet;
	int			nregions;		/* without limit */
	wa_str	   *regions;
	bool		numbers_read;
	int			nnumbers;
	wa_own_number *numbers;
	struct zones_hash *zones;	/* of recipients so far; NULL: none */
};

/* Kept answers are of the setting as it was. */
static void
forget_answers(bool newval, void *extra)
{
	wa_rollbacks++;
}

void
wa_pacing_settings_init(void)
{
	wa_define_guarded_setting("wa_policy.require_opt_in",
							  "Send marketing only to those who opted in.",
							  "On: marketing needs an opt-in of the business register that stands; a recipient without one is "
							  "refused with the reason no_opt_in. Off: a recipient that has not opted out may be sent to. "
							  "Set it with ALTER DATABASE or in postgresql.conf: a session cannot turn it off for itself.",
							  &wa_require_opt_in, false, forget_answers);
}

static wa_str
cap_detail(TupleTableSlot *slot, const wa_cap *cap)
{
	char	   *period = DatumGetCString(
		DirectFunctionCall1(interval_out, wa_slot_datum(slot, Anum_wa_frequency_cap_period)));
	wa_str		reason = wa_slot_str(slot, Anum_wa_frequency_cap_reason);
	char	   *detail = psprintf("at most %d %s message%s in %s%s%s", cap->messages,
								  wa_category_name(cap->category), cap->messages == 1 ? "" : "s",
								  period, reason.len > 0 ? ": " : "", reason.data);

	return wa_str_from(detail);
}

static bool
read_cap(void *arg, TupleTableSlot *slot)
{
	wa_pacing  *pacing = arg;
	wa_cap	   *cap = wa_append_few(pacing->caps, pacing->ncaps, wa_cap);
	int32		messages = DatumGetInt32(wa_slot_datum(slot, Anum_wa_frequency_cap_messages));

	/* The row's own check sees to it; without that, the stricter. */
	cap->messages = Max(1, Min(messages, WA_MAX_CAP));
	cap->category = wa_category_from_oid(
		DatumGetObjectId(wa_slot_datum(slot, Anum_wa_frequency_cap_category)));
	/* What is as long as that reaches behind every delivery. */
	cap->period = Min(wa_interval_span(wa_slot_datum(slot, Anum_wa_frequency_cap_period)),
					  WA_FOREVER / 2);
	cap->business = wa_slot_str(slot, Anum_wa_frequency_cap_business);
	cap->exempt_in_window = DatumGetBool(wa_slot_datum(slot, Anum_wa_frequency_cap_exempt_in_window));
	cap->exempt_regions = DatumGetBool(wa_slot_datum(slot, Anum_wa_frequency_cap_exempt_regions));
	cap->detail = cap_detail(slot, cap);
	return true;
}

static bool
read_quiet_hours(void *arg, TupleTableSlot *slot)
{
	wa_pacing  *pacing = arg;
	wa_quiet_row *row = wa_append_few(pacing->quiet, pacing->nquiet, wa_quiet_row);
	bool		all_days;
	Datum		days = slot_getattr(slot, Anum_wa_quiet_hours_days, &all_days);
	wa_category category = wa_category_from_oid(
		DatumGetObjectId(wa_slot_datum(slot, Anum_wa_quiet_hours_category)));

	wa_quiet_row_make(row, category, wa_slot_str(slot, Anum_wa_quiet_hours_region),
					  all_days ? NULL : DatumGetArrayTypeP(days),
					  DatumGetTimeADT(wa_slot_datum(slot, Anum_wa_quiet_hours_starts)),
					  DatumGetTimeADT(wa_slot_datum(slot, Anum_wa_quiet_hours_ends)),
					  wa_slot_str(slot, Anum_wa_quiet_hours_source));
	return true;
}

static bool
read_region(void *arg, TupleTableSlot *slot)
{
	wa_pacing  *pacing = arg;

	*wa_append_few(pacing->regions, pacing->nregions, wa_str) =
		wa_slot_str(slot, Anum_wa_region_without_limit_region);
	return true;
}

wa_pacing *
wa_pacing_read(const wa_schema *schema, Snapshot snapshot)
{
	wa_pacing  *pacing = palloc0(sizeof(wa_pacing));

	pacing->context = CurrentMemoryContext;
	wa_scan_rows(&schema->frequency_cap, snapshot, read_cap, pacing);
	wa_scan_rows(&schema->quiet_hours, snapshot, read_quiet_hours, pacing);
	if (pacing->ncaps > 0)
		wa_scan_rows(&schema->region_without_limit, snapshot, read_region, pacing);
	if (pacing->ncaps > 0 || pacing->nquiet > 0)
		return pacing;
	pfree(pacing);
	return NULL;
}

static bool
is_without_limit(const wa_pacing *pacing, const char *region)
{
	for (int i = 0; region != NULL && i < pacing->nregions; i++)
	{
		if (wa_str_equal(pacing->regions[i], wa_str_from(region)))
			return true;
	}
	return false;
}

bool
wa_region_is_without_limit(const wa_schema *schema, Snapshot snapshot, const char *region)
{
	wa_pacing	pacing = {0};

	wa_scan_rows(&schema->region_without_limit, snapshot, read_region, &pacing);
	return is_without_limit(&pacing, region);
}

bool
wa_pacing_is_without_limit(const wa_pacing *pacing, wa_str recipient)
{
	char		buf[3];

	return is_without_limit(pacing, wa_region_of(recipient.data, recipient.len, buf));
}

/*
 * Our own numbers.
 */

/* Is a number as WhatsApp shows it in a region without limit? */
static bool
is_shown_without_limit(const wa_pacing *pacing, wa_str display_phone)
{
	wa_canonical number;
	char		buf[3];

	display_phone = wa_to_utf8(display_phone);
	return wa_str_given(display_phone) &&
		wa_canonicalize(display_phone.data, display_phone.len, &number) &&
		is_without_limit(pacing, wa_region_of(number.text, number.len, buf));
}

static bool
read_number(void *arg, TupleTableSlot *slot)
{
	wa_pacing  *pacing = arg;
	wa_own_number *number;
	wa_str		sender = wa_slot_str(slot, Anum_wa_sender_sender);

	if (sender.len == 0)
		return true;			/* no number, but an account */
	number = wa_append_few(pacing->numbers, pacing->nnumbers, wa_own_number);
	number->business = wa_slot_str(slot, Anum_wa_sender_business);
	number->sender = sender;
	number->without_limit =
		is_shown_without_limit(pacing, wa_slot_str(slot, Anum_wa_sender_display_phone));
	return true;
}

static void
read_numbers(wa_pacing *pacing)
{
	MemoryContext old = MemoryContextSwitchTo(pacing->context);

	wa_scan_rows(&pacing->schema->sender, pacing->snapshot, read_number, pacing);
	pacing->numbers_read = true;
	MemoryContextSwitchTo(old);
}

/* Where the question names no sender, any of the business, or of all, may be meant. */
static bool
sender_without_limit(void *arg, const wa_question *question)
{
	wa_pacing  *pacing = arg;
	bool		found = false;

	if (!pacing->numbers_read)
		read_numbers(pacing);
	for (int i = 0; i < pacing->nnumbers; i++)
	{
		const wa_own_number *number = &pacing->numbers[i];

		if (!wa_asks_about(question, number->business) ||
			(question->sender.data != NULL && !wa_str_equal(question->sender, number->sender)))
			continue;
		if (!number->without_limit)
			return false;
		found = true;
	}
	return found;
}

/*
 * The facts on a recipient.
 */

static bool
is_quiet(void *arg, const wa_quiet_fact *fact, wa_instant at, wa_quiet_time *time)
{
	/* wa_next may ask about every minute of more than a year. */
	CHECK_FOR_INTERRUPTS();
	return wa_quiet_at(fact->row, fact->zones, at, time);
}

/* Rows of quiet hours that count where the recipient may be. */
static void
find_quiet_hours(wa_pacing *pacing, const wa_canonical *recipient, const char *region,
				 wa_facts *facts)
{
	wa_quiet_fact *quiet = palloc(pacing->nquiet * sizeof(wa_quiet_fact));
	const wa_zones *zones = wa_zones_named(&pacing->zones, pacing->context,
										   wa_time_zones_of(recipient->text, recipient->len));

	for (int i = 0; i < pacing->nquiet; i++)
	{
		const wa_quiet_row *row = &pacing->quiet[i];

		/* Of a recipient whose region is unknown it may be any. */
		if (row->region.data != NULL && region != NULL &&
			!wa_str_equal(row->region, wa_str_from(region)))
			continue;
		quiet[facts->nquiet].category = row->category;
		quiet[facts->nquiet].row = row;
		quiet[facts->nquiet++].zones = row->region.data != NULL && region == NULL ?
			wa_zones_named(&pacing->zones, pacing->context,
						   wa_time_zones_of_region(row->region.data)) : zones;
	}
	facts->quiet = quiet;
}

void
wa_pacing_add_facts(wa_pacing *pacing, const wa_schema *schema, Snapshot snapshot,
					const wa_canonical *recipient, wa_facts *facts)
{
	char		buf[3];
	const char *region = wa_region_of(recipient->text, recipient->len, buf);

	pacing->schema = schema;
	pacing->snapshot = snapshot;
	facts->pacing = pacing;
	facts->sender_without_limit = sender_without_limit;
	facts->is_quiet = is_quiet;
	facts->ncaps = pacing->ncaps;
	facts->caps = pacing->caps;
	facts->region_without_limit = pacing->ncaps > 0 && is_without_limit(pacing, region);
	if (pacing->nquiet > 0)
		find_quiet_hours(pacing, recipient, region, facts);
}

bool
wa_pacing_has_caps(const wa_pacing *pacing)
{
	return pacing != NULL && pacing->ncaps > 0;
}

bool
wa_pacing_caps(const wa_pacing *pacing, const wa_question *question)
{
	for (int i = 0; pacing != NULL && i < pacing->ncaps; i++)
	{
		if (pacing->caps[i].category == question->category &&
			wa_asks_about(question, pacing->caps[i].business))
			return true;
	}
	return false;
}

bool
wa_pacing_quiet_hours(const wa_pacing *pacing, const wa_question *question)
{
	for (int i = 0; pacing != NULL && i < pacing->nquiet; i++)
	{
		if (pacing->quiet[i].category == question->category)
			return true;
	}
	return false;
}
