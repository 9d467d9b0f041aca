/*-------------------------------------------------------------------------
 *
 * pacing.h
 *	  Frequency caps and quiet hours, read once for all decisions of one snapshot; and
 *	  the columns of their tables by number, in the order of pacing.sql.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PACING_H
#define WA_PACING_H

#include "base/compat.h"

#include "utils/snapshot.h"

#include "base/schema.h"
#include "recipient/phone.h"
#include "rules/facts.h"

enum
{
	Anum_wa_frequency_cap_id = 1,
	Anum_wa_frequency_cap_category,
	Anum_wa_frequency_cap_messages,
	Anum_wa_frequency_cap_period,
	Anum_wa_frequency_cap_business,
	Anum_wa_frequency_cap_exempt_in_window,
	Anum_wa_frequency_cap_exempt_regions,
	Anum_wa_frequency_cap_reason
};

enum
{
	Anum_wa_quiet_hours_id = 1,
	Anum_wa_quiet_hours_region,
	Anum_wa_quiet_hours_category,
	Anum_wa_quiet_hours_days,
	Anum_wa_quiet_hours_starts,
	Anum_wa_quiet_hours_ends,
	Anum_wa_quiet_hours_source
};

enum
{
	Anum_wa_region_without_limit_region = 1
};

/* wa_policy.require_opt_in. */
extern bool wa_require_opt_in;

/* Define the setting.  Called once, when the library is loaded. */
extern void wa_pacing_settings_init(void);

/* The largest number of messages that a cap may allow. */
#define WA_MAX_CAP 32

typedef struct wa_pacing wa_pacing;

/* Read the tables, in the current memory context; NULL where they are empty. */
extern wa_pacing *wa_pacing_read(const wa_schema *schema, Snapshot snapshot);

/*
 * Add what applies to a recipient to its facts, under the schema and snapshot of the
 * decision, in the current memory context.  pacing must be valid as long as the facts are
 * used.
 */
extern void wa_pacing_add_facts(wa_pacing *pacing, const wa_schema *schema, Snapshot snapshot,
								const wa_canonical *recipient, wa_facts *facts);

/*
 * Is this region, of which NULL is none, one of wa_region_without_limit?  Reads the table, into the
 * current memory context.
 */
extern bool wa_region_is_without_limit(const wa_schema *schema, Snapshot snapshot,
									   const char *region);

/* The same for the region of a recipient in canonical form, where there is any cap. */
extern bool wa_pacing_is_without_limit(const wa_pacing *pacing, wa_str recipient);

/* Is there any cap? */
extern bool wa_pacing_has_caps(const wa_pacing *pacing);

/* Does any cap, or any row of quiet hours, apply to this question?  pacing may be NULL. */
extern bool wa_pacing_caps(const wa_pacing *pacing, const wa_question *question);
extern bool wa_pacing_quiet_hours(const wa_pacing *pacing, const wa_question *question);

#endif							/* WA_PACING_H */
