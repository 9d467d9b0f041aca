/*-------------------------------------------------------------------------
 *
 * person_log.h
 *	  One person's consent events, read once for all questions of a report: is a stop an
 *	  opt-out, to which message does it belong, which stop stood when a message was sent, which
 *	  opt-in is the person's?
 *
 * A report asks about a person once for each of its stops or messages.  To answer, all events of the
 * person are read and passed once in order of time, and the result is kept for the next questions
 * under the same snapshot: otherwise who has n events would cost n² of them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_PERSON_LOG_H
#define WA_PERSON_LOG_H

#include "base/compat.h"

#include "events/event.h"
#include "identity/load.h"
#include "state/consent.h"

/* A row of wa_consent_log that counts for the person. */
typedef struct wa_logged
{
	int64		id;
	wa_instant	at;
	wa_register reg;
	bool		stop;
	bool		of_home;		/* does its home identifier count then, not only another one it named? */
	bool		named;			/* did it name the recipient? */
	bool		may_lift;		/* a resume: may it lift a stop of the recipient? */
	int			home;			/* member; 0: the recipient */
	int			members[WA_MAX_IDS];	/* those that it named and under which it counts; -1: no more */
	int			business;		/* number of it in businesses */
	wa_str		home_text;
	wa_str		business_text;
	wa_instant	counts_from;	/* a stop: against messages from then on */
} wa_logged;

/* Stops, each with the one before it: those of a register, and those of one business in it. */
typedef enum wa_chain_kind
{
	CHAIN_OF_REGISTER,
	CHAIN_OF_BUSINESS
} wa_chain_kind;

/* A stop and when it stood (standing.c). */
typedef struct wa_standing
{
	const wa_logged *stop;
	wa_instant	from;			/* against messages from then on */
	wa_instant	until;			/* WA_FOREVER: it stands */
	int			before[2];		/* by wa_chain_kind; -1: none */
} wa_standing;

/* A time at which it was the first that stood, of its business or of any. */
typedef struct wa_span
{
	int			business;		/* -1: any */
	wa_instant	from;
	wa_instant	until;
	const wa_logged *stop;
} wa_span;

typedef struct wa_spans
{
	int			n;
	wa_span    *rows;			/* by business, then by time; NULL: not made so far */
} wa_spans;

/* A marketing message that was received (opt_outs.c). */
typedef struct wa_received
{
	wa_instant	at;
	wa_str		business;
	wa_str		message_id;
	wa_str		participant;
	MinimalTuple row;
} wa_received;

/* Those of the person, or of one identifier. */
typedef struct wa_messages
{
	wa_str		recipient;
	uint32		hash;
	char		status;
	int			n;
	int			max;
	wa_received *by_time;
	wa_received *by_business;	/* the same, by business, then by time */
} wa_messages;

typedef struct wa_person_log
{
	MemoryContext context;
	Size		size;			/* as far as it is in kept.size */
	const wa_schema *schema;
	wa_canonical id;
	wa_link_reader links;		/* the person's */
	wa_person  *person;			/* NULL: no links */
	bool		crowded;		/* too many identifiers: only the recipient's own rows were read */

	/*
	 * Who has moved to the number since was not sent to before: what it brought along counts
	 * from the move on.
	 */
	wa_instant *since;			/* of each member, WA_NEVER: always; NULL: nobody has moved */
	int			n;
	int			max;
	wa_logged  *events;			/* in order of time */
	int			nbusinesses;
	wa_str	   *businesses;		/* in order */
	bool		has_opt_outs;
	int			nopt_outs;
	int64	   *opt_outs;		/* in order */
	bool		has_standing;
	int			nstanding;
	wa_standing *standing;		/* in order of time */
	wa_spans	spans[2][2];	/* against other messages or marketing; of one business or any */
	bool		has_messages;
	wa_messages messages;
	uint64		seed;			/* of named */
	struct named_hash *named;	/* of identifiers that do not count, but that an opt-out named; NULL: none so far */
} wa_person_log;

/*
 * The log of a recipient: a kept one, or one that is read now.  Leaves its memory context current;
 * wa_person_log_close switches back.
 */
extern wa_person_log *wa_person_log_open(FunctionCallInfo fcinfo, const wa_canonical *id,
										 MemoryContext *old);
extern void wa_person_log_close(wa_person_log *log, MemoryContext old);

/* The identifier of a member; NULL: there are no more. */
static inline const wa_canonical *
wa_person_log_id(const wa_person_log *log, int member)
{
	if (log->person == NULL)
		return member == 0 ? &log->id : NULL;
	return member < log->person->nmembers ? &log->person->members[member].id : NULL;
}

/* The member of that name; -1: none. */
extern int	wa_person_log_member(const wa_person_log *log, wa_str name);

/* Do events under this member at t count? */
extern bool wa_person_log_counts(const wa_person_log *log, int member, wa_instant t);

/* The number of a business among those of the events; -1: none has it. */
extern int	wa_person_log_business(const wa_person_log *log, wa_str business);

/* Compare two int64, such as instants, for qsort and bsearch. */
static inline int
wa_int8_order(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}

#endif							/* WA_PERSON_LOG_H */
