/*-------------------------------------------------------------------------
 *
 * code_policies.c
 *	  Reading wa_error_override and wa_incident; see code_policies.h.
 *
 * The tables are scanned directly rather than through SPI: the scan needs no
 * privilege of the caller, and an empty table, the usual case, costs one look
 * at its size.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/append.h"
#include "base/bisect.h"
#include "base/category_oid.h"
#include "base/table_scan.h"
#include "errors/code_policies.h"

/* Columns of wa_error_override; the order is that of errors.sql. */
enum
{
	Anum_wa_error_override_code = 1,
	Anum_wa_error_override_same_as,
	Anum_wa_error_override_title,
	Anum_wa_error_override_category,
	Anum_wa_error_override_blocks,
	Anum_wa_error_override_ladder,
	Anum_wa_error_override_gap,
	Anum_wa_error_override_lifted_by,
	Anum_wa_error_override_scope,
	Anum_wa_error_override_reason
};

/* Columns of wa_incident likewise. */
enum
{
	Anum_wa_incident_id = 1,
	Anum_wa_incident_code,
	Anum_wa_incident_business,
	Anum_wa_incident_since,
	Anum_wa_incident_until
};

static const char *const evidence_names[WA_EVIDENCES] = {
	[WA_EVIDENCE_INBOUND] = "inbound",
	[WA_EVIDENCE_RECEIPT] = "receipt",
	[WA_EVIDENCE_MARKETING_RECEIPT] = "marketing_receipt",
};

const char *
wa_evidence_name(wa_evidence evidence)
{
	return evidence_names[evidence];
}

static uint8
evidence_bit(const char *name)
{
	for (int i = 0; i < WA_EVIDENCES; i++)
	{
		if (strcmp(evidence_names[i], name) == 0)
			return 1 << i;
	}
	return 0;
}

bool
wa_lifted_by_from_array(Datum array, uint8 *lifted_by)
{
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	*lifted_by = 0;
	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		uint8		bit = nulls[i] ? 0 : evidence_bit(TextDatumGetCString(elements[i]));

		if (bit == 0)
			return false;
		*lifted_by |= bit;
	}
	return true;
}

int64
wa_interval_span(Datum interval)
{
	const Interval *span = DatumGetIntervalP(interval);
	int64		days = (int64) span->month * DAYS_PER_MONTH + span->day;
	int64		result;

	if (pg_mul_s64_overflow(days, WA_DAY, &result))
		return days > 0 ? WA_FOREVER : 0;
	if (pg_add_s64_overflow(result, span->time, &result))
		return span->time > 0 ? WA_FOREVER : 0;
	return Max(result, 0);
}

/*
 * interval[] as a ladder; NULL elements have no end.  The CHECK of the table
 * has seen to the length, yet a row may be older than the CHECK.
 */
static void
read_ladder(Datum array, wa_ladder *ladder)
{
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	deconstruct_array(DatumGetArrayTypeP(array), INTERVALOID, sizeof(Interval), false,
					  TYPALIGN_DOUBLE, &elements, &nulls, &count);
	ladder->nsteps = Min(count, WA_MAX_STEPS);
	for (int i = 0; i < ladder->nsteps; i++)
		ladder->step[i] = nulls[i] ? WA_FOREVER : wa_interval_span(elements[i]);
}

/* The value of a text column as a C string, or NULL. */
static char *
text_column(TupleTableSlot *slot, int column)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

static void
read_fault_and_scope(TupleTableSlot *slot, int32 code, wa_code_change *change)
{
	char	   *fault = text_column(slot, Anum_wa_error_override_category);
	char	   *scope = text_column(slot, Anum_wa_error_override_scope);

	change->has_fault = fault != NULL;
	if (fault != NULL && !wa_fault_from_name(fault, &change->fault))
		elog(ERROR, "unknown category \"%s\" of error code %d", fault, code);
	change->has_scope = scope != NULL;
	if (scope != NULL && !wa_scope_from_name(scope, &change->scope))
		elog(ERROR, "unknown scope \"%s\" of error code %d", scope, code);
}

static void
read_effect(TupleTableSlot *slot, int32 code, wa_code_change *change)
{
	Datum		value;
	bool		isnull;

	value = slot_getattr(slot, Anum_wa_error_override_blocks, &isnull);
	change->has_blocks = !isnull;
	if (!isnull)
		change->blocks = wa_category_array_mask(value);

	value = slot_getattr(slot, Anum_wa_error_override_ladder, &isnull);
	change->has_ladder = !isnull;
	if (!isnull)
		read_ladder(value, &change->ladder);

	value = slot_getattr(slot, Anum_wa_error_override_gap, &isnull);
	change->has_gap = !isnull;
	if (!isnull)
		change->gap = wa_interval_span(value);

	value = slot_getattr(slot, Anum_wa_error_override_lifted_by, &isnull);
	change->has_lifted_by = !isnull;
	if (!isnull && !wa_lifted_by_from_array(value, &change->lifted_by))
		elog(ERROR, "unknown evidence in \"lifted_by\" of error code %d", code);
}

