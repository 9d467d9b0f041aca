/*-------------------------------------------------------------------------
 *
 * changes.c
 *	  Changes of identifier: a user has a new number or BSUID.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "events/context.h"

/* Report the change from every old identifier to every new one by itself. */
static void
change_report_each(wa_context *c, const wa_canonical *from, int nfrom,
				   const wa_canonical *to, int nto)
{
	c->event.nto = 1;
	for (int i = 0; i < nto; i++)
	{
		c->event.to[0] = to[i];
		for (int j = 0; j < nfrom; j++)
			wa_context_report_alone(c, WA_EVENT_CHANGE, &from[j]);
	}
}

/*
 * Report that a user's old identifiers were replaced by new ones.  This protects, since
 * the new identifiers inherit the stops of the old ones; so it is reported even where the
 * element's time cannot be right.
 */
static void
change_report(wa_context *c, const wa_identifiers *from, const wa_identifiers *to, wa_str origin)
{
	wa_event   *event = &c->event;
	wa_canonical old[WA_MAX_IDS];
	wa_canonical new[WA_MAX_IDS];
	int			nold = wa_identifiers_list(from, old);
	int			nnew = wa_identifiers_list(to, new);

	event->origin = origin;
	if (wa_context_has_instant(c))
	{
		memcpy(event->ids, old, nold * sizeof(wa_canonical));
		memcpy(event->to, new, nnew * sizeof(wa_canonical));
		event->nids = nold;
		event->nto = nnew;
		wa_context_report(c, WA_EVENT_CHANGE);
	}
	else
	{
		/* nothing says when those of one side belonged together */
		change_report_each(c, old, nold, new, nnew);
	}
	/* a second one of a kind: nobody can tell which of them is meant */
	change_report_each(c, from->rest, from->nrest, new, nnew);
	change_report_each(c, old, nold, to->rest, to->nrest);
}

/* Report that these identifiers, and those in beside and contact, are one person's. */
static void
change_report_sighting(wa_context *c, const wa_identifiers *set, const wa_ids *beside,
					   const wa_ids *contact, wa_str origin)
{
	wa_identifiers together = *set;

	if (beside != NULL)
		wa_identifiers_add(&together, beside, NULL);
	if (contact != NULL)
		wa_identifiers_add(&together, contact, NULL);
	c->event.nids = wa_identifiers_list(&together, c->event.ids);
	wa_context_report_sighting(c, origin);
}

static void
change_report_problem(wa_context *c, bool given)
{
	wa_context_report_problem(c, given ? WA_PROBLEM_BAD_RECIPIENT : WA_PROBLEM_MISSING_RECIPIENT,
							  "old or new identifier of the user is missing or none");
}

/*
 * The contact of a change has the old identifiers or the new ones.  It joins the old ones if
 * it shares one of them, or is at odds with the new ones.  Else it is returned, as to be seen
 * together with the new ones.
 */
static const wa_ids *
change_add_contact(const wa_ids *contact, wa_identifiers *from, const wa_identifiers *to)
{
	wa_identifiers named;

	wa_identifiers_init(&named);
	wa_identifiers_add(&named, contact, NULL);
	if (wa_identifiers_empty(&named))
		return NULL;
	if (wa_identifiers_meet(&named, from) ||
		(wa_identifiers_contradict(&named, to) && !wa_identifiers_contradict(&named, from)))
	{
		wa_identifiers_add(from, contact, to);
		return NULL;
	}
	return wa_identifiers_contradict(&named, to) ? NULL : contact;
}

/*
 * The text names both identifiers, and may be the only place that does.  It counts if the
 * new identifier in it is not at odds with those that are given.
 */
static void
change_add_body(wa_str body, wa_identifiers *from, wa_identifiers *to)
{
	wa_ids		old = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
	wa_ids		current = old;
	wa_identifiers written;

	if (!wa_identifiers_in_change(body, &old.phone, &current.phone))
		return;
	wa_identifiers_init(&written);
	wa_identifiers_add(&written, &current, NULL);
	if (wa_identifiers_empty(&written) || wa_identifiers_contradict(&written, to))
		return;
	wa_identifiers_add(to, &current, NULL);
	wa_identifiers_add(from, &old, to);
}

/*
 * The old side is every old identifier that the message gives: the previous
 * ones, and whom it is from, unless that is the new one already.
 */
static void
change_read_system(const wa_element *element, wa_identifiers *from, wa_identifiers *to)
{
	wa_ids		previous = element->changed_from;
	wa_ids		customer = {previous.phone, {NULL, 0}, {NULL, 0}};

	previous.phone = customer.user_id;
	wa_identifiers_init(from);
	wa_identifiers_init(to);
	wa_identifiers_add(to, &element->changed_to, NULL);
	wa_identifiers_add(from, &previous, to);
	wa_identifiers_add(from, &element->who, to);
	wa_identifiers_add(from, &customer, to);
	change_add_body(element->system_body, from, to);
}

