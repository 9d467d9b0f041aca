/*-------------------------------------------------------------------------
 *
 * signature.c
 *	  Checking X-Hub-Signature-256.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "common/hmac.h"
#include "common/sha2.h"
#include "utils/snapmgr.h"

#include "base/append.h"
#include "base/encode.h"
#include "base/table_scan.h"
#include "signature/signature.h"
#include "state/read.h"

#define WA_HEADER_PREFIX	"sha256="
#define WA_DIGITS			(2 * PG_SHA256_DIGEST_LENGTH)

typedef struct wa_secret
{
	wa_str		business;
	wa_str		secret;
	bool		signed_it;		/* the body checked last */
} wa_secret;

struct wa_secrets
{
	int			n;
	int			max;
	wa_secret  *rows;
};

static bool
read_secret(void *arg, TupleTableSlot *slot)
{
	wa_secrets **secrets = arg;
	wa_secret  *row;

	if (*secrets == NULL)
		*secrets = palloc0(sizeof(wa_secrets));
	row = wa_append((*secrets)->rows, (*secrets)->n, (*secrets)->max, wa_secret);
	row->business = wa_slot_str(slot, Anum_wa_app_secret_business);
	row->secret = wa_slot_str(slot, Anum_wa_app_secret_secret);
	row->signed_it = false;
	return true;
}

wa_secrets *
wa_secrets_load(const wa_schema *schema, bool latest)
{
	Snapshot	snapshot = RegisterSnapshot(latest ? GetLatestSnapshot() : GetActiveSnapshot());
	wa_secrets *secrets = NULL;

	wa_scan_rows(&schema->app_secret, snapshot, read_secret, &secrets);
	UnregisterSnapshot(snapshot);
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
	memset(digest, 0, PG_SHA256_DIGEST_LENGTH);
	for (int i = 0; i < 2 * PG_SHA256_DIGEST_LENGTH; i++)
	{
		char		c = digits[i];
		int			value;

		if (c >= '0' && c <= '9')
			value = c - '0';
		else if (c >= 'a' && c <= 'f')
			value = c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			value = c - 'A' + 10;
		else
			return false;
		digest[i / 2] = (uint8) (digest[i / 2] << 4 | value);
	}
	return true;
}

static void
sign(wa_str secret, wa_str body, uint8 *digest)
{
	pg_hmac_ctx *ctx = pg_hmac_create(PG_SHA256);
	bool		done = ctx != NULL &&
		pg_hmac_init(ctx, (const uint8 *) secret.data, secret.len) >= 0 &&
		pg_hmac_update(ctx, (const uint8 *) body.data, body.len) >= 0 &&
		pg_hmac_final(ctx, digest, PG_SHA256_DIGEST_LENGTH) >= 0;

	if (ctx != NULL)
		pg_hmac_free(ctx);
	if (!done)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not compute HMAC-SHA256")));
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
	uint8		claimed[PG_SHA256_DIGEST_LENGTH];
	bool		has_form = read_header(signature, claimed);

	for (int i = 0; i < secrets->n; i++)
	{
		wa_secret  *row = &secrets->rows[i];
		uint8		digest[PG_SHA256_DIGEST_LENGTH];

		row->signed_it = false;
		if (has_form && row->secret.data != NULL)
		{
			sign(row->secret, body, digest);
			row->signed_it = same_digest(digest, claimed);
		}
	}
}

bool
wa_secrets_any(const wa_secrets *secrets)
{
	for (int i = 0; i < secrets->n; i++)
	{
		if (secrets->rows[i].signed_it)
			return true;
	}
	return false;
}

bool
wa_secrets_accept(const wa_secrets *secrets, wa_str business)
{
	bool		has_own = false;
	bool		all_unsigned = false;

	for (int i = 0; i < secrets->n; i++)
	{
		const wa_secret *row = &secrets->rows[i];
		bool		own = wa_str_equal(row->business, business);

		if ((own || row->business.len == 0) && row->signed_it)
			return true;
		if (own && row->secret.data == NULL)
			return true;
		has_own |= own;
		all_unsigned |= row->business.len == 0 && row->secret.data == NULL;
	}
	return all_unsigned && !has_own;
}
