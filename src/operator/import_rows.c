/*-------------------------------------------------------------------------
 *
 * import_rows.c
 *	  The rows of an import.
 *
 * The query's columns are identified by their names.  An invalid field affects its own row
 * only.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_collation_d.h"
#include "catalog/pg_operator_d.h"
#include "catalog/pg_type_d.h"
#include "executor/tuptable.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "parser/parse_oper.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/encode.h"
#include "base/reading_query.h"
#include "events/context.h"
#include "ingest/intake.h"
#include "operator/import_rows.h"
#include "recipient/recipient.h"
#include "rules/known.h"
#include "state/read.h"

/* The columns that a list may have. */
typedef enum wa_import_column
{
	IMPORT_PHONE,
	IMPORT_REASON,
	IMPORT_SOURCE,
	IMPORT_AT,
	IMPORT_NOTE,
	IMPORT_REGISTER,
	IMPORT_BUSINESS,
	IMPORT_COLUMNS
} wa_import_column;

static const char *const column_names[IMPORT_COLUMNS] = {
	"phone", "reason", "source", "at", "note", "register", "business"
};

/* What is sorted, by the columns up to the line: of two rows at the same time the words decide which counts. */
enum sorted_column
{
	SORTED_RECIPIENT = 1,
	SORTED_BUSINESS,
	SORTED_REGISTER,
	SORTED_AT,
	SORTED_EVIDENCE,
	SORTED_LINE,
	SORTED_OF_WHATSAPP,
	SORTED_COLUMNS = SORTED_OF_WHATSAPP
};

/* Businesses of a list are few: this many are looked up once. */
#define KNOWN_BUSINESSES	8

struct wa_import_rows
{
	MemoryContext context;		/* holds it all */
	MemoryContext row_context;	/* holds what one row needs */
	const wa_schema *schema;
	wa_str		source;
	wa_str		business;
	wa_import_remark remark;
	void		(*count) (void *arg, int64 rows);
	void	   *arg;

	/* The query's columns: their numbers, 0 for those that it does not have. */
	AttrNumber	numbers[IMPORT_COLUMNS];
	FmgrInfo	output[IMPORT_COLUMNS]; /* of those that are no text */
	bool		is_text[IMPORT_COLUMNS];
	bool		is_instant;		/* is "at" a timestamptz? */

	int64		total;
	int64		usable;
	Tuplesortstate *sorted;
	TupleTableSlot *slot;		/* goes in */
	TupleTableSlot *next;		/* comes out */

	wa_reader	senders;
	int			nknown;
	wa_str		known[KNOWN_BUSINESSES];
};

/*
 * The query's columns.
 */

static wa_import_column
column_of(const char *name)
{
	for (int i = 0; i < IMPORT_COLUMNS; i++)
	{
		if (strcmp(column_names[i], name) == 0)
			return i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("an import query must not have a column \"%s\"", name),
			 errdetail("Otherwise a misspelt column would be ignored."),
			 errhint("The columns are phone, reason, source, at, note, register and business, in any order; all but phone may be missing.")));
	return IMPORT_COLUMNS;		/* keep the compiler quiet */
}

static void
find_columns(wa_import_rows *rows, TupleDesc columns)
{
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);
		wa_import_column which = column_of(NameStr(column->attname));
		Oid			type = getBaseType(column->atttypid);
		Oid			output;
		bool		is_varlena;

		if (rows->numbers[which] != 0)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("an import query yields the column \"%s\" twice", column_names[which])));
		rows->numbers[which] = i + 1;
		rows->is_text[which] = type == TEXTOID || type == VARCHAROID ||
			type == rows->schema->recipient_type;
		getTypeOutputInfo(column->atttypid, &output, &is_varlena);
		fmgr_info_cxt(output, &rows->output[which], rows->context);
		if (which == IMPORT_AT)
			rows->is_instant = type == TIMESTAMPTZOID;
	}
	if (rows->numbers[IMPORT_PHONE] == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an import query must yield a column \"phone\""),
				 errhint("Name it with AS phone.")));
}

