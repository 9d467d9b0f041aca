/*-------------------------------------------------------------------------
 *
 * facts.h
 *	  Gathering what is known of one recipient with the caller's snapshot,
 *	  by direct index look-ups or from rows that somebody else reads.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_FACTS_H
#define WA_FACTS_H

#include "common/compat.h"

#include "utils/snapshot.h"

#include "common/schema.h"
#include "decision/decide.h"
#include "recipient/phone.h"
#include "state/read.h"

/*
 * The policy that all decisions of one snapshot share (region rules, error
 * codes), and room for the facts of one recipient at a time.
 */
typedef struct wa_library wa_library;

/*
 * The library for this call site and the caller's snapshot.  It is kept in
 * fn_extra and made anew when the snapshot sees other rows than at the last
 * call.
 */
extern wa_library *wa_library_for(FunctionCallInfo fcinfo);

/*
 * The facts on one recipient; NULL stands for somebody who is none.  Valid
 * until the next call on the same library.
 */
extern wa_facts *wa_facts_of(wa_library *library, const wa_canonical *recipient);

/*
 * The facts on somebody of whom no row tells anything: what his region alone
 * means.  Otherwise as wa_facts_of.
 */
extern wa_facts *wa_facts_of_stranger(wa_library *library, const wa_canonical *recipient);

/*
 * The facts on somebody who has no other identifier and whose rows the caller
 * has at hand: fetch_part adds those of a part by wa_facts_add, in the order of
 * the primary key.  Otherwise as wa_facts_of.
 */
extern wa_facts *wa_facts_from(wa_library *library, const wa_canonical *recipient,
							   void (*fetch_part) (wa_facts *facts, wa_part part), void *arg);

/* Add the row at hand of that part's table to the facts at hand. */
extern void wa_facts_add(wa_library *library, wa_part part, wa_reader *reader);

/*
 * What the facts by which the latest decision was made have cost, in look-ups of
 * somebody where nobody has ties.
 */
extern double wa_library_effort(const wa_library *library);

/* The schema that a library reads. */
extern const wa_schema *wa_library_schema(const wa_library *library);

/* The snapshot that a library reads by. */
extern Snapshot wa_library_snapshot(const wa_library *library);

#endif							/* WA_FACTS_H */
