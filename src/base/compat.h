/*-------------------------------------------------------------------------
 *
 * compat.h
 *	  All differences between PostgreSQL 15 to 19, in one place.
 *	  Old servers are made to look new, never the reverse.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_COMPAT_H
#define WA_COMPAT_H

#include "postgres.h"

#include "fmgr.h"

#if PG_VERSION_NUM < 150000
#error "wa_policy needs PostgreSQL 15 or later"
#endif

#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"
#else
/*
 * Modules are compiled with hidden symbols from 16 on, so that two of them
 * cannot take each other's functions.  Before it, what the server calls by name
 * has to be marked.
 */
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#undef PG_FUNCTION_INFO_V1
#define PG_FUNCTION_INFO_V1(funcname) \
extern PGDLLEXPORT Datum funcname(PG_FUNCTION_ARGS); \
extern PGDLLEXPORT const Pg_finfo_record *CppConcat(pg_finfo_, funcname) (void); \
const Pg_finfo_record * \
CppConcat(pg_finfo_, funcname) (void) \
{ \
	static const Pg_finfo_record my_finfo = {1}; \
	return &my_finfo; \
} \
extern int	no_such_variable

/* Soft errors came with 16; before it every error is a hard one. */
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return dummy_value; \
	} while (0)
#endif

/* Modules have told their name and version from 18 on. */
#ifndef PG_MODULE_MAGIC_EXT
#define PG_MODULE_MAGIC_EXT(...)	PG_MODULE_MAGIC
#endif

/* The headers of 19 include less of one another, and scans and look-ups take flags. */
#if PG_VERSION_NUM >= 190000
#include <limits.h>
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/tableam.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#define table_beginscan(rel, snapshot, nkeys, key) \
	table_beginscan(rel, snapshot, nkeys, key, SO_NONE)
#define wa_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0, SO_NONE)
#define RelationFindReplTupleByIndex(rel, index, ...) \
	RelationFindReplTupleByIndex(rel, index, false, __VA_ARGS__)
#elif PG_VERSION_NUM >= 180000
#define wa_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0)
#else
#define wa_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, nkeys, 0)
#endif

/* One function asks for rights on all kinds of objects from 16 on. */
#if PG_VERSION_NUM >= 160000
#define wa_function_aclcheck(function, role, mode) \
	object_aclcheck(ProcedureRelationId, function, role, mode)
#else
#define wa_function_aclcheck(function, role, mode)	pg_proc_aclcheck(function, role, mode)
#endif

/* The id of this backend's transaction moved with the split of PGPROC in 17. */
#if PG_VERSION_NUM >= 170000
#define wa_local_xid()	(MyProc->vxid.lxid)
#else
#define wa_local_xid()	(MyProc->lxid)
#endif

/*
 * DecodeDateTime, which returns its errors; from 16 on it needs utils/datetime.h.  Before 16 it raises that of an
 * unknown name of a time zone: after a date, letters with punctuation are one.
 */
#if PG_VERSION_NUM >= 160000
#define wa_decode_date_time(field, ftype, nf, dtype, tm, fsec, tzp) \
	DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tzp, &(DateTimeErrorExtra) {0})
#else
#include "utils/datetime.h"

#define wa_decode_date_time(field, ftype, nf, dtype, tm, fsec, tzp) \
	(wa_knows_zones(field, ftype, nf) ? DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tzp) : DTERR_BAD_FORMAT)

static inline bool
wa_knows_zones(char **field, const int *ftype, int nf)
{
	bool		has_date = false;

	for (int i = 0; i < nf; i++)
	{
		bool		has_digit = field[i][0] >= '0' && field[i][0] <= '9';

		if (ftype[i] == DTK_DATE && has_date && !has_digit && pg_tzset(field[i]) == NULL)
			return false;
		has_date |= ftype[i] == DTK_DATE || ftype[i] == DTK_NUMBER;
	}
	return true;
}
#endif

/*
 * For all of our settings.  A worker, or the leader of a plan that casts an identifier to text, may load the
 * library in the middle of a parallel operation, and the value of the database or of the session is set then.
 * Minor releases from before August 2024 do not have it.
 */
#include "utils/guc.h"
#ifdef GUC_ALLOW_IN_PARALLEL
#define WA_SETTING_FLAGS	GUC_ALLOW_IN_PARALLEL
#else
#define WA_SETTING_FLAGS	0
#endif

/* Needs utils/guc_tables.h.  Settings are found by their names from 16 on; NULL for none. */
#if PG_VERSION_NUM >= 160000
#define wa_find_setting(name)	find_option(name, false, true, ERROR)
#else
#include "utils/guc_tables.h"

static inline struct config_generic *
wa_find_setting(const char *name)
{
	struct config_generic **settings = get_guc_variables();

	for (int i = 0; i < GetNumConfigOptions(); i++)
	{
		if (pg_strcasecmp(settings[i]->name, name) == 0)
			return settings[i];
	}
	return NULL;
}
#endif

/* Is a column never NULL?  From 18 on rows that were there before the constraint may be unproven. */
#if PG_VERSION_NUM >= 180000
#define wa_is_not_null(desc, i) \
	(TupleDescAttr(desc, i)->attnotnull && \
	 TupleDescCompactAttr(desc, i)->attnullability != ATTNULLABLE_INVALID)
#else
#define wa_is_not_null(desc, i)	(TupleDescAttr(desc, i)->attnotnull)
#endif

/*
 * May the planner know that a wa_recipient is a text underneath?  Planning
 * recipient::text LIKE 'a%' where there is an index on recipient, 18 asks for
 * the locale of the index's collation (match_pattern_prefix), and wa_recipient
 * has none: "cache lookup failed for collation 0".
 */
#define WA_RELABEL_AS_TEXT	(PG_VERSION_NUM < 180000)

#endif							/* WA_COMPAT_H */
