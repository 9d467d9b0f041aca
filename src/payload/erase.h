/*-------------------------------------------------------------------------
 *
 * erase.h
 *	  Cutting one person out of a stored payload.  Pure: no server.
 *
 * What names the person is the innermost element of an array that does, a contact, a message,
 * a status: that goes, and its neighbours stay.  Where an identifier stands outside any array,
 * everything goes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_ERASE_H
#define WA_ERASE_H

#include "c.h"

#include "recipient/phone.h"

/* The identifiers of a person, in the spellings under which payloads may hold them. */
typedef struct wa_names wa_names;

/* NULL where memory is short.  Free it with wa_names_free. */
extern wa_names *wa_names_make(const wa_canonical *ids, int n);
extern void wa_names_free(wa_names *names);

/*
 * Does the text hold one of them: a phone by its digits, whatever stands between these, a BSUID as
 * it is?  What JSON escapes is not seen.
 */
extern bool wa_names_occur(const wa_names *names, const char *text, size_t len);

typedef enum wa_erase_result
{
	WA_ERASE_UNTOUCHED,			/* does not name the person */
	WA_ERASE_CUT,				/* *rest is what is left */
	WA_ERASE_ALL,				/* nothing can be kept */
	WA_ERASE_NO_MEMORY
} wa_erase_result;

/* text is UTF-8, as JSON or not.  *rest comes from malloc, with its length in *rest_len. */
extern wa_erase_result wa_payload_erase(const wa_names *names, const char *text, size_t len,
										char **rest, size_t *rest_len);

#endif							/* WA_ERASE_H */
