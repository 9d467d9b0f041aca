/*-------------------------------------------------------------------------
 *
 * load.c
 *	  Reading a person's links.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "catalog/pg_type.h"
#include "common/pg_prng.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/table_scan.h"
#include "identity/columns.h"
#include "identity/load.h"
#include "recipient/recipient.h"

/* The ways to come by a link. */
enum
{
	SEEN_BY_RECIPIENT,
	SEEN_BY_OTHER,
	SHARED,						/* by other, positions above 0 alone */
	CHANGED_FROM,
	CHANGED_TO
};

/* So much must have been read of links if they are to be kept. */
#define MANY_READ		128

/* About as many bytes are kept at the most. */
#define KEPT_MOST		(4 * 1024 * 1024)

static void *
enlarge(void *old, size_t size)
{
	if (old == NULL)
		return palloc_extended(size, MCXT_ALLOC_HUGE);
	if (size == 0)
	{
		pfree(old);
		return NULL;
	}
	return repalloc_huge(old, size);
}

void
wa_link_reader_open(wa_link_reader *links, const wa_schema *schema, Snapshot snapshot)
{
	links->kept = NULL;
	links->has_changes = wa_has_rows(&schema->identity_change, snapshot);
	links->has_sightings = wa_has_rows(&schema->identity, snapshot);
	wa_link_reader_reopen(links, schema, snapshot);
}

void
wa_link_reader_reopen(wa_link_reader *links, const wa_schema *schema, Snapshot snapshot)
{
	links->schema = schema;
	links->snapshot = snapshot;
	links->open = 0;
	links->closed = false;
	links->nread = 0;
}

void
wa_link_reader_close(wa_link_reader *links)
{
	for (int i = 0; i < lengthof(links->readers); i++)
	{
		if (links->open & (1 << i))
			wa_reader_close(&links->readers[i]);
	}
	links->open = 0;
	links->closed = true;
}

/* The reader for one way, at the rows of that identifier. */
static wa_reader *
seek(wa_link_reader *links, int way, Datum id)
{
	const wa_schema *schema = links->schema;
	const wa_table *tables[] = {&schema->identity_recipient, &schema->identity, &schema->identity_shared,
	&schema->identity_change, &schema->identity_change_other};
	wa_reader  *reader = &links->readers[way];

	if (!(links->open & (1 << way)))
	{
		wa_reader_open(reader, tables[way], links->snapshot);
		links->open |= 1 << way;
	}
	wa_reader_seek(reader, id);
	links->nread++;
	return reader;
}

static void
take_id(wa_reader *reader, int column, wa_canonical *id)
{
	wa_recipient_get(DatumGetRecipientPP(wa_slot_datum(reader->slot, column)), id);
}

/* Read wa_identity.rivals: two instants, or NULL. */
static void
take_rivals(wa_reader *reader, wa_link *link)
{
	bool		isnull;
	Datum		value = slot_getattr(reader->slot, Anum_wa_identity_rivals, &isnull);
	Datum	   *instants;
	bool	   *nulls;
	int			n = 0;

	link->rival_since = link->rival_until = WA_NEVER;
	if (isnull)
		return;
	deconstruct_array(DatumGetArrayTypeP(value), TIMESTAMPTZOID, sizeof(TimestampTz),
					  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &instants, &nulls, &n);
	if (n != 2 || nulls[1])
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("a row of wa_identity cannot be read"),
				 errdetail("Its rivals are not two instants.")));
	if (!nulls[0])
		link->rival_since = DatumGetTimestampTz(instants[0]);
	link->rival_until = DatumGetTimestampTz(instants[1]);
}

static void
read_sightings(wa_person *person, int way, Datum id)
{
	wa_link_reader *links = person->arg;
	wa_reader  *reader = seek(links, way, id);

	while (wa_reader_next(reader))
	{
		wa_link		link = {false};
		wa_canonical from;
		wa_canonical to;

		link.business = wa_reader_str_in_place(reader, Anum_wa_identity_business);
		link.first_seen_at = wa_reader_instant(reader, Anum_wa_identity_first_seen_at);
		link.last_seen_at = wa_reader_instant(reader, Anum_wa_identity_last_seen_at);
		link.unlinked_at = wa_reader_instant(reader, Anum_wa_identity_unlinked_at);
		link.first = wa_reader_int(reader, Anum_wa_identity_position) == 0;
		take_rivals(reader, &link);
		take_id(reader, Anum_wa_identity_recipient, &from);
		take_id(reader, Anum_wa_identity_other, &to);
		links->nread++;
		if (!wa_person_link(person, &from, &to, &link))
			return;
	}
}

