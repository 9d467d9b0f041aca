/*-------------------------------------------------------------------------
 *
 * windows.c
 *	  Which refusals may be of which customer service window.
 *
 * One phone may have windows with very many businesses and senders, so each row is not
 * compared with each other one.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "base/bisect.h"
#include "rules/windows.h"

/* No business or sender is named so: SQL has no such text. */
#define EVERY	WA_STR("\0")

static int
compare_names(const wa_refusal *a, wa_str business, wa_str sender)
{
	int			order = wa_str_compare(a->business, business);

	return order != 0 ? order : wa_str_compare(a->sender, sender);
}

static int
compare_refusals(const void *a, const void *b)
{
	const wa_refusal *x = a;
	const wa_refusal *y = b;
	int			order = compare_names(x, y->business, y->sender);

	return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

/* WA_NEVER: there is none. */
static wa_instant
latest_refusal(const wa_refusal *refusals, int n, wa_str business, wa_str sender)
{
	int			i;

	wa_bisect(i, n, compare_names(&refusals[i], business, sender) <= 0);
	return i > 0 && compare_names(&refusals[i - 1], business, sender) == 0 ? refusals[i - 1].at : WA_NEVER;
}

/* Each refusal stands for its business and sender, and for every one in place of either. */
void
wa_note_refusals(wa_activity_row *rows, int n, wa_refusal *room)
{
	int			nrefusals = 0;

	for (int i = 0; i < n; i++)
	{
		wa_instant	at = rows[i].activity.last_window_refused_at;

		for (int k = 0; k < WA_REFUSALS_OF_ROW && at != WA_NEVER; k++)
			room[nrefusals++] = (wa_refusal)
		{
			k & 1 ? EVERY : rows[i].business, k & 2 ? EVERY : rows[i].sender, at
		};
	}
	if (nrefusals > 0)
		qsort(room, nrefusals, sizeof(wa_refusal), compare_refusals);
	for (int i = 0; i < n; i++)
	{
		wa_str		business = rows[i].business.len > 0 ? rows[i].business : EVERY;
		wa_str		sender = rows[i].sender.len > 0 ? rows[i].sender : EVERY;

		rows[i].refused_at = WA_NEVER;
		for (int k = 0; k < WA_REFUSALS_OF_ROW && nrefusals > 0; k++)
			rows[i].refused_at = wa_later(rows[i].refused_at,
										  latest_refusal(room, nrefusals, k & 1 ? WA_STR("") : business,
														 k & 2 ? WA_STR("") : sender));
	}
}