/* A field as text; absent where it is NULL or missing. */
static wa_str
field(wa_import_rows *rows, TupleTableSlot *slot, wa_import_column column)
{
	bool		isnull = true;
	Datum		value = (Datum) 0;

	if (rows->numbers[column] != 0)
		value = slot_getattr(slot, rows->numbers[column], &isnull);
	if (isnull)
		return wa_str_from(NULL);
	if (rows->is_text[column])
		return wa_datum_str(value);
	return wa_str_from(OutputFunctionCall(&rows->output[column], value));
}

/* Without the blanks around it; absent where nothing is left. */
static wa_str
trim(wa_str s)
{
	s = wa_str_trim(s);
	return s.len == 0 ? wa_str_from(NULL) : s;
}

/*
 * Fields.
 */

/* Unix seconds or milliseconds, as webhooks and many tools write them; a number of eight digits is a date. */
static bool
read_unix_time(wa_str s, wa_instant *at)
{
	size_t		digits = 0;

	while (digits < s.len && s.data[digits] >= '0' && s.data[digits] <= '9')
		digits++;
	return digits >= 9 && digits <= 13 && (digits == s.len || s.data[digits] == '.') &&
		wa_instant_read(s, at);
}

/* As the input of timestamptz reads it, but never an error. */
static bool
read_time(wa_str s, wa_instant *at)
{
	char		text[MAXDATELEN + 1];
	char		work[MAXDATELEN + MAXDATEFIELDS];
	char	   *fields[MAXDATEFIELDS];
	int			types[MAXDATEFIELDS];
	int			nfields;
	int			type;
	int			zone;
	struct pg_tm tm;
	fsec_t		fraction;

	if (read_unix_time(s, at))
		return true;
	if (s.len > MAXDATELEN)
		return false;
	memcpy(text, s.data, s.len);
	text[s.len] = '\0';
	return ParseDateTime(text, work, sizeof(work), fields, types, MAXDATEFIELDS, &nfields) == 0 &&
		wa_decode_date_time(fields, types, nfields, &type, &tm, &fraction, &zone) == 0 &&
		type == DTK_DATE && tm2timestamp(&tm, fraction, &zone, at) == 0;
}

/*
 * When it was said; WA_NEVER where the list does not say so.  Returns what is wrong with it,
 * NULL for nothing.
 */
static const char *
read_at(wa_import_rows *rows, TupleTableSlot *slot, wa_instant *at)
{
	wa_str		s;

	*at = WA_NEVER;
	if (rows->is_instant)
	{
		bool		isnull;
		Datum		value = slot_getattr(slot, rows->numbers[IMPORT_AT], &isnull);

		if (isnull)
			return NULL;
		*at = DatumGetTimestampTz(value);
	}
	else
	{
		s = trim(field(rows, slot, IMPORT_AT));
		if (s.data == NULL)
			return NULL;
		if (!read_time(s, at))
		{
			*at = WA_NEVER;
			return "its time cannot be read";
		}
	}
	if (wa_may_have_been(*at, GetCurrentTimestamp()))
		return NULL;
	*at = WA_NEVER;
	return "its time lies before 2009 or in the future";
}

static bool
read_register(wa_str s, wa_import_row *row)
{
	char		name[16];

	s = trim(s);
	row->reg = WA_REGISTER_BUSINESS;
	row->of_whatsapp = false;
	if (s.data == NULL)
		return true;
	if (s.len >= sizeof(name))
		return false;
	for (size_t i = 0; i < s.len; i++)
		name[i] = pg_tolower((unsigned char) s.data[i]);
	s.data = name;
	if (!wa_str_equal(s, wa_register_name(wa_register_from_name(s))))
		return false;
	row->of_whatsapp = wa_register_from_name(s) == WA_REGISTER_WHATSAPP;
	row->reg = row->of_whatsapp ? WA_REGISTER_BUSINESS : wa_register_from_name(s);
	return true;
}

/* Is it in wa_sender?  What is recorded for another would be seen by nobody. */
static bool
is_known_business(wa_import_rows *rows, wa_str business)
{
	MemoryContext old;
	bool		found;

	if (business.len == 0)
		return true;
	for (int i = 0; i < rows->nknown; i++)
	{
		if (wa_str_equal(rows->known[i], business))
			return true;
	}
	wa_reader_seek(&rows->senders, wa_str_datum(business));
	found = wa_reader_next(&rows->senders);
	if (!found || rows->nknown == KNOWN_BUSINESSES)
		return found;
	old = MemoryContextSwitchTo(rows->context);
	rows->known[rows->nknown++] = wa_str_copy(business);
	MemoryContextSwitchTo(old);
	return true;
}

