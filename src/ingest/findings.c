/*-------------------------------------------------------------------------
 *
 * findings.c
 *	  Collecting what one statement could not apply, and writing it to wa_problem.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/memutils.h"

#include "base/append.h"
#include "base/statement.h"
#include "ingest/findings.h"
#include "ingest/upsert.h"

/* Fragments that one statement writes at most, in bytes. */
#define WA_FRAGMENTS_SIZE	(32 * 1024 * 1024)

/* The row in codes of an unknown code. */
typedef struct wa_code_place
{
	int32		code;
	int			row;
} wa_code_place;

wa_finding *
wa_findings_add(wa_findings *findings, wa_problem problem, const char *detail)
{
	wa_finding_list *list = problem == WA_PROBLEM_UNKNOWN_CODE ? &findings->codes :
		&findings->elements;
	MemoryContext old;
	wa_finding *finding;

	old = MemoryContextSwitchTo(findings->context);
	finding = wa_append(list->rows, list->n, list->max, wa_finding);
	MemoryContextSwitchTo(old);
	memset(finding, 0, sizeof(*finding));
	finding->problem = problem;
	finding->count = 1;
	finding->detail = detail;
	return finding;
}

bool
wa_findings_count_code(wa_findings *findings, int32 code)
{
	wa_code_place *place;
	bool		found;

	if (findings->code_places == NULL)
	{
		HASHCTL		ctl = {0};

		ctl.keysize = sizeof(int32);
		ctl.entrysize = sizeof(wa_code_place);
		ctl.hcxt = findings->context;
		findings->code_places = hash_create("wa_policy unknown codes", 64, &ctl,
											HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	place = hash_search(findings->code_places, &code, HASH_ENTER, &found);
	if (found)
		findings->codes.rows[place->row].count++;
	else
		place->row = findings->codes.n;
	return found;
}

/* A problem of a kept webhook that is recorded already stays as it is. */
static wa_statement record_problems = {
	"INSERT INTO @extschema@.wa_problem"
	" (webhook_id, path, problem, detail, fragment, business, sender, on_premises,"
	" received_at, signature)"
	" SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $12)"
	" ON CONFLICT (webhook_id, path, problem) WHERE webhook_id IS NOT NULL AND code IS NULL"
	" DO NOTHING",
	"int8[] text[] text[] text[] text[] text[] text[] bool[] timestamptz[] int4[] int8[] text[]", NULL, 0
};

/*
 * An unknown code has one row, which every webhook with that code would write.  So that no statement
 * waits for it, one that finds it locked writes its count to wa_problem_tally, and the next one that
 * locks the row adds it.  Only two statements that bring a new code wait for each other.  If a code
 * was resolved, since it became known, and comes again, its row is about the new element.
 */
static wa_statement count_codes = {
	"WITH came AS MATERIALIZED (SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
	" AS c (webhook_id, path, problem, detail, fragment, business, sender, on_premises,"
	" received_at, code, count)),"
	" free AS MATERIALIZED (SELECT p.id, p.code FROM @extschema@.wa_problem AS p"
	" WHERE p.code IN (SELECT c.code FROM came AS c)"
	" ORDER BY p.code FOR NO KEY UPDATE SKIP LOCKED),"
	" left_over AS (DELETE FROM @extschema@.wa_problem_tally AS t USING free AS f"
	" WHERE t.code = f.code RETURNING t.code, t.count),"
	" counted AS (UPDATE @extschema@.wa_problem AS p SET resolved_at = NULL,"
	" count = p.count + c.count"
	" + COALESCE((SELECT pg_catalog.sum(l.count) FROM left_over AS l WHERE l.code = p.code), 0)::bigint,"
	" (webhook_id, path, fragment, business, sender, on_premises, received_at)"
	" = (SELECT n.webhook_id, n.path, n.fragment, n.business, n.sender, n.on_premises, n.received_at"
	" FROM (VALUES (p.resolved_at IS NULL, p.webhook_id, p.path, p.fragment, p.business, p.sender,"
	" p.on_premises, p.received_at), (p.resolved_at IS NOT NULL, c.webhook_id, c.path, c.fragment,"
	" c.business, c.sender, c.on_premises, c.received_at)) AS n"
	" (stands, webhook_id, path, fragment, business, sender, on_premises, received_at) WHERE n.stands)"
	" FROM came AS c, free AS f WHERE p.id = f.id AND c.code = p.code RETURNING p.code),"
	" added AS (INSERT INTO @extschema@.wa_problem (webhook_id, path, problem, detail, fragment,"
	" business, sender, on_premises, received_at, code, count)"
	" SELECT c.* FROM came AS c"
	" WHERE NOT EXISTS (SELECT FROM @extschema@.wa_problem AS p WHERE p.code = c.code)"
	" ORDER BY c.code ON CONFLICT (code) WHERE code IS NOT NULL DO NOTHING RETURNING code)"
	" INSERT INTO @extschema@.wa_problem_tally (code, count) SELECT c.code, c.count FROM came AS c"
	" WHERE c.code NOT IN (SELECT d.code FROM counted AS d UNION ALL SELECT a.code FROM added AS a)",
	"int8[] text[] text[] text[] text[] text[] text[] bool[] timestamptz[] int4[] int8[]",
	NULL, 0
};

static int
compare_findings(const void *a, const void *b)
{
	const wa_finding *x = a;
	const wa_finding *y = b;

	return x->code < y->code ? -1 : x->code > y->code;
}

/* Write n findings by the statement that is for them; that of codes takes no signature. */
static void
write_findings(const wa_schema *schema, wa_statement *statement,
			   const wa_finding *findings, int n)
{
	wa_column	columns[WA_MAX_COLUMNS];
	Datum		values[WA_MAX_COLUMNS];
	int			ncolumns = wa_columns_make(schema, record_problems.types, columns);

	for (int i = 0; i < n; i++)
	{
		const wa_finding *f = &findings[i];
		const char *name = wa_problem_name(f->problem);

		wa_put_int8(&columns[0], f->webhook_id, f->webhook_id == 0);
		wa_put_str(&columns[1], f->path.data == NULL ? WA_STR("") : f->path);
		wa_put_str(&columns[2], wa_str_from(name));
		wa_put_str(&columns[3], wa_str_from(f->detail));
		wa_put_str(&columns[4], f->fragment);
		wa_put_str(&columns[5], f->business.data == NULL ? WA_STR("") : f->business);
		wa_put_str(&columns[6], f->sender.data == NULL ? WA_STR("") : f->sender);
		wa_put_bool(&columns[7], f->on_premises);
		wa_put_instant(&columns[8], f->received_at);
		wa_put_int4(&columns[9], f->code, false);
		wa_put_int8(&columns[10], f->count, false);
		wa_put_str(&columns[11], f->signature);
	}
	for (int i = 0; i < ncolumns; i++)
		values[i] = wa_column_array(&columns[i]);
	wa_statement_run(statement, schema, values, NULL);
}

/* The same, as many at a time as keep the statement from becoming too large. */
static void
write_in_pieces(const wa_schema *schema, wa_statement *statement, const wa_finding_list *findings)
{
	for (int start = 0, end; start < findings->n; start = end)
	{
		size_t		size = findings->rows[start].fragment.len;

		for (end = start + 1; end < findings->n; end++)
		{
			size += findings->rows[end].fragment.len;
			if (size > WA_FRAGMENTS_SIZE)
				break;
		}
		write_findings(schema, statement, findings->rows + start, end - start);
	}
}

void
wa_findings_write(wa_findings *findings, const wa_schema *schema)
{
	wa_finding_list *codes = &findings->codes;

	if (codes->n > 1)
		qsort(codes->rows, codes->n, sizeof(wa_finding), compare_findings);
	write_in_pieces(schema, &record_problems, &findings->elements);
	write_in_pieces(schema, &count_codes, codes);
}
