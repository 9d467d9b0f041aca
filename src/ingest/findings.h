/*-------------------------------------------------------------------------
 *
 * findings.h
 *	  What one statement could not apply: collected, and then written to wa_problem.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_FINDINGS_H
#define WA_FINDINGS_H

#include "base/compat.h"

#include "utils/hsearch.h"

#include "base/instant.h"
#include "base/schema.h"
#include "base/str.h"
#include "events/event.h"

/* A future row of wa_problem. */
typedef struct wa_finding
{
	wa_problem	problem;
	int32		code;			/* with unknown_code */
	int64		count;
	const char *detail;
	wa_str		path;
	wa_str		fragment;
	wa_str		signature;		/* of the whole payload, if that is the fragment */
	wa_str		business;
	wa_str		sender;
	bool		on_premises;
	wa_instant	received_at;
	int64		webhook_id;		/* 0: none */
} wa_finding;

typedef struct wa_finding_list
{
	int			n;
	int			max;
	wa_finding *rows;
} wa_finding_list;

/* Must be zeroed at first, except context, which must live as long as the statement. */
typedef struct wa_findings
{
	MemoryContext context;
	wa_finding_list elements;	/* all but unknown codes */
	wa_finding_list codes;		/* unknown codes, one each */
	HTAB	   *code_places;	/* row in codes of a code; NULL: none came */
} wa_findings;

/*
 * Add a finding with a count of 1, all else zero.  detail is not copied.  The finding is
 * valid until the next one is added.
 */
extern wa_finding *wa_findings_add(wa_findings *findings, wa_problem problem, const char *detail);

/*
 * An unknown code has one row, however often it comes.  Increments its count and returns true, or
 * returns false for a new code, whose finding must be added next.
 */
extern bool wa_findings_count_code(wa_findings *findings, int32 code);

/* Write all to wa_problem.  To be called inside SPI_connect. */
extern void wa_findings_write(wa_findings *findings, const wa_schema *schema);

#endif							/* WA_FINDINGS_H */