/*
 * What the log keeps: the reason, and lines for the source and the note.
 */
static wa_str
make_evidence(wa_str reason, wa_str source, wa_str note)
{
	StringInfoData evidence;

	initStringInfo(&evidence);
	appendBinaryStringInfo(&evidence, reason.data == NULL ? "" : reason.data, reason.len);
	if (source.data != NULL)
	{
		appendStringInfoString(&evidence, evidence.len > 0 ? "\nsource: " : "source: ");
		appendBinaryStringInfo(&evidence, source.data, source.len);
	}
	if (note.data != NULL)
	{
		appendStringInfoString(&evidence, evidence.len > 0 ? "\nnote: " : "note: ");
		appendBinaryStringInfo(&evidence, note.data, note.len);
	}
	return wa_str_of(evidence.data, evidence.len);
}

/*
 * Rows.
 */

static void
put_row(wa_import_rows *rows, const wa_import_row *row)
{
	TupleTableSlot *slot = rows->slot;
	Datum	   *values = slot->tts_values;

	ExecClearTuple(slot);
	memset(slot->tts_isnull, false, SORTED_COLUMNS * sizeof(bool));
	values[SORTED_RECIPIENT - 1] =
		wa_str_datum(wa_canonical_str(&row->recipient));
	values[SORTED_BUSINESS - 1] = wa_str_datum(row->business);
	values[SORTED_REGISTER - 1] = Int32GetDatum(row->reg);
	values[SORTED_AT - 1] = TimestampTzGetDatum(row->at);
	values[SORTED_LINE - 1] = Int64GetDatum(row->line);
	values[SORTED_OF_WHATSAPP - 1] = BoolGetDatum(row->of_whatsapp);
	values[SORTED_EVIDENCE - 1] = wa_str_datum(row->evidence);
	ExecStoreVirtualTuple(slot);
	tuplesort_puttupleslot(rows->sorted, slot);
	rows->usable++;
}

static void
take_row(wa_import_rows *rows, TupleTableSlot *slot)
{
	wa_str		phone = field(rows, slot, IMPORT_PHONE);
	wa_str		business = trim(field(rows, slot, IMPORT_BUSINESS));
	wa_str		source = trim(field(rows, slot, IMPORT_SOURCE));
	wa_import_row row;
	const char *wrong = NULL;

	row.line = rows->total;
	row.business = business.data == NULL ? rows->business : business;
	if (phone.data == NULL ||
		!wa_recipient_from_text(DatumGetTextPP(wa_str_datum(phone)), &row.recipient))
		wrong = "neither a phone number with its country code nor a business-scoped user id";
	else if (!read_register(field(rows, slot, IMPORT_REGISTER), &row))
		wrong = "its register is none of business, everything and whatsapp";
	else if (!is_known_business(rows, row.business))
		wrong = "its business was never heard of";
	if (wrong != NULL)
	{
		rows->remark(rows->arg, row.line, phone, true, wrong);
		return;
	}
	wrong = read_at(rows, slot, &row.at);
	if (wrong != NULL)
		rows->remark(rows->arg, row.line, phone, false, wrong);
	row.evidence = make_evidence(trim(field(rows, slot, IMPORT_REASON)),
								 source.data == NULL ? trim(rows->source) : source,
								 trim(field(rows, slot, IMPORT_NOTE)));
	put_row(rows, &row);
}

static void
receive(void *arg, TupleTableSlot *slot)
{
	wa_import_rows *rows = arg;
	MemoryContext old = MemoryContextSwitchTo(rows->row_context);

	rows->total++;
	take_row(rows, slot);
	MemoryContextSwitchTo(old);
	MemoryContextReset(rows->row_context);
	rows->count(rows->arg, rows->total);
}

