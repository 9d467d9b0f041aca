/*-------------------------------------------------------------------------
 *
 * facts.h
 *	  Gathering what is known of one recipient, by direct index look-ups
 *	  with the caller's snapshot.
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

/* The schema that a library reads. */
extern const wa_schema *wa_library_schema(const wa_library *library);

/* The snapshot that a library reads by. */
extern Snapshot wa_library_snapshot(const wa_library *library);

#endif							/* WA_FACTS_H */
