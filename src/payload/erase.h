/*-------------------------------------------------------------------------
 *
 * erase.h
 *	  Removing one person from a stored payload.  Pure: no server.
 *
 * Removed is the innermost array element that names the person, such as a contact, a message
 * or a status; the other elements stay.  Where an identifier stands outside any array, the
 * whole payload is removed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_ERASE_H
#define WA_ERASE_H

#include "c.h"

#include "recipient/phone.h"

/* The identifiers of a person. */
typedef struct wa_names wa_names;

/* Returns NULL where there is not enough memory.  Free the result with wa_names_free. */
extern wa_names *wa_names_make(const wa_canonical *ids, int n);
extern void wa_names_free(wa_names *names);

/*
 * Does the text contain one of the identifiers?  A phone is found in every way of writing that
 * wa_canonicalize reads, with any characters between its digits; a BSUID as it is written, but for the case
 * of its country.  JSON escapes are not decoded.
 */
extern bool wa_names_occur(const wa_names *names, const char *text, size_t len);

typedef enum wa_erase_result
{
	WA_ERASE_UNTOUCHED,			/* does not name the person */
	WA_ERASE_CUT,				/* *rest is what is left */
	WA_ERASE_ALL,				/* nothing can be kept */
	WA_ERASE_NO_MEMORY
} wa_erase_result;

/* text is UTF-8, JSON or not.  *rest is allocated by malloc, *rest_len is its length. */
extern wa_erase_result wa_payload_erase(const wa_names *names, const char *text, size_t len,
										char **rest, size_t *rest_len);

#endif							/* WA_ERASE_H */