static void
begin_sort(wa_import_rows *rows)
{
	static const Oid types[SORTED_COLUMNS] = {TEXTOID, TEXTOID, INT4OID, TIMESTAMPTZOID, TEXTOID,
	INT8OID, BOOLOID};
	AttrNumber	keys[] = {SORTED_RECIPIENT, SORTED_BUSINESS, SORTED_REGISTER, SORTED_AT,
	SORTED_EVIDENCE, SORTED_LINE};
	Oid			operators[] = {TextLessOperator, TextLessOperator, Int4LessOperator,
	InvalidOid, TextLessOperator, Int8LessOperator};
	Oid			collations[] = {C_COLLATION_OID, C_COLLATION_OID, InvalidOid, InvalidOid,
	C_COLLATION_OID, InvalidOid};
	bool		nulls_first[lengthof(keys)] = {false};
	TupleDesc	desc = CreateTemplateTupleDesc(SORTED_COLUMNS);

	for (int i = 0; i < SORTED_COLUMNS; i++)
		TupleDescInitEntry(desc, i + 1, NULL, types[i], -1, 0);
	get_sort_group_operators(TIMESTAMPTZOID, true, false, false, &operators[3], NULL, NULL, NULL);
	rows->sorted = tuplesort_begin_heap(desc, lengthof(keys), keys, operators, collations,
										nulls_first, work_mem, NULL, TUPLESORT_NONE);
	rows->slot = MakeSingleTupleTableSlot(desc, &TTSOpsVirtual);
	rows->next = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
}

static void
run_query(wa_import_rows *rows, const char *query)
{
	TupleDesc	columns;
	SPIPlanPtr	plan = wa_reading_query_prepare(query, "an import query",
												"Give one SELECT or WITH that yields one row for each person to be stopped.",
												&columns);

	find_columns(rows, columns);
	wa_reading_query_run(plan, receive, rows);
}

wa_import_rows *
wa_import_rows_read(const char *query, const wa_schema *schema, wa_str source, wa_str business,
					wa_import_remark remark, void (*count) (void *, int64), void *arg)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "wa_policy import",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	wa_import_rows *rows = palloc0(sizeof(wa_import_rows));

	rows->context = context;
	rows->row_context = AllocSetContextCreate(context, "wa_policy import row",
											  ALLOCSET_SMALL_SIZES);
	rows->schema = schema;
	rows->source = source;
	rows->business = business;
	rows->remark = remark;
	rows->count = count;
	rows->arg = arg;
	begin_sort(rows);
	/* The argument that is for all rows is one mistake, not one of each row. */
	wa_require_business(schema, business);
	wa_reader_open_latest(&rows->senders, &schema->sender);
	run_query(rows, query);
	wa_reader_close(&rows->senders);
	tuplesort_performsort(rows->sorted);
	MemoryContextSwitchTo(old);
	return rows;
}

int64
wa_import_rows_total(const wa_import_rows *rows)
{
	return rows->total;
}

int64
wa_import_rows_usable(const wa_import_rows *rows)
{
	return rows->usable;
}

static wa_str
sorted_text(wa_import_rows *rows, int column)
{
	bool		isnull;

	return wa_datum_str(slot_getattr(rows->next, column, &isnull));
}

bool
wa_import_rows_next(wa_import_rows *rows, wa_import_row *row)
{
	bool		isnull;

	if (!tuplesort_gettupleslot(rows->sorted, true, false, rows->next, NULL))
		return false;
	(void) wa_canonical_from_str(sorted_text(rows, SORTED_RECIPIENT), &row->recipient);
	row->business = sorted_text(rows, SORTED_BUSINESS);
	row->reg = DatumGetInt32(slot_getattr(rows->next, SORTED_REGISTER, &isnull));
	row->at = DatumGetTimestampTz(slot_getattr(rows->next, SORTED_AT, &isnull));
	row->line = DatumGetInt64(slot_getattr(rows->next, SORTED_LINE, &isnull));
	row->of_whatsapp = DatumGetBool(slot_getattr(rows->next, SORTED_OF_WHATSAPP, &isnull));
	row->evidence = sorted_text(rows, SORTED_EVIDENCE);
	return true;
}

void
wa_import_rows_free(wa_import_rows *rows)
{
	tuplesort_end(rows->sorted);
	ExecDropSingleTupleTableSlot(rows->slot);
	ExecDropSingleTupleTableSlot(rows->next);
	MemoryContextDelete(rows->context);
}
