/*-------------------------------------------------------------------------
 *
 * message.c
 *	  Merging the statuses of one message.
 *
 * The statement in ingest/state_rows.c and wa_sent do the same to rows.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "report/message.h"

/* Put b into the place of a where that is so. */
#define TAKE_IF(condition, a, b) \
	do { \
		if (condition) \
		{ \
			(a) = (b); \
			changed = true; \
		} \
	} while (0)

bool
wa_message_merge(wa_message *a, const wa_message *b)
{
	bool		changed = false;

	TAKE_IF(b->recipient.data != NULL &&
			(a->recipient.data == NULL || wa_str_compare(b->recipient, a->recipient) < 0),
			a->recipient, b->recipient);
	TAKE_IF(wa_str_compare(b->business, a->business) > 0, a->business, b->business);
	TAKE_IF(wa_str_compare(b->sender, a->sender) > 0, a->sender, b->sender);
	TAKE_IF(b->category != WA_CATEGORY_UNKNOWN &&
			(a->category == WA_CATEGORY_UNKNOWN || b->category < a->category),
			a->category, b->category);
	TAKE_IF(b->sent_at < a->sent_at, a->sent_at, b->sent_at);
	TAKE_IF(b->delivered_at < a->delivered_at, a->delivered_at, b->delivered_at);
	TAKE_IF(b->read_at < a->read_at, a->read_at, b->read_at);
	TAKE_IF(b->failed_at < a->failed_at ||
			(b->failed_at == a->failed_at && b->failed_at != WA_FOREVER && b->code < a->code),
			a->code, b->code);
	TAKE_IF(b->failed_at < a->failed_at, a->failed_at, b->failed_at);
	return changed;
}
