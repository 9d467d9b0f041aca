/*-------------------------------------------------------------------------
 *
 * recipient.h
 *	  The SQL type wa_recipient, for code that runs in the server.
 *
 * A wa_recipient is a varlena whose payload is the canonical text, so that
 * its bytes are those of a text.  It may come with a short header, or
 * compressed: read it with the PP macros and VARDATA_ANY, VARSIZE_ANY_EXHDR.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_RECIPIENT_H
#define WA_RECIPIENT_H

#include "base/compat.h"

#include "recipient/phone.h"

typedef struct varlena wa_recipient;

#define DatumGetRecipientPP(d)		((wa_recipient *) PG_DETOAST_DATUM_PACKED(d))
#define RecipientGetDatum(r)		PointerGetDatum(r)
#define PG_GETARG_RECIPIENT_PP(n)	DatumGetRecipientPP(PG_GETARG_DATUM(n))
#define PG_RETURN_RECIPIENT_P(r)	PG_RETURN_POINTER(r)

/*
 * The value with this canonical text, allocated in the current memory
 * context, with a four-byte header.
 */
extern wa_recipient *wa_recipient_make(const wa_canonical *canonical);

/*
 * Read a text, detoasted at least to the packed form (PG_GETARG_TEXT_PP), as the type's
 * input function does.  Returns false, and leaves *canonical undefined, where the input
 * function would raise an error.
 */
extern bool wa_recipient_from_text(const struct varlena *value, wa_canonical *canonical);

/* The same, but raises the error of the input function.  A wa_recipient may be given as well, and never raises it. */
extern void wa_recipient_require(const struct varlena *value, wa_canonical *canonical);

/*
 * Copy the canonical text of a value.  The value is trusted to be canonical.
 */
extern void wa_recipient_get(const wa_recipient *recipient, wa_canonical *canonical);

#endif							/* WA_RECIPIENT_H */
