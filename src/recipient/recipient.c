/*-------------------------------------------------------------------------
 *
 * recipient.c
 *	  The SQL type wa_recipient: input and output, comparison, hashing, and
 *	  the region and the time zones of a recipient.
 *
 * What is a valid recipient is decided in phone.c; this file is the interface to the
 * server.
 *
 *-------------------------------------------------------------------------
 */
#include "recipient/recipient.h"

#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "nodes/makefuncs.h"
#include "nodes/supportnodes.h"
#include "port/pg_bswap.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/sortsupport.h"

#include "base/encode.h"
#include "recipient/region.h"
#include "recipient/time_zones.h"

/* How many bytes of a refused input the error message repeats. */
#define QUOTED_INPUT_MAX	100

PG_FUNCTION_INFO_V1(wa_recipient_in);
PG_FUNCTION_INFO_V1(wa_recipient_out);
PG_FUNCTION_INFO_V1(wa_recipient_recv);
PG_FUNCTION_INFO_V1(wa_recipient_send);
PG_FUNCTION_INFO_V1(wa_recipient_from_text_cast);
PG_FUNCTION_INFO_V1(wa_try_recipient);
PG_FUNCTION_INFO_V1(wa_recipient_text);
PG_FUNCTION_INFO_V1(wa_recipient_text_support);
PG_FUNCTION_INFO_V1(wa_recipient_eq);
PG_FUNCTION_INFO_V1(wa_recipient_ne);
PG_FUNCTION_INFO_V1(wa_recipient_lt);
PG_FUNCTION_INFO_V1(wa_recipient_le);
PG_FUNCTION_INFO_V1(wa_recipient_gt);
PG_FUNCTION_INFO_V1(wa_recipient_ge);
PG_FUNCTION_INFO_V1(wa_recipient_cmp);
PG_FUNCTION_INFO_V1(wa_recipient_sortsupport);
PG_FUNCTION_INFO_V1(wa_recipient_equalimage);
PG_FUNCTION_INFO_V1(wa_recipient_hash);
PG_FUNCTION_INFO_V1(wa_recipient_hash_extended);
PG_FUNCTION_INFO_V1(wa_region);
PG_FUNCTION_INFO_V1(wa_time_zones);

/*
 * For other files of the extension
 */

wa_recipient *
wa_recipient_make(const wa_canonical *canonical)
{
	return (wa_recipient *) cstring_to_text_with_len(canonical->text, canonical->len);
}

/*
 * Read text in the encoding of this database.
 */
static bool
read_input(const char *input, size_t len, wa_canonical *canonical)
{
	wa_str		utf8 = wa_to_utf8((wa_str) {input, len});
	bool		read = wa_canonicalize(utf8.data, utf8.len, canonical);

	if (utf8.data != input)
		pfree(unconstify(char *, utf8.data));
	return read;
}

bool
wa_recipient_from_text(const struct varlena *value, wa_canonical *canonical)
{
	return read_input(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), canonical);
}

void
wa_recipient_get(const wa_recipient *recipient, wa_canonical *canonical)
{
	wa_str		text = {VARDATA_ANY(recipient), VARSIZE_ANY_EXHDR(recipient)};

	/* Cannot happen, but a damaged page must not overrun the buffer. */
	if (!wa_canonical_from_str(text, canonical))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("value of type %s has %zu bytes, more than %d",
						"wa_recipient", text.len, WA_RECIPIENT_MAX)));
}

/*
 * Input and output
 */

/*
 * What every refusal of an input adds to its message.
 */
static int
errdetail_expected(void)
{
	return errdetail("Expected a phone number of 7 to 15 digits that begins with its country code, "
					 "or a business-scoped user id such as \"US.13491208655302741918\".");
}

/*
 * Read text as a recipient, or report through escontext why not (NULL is
 * then returned where that is a soft error).
 */