/* Does the phone of a user stay what it is, who has got another BSUID? */
static bool
change_keeps_phone(const wa_element *element, const wa_identifiers *from,
				   const wa_identifiers *to)
{
	return wa_str_says(element->system_type, "user_changed_user_id") &&
		to->kinds[WA_ID_PHONE].len == 0 &&
		(from->kinds[WA_ID_USER].len > 0 || from->kinds[WA_ID_PARENT].len > 0);
}

/*
 * Is the new number the old one, written otherwise?  WhatsApp has added or dropped a digit in the
 * numbers of some countries.
 */
static bool
change_respells_phone(const wa_element *element, const wa_identifiers *to)
{
	wa_identifiers from;

	wa_identifiers_init(&from);
	wa_identifiers_add(&from, &(wa_ids) {.phone = element->who.phone}, NULL);
	return from.kinds[WA_ID_PHONE].len > 0 &&
		wa_canonical_equal(&from.kinds[WA_ID_PHONE], &to->kinds[WA_ID_PHONE]) &&
		!wa_str_equal(element->who.phone, element->changed_to.phone);
}

/* Are these, with those beside them, two at least that can be seen together? */
static bool
change_can_be_seen(const wa_identifiers *set, const wa_ids *beside)
{
	wa_identifiers together = *set;
	wa_canonical ids[WA_MAX_IDS];

	if (beside != NULL)
		wa_identifiers_add(&together, beside, NULL);
	return wa_identifiers_list(&together, ids) > 1;
}

/*
 * Is an old identifier that was read the user's still?  A message without any other says which
 * identifiers are one user's, and no change.
 */
static bool
change_leaves_nothing(const wa_element *element, const wa_identifiers *to, const wa_ids *contact)
{
	wa_identifiers old;

	wa_identifiers_init(&old);
	wa_identifiers_add(&old, &element->who, NULL);
	wa_identifiers_add(&old, &element->changed_from, NULL);
	return wa_identifiers_meet(&old, to) &&
		(change_can_be_seen(to, contact) || change_respells_phone(element, to));
}

void
wa_interpret_changed_user(wa_context *c, const wa_element *element)
{
	const wa_str origin = WA_STR("system message");
	wa_ids		phone = {wa_str_given(element->who.phone) ? element->who.phone :
		element->contact.phone, {NULL, 0}, {NULL, 0}};
	const wa_ids *contact;
	wa_identifiers from;
	wa_identifiers to;
	bool		keeps_phone;

	change_read_system(element, &from, &to);
	contact = change_add_contact(&element->contact, &from, &to);
	keeps_phone = change_keeps_phone(element, &from, &to);
	if (wa_identifiers_empty(&from))
	{
		change_report_sighting(c, &to, NULL, contact, origin);
		if (change_leaves_nothing(element, &to, contact))
		{
			(void) wa_context_has_instant(c);
			return;
		}
	}
	if (wa_identifiers_empty(&from) || wa_identifiers_empty(&to))
	{
		change_report_problem(c, wa_ids_given(&element->changed_to) &&
							  (wa_ids_given(&element->changed_from) ||
							   wa_ids_given(&element->who)));
		return;
	}
	if (!keeps_phone)
		change_report_sighting(c, &from, NULL, NULL, origin);
	change_report(c, &from, &to, origin);
	change_report_sighting(c, &to, keeps_phone ? &phone : NULL, contact, origin);
	/* the contact may have another phone: nobody can tell which of them it is now */
	if (keeps_phone && contact != NULL)
		change_report_sighting(c, &to, NULL, contact, origin);
}

/*
 * A new BSUID.  The phone that stands beside it, or in its contact, is known with it, and an old
 * identifier as well: what was learned under it counts for the new BSUID.
 */
wa_element_outcome
wa_interpret_user_id_update(wa_context *c, const wa_element *element)
{
	const wa_str origin = WA_STR("user_id_update");
	wa_ids		who = element->who;
	const wa_ids *contact;
	wa_identifiers from;
	wa_identifiers to;
	bool		has_previous;

	if (!wa_str_given(who.phone))
		who.phone = element->contact.phone;

	wa_identifiers_init(&from);
	wa_identifiers_init(&to);
	wa_identifiers_add(&to, &element->changed_to, NULL);
	wa_identifiers_add(&from, &element->changed_from, &to);
	has_previous = !wa_identifiers_empty(&from);
	wa_identifiers_add(&from, &who, &to);
	contact = change_add_contact(&element->contact, &from, &to);
	/* the contact of the phone may have kept the old BSUID */
	has_previous = has_previous || (wa_str_given(element->contact.phone) &&
									from.kinds[WA_ID_USER].len > 0 && to.kinds[WA_ID_USER].len > 0);
	if (wa_identifiers_empty(&from) || wa_identifiers_empty(&to))
	{
		change_report_problem(c, wa_ids_given(&element->changed_to) &&
							  wa_ids_given(&element->changed_from));
		return wa_context_outcome(c);
	}
	/* without a previous one the sighting says it all, if there is one and its time is right */
	if (has_previous || c->wrong_instant != NULL || !change_can_be_seen(&to, &who))
		change_report(c, &from, &to, origin);
	change_report_sighting(c, &to, &who, contact, origin);
	c->applied = true;
	return wa_context_outcome(c);
}