static bool
read_override(void *arg, TupleTableSlot *slot)
{
	wa_code_policies *policies = arg;
	wa_override row = {0};
	bool		isnull;

	row.code = DatumGetInt32(slot_getattr(slot, Anum_wa_error_override_code, &isnull));
	row.same_as = DatumGetInt32(slot_getattr(slot, Anum_wa_error_override_same_as, &isnull));
	row.has_same_as = !isnull;
	row.title = text_column(slot, Anum_wa_error_override_title);
	row.reason = text_column(slot, Anum_wa_error_override_reason);
	read_fault_and_scope(slot, row.code, &row.change);
	read_effect(slot, row.code, &row.change);
	*wa_append_few(policies->overrides, policies->noverrides, wa_override) = row;
	return true;
}

static bool
read_incident(void *arg, TupleTableSlot *slot)
{
	wa_code_policies *policies = arg;
	wa_incident *row = wa_append_few(policies->incidents, policies->nincidents, wa_incident);

	row->until = wa_slot_instant(slot, Anum_wa_incident_until);
	if (row->until == WA_NEVER)
		row->until = WA_FOREVER;
	row->code = DatumGetInt32(wa_slot_datum(slot, Anum_wa_incident_code));
	row->since = wa_slot_instant(slot, Anum_wa_incident_since);
	row->business = wa_slot_str(slot, Anum_wa_incident_business);
	return true;
}

/* Overrides or incidents: both begin with their code. */
static int
compare_codes(const void *a, const void *b)
{
	int32		left = *(const int32 *) a;
	int32		right = *(const int32 *) b;

	return left < right ? -1 : left > right;
}

static void
sort_incidents(wa_code_policies *policies)
{
	if (policies->nincidents > 1)
		qsort(policies->incidents, policies->nincidents, sizeof(wa_incident), compare_codes);
}

/* The first incident of a code among the first n, which are sorted; one of another code, or n, where it has none. */
static int
first_incident(const wa_code_policies *policies, int n, int32 code)
{
	int			first;

	wa_bisect(first, n, policies->incidents[first].code < code);
	return first;
}

/* Incidents of a code are incidents of those that behave as it, too. */
static void
spread_incidents(wa_code_policies *policies)
{
	int			n = policies->nincidents;

	sort_incidents(policies);
	for (int i = 0; n > 0 && i < policies->noverrides; i++)
	{
		const wa_override *row = &policies->overrides[i];

		for (int j = row->has_same_as ? first_incident(policies, n, row->same_as) : n;
			 j < n && policies->incidents[j].code == row->same_as; j++)
		{
			wa_incident incident = policies->incidents[j];

			incident.code = row->code;
			*wa_append_few(policies->incidents, policies->nincidents, wa_incident) = incident;
		}
	}
	sort_incidents(policies);
}

wa_code_policies *
wa_code_policies_load_overrides(const wa_schema *schema)
{
	wa_code_policies *policies = palloc0(sizeof(wa_code_policies));

	wa_scan_rows(&schema->error_override, GetActiveSnapshot(), read_override, policies);
	if (policies->noverrides > 1)
		qsort(policies->overrides, policies->noverrides, sizeof(wa_override), compare_codes);
	return policies;
}

wa_code_policies *
wa_code_policies_load(const wa_schema *schema)
{
	wa_code_policies *policies = wa_code_policies_load_overrides(schema);

	wa_scan_rows(&schema->incident, GetActiveSnapshot(), read_incident, policies);
	spread_incidents(policies);
	return policies;
}

static const wa_override *
find_override(const wa_code_policies *policies, int32 code)
{
	if (policies->noverrides == 0)
		return NULL;
	return bsearch(&code, policies->overrides, policies->noverrides, sizeof(wa_override),
				   compare_codes);
}

wa_known_code
wa_code_policies_look_up(const wa_code_policies *policies, int32 code)
{
	wa_known_code known = {.behaves_as = code};

	known.own = known.row = find_override(policies, code);
	if (known.own != NULL && known.own->has_same_as)
	{
		known.behaves_as = known.own->same_as;
		known.row = find_override(policies, known.behaves_as);
	}
	known.shipped = wa_catalogue_find(known.behaves_as);
	return known;
}

const char *
wa_code_policies_title(const wa_code_policies *policies, int32 code)
{
	wa_known_code known = wa_code_policies_look_up(policies, code);

	if (known.own != NULL && known.own->title != NULL)
		return known.own->title;
	if (known.row != NULL && known.row->title != NULL)
		return known.row->title;
	return known.shipped != NULL ? known.shipped->title : NULL;
}

/* The incidents of a code lie side by side. */
static void
find_incidents(const wa_code_policies *policies, int32 code, wa_code_policy *policy)
{
	int			first = first_incident(policies, policies->nincidents, code);
	int			n = 0;

	while (first + n < policies->nincidents && policies->incidents[first + n].code == code)
		n++;
	policy->nincidents = n;
	policy->incidents = n == 0 ? NULL : &policies->incidents[first];
}

bool
wa_code_policies_find(const wa_code_policies *policies, int32 code, wa_code_policy *policy)
{
	wa_known_code known = wa_code_policies_look_up(policies, code);

	if (known.shipped != NULL)
		wa_code_policy_shipped(known.shipped, policy);
	else if (known.row != NULL || known.behaves_as != code)
		wa_code_policy_custom(code, policy);
	else
		return false;

	/* Not that of a row which says what its code behaves as: a chain ends there. */
	if (known.row != NULL)
		wa_code_policy_change(&known.row->change, policy);
	if (known.behaves_as != code)
	{
		const wa_code *own = wa_catalogue_find(code);

		policy->code = code;
		policy->on_premises_only = own != NULL && own->on_premises_only;
	}
	find_incidents(policies, code, policy);
	return true;
}