static wa_recipient *
recipient_from_bytes(const char *input, size_t len, struct Node *escontext)
{
	wa_canonical canonical;

	if (!read_input(input, len, &canonical))
	{
		int			shown = pg_mbcliplen(input, (int) len, QUOTED_INPUT_MAX);

		ereturn(escontext, NULL,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%.*s%s\"",
						"wa_recipient", shown, input, (size_t) shown < len ? "..." : ""),
				 errdetail_expected()));
	}
	return wa_recipient_make(&canonical);
}

void
wa_recipient_require(const struct varlena *value, wa_canonical *canonical)
{
	wa_recipient *recipient = recipient_from_bytes(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), NULL);

	wa_recipient_get(recipient, canonical);
	pfree(recipient);
}

Datum
wa_recipient_in(PG_FUNCTION_ARGS)
{
	char	   *input = PG_GETARG_CSTRING(0);

	PG_RETURN_POINTER(recipient_from_bytes(input, strlen(input), fcinfo->context));
}

Datum
wa_recipient_out(PG_FUNCTION_ARGS)
{
	return textout(fcinfo);
}

/*
 * The binary form is the text form.  What a client sends is read and folded
 * like any other input, characters beyond ASCII only as UTF-8; it is not
 * repeated in the message, since nobody has checked its encoding.
 */
Datum
wa_recipient_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			len = buf->len - buf->cursor;
	wa_canonical canonical;

	if (!wa_canonicalize(pq_getmsgbytes(buf, len), len, &canonical))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid external \"%s\" value", "wa_recipient"),
				 errdetail_expected()));

	PG_RETURN_RECIPIENT_P(wa_recipient_make(&canonical));
}

Datum
wa_recipient_send(PG_FUNCTION_ARGS)
{
	return byteasend(fcinfo);
}

Datum
wa_recipient_from_text_cast(PG_FUNCTION_ARGS)
{
	text	   *input = PG_GETARG_TEXT_PP(0);

	PG_RETURN_POINTER(recipient_from_bytes(VARDATA_ANY(input), VARSIZE_ANY_EXHDR(input),
										   fcinfo->context));
}

/*
 * The cast with NULL for an error: on 15 as well, which has no soft errors.
 */
Datum
wa_try_recipient(PG_FUNCTION_ARGS)
{
	text	   *input = PG_GETARG_TEXT_PP(0);
	wa_canonical canonical;

	if (!wa_recipient_from_text(input, &canonical))
		PG_RETURN_NULL();
	PG_RETURN_RECIPIENT_P(wa_recipient_make(&canonical));
}

Datum
wa_recipient_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/*
 * Relabels the value instead of calling wa_recipient_text, so that the planner
 * sees the column behind the cast, and its statistics.
 */
Datum
wa_recipient_text_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	Node	   *relabelled = NULL;

	if (WA_RELABEL_AS_TEXT && IsA(request, SupportRequestSimplify))
	{
		FuncExpr   *cast = ((SupportRequestSimplify *) request)->fcall;

		relabelled = (Node *) makeRelabelType(linitial(cast->args), TEXTOID, -1,
											  cast->funccollid, cast->funcformat);
	}
	PG_RETURN_POINTER(relabelled);
}

/*
 * Comparison and hashing: those of bytea, by bytes, a prefix first.
 */

#define AS_OF_BYTEA(name, function) \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	return function(fcinfo); \
}

AS_OF_BYTEA(wa_recipient_eq, byteaeq)
AS_OF_BYTEA(wa_recipient_ne, byteane)
AS_OF_BYTEA(wa_recipient_lt, bytealt)
AS_OF_BYTEA(wa_recipient_le, byteale)
AS_OF_BYTEA(wa_recipient_gt, byteagt)
AS_OF_BYTEA(wa_recipient_ge, byteage)
AS_OF_BYTEA(wa_recipient_cmp, byteacmp)
AS_OF_BYTEA(wa_recipient_hash, hashvarlena)
AS_OF_BYTEA(wa_recipient_hash_extended, hashvarlenaextended)

/*
 * Two recipients are equal exactly when their bytes are, so that the B-tree
 * may always keep one copy of equal keys.  An own function instead of
 * btequalimage, so that this stays ours to take back.
 */
