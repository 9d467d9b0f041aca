/*-------------------------------------------------------------------------
 *
 * activity.c
 *	  Merging the traffic of one recipient with one sender.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "state/activity.h"

static inline bool
wa_raise(wa_instant *mine, wa_instant other)
{
	if (other <= *mine)
		return false;
	*mine = other;
	return true;
}

bool
wa_activity_merge(wa_activity *activity, const wa_activity *other)
{
	bool		changed = false;

	changed |= wa_raise(&activity->last_inbound_at, other->last_inbound_at);
	changed |= wa_raise(&activity->last_delivered_at, other->last_delivered_at);
	changed |= wa_raise(&activity->last_read_at, other->last_read_at);
	changed |= wa_raise(&activity->last_marketing_delivered_at,
						other->last_marketing_delivered_at);
	changed |= wa_raise(&activity->last_window_refused_at,
						other->last_window_refused_at);

	if (other->wa_id_at > activity->wa_id_at ||
		(other->wa_id_at == activity->wa_id_at &&
		 wa_str_compare(other->wa_id, activity->wa_id) > 0))
	{
		activity->wa_id_at = other->wa_id_at;
		activity->wa_id = other->wa_id;
		changed = true;
	}
	return changed;
}

bool
wa_activity_has_evidence(const wa_activity *activity)
{
	return activity->last_inbound_at != WA_NEVER ||
		activity->last_delivered_at != WA_NEVER ||
		activity->last_marketing_delivered_at != WA_NEVER;
}

/* t - span, which may be negative; never wraps round. */
static wa_instant
wa_before(wa_instant t, int64 span)
{
	if (span <= 0)
		return wa_after(t, -span);
	return t < WA_NEVER + span ? WA_NEVER : t - span;
}

wa_instant
wa_activity_lifts(const wa_activity *activity, const wa_code_policy *policy)
{
	const wa_instant evidence[WA_EVIDENCES] = {
		[WA_EVIDENCE_INBOUND] = activity->last_inbound_at,
		[WA_EVIDENCE_RECEIPT] = activity->last_delivered_at,
		[WA_EVIDENCE_MARKETING_RECEIPT] = activity->last_marketing_delivered_at,
	};
	wa_instant	lifted = WA_NEVER;

	for (int i = 0; i < WA_EVIDENCES; i++)
	{
		if (policy->lifted_by & (1 << i))
			lifted = wa_later(lifted, wa_before(evidence[i], policy->lift_after[i]));
	}
	return lifted;
}
