/*-------------------------------------------------------------------------
 *
 * activity.c
 *	  Merging the traffic of one recipient with one sender.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "errors/catalogue.h"
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

wa_instant
wa_activity_lifts(const wa_activity *activity, uint8 lifted_by)
{
	wa_instant	latest = WA_NEVER;

	if (lifted_by & WA_LIFT_INBOUND)
		latest = wa_later(latest, activity->last_inbound_at);
	if (lifted_by & WA_LIFT_RECEIPT)
		latest = wa_later(latest, activity->last_delivered_at);
	if (lifted_by & WA_LIFT_MARKETING_RECEIPT)
		latest = wa_later(latest, activity->last_marketing_delivered_at);
	return latest;
}