Datum
wa_recipient_equalimage(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(true);
}

/*
 * Sorting
 */

static int
recipient_sort_cmp(Datum x, Datum y, SortSupport ssup)
{
	wa_recipient *a = DatumGetRecipientPP(x);
	wa_recipient *b = DatumGetRecipientPP(y);
	int			order = wa_str_compare(wa_str_of(VARDATA_ANY(a), VARSIZE_ANY_EXHDR(a)),
									   wa_str_of(VARDATA_ANY(b), VARSIZE_ANY_EXHDR(b)));

	if (PointerGetDatum(a) != x)
		pfree(a);
	if (PointerGetDatum(b) != y)
		pfree(b);
	return order;
}

#if SIZEOF_DATUM >= 8
/*
 * An unsigned integer that orders as the bytes do, as far as it reaches.
 *
 * A phone number fits whole: its at most 15 digits take four bits each, as 1
 * to 10, and 0 stands for "no more", which puts a prefix first.  They begin
 * at the top, so that the highest four bits are 2 to 10.  BSUIDs, which all
 * sort after the phones, have 15 there, and then their bytes but for the dot
 * in third place that they all share.
 */
static Datum
recipient_abbreviate(Datum original, SortSupport ssup)
{
	wa_recipient *recipient = DatumGetRecipientPP(original);
	const char *text = VARDATA_ANY(recipient);
	int			len = VARSIZE_ANY_EXHDR(recipient);
	uint64		key = 0;

	if (wa_is_bsuid(text))
	{
		uint64		bytes = 0;
		char		significant[sizeof(bytes)] = {0};

		memcpy(significant + 1, text, 2);
		memcpy(significant + 3, text + 3, Min(len - 3, (int) sizeof(significant) - 3));
		memcpy(&bytes, significant, sizeof(bytes));
		key = UINT64CONST(0xf) << 60 | pg_ntoh64(bytes) << 4;
	}
	else
	{
		for (int i = 0; i < len && i < 15; i++)
			key |= (uint64) (text[i] - '0' + 1) << (60 - 4 * i);
	}

	if (PointerGetDatum(recipient) != original)
		pfree(recipient);
	return UInt64GetDatum(key);
}

/*
 * Never give abbreviation up: it costs a few shifts, and tells all phones and
 * most BSUIDs apart.
 */
static bool
recipient_abbreviate_abort(int memtupcount, SortSupport ssup)
{
	return false;
}
#endif

Datum
wa_recipient_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = recipient_sort_cmp;
#if SIZEOF_DATUM >= 8
	if (ssup->abbreviate)
	{
		ssup->comparator = ssup_datum_unsigned_cmp;
		ssup->abbrev_converter = recipient_abbreviate;
		ssup->abbrev_abort = recipient_abbreviate_abort;
		ssup->abbrev_full_comparator = recipient_sort_cmp;
	}
#endif
	PG_RETURN_VOID();
}

/*
 * Region and time zones
 */

Datum
wa_region(PG_FUNCTION_ARGS)
{
	wa_recipient *recipient = PG_GETARG_RECIPIENT_PP(0);
	char		prefix[3];
	const char *region = wa_region_of(VARDATA_ANY(recipient),
									  VARSIZE_ANY_EXHDR(recipient), prefix);

	if (region == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(region));
}

Datum
wa_time_zones(PG_FUNCTION_ARGS)
{
	wa_recipient *recipient = PG_GETARG_RECIPIENT_PP(0);
	wa_str		zones = wa_str_from(wa_time_zones_of(VARDATA_ANY(recipient), VARSIZE_ANY_EXHDR(recipient)));
	wa_str		zone;
	Datum		names[WA_TIME_ZONES_MAX];
	int			nnames = 0;

	if (zones.data == NULL)
		PG_RETURN_NULL();
	while (wa_str_next_word(&zones, &zone))
		names[nnames++] = wa_str_datum(zone);
	PG_RETURN_ARRAYTYPE_P(construct_array(names, nnames, TEXTOID, -1, false, TYPALIGN_INT));
}