static void
read_changes(wa_person *person, int way, Datum id)
{
	wa_link_reader *links = person->arg;
	wa_reader  *reader = seek(links, way, id);

	while (wa_reader_next(reader))
	{
		wa_link		link = {true,.business = WA_STR(""),
		.rival_since = WA_NEVER,.rival_until = WA_NEVER};
		wa_canonical from;
		wa_canonical to;

		link.last_seen_at = wa_reader_instant(reader, Anum_wa_identity_change_at);
		link.first_seen_at = wa_reader_instant(reader, Anum_wa_identity_change_first_at);
		link.unlinked_at = wa_reader_instant(reader, Anum_wa_identity_change_unlinked_at);
		take_id(reader, Anum_wa_identity_change_recipient, &from);
		take_id(reader, Anum_wa_identity_change_other, &to);
		links->nread++;
		if (!wa_person_link(person, &from, &to, &link))
			return;
	}
}

/* The identifiers in that column of the rows at hand. */
static void
take_column(wa_reader *reader, int column,
			void (*take) (void *arg, const wa_canonical *other), void *arg)
{
	while (wa_reader_next(reader))
	{
		wa_canonical other;

		take_id(reader, column, &other);
		take(arg, &other);
	}
}

void
wa_neighbours(wa_link_reader *links, const wa_canonical *id, bool forward,
			  void (*take) (void *arg, const wa_canonical *other), void *arg)
{
	wa_id_kind	kind = wa_id_kind_of(id);
	Datum		datum = RecipientGetDatum(wa_recipient_make(id));

	if (kind != WA_ID_PARENT)
		take_column(seek(links, SEEN_BY_RECIPIENT, datum), Anum_wa_identity_other, take, arg);
	if (kind != WA_ID_PHONE)
		take_column(seek(links, SEEN_BY_OTHER, datum), Anum_wa_identity_recipient, take, arg);
	if (links->has_changes)
	{
		take_column(seek(links, CHANGED_FROM, datum), Anum_wa_identity_change_other, take, arg);
		if (!forward)
			take_column(seek(links, CHANGED_TO, datum), Anum_wa_identity_change_recipient, take, arg);
	}
	pfree(DatumGetPointer(datum));
}

/*
 * Is there one sighting alone in which this member is "other", and was that read from its other end?  So it is for nearly
 * every BSUID.  Position and "other" are the primary key, and the index of positions above 0 is small.
 */
static bool
is_seen_once(wa_person *person, int member, Datum id)
{
	for (int e = person->members[member].edges; e >= 0; e = wa_edge_next(&person->edges[e], member))
	{
		if (person->edges[e].to == member && person->edges[e].link.first)
			return !wa_reader_next(seek(person->arg, SHARED, id));
	}
	return false;
}

/* In a sighting phones come first and parents last. */
static void
load(wa_person *person, int member, bool changes)
{
	wa_link_reader *links = person->arg;
	bool		closed = links->closed;
	wa_id_kind	kind = person->members[member].kind;
	Datum		id;

	if (changes && !links->has_changes)
		return;
	id = RecipientGetDatum(wa_recipient_make(&person->members[member].id));
	if (changes)
	{
		read_changes(person, CHANGED_FROM, id);
		read_changes(person, CHANGED_TO, id);
	}
	else
	{
		if (kind != WA_ID_PARENT)
			read_sightings(person, SEEN_BY_RECIPIENT, id);
		if (kind != WA_ID_PHONE && !is_seen_once(person, member, id))
			read_sightings(person, SEEN_BY_OTHER, id);
	}
	if (closed)
		wa_link_reader_close(links);
}

wa_person *
wa_person_load(wa_link_reader *links, const wa_canonical *id, bool bounded)
{
	wa_person  *person = palloc0(sizeof(wa_person));

	person->bounded = bounded;
	person->load = load;
	person->enlarge = enlarge;
	person->kept = links->kept == NULL ? NULL : links->kept->person;
	person->seed = person->kept != NULL ? person->kept->seed : pg_prng_uint64(&pg_global_prng_state);
	person->arg = links;
	wa_person_find(person, id);
	return person->nedges > 0 ? person : NULL;
}

void
wa_keep_links(wa_kept_links *kept, const wa_link_reader *links, const wa_person *person,
			  MemoryContext parent)
{
	MemoryContext old;

	if (person == NULL || links->nread < MANY_READ ||
		person->nmembers * sizeof(wa_member) + person->nedges * sizeof(wa_edge) > KEPT_MOST)
		return;
	if (kept->context == NULL)
		kept->context = AllocSetContextCreate(parent, "wa_policy kept links",
											  ALLOCSET_DEFAULT_SIZES);
	else if (MemoryContextMemAllocated(kept->context, false) > KEPT_MOST)
	{
		MemoryContextReset(kept->context);
		kept->person = NULL;
	}
	old = MemoryContextSwitchTo(kept->context);
	if (kept->person == NULL)
	{
		kept->person = palloc0(sizeof(wa_person));
		kept->person->enlarge = enlarge;
		kept->person->seed = person->seed;
	}
	wa_person_keep(kept->person, person);
	MemoryContextSwitchTo(old);
}
