/*-------------------------------------------------------------------------
 *
 * alike.h
 *	  Keeping wa_identity.alike true to its word, while a statement writes.
 *
 * A tie is alike if neither of the two has another tie (of either kind, parted or
 * not) and their rows in wa_consent and wa_cooldown are the same.  Whoever reads the
 * list of the suppressed need not follow such a tie: one's own rows say all
 * that the other's would.  Why no race makes a tie alike that is not is told in
 * src/README.md, "Ties that need not be followed".
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_ALIKE_H
#define WA_ALIKE_H

#include "common/compat.h"

#include "common/schema.h"
#include "ingest/fold.h"

/*
 * Say of n links which of them have no row yet (is_new).  Those that have one
 * shall stay as they are.
 */
extern void wa_find_new_links(const wa_schema *schema, wa_cell **links, int n);

/*
 * When wa_contact is locked for both ends of all new links, and all rows of this
 * statement but those of wa_identity are written: say of the new ones whether they
 * are alike, and fold a cell for each tie that is so no more.  touched: whose rows
 * in wa_consent or wa_cooldown may have been written, in order, each once.
 */
extern void wa_judge_alike(const wa_schema *schema, wa_fold *fold, wa_cell **links, int n,
						   const wa_str *touched, int ntouched);

#endif							/* WA_ALIKE_H */
