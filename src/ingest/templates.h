/*-------------------------------------------------------------------------
 *
 * templates.h
 *	  Writing templates known from webhooks.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_TEMPLATES_H
#define WA_TEMPLATES_H

#include "base/compat.h"

#include "base/schema.h"
#include "ingest/event_batch.h"

/*
 * Merge n row deltas, in the order of their keys, into wa_template.  To be called inside
 * SPI_connect, with the owner's rights.
 */
extern void wa_write_templates(const wa_schema *schema, wa_row_delta **templates, int n);

#endif							/* WA_TEMPLATES_H */
