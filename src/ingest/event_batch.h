/*-------------------------------------------------------------------------
 *
 * event_batch.h
 *	  The events of one statement, merged per row in memory, so that each state row
 *	  is written once, for any number of events that change it.
 *
 * event_batch.c is the container, event_deltas.c adds events to it; writer.h writes its rows.
 *
 * Memory: everything is allocated in the context that the batch was made in.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_EVENT_BATCH_H
#define WA_EVENT_BATCH_H

#include "base/compat.h"

#include "events/event.h"
#include "identity/person.h"
#include "state/activity.h"
#include "state/consent.h"
#include "state/deliveries.h"
#include "state/failures.h"
#include "report/message.h"

/* Which table a row delta belongs to. */
typedef enum wa_row_kind
{
	WA_ROW_ACTIVITY,
	WA_ROW_COOLDOWN,
	WA_ROW_CONSENT,
	WA_ROW_SIGHTING,			/* wa_identity */
	WA_ROW_CHANGE,				/* wa_identity_change */
	WA_ROW_SENDER,				/* wa_sender */
	WA_ROW_DELIVERY,			/* wa_delivery */
	WA_ROW_HOLD,				/* wa_sender_hold */
	WA_ROW_LIFE,				/* wa_sender_life */
	WA_ROW_TEMPLATE,			/* wa_template */
	WA_ROW_MESSAGE				/* wa_message */
} wa_row_kind;

#define WA_ROW_KINDS 11

/* The key of a row.  Strings are owned by the batch. */
typedef struct wa_row_key
{
	wa_row_kind kind;
	int32		number;			/* COOLDOWN: code; CONSENT: wa_register; DELIVERY:
								 * wa_category; HOLD: cause; LIFE: wa_category or
								 * WA_CATEGORY_UNKNOWN; else 0 */
	wa_str		recipient;		/* not SENDER; HOLD, LIFE: the region instead;
								 * TEMPLATE: its language; MESSAGE: the participant, '' outside
								 * groups */
	wa_str		business;		/* not CHANGE, MESSAGE */
	wa_str		other;			/* ACTIVITY, SENDER, HOLD, LIFE: sender; SIGHTING, CHANGE: the
								 * other identifier; MESSAGE: message id */
} wa_row_key;

/*
 * Latest status, category, announced category and quality of a template, each with its own
 * time; WA_NEVER where there is none.
 */
typedef struct wa_template_told
{
	wa_instant	status_at;
	wa_str		status;
	bool		blocked;
	wa_instant	paused_until;
	wa_instant	category_at;
	wa_str		category;
	wa_str		next_category;
	wa_instant	next_category_at;
	wa_instant	quality_at;
	wa_str		quality;
} wa_template_told;

/* What is to be merged into the row with that key. */
typedef struct wa_row_delta
{
	wa_row_key	key;
	union
	{
		wa_activity activity;
		struct
		{
			wa_failures failures;
			wa_instant	lifted_at;
			wa_code_policy policy;
		}			cooldown;
		wa_consent	consent;
		wa_deliveries deliveries;
		struct
		{
			wa_instant	first_seen_at;
			wa_instant	last_seen_at;	/* exact */
		}			sighting;
		struct
		{
			wa_instant	first_at;
			wa_instant	at;		/* the latest */
			wa_str		origin; /* of that */
			wa_str		message_id;
		}			change;
		wa_message	message;
		struct
		{
			wa_instant	first_seen;
			wa_instant	last_seen;	/* exact */
			wa_str		display_phone;	/* data NULL: absent */
		}			sender;
		struct
		{
			wa_instant	since;	/* WA_NEVER: no hold */
			wa_instant	until;	/* of the latest */
			uint8		categories;
			wa_instant	lifted_at;
		}			hold;
		wa_instant	alive_at;	/* LIFE: exact */
		wa_template_told template;
	}			u;
} wa_row_delta;

/* Row deltas of one kind that are to be written. */
typedef struct wa_deltas
{
	int			n;
	wa_row_delta **at;
} wa_deltas;

/* One consent event, for the log. */
typedef struct wa_consent_event
{
	wa_row_key	key;			/* of kind WA_ROW_CONSENT */
	wa_instant	at;
	bool		stop;
	wa_str		origin;
	int32		code;			/* 0: none */
	wa_str		sender;
	wa_str		message_id;
	wa_str		also_named;
	wa_str		evidence;
	int64		webhook_id;		/* 0: none */
} wa_consent_event;

typedef struct wa_event_batch wa_event_batch;

/* An empty batch; all that it holds is allocated in context. */
extern wa_event_batch *wa_event_batch_make(MemoryContext context);

/* event_deltas.c: add one event.  Its strings are copied.  webhook_id: the row of wa_webhook; 0: none. */
extern void wa_event_batch_add(wa_event_batch *batch, const wa_event *event, int64 webhook_id);

/*
 * event_deltas.c: record that a webhook of this business and sender, in UTF-8, was received at that time.
 * display_phone: the sender's number as WhatsApp shows it; data NULL where it is absent.
 */
extern void wa_event_batch_add_sender(wa_event_batch *batch, wa_str business, wa_str sender,
									  wa_str display_phone, wa_instant received_at);

/* The memory context of the batch. */
extern MemoryContext wa_event_batch_context(const wa_event_batch *batch);

/*
 * A business or sender of a payload, in UTF-8, as text of this database that lives as
 * long as the batch.
 */
extern wa_str wa_event_batch_name(wa_event_batch *batch, wa_str utf8);

/* Append a consent event, which the caller fills in.  Valid until the next one is appended. */
extern wa_consent_event *wa_event_batch_new_consent_event(wa_event_batch *batch);

/*
 * The row delta with this key, made empty where there is none.  Its recipient and other are copied; its
 * business must live as long as the batch, as that of wa_event_batch_name does.  Of u there is only the part
 * of its kind.
 */
extern wa_row_delta *wa_event_batch_delta(wa_event_batch *batch, const wa_row_key *key);

/* Fill in deltas[WA_ROW_KINDS] with all row deltas by kind, each in the order of wa_row_delta_order. */
extern void wa_event_batch_deltas(wa_event_batch *batch, wa_deltas *deltas);

/* All consent events in the order of their keys and times; *n is their number. */
extern wa_consent_event *wa_event_batch_consent_events(wa_event_batch *batch, int *n);

/*
 * Compare the keys of two wa_row_delta * of one kind, for qsort and bsearch, as the primary keys do: by recipient,
 * business, other, number; sightings and messages by other first.  Strings are compared by bytes.
 */
extern int	wa_row_delta_order(const void *a, const void *b);

#endif							/* WA_EVENT_BATCH_H */
