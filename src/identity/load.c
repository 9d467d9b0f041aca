/*-------------------------------------------------------------------------
 *
 * load.c
 *	  Reading a person's links.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "access/table.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"

#include "identity/load.h"
#include "recipient/recipient.h"
#include "common/columns.h"
#include "state/read.h"

typedef struct wa_person_source
{
	wa_person	person;
	wa_reader	forth;			/* by recipient */
	wa_reader	back;			/* by other */
} wa_person_source;

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

static void
take_id(wa_reader *reader, int column, wa_canonical *id)
{
	bool		isnull;

	wa_recipient_get(DatumGetRecipientPP(wa_reader_datum(reader, column, &isnull)), id);
}

static void
read_links(wa_person *person, wa_reader *reader, Datum id)
{
	wa_reader_seek(reader, id);
	while (wa_reader_next(reader))
	{
		wa_link		link;
		wa_canonical from;
		wa_canonical to;
		bool		change;

		CHECK_FOR_INTERRUPTS();
		link.first_seen_at = wa_reader_instant(reader, WA_IDENTITY_FIRST_SEEN_AT);
		link.last_seen_at = wa_reader_instant(reader, WA_IDENTITY_LAST_SEEN_AT);
		link.parted_at = wa_reader_instant(reader, WA_IDENTITY_PARTED_AT);
		take_id(reader, WA_IDENTITY_RECIPIENT, &from);
		take_id(reader, WA_IDENTITY_OTHER, &to);
		change = wa_str_equal(wa_reader_str(reader, WA_IDENTITY_KIND),
							  wa_link_kind_name(WA_LINK_CHANGE));
		wa_person_link(person, &from, &to,
					   change ? WA_LINK_CHANGE : WA_LINK_SIGHTING, &link);
	}
}

static void
load(wa_person *person, int member)
{
	wa_person_source *source = person->arg;
	Datum		id = RecipientGetDatum(wa_recipient_make(&person->members[member].id));

	read_links(person, &source->forth, id);
	read_links(person, &source->back, id);
}

bool
wa_has_links(const wa_schema *schema)
{
	Relation	rel = wa_table_open(&schema->identity);
	bool		has = RelationGetNumberOfBlocks(rel) > 0;

	table_close(rel, AccessShareLock);
	return has;
}

wa_person *
wa_person_load(const wa_schema *schema, Snapshot snapshot, const wa_canonical *id)
{
	wa_person_source *source = palloc0(sizeof(wa_person_source));
	wa_person  *person = &source->person;

	person->load = load;
	person->enlarge = enlarge;
	person->arg = source;
	wa_reader_open(&source->forth, &schema->identity, snapshot);
	wa_reader_open(&source->back, &schema->identity_other, snapshot);
	wa_person_find(person, id);
	wa_reader_close(&source->forth);
	wa_reader_close(&source->back);
	return person->nedges > 0 ? person : NULL;
}
