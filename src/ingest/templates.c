/*-------------------------------------------------------------------------
 *
 * templates.c
 *	  Writing templates known from webhooks.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "ingest/state_rows.h"

/* Merges as event_deltas.c does: status, category, announced category and quality separately. */
#define STATUS_IS_LATER \
	"(excluded.status_at IS NOT NULL AND (o.status_at IS NULL" \
	" OR (excluded.status_at, excluded.blocked, excluded.status," \
	" COALESCE(excluded.paused_until, 'infinity'))" \
	" > (o.status_at, o.blocked, o.status, COALESCE(o.paused_until, 'infinity'))))"
#define IS_LATER(category) \
	"(excluded." category "_at IS NOT NULL AND (o." category "_at IS NULL" \
	" OR (excluded." category "_at, pg_catalog.lower(excluded." category ") = 'marketing'," \
	" excluded." category ")" \
	" > (o." category "_at, pg_catalog.lower(o." category ") = 'marketing', o." category ")))"
#define CATEGORY_IS_LATER	IS_LATER("category")
#define NEXT_IS_LATER		IS_LATER("next_category")
#define QUALITY_IS_LATER \
	"(excluded.quality_at IS NOT NULL AND (o.quality_at IS NULL" \
	" OR (excluded.quality_at, excluded.quality) > (o.quality_at, o.quality)))"
#define IF(later, column) \
	column " = CASE WHEN " later " THEN excluded." column " ELSE o." column " END"

static wa_str
given(wa_str s)
{
	return wa_str_given(s) ? s : (wa_str) {NULL, 0};
}

static void
put_template(wa_column *columns, const void *rows, int i)
{
	const wa_row_delta *delta = wa_delta_at(rows, i);

	wa_put_str(&columns[0], delta->key.business);
	wa_put_str(&columns[1], delta->key.other);
	wa_put_str(&columns[2], delta->key.recipient);
	wa_put_str(&columns[3], given(delta->u.template.status));
	wa_put_instant(&columns[4], delta->u.template.status_at == WA_NEVER ? WA_NEVER :
				   delta->u.template.paused_until);
	wa_put_str(&columns[5], given(delta->u.template.category));
	wa_put_str(&columns[6], given(delta->u.template.next_category));
	wa_put_instant(&columns[7], delta->u.template.next_category_at);
	wa_put_str(&columns[8], given(delta->u.template.quality));
	wa_put_instant(&columns[9], delta->u.template.status_at);
	wa_put_instant(&columns[10], delta->u.template.category_at);
	wa_put_instant(&columns[11], delta->u.template.quality_at);
}

wa_upsert_target wa_template_target = {
	.insert = "INSERT INTO @extschema@.wa_template AS o"
	" (business, name, language, status, paused_until, category, next_category,"
	" next_category_at, quality, status_at, category_at, quality_at)",
	.types = "text text text text timestamptz text text timestamptz text timestamptz timestamptz timestamptz",
	.conflict = "ON CONFLICT (business, name, language) DO UPDATE SET "
	IF(STATUS_IS_LATER, "status") ", " IF(STATUS_IS_LATER, "paused_until") ", "
	IF(STATUS_IS_LATER, "status_at") ", "
	IF(CATEGORY_IS_LATER, "category") ", " IF(CATEGORY_IS_LATER, "category_at") ", "
	IF(NEXT_IS_LATER, "next_category") ", " IF(NEXT_IS_LATER, "next_category_at") ", "
	IF(QUALITY_IS_LATER, "quality") ", " IF(QUALITY_IS_LATER, "quality_at")
	" WHERE " STATUS_IS_LATER " OR " CATEGORY_IS_LATER " OR " NEXT_IS_LATER " OR " QUALITY_IS_LATER,
	.put = put_template
};
