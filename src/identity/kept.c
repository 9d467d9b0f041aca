/*-------------------------------------------------------------------------
 *
 * kept.c
 *	  Keeping the links of a person for further questions.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "identity/person_internal.h"

/* Take in the links of one kind of that member, as person has them. */
static void
keep_member_links(wa_person *kept, const wa_person *person, int n, bool changes)
{
	int			first = kept->nedges;

	for (int e = person->members[n].edges; e >= 0; e = wa_edge_next(&person->edges[e], n))
	{
		const wa_edge *edge = &person->edges[e];

		if (edge->link.change == changes)
			wa_person_link(kept, &person->members[edge->from].id, &person->members[edge->to].id,
						   &edge->link);
	}
	for (int e = first; e < kept->nedges; e++)
		kept->edges[e].holds = edge_holds(&kept->edges[e]);
}

void
wa_person_keep(wa_person *kept, const wa_person *person)
{
	for (int i = 0; i < person->nmembers; i++)
	{
		const wa_member *member = &person->members[i];
		int			n = wa_person_add_member(kept, &member->id);

		kept->members[n].without |= member->without;
		if (member->changes_loaded && !kept->members[n].changes_loaded)
		{
			keep_member_links(kept, person, i, true);
			kept->members[n].changes_loaded = true;
		}
		if (member->sightings_loaded && !kept->members[n].sightings_loaded)
		{
			keep_member_links(kept, person, i, false);
			kept->members[n].sightings_loaded = true;
			wa_person_order_partners(kept, n);
		}
	}
}
