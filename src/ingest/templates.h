/*-------------------------------------------------------------------------
 *
 * templates.h
 *	  Writing what webhooks tell of templates.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_TEMPLATES_H
#define WA_TEMPLATES_H

#include "base/compat.h"

#include "base/schema.h"
#include "ingest/event_batch.h"

/*
 * Merge n row deltas, in the order of their keys, into wa_template.  Inside SPI_connect, with the
 * rights of the owner.
 */
extern void wa_write_templates(const wa_schema *schema, wa_row_delta **templates, int n);

#endif							/* WA_TEMPLATES_H */
