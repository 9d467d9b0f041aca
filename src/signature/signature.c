/*-------------------------------------------------------------------------
 *
 * signature.c
 *	  Checking X-Hub-Signature-256.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "common/sha2.h"
#include "miscadmin.h"
#include "utils/snapmgr.h"

#include "base/append.h"
#include "base/bisect.h"
#include "base/encode.h"
#include "base/hmac.h"
#include "base/table_scan.h"
#include "signature/signature.h"
#include "state/read.h"

#define WA_HEADER_PREFIX	"sha256="
#define WA_DIGITS			(2 * PG_SHA256_DIGEST_LENGTH)

typedef struct wa_secret
{
	wa_str		business;		/* first: sorted by it; in UTF-8, as payloads name it */
	wa_str		secret;
	bool		compared;		/* has its signature been computed for this body? */
} wa_secret;

struct wa_secrets
{
	int			n;
	int			max;
	wa_secret  *rows;			/* by business */

	/* What is checked. */
	wa_str		body;
	bool		has_form;		/* is the header a signature? */
	uint8		claimed[PG_SHA256_DIGEST_LENGTH];
	wa_str		signed_by;		/* the secret that signed it; data NULL: none so far */
	int			nsigned;		/* signatures that were computed */
};

/*
 * A payload may name very many businesses, and each signature costs as much as its length.  It is signed by one
 * app, which all of its businesses have in common: where so many secrets have not signed it, no other one is tried.
 */
#define MOST_SIGNED		64

static bool
read_secret(void *arg, TupleTableSlot *slot)
{
	wa_secrets **secrets = arg;
	wa_secret  *row;

	if (*secrets == NULL)
		*secrets = palloc0(sizeof(wa_secrets));
	row = wa_append((*secrets)->rows, (*secrets)->n, (*secrets)->max, wa_secret);
	row->business = wa_to_utf8(wa_slot_str(slot, Anum_wa_app_secret_business));
	row->secret = wa_slot_str(slot, Anum_wa_app_secret_secret);
	return true;
}

wa_secrets *
wa_secrets_load(const wa_schema *schema, bool latest)
{
	Snapshot	snapshot = RegisterSnapshot(latest ? GetLatestSnapshot() : GetActiveSnapshot());
	wa_secrets *secrets = NULL;

	wa_scan_rows(&schema->app_secret, snapshot, read_secret, &secrets);
	UnregisterSnapshot(snapshot);
	if (secrets != NULL)
		qsort(secrets->rows, secrets->n, sizeof(wa_secret), wa_str_order);
	return secrets;
}

/* The digest that a header names; false where it is not of the right form. */
static bool
read_header(wa_str header, uint8 *digest)
{
	const size_t prefix = sizeof(WA_HEADER_PREFIX) - 1;
	const char *digits = header.data;

	if (header.len == prefix + WA_DIGITS && memcmp(digits, WA_HEADER_PREFIX, prefix) == 0)
		digits += prefix;
	else if (header.len != WA_DIGITS)
		return false;
	for (int i = 0; i < PG_SHA256_DIGEST_LENGTH; i++)
	{
		int			high = wa_hex_value(digits[2 * i]);
		int			low = wa_hex_value(digits[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		digest[i] = (uint8) (high << 4 | low);
	}
	return true;
}

/* Takes the same time wherever the two differ. */
static bool
same_digest(const uint8 *a, const uint8 *b)
{
	volatile uint8 difference = 0;

	for (int i = 0; i < PG_SHA256_DIGEST_LENGTH; i++)
		difference |= a[i] ^ b[i];
	return difference == 0;
}

void
wa_secrets_check(wa_secrets *secrets, wa_str body, wa_str signature)
{
	secrets->body = body;
	secrets->has_form = read_header(signature, secrets->claimed);
	secrets->signed_by.data = NULL;
	secrets->nsigned = 0;
	for (int i = 0; i < secrets->n; i++)
		secrets->rows[i].compared = false;
}

/*
 * Did this secret sign the body?  A large body takes its time, and there may be many secrets: so many are
 * tried at most, and what one has signed no other one has.
 */
static bool
has_signed(wa_secrets *secrets, wa_secret *row, int most)
{
	uint8		digest[PG_SHA256_DIGEST_LENGTH];

	if (!secrets->has_form || row->secret.data == NULL)
		return false;
	if (secrets->signed_by.data != NULL)
		return wa_str_equal(row->secret, secrets->signed_by);
	if (row->compared || secrets->nsigned >= most)
		return false;
	CHECK_FOR_INTERRUPTS();
	wa_hmac_sha256(row->secret, secrets->body, digest);
	secrets->nsigned++;
	row->compared = true;
	if (same_digest(digest, secrets->claimed))
		secrets->signed_by = row->secret;
	return secrets->signed_by.data != NULL;
}

wa_str
wa_secrets_signer(wa_secrets *secrets)
{
	for (int i = 0; i < secrets->n; i++)
	{
		if (has_signed(secrets, &secrets->rows[i], secrets->n))
			return secrets->rows[i].secret;
	}
	return wa_str_from(NULL);
}

/* The first row of this business, or behind it. */
static int
first_of(const wa_secrets *secrets, wa_str business)
{
	int			i;

	wa_bisect(i, secrets->n, wa_str_compare(secrets->rows[i].business, business) < 0);
	return i;
}

/* Did a secret of the business, or one for every business, sign the checked body? */
static bool
is_signed_for(wa_secrets *secrets, wa_str business)
{
	for (int i = first_of(secrets, business);
		 i < secrets->n && wa_str_equal(secrets->rows[i].business, business); i++)
	{
		if (has_signed(secrets, &secrets->rows[i], MOST_SIGNED))
			return true;
	}
	/* Those of every business come first.  No payload makes them more. */
	for (int i = 0; i < secrets->n && secrets->rows[i].business.len == 0; i++)
	{
		if (has_signed(secrets, &secrets->rows[i], secrets->n))
			return true;
	}
	return false;
}

/* Do its rows, or where it has none those of every business, allow unsigned payloads? */
static bool
allows_unsigned(const wa_secrets *secrets, wa_str business)
{
	int			first = first_of(secrets, business);

	if (first == secrets->n || !wa_str_equal(secrets->rows[first].business, business))
	{
		first = 0;
		business.len = 0;
	}
	for (int i = first; i < secrets->n && wa_str_equal(secrets->rows[i].business, business); i++)
	{
		if (secrets->rows[i].secret.data == NULL)
			return true;
	}
	return false;
}

bool
wa_secrets_accept(wa_secrets *secrets, wa_str business)
{
	return allows_unsigned(secrets, business) || is_signed_for(secrets, business);
}
