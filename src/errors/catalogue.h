/*-------------------------------------------------------------------------
 *
 * catalogue.h
 *	  What each WhatsApp error code means and does.  Pure: no server, no
 *	  allocation, nothing but constant data and a look-up.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_CATALOGUE_H
#define WA_CATALOGUE_H

#include "c.h"

#include "base/category.h"
#include "base/instant.h"

/* Whose fault the error is: the column "category" of wa_error_code. */
typedef enum wa_fault
{
	WA_FAULT_NONE,				/* unknown: SQL NULL */
	WA_FAULT_SENDER,
	WA_FAULT_RECIPIENT,
	WA_FAULT_PLATFORM
} wa_fault;

/* How far the error reaches: the column "scope", with these names in lower case. */
typedef enum wa_scope
{
	WA_SCOPE_MESSAGE,			/* this message alone */
	WA_SCOPE_PAIR,				/* sender number and user */
	WA_SCOPE_USER,				/* this business and user */
	WA_SCOPE_CONTACT,			/* the user, for anybody */
	WA_SCOPE_SENDER,			/* the sender number */
	WA_SCOPE_BUSINESS,			/* the WhatsApp Business Account */
	WA_SCOPE_COUNTRY,			/* the business in one country */
	WA_SCOPE_PORTFOLIO,
	WA_SCOPE_TEMPLATE,
	WA_SCOPE_FLOW,
	WA_SCOPE_GROUP,
	WA_SCOPE_APP,
	WA_SCOPE_PLATFORM
} wa_scope;

#define WA_SCOPES (WA_SCOPE_PLATFORM + 1)

/* What a failure with this code does to its recipient. */
typedef enum wa_effect
{
	WA_EFFECT_NONE,
	WA_EFFECT_COOLDOWN,			/* a strike on the ladder */
	WA_EFFECT_STOP,				/* stop in the WhatsApp register */
	WA_EFFECT_CLOSE_WINDOW		/* the service window is closed */
} wa_effect;

/* The kinds of evidence that lift a cooldown. */
typedef enum wa_evidence
{
	WA_EVIDENCE_INBOUND,		/* a message from the user */
	WA_EVIDENCE_RECEIPT,		/* any receipt */
	WA_EVIDENCE_MARKETING_RECEIPT	/* a receipt of a marketing message */
} wa_evidence;

#define WA_EVIDENCES (WA_EVIDENCE_MARKETING_RECEIPT + 1)

/* The same as bits of wa_code.lifted_by. */
#define WA_LIFT_INBOUND				(1 << WA_EVIDENCE_INBOUND)
#define WA_LIFT_RECEIPT				(1 << WA_EVIDENCE_RECEIPT)
#define WA_LIFT_MARKETING_RECEIPT	(1 << WA_EVIDENCE_MARKETING_RECEIPT)

/* Whether sending the same again can help; wa_code.retry. */
typedef enum wa_retry
{
	WA_RETRY_NEVER,				/* pointless for this recipient */
	WA_RETRY_FIX,				/* something must be corrected first */
	WA_RETRY_WAIT				/* after step[attempt], the last one repeating */
} wa_retry;

#define WA_MAX_STEPS 8

/* Waits after the 1st, 2nd, … strike; the last step repeats. */
typedef struct wa_ladder
{
	int			nsteps;			/* 0: no ladder */
	int64		step[WA_MAX_STEPS]; /* microseconds, or WA_FOREVER */
	int64		gap;			/* microseconds between two counted strikes */
} wa_ladder;

/*
 * One code.
 *
 * lift_after: evidence lifts a failure if it comes at least this long after it.  If
 * negative, the evidence may come that long before the failure.
 *
 * waits: always set with WA_RETRY_WAIT.  With WA_RETRY_FIX it is set where the sender is
 * held for that long, after which sending may be tried again.
 */
typedef struct wa_code
{
	int32		code;
	const char *title;
	wa_fault	fault;
	wa_scope	scope;
	wa_effect	effect;
	uint8		blocks;			/* categories a strike blocks, a mask */
	uint8		lifted_by;		/* WA_LIFT_… bits */
	int64		lift_after[WA_EVIDENCES];	/* see above */
	bool		yields_to_window;	/* does not block while a window is open */
	bool		on_premises_only;	/* an HTTP number elsewhere: 400, 429, … */
	wa_ladder	ladder;			/* with WA_EFFECT_COOLDOWN */
	wa_retry	retry;
	wa_ladder	waits;			/* gap unused; see above */
	const char *summary;		/* one sentence: what happened */
	const char *advice;			/* one or two sentences: what to do */
	const char *source;			/* where the facts come from */
} wa_code;

/* The default codes, in ascending order of code without repetition, and their number. */
extern const wa_code wa_catalogue[];
extern const int wa_catalogue_size;

/* The default entry of a code, or NULL where it is unknown. */
extern const wa_code *wa_catalogue_find(int32 code);

/* The names used in SQL, e.g. "sender", "business"; static storage. */
extern const char *wa_fault_name(wa_fault fault);	/* NULL for NONE */
extern const char *wa_scope_name(wa_scope scope);

/* The reverse; false where there is no such name. */
extern bool wa_fault_from_name(const char *name, wa_fault *fault);
extern bool wa_scope_from_name(const char *name, wa_scope *scope);

#endif							/* WA_CATALOGUE_H */
