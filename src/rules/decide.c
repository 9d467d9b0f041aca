/*-------------------------------------------------------------------------
 *
 * decide.c
 *	  The rules, one function each.
 *
 * A new rule needs a number, a name, a function here, a line in rules[], and the data that
 * it uses in wa_facts.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "base/bisect.h"
#include "rules/decide.h"
#include "rules/frequency_cap.h"

typedef struct wa_rule_context
{
	wa_facts   *facts;
	const wa_question *question;
	wa_objection_sink sink;		/* NULL: the first rule is all that is asked for */
	void	   *arg;
	wa_rule		objected;		/* the latest that did */
	wa_instant	next_inbound;	/* WA_NEVER: not asked so far */
	bool		asked_unknown;
	bool		unknown_open;	/* once asked: is a window of an unknown business open? */
} wa_rule_context;

/* Report one objection; returns whether to go on. */
static bool
object(wa_rule_context *context, const wa_objection *objection)
{
	context->objected = objection->rule;
	return context->sink != NULL && context->sink(context->arg, objection);
}

/* The facts, with that part of them. */
static const wa_facts *
facts_with(wa_facts *facts, wa_part part)
{
	if (!(facts->fetched & part))
	{
		facts->fetch(facts, part);
		facts->fetched |= part;
	}
	return facts;
}

/* The first row of this business, or behind it. */
static int
consent_from(const wa_facts *facts, wa_str business)
{
	int			i;

	wa_bisect(i, facts->nconsents, wa_str_compare(facts->consents[i].business, business) < 0);
	return i;
}

/* Could the message in question use a window of this business and sender? */
static bool
may_use_window(const wa_question *q, const wa_activity_row *row)
{
	return wa_asks_about(q, row->business) &&
		(q->sender.data == NULL || wa_str_equal(q->sender, row->sender));
}

/*
 * Is a window open in a row of this business, from the first on, that a message could use?  business data
 * NULL: in any row.  lifting: one before which a cooldown may give way.
 */
static bool
any_open(const wa_question *q, const wa_facts *facts, int first, wa_str business, bool lifting)
{
	for (int i = first; i < facts->nactivities; i++)
	{
		const wa_activity_row *row = &facts->activities[i];
		wa_instant	inbound = row->activity.last_inbound_at;

		if (business.data != NULL && !wa_str_equal(row->business, business))
			break;
		if (may_use_window(q, row) && (row->lifts || !lifting) &&
			wa_window_spans(inbound, q->at) && row->refused_at < inbound)
			return true;
	}
	return false;
}

/* The first row of this business, or behind it. */
static int
activity_from(const wa_facts *facts, wa_str business)
{
	int			i;

	wa_bisect(i, facts->nactivities, wa_str_compare(facts->activities[i].business, business) < 0);
	return i;
}

/*
 * Is a customer service window open that a message to this recipient could
 * use?  With a business given (not NULL), one of that business, before which a
 * cooldown may give way; business '' is any.
 */
static bool
window_open(wa_rule_context *context, const wa_str *business)
{
	const wa_question *q = context->question;
	const wa_facts *facts = facts_with(context->facts, WA_ACTIVITIES);

	if (business == NULL || business->len == 0)
		return any_open(q, facts, 0, (wa_str) {NULL, 0}, business != NULL);

	/* Those of an unknown business come first, and are the same for each. */
	if (!context->asked_unknown)
		context->unknown_open = any_open(q, facts, 0, WA_STR(""), true);
	context->asked_unknown = true;
	return context->unknown_open || any_open(q, facts, activity_from(facts, *business), *business, true);
}

/* The next message of the person that the facts know of, after the question's time, and that opens a window. */
static wa_instant
next_inbound(wa_rule_context *context)
{
	const wa_facts *facts = facts_with(context->facts, WA_ACTIVITIES);
	const wa_question *q = context->question;

	if (context->next_inbound != WA_NEVER)
		return context->next_inbound;
	context->next_inbound = WA_FOREVER;
	for (int i = 0; i < facts->nactivities; i++)
	{
		const wa_activity_row *row = &facts->activities[i];

		if (row->activity.last_inbound_at > q->at && row->refused_at < row->activity.last_inbound_at &&
			may_use_window(q, row))
			context->next_inbound = Min(context->next_inbound, row->activity.last_inbound_at);
	}
	return context->next_inbound;
}

static bool
rule_invalid_recipient(wa_rule_context *context)
{
	wa_objection objection = {WA_RULE_INVALID_RECIPIENT, .since = WA_NEVER, .until = WA_FOREVER};

	return context->facts->valid || object(context, &objection);
}

bool
wa_resumed_for_all(const wa_consent_row *rows, int n, const wa_consent_row *stop)
{
	if (stop->reg == WA_REGISTER_WHATSAPP)
		return false;
	for (int i = 0; i < n; i++)
	{
		const wa_consent_row *row = &rows[i];

		if (row->reg == stop->reg && row->business.len == 0 &&
			!wa_consent_stopped(&row->consent) &&
			row->consent.resumed_at > stop->consent.stopped_at)
			return true;
	}
	return false;
}

/* Which registers forbid a message of this category, as bits. */
static const uint8 registers_asked[WA_CATEGORIES] = {
	[WA_MARKETING] = 1 << WA_REGISTER_WHATSAPP | 1 << WA_REGISTER_BUSINESS |
	1 << WA_REGISTER_EVERYTHING,
	[WA_UTILITY] = 1 << WA_REGISTER_EVERYTHING,
	[WA_AUTHENTICATION] = 1 << WA_REGISTER_EVERYTHING,
	[WA_SERVICE] = 0
};

bool
wa_asks_registers(wa_category category)
{
	return registers_asked[category] != 0;
}

bool
wa_asks_register(wa_category category, wa_register reg)
{
	return (registers_asked[category] & 1 << reg) != 0;
}

/* Object to the stops in registers, bits of wa_register, that this category asks. */
static bool
object_to_stops(wa_rule_context *context, uint8 registers, wa_rule rule)
{
	const wa_facts *facts;
	int			nall = 0;

	registers &= registers_asked[context->question->category];
	if (registers == 0)
		return true;
	facts = facts_with(context->facts, WA_CONSENTS);
	/* Those that speak for every business come first. */
	while (nall < facts->nconsents && facts->consents[nall].business.len == 0)
		nall++;
	for (int i = 0; i < facts->nconsents; i++)
	{
		const wa_consent_row *row = &facts->consents[i];

		if ((registers & 1 << row->reg) != 0 && wa_asks_about(context->question, row->business) &&
			wa_consent_stopped(&row->consent) && !wa_resumed_for_all(facts->consents, nall, row))
		{
			wa_objection objection = {rule, row->business,.since = row->consent.stopped_at,
			.until = WA_FOREVER,.origin = row->consent.origin,
			.code = row->consent.code,.reg = row->reg,
			.learned_under = row->learned_under};

			if (!object(context, &objection))
				return false;
		}
	}
	return true;
}

static bool
rule_opted_out_whatsapp(wa_rule_context *context)
{
	return object_to_stops(context, 1 << WA_REGISTER_WHATSAPP, WA_RULE_OPTED_OUT_WHATSAPP);
}

static bool
rule_opted_out_business(wa_rule_context *context)
{
	return object_to_stops(context, 1 << WA_REGISTER_BUSINESS | 1 << WA_REGISTER_EVERYTHING,
						   WA_RULE_OPTED_OUT_BUSINESS);
}

static bool
rule_region(wa_rule_context *context)
{
	for (int i = 0; i < context->facts->nregions; i++)
	{
		const wa_region_fact *fact = &context->facts->regions[i];
		wa_objection objection = {WA_RULE_REGION,.since = WA_NEVER,.until = WA_FOREVER,
		.origin = fact->region,.detail = fact->reason};

		if (fact->category == context->question->category && !object(context, &objection))
			return false;
	}
	return true;
}

static bool
rule_cooldown(wa_rule_context *context)
{
	const wa_question *q = context->question;
	const wa_facts *facts = facts_with(context->facts, WA_COOLDOWNS);

	for (int i = 0; i < facts->ncooldowns; i++)
	{
		const wa_cooldown_row *row = &facts->cooldowns[i];
		wa_objection objection = {WA_RULE_COOLDOWN, row->business, row->code,
		.since = row->since,.until = row->until,.strikes = row->strikes,
		.excluded = row->excluded,.learned_under = row->learned_under};

		if ((row->blocks & WA_CATEGORY_BIT(q->category)) == 0 ||
			(row->until <= q->at && row->until != WA_FOREVER) || !wa_asks_about(q, row->business))
			continue;
		if (row->yields_to_window)
		{
			if (q->at < row->yields_until && window_open(context, &row->business))
				continue;
			objection.retry = Min(row->until, next_inbound(context));
		}
		if (!object(context, &objection))
			return false;
	}
	return true;
}

/* A refusal whose business or sender is unknown may be of this window. */
static bool
is_refused_by(const wa_activity_row *row, const wa_activity_row *other)
{
	return other->activity.last_window_refused_at >= row->activity.last_inbound_at &&
		wa_may_be_same(other->business, row->business) && wa_may_be_same(other->sender, row->sender);
}

/*
 * Since when the window of the row's last message is closed: its time was over, or it was refused.  Once
 * its time is over, refusals under other identifiers are not told: wa_suppressed does not read them.
 */
static wa_instant
window_closed_at(const wa_facts *facts, const wa_activity_row *row, wa_instant at)
{
	wa_instant	closed = wa_after(row->activity.last_inbound_at, WA_WINDOW);
	bool		is_over = closed <= at;

	for (int i = 0; i < facts->nactivities; i++)
	{
		const wa_activity_row *other = &facts->activities[i];

		if (is_refused_by(row, other) && (other->lifts || !is_over))
			closed = Min(closed, other->activity.last_window_refused_at);
	}
	return closed;
}

static bool
rule_window_closed(wa_rule_context *context)
{
	const wa_question *q = context->question;
	wa_objection objection = {WA_RULE_WINDOW_CLOSED,.since = WA_NEVER,.until = WA_FOREVER};
	const wa_facts *facts;
	const wa_activity_row *latest = NULL;

	if (q->category != WA_SERVICE || window_open(context, NULL))
		return true;

	objection.retry = next_inbound(context);

	/* Since when: the window of the last message to that business and sender. */
	facts = facts_with(context->facts, WA_ACTIVITIES);
	for (int i = 0; i < facts->nactivities && context->sink != NULL; i++)
	{
		const wa_activity_row *row = &facts->activities[i];

		if (row->lifts && may_use_window(q, row) && row->activity.last_inbound_at <= q->at &&
			row->activity.last_inbound_at > (latest == NULL ? WA_NEVER : latest->activity.last_inbound_at))
			latest = row;
	}
	if (latest != NULL)
	{
		objection.business = latest->business;
		objection.since = window_closed_at(facts, latest, q->at);
	}
	return object(context, &objection);
}

/* Several senders: each hold is told, and all object until the first of the senders is free. */
static bool
rule_sender_hold(wa_rule_context *context)
{
	const wa_facts *facts = context->facts;
	const wa_held *held;

	if (facts->held == NULL)
		return true;
	held = facts->held(facts->sending, context->question);
	for (int i = 0; i < held->n; i++)
	{
		const wa_hold *hold = held->holds[i];
		wa_objection objection = {WA_RULE_SENDER_HOLD, hold->business, hold->code,
			.since = hold->since,.until = hold->until,.origin = hold->cause,
		.detail = hold->reason,.hold = hold,.retry = held->until};

		if (!object(context, &objection))
			return false;
	}
	return true;
}

/*
 * Rule 8.
 */

/*
 * Of a set that is full, and lies within the period all of it, nobody knows what there
 * was before: that is as good as reached.
 */
static bool
object_to_cap(wa_rule_context *context, const wa_cap *cap, const wa_counted *counted)
{
	wa_objection objection = {WA_RULE_FREQUENCY_CAP, cap->business,
		.since = counted->n > 0 ? counted->latest : counted->overflowed,
		.until = wa_after(counted->overflowed, cap->period),
	.detail = cap->detail,.strikes = counted->n,.claimed = counted->claimed};

	if (counted->n >= cap->messages)
		objection.until = wa_later(objection.until, wa_after(counted->at[0], cap->period));
	else
		objection.strikes = -1;
	objection.retry = objection.until;
	if (cap->exempt_in_window && context->sink != NULL)
		objection.retry = Min(objection.until, next_inbound(context));
	return object(context, &objection);
}

static bool
rule_frequency_cap(wa_rule_context *context)
{
	wa_facts   *facts = context->facts;
	const wa_question *q = context->question;

	for (int i = 0; i < facts->ncaps; i++)
	{
		const wa_cap *cap = &facts->caps[i];
		wa_counted	counted = {.latest = WA_NEVER,.overflowed = WA_NEVER};

		if (cap->category != q->category || !wa_asks_about(q, cap->business) ||
			(cap->exempt_regions && facts->region_without_limit))
			continue;
		wa_count_deliveries(facts_with(facts, WA_DELIVERIES), q, cap, &counted);
		if (!(facts->fetched & WA_CLAIMS))
			facts->claims_from = q->at;
		wa_count_claims(facts_with(facts, WA_CLAIMS), q, cap, &counted);
		if (counted.n < cap->messages && counted.overflowed == WA_NEVER)
			continue;
		if (cap->exempt_regions && facts->sender_without_limit(facts->pacing, q))
			continue;
		if (cap->exempt_in_window && window_open(context, &cap->business))
			continue;
		if (!object_to_cap(context, cap, &counted))
			return false;
	}
	return true;
}

static bool
rule_quiet_hours(wa_rule_context *context)
{
	const wa_facts *facts = context->facts;

	for (int i = 0; i < facts->nquiet; i++)
	{
		wa_objection objection = {.rule = WA_RULE_QUIET_HOURS};
		wa_quiet_time time;

		if (facts->quiet[i].category != context->question->category)
			continue;
		if (!facts->is_quiet(facts->pacing, &facts->quiet[i], context->question->at,
							 context->sink == NULL ? NULL : &time))
			continue;
		if (context->sink != NULL)
		{
			objection.since = time.since;
			objection.until = time.until;
			objection.origin = time.zone;
			objection.detail = time.detail;
		}
		if (!object(context, &objection))
			return false;
	}
	return true;
}

/* Was this opt-in taken back for every business? */
static bool
stopped_for_all(const wa_facts *facts, const wa_consent_row *opt_in)
{
	for (int i = 0; i < facts->nconsents && facts->consents[i].business.len == 0; i++)
	{
		const wa_consent_row *row = &facts->consents[i];

		if (row->reg == opt_in->reg && wa_consent_stopped(&row->consent) &&
			row->consent.stopped_at >= opt_in->consent.resumed_at)
			return true;
	}
	return false;
}

/* Does an opt-in of this register stand that was given to this business, and later than that? */
static bool
opted_in_with(const wa_facts *facts, wa_register reg, wa_str business, wa_instant later_than)
{
	for (int i = consent_from(facts, business); i < facts->nconsents &&
		 wa_str_equal(facts->consents[i].business, business); i++)
	{
		const wa_consent_row *row = &facts->consents[i];

		if (row->reg == reg && row->consent.resumed_at > later_than &&
			!wa_consent_stopped(&row->consent) && !stopped_for_all(facts, row))
			return true;
	}
	return false;
}

/*
 * Does one stand for the question?  One that was given to all does, or to the business asked about; where
 * all are asked about, each that is known must have one.
 */
static bool
opted_in(wa_rule_context *context, wa_register reg, wa_instant later_than)
{
	const wa_facts *facts = facts_with(context->facts, WA_CONSENTS);
	const wa_question *q = context->question;
	const wa_str *businesses;
	int			n;

	if (opted_in_with(facts, reg, WA_STR(""), later_than))
		return true;
	if (q->business.data != NULL)
		return opted_in_with(facts, reg, q->business, later_than);
	n = facts->nconsents == 0 ? 0 : facts->known_businesses(facts->known, &businesses);
	for (int i = 0; i < n; i++)
	{
		if (!opted_in_with(facts, reg, businesses[i], later_than))
			return false;
	}
	return n > 0;
}

static bool
rule_no_opt_in(wa_rule_context *context)
{
	wa_objection objection = {WA_RULE_NO_OPT_IN,.since = WA_NEVER,.until = WA_FOREVER};

	return !context->facts->opt_in_required || context->question->category != WA_MARKETING ||
		opted_in(context, WA_REGISTER_BUSINESS, WA_NEVER) || object(context, &objection);
}

/*
 * What the person had said is gone, so it is taken to have stopped everybody until a later
 * opt-in: marketing, and everything where it is known to have.  To have written since is none.
 */
static bool
rule_erased(wa_rule_context *context)
{
	for (wa_register reg = 0; reg < WA_REGISTERS; reg++)
	{
		wa_objection objection = {WA_RULE_ERASED,.until = WA_FOREVER,.reg = reg};

		if (!wa_asks_register(context->question->category, reg))
			continue;
		objection.since = wa_erased_stop(&facts_with(context->facts, WA_ERASURE)->erased, reg);
		if (objection.since != WA_NEVER && !opted_in(context, reg, objection.since) &&
			!object(context, &objection))
			return false;
	}
	return true;
}

/*
 * What was learned under the others is not known then.  Last, so that the rows about the recipient
 * itself tell as much as they do of somebody with few.
 */
static bool
rule_too_many_identifiers(wa_rule_context *context)
{
	wa_objection objection = {WA_RULE_TOO_MANY_IDENTIFIERS,.since = WA_NEVER,.until = WA_FOREVER};

	return !context->facts->crowded || object(context, &objection);
}

/* In the order of their numbers. */
static bool (*const rules[]) (wa_rule_context *) =
{
	rule_opted_out_whatsapp,
	rule_opted_out_business,
	rule_region,
	rule_cooldown,
	rule_window_closed,
	rule_sender_hold,
	rule_frequency_cap,
	rule_quiet_hours,
	rule_no_opt_in,
	rule_erased,
	rule_too_many_identifiers,
};

static wa_rule
apply_rules(wa_facts *facts, const wa_question *question, wa_objection_sink sink, void *arg)
{
	wa_rule_context context = {.facts = facts,.question = question,.sink = sink,.arg = arg,.next_inbound = WA_NEVER};

	/* Of somebody who cannot be told nothing else is known. */
	rule_invalid_recipient(&context);
	if (!facts->valid)
		return context.objected;
	for (int i = 0; i < lengthof(rules); i++)
	{
		if (!rules[i] (&context))
			break;
	}
	return context.objected;
}

bool
wa_decide(wa_facts *facts, const wa_question *question, wa_objection_sink sink, void *arg)
{
	return apply_rules(facts, question, sink, arg) == WA_NO_RULE;
}

wa_rule
wa_first_rule(wa_facts *facts, const wa_question *question)
{
	return apply_rules(facts, question, NULL, NULL);
}

/* The latest instant up to which objections object for certain. */
typedef struct wa_next_retry
{
	wa_instant	at;
	bool		quiet_alone;	/* are they of quiet hours alone? */
} wa_next_retry;

static bool
keep_retry(void *arg, const wa_objection *objection)
{
	wa_next_retry *retry = arg;

	retry->at = wa_later(retry->at, objection->retry != 0 ? objection->retry : objection->until);
	retry->quiet_alone = retry->quiet_alone && objection->rule == WA_RULE_QUIET_HOURS;
	return retry->at != WA_FOREVER;
}

/*
 * Nothing can be sent as long as any objection stands that stands now, and by the
 * time that the last of them has ended others may have come.  Quiet hours come again every
 * week: one row may begin where another ends, to the end of all time.
 */
wa_instant
wa_next(wa_facts *facts, const wa_question *question)
{
	wa_question then = *question;
	wa_instant	quiet_since = question->at; /* nothing else has objected from then on */

	for (;;)
	{
		wa_next_retry retry = {WA_NEVER, true};

		if (wa_decide(facts, &then, keep_retry, &retry))
			return then.at;
		if (retry.at == WA_FOREVER || retry.at <= then.at)
			return WA_FOREVER;
		then.at = retry.at;
		if (!retry.quiet_alone)
			quiet_since = then.at;
		else if (then.at > wa_after(quiet_since, WA_QUIET_SEARCH))
			return WA_FOREVER;
	}
}

wa_instant
wa_window_end(wa_facts *facts, const wa_question *question)
{
	wa_instant	latest = WA_NEVER;

	facts_with(facts, WA_ACTIVITIES);
	for (int i = 0; i < facts->nactivities; i++)
	{
		const wa_activity_row *row = &facts->activities[i];

		if (may_use_window(question, row) && row->refused_at < row->activity.last_inbound_at)
			latest = wa_later(latest, row->activity.last_inbound_at);
	}
	latest = wa_after(latest, WA_WINDOW);
	return latest > question->at ? latest : WA_NEVER;
}

const char *
wa_rule_name(wa_rule rule)
{
	static const char *const names[] = {
		[WA_RULE_INVALID_RECIPIENT] = "invalid_recipient",
		[WA_RULE_OPTED_OUT_WHATSAPP] = "opted_out_whatsapp",
		[WA_RULE_OPTED_OUT_BUSINESS] = "opted_out_business",
		[WA_RULE_REGION] = "region",
		[WA_RULE_COOLDOWN] = "cooldown",
		[WA_RULE_WINDOW_CLOSED] = "window_closed",
		[WA_RULE_SENDER_HOLD] = "sender_hold",
		[WA_RULE_FREQUENCY_CAP] = "frequency_cap",
		[WA_RULE_QUIET_HOURS] = "quiet_hours",
		[WA_RULE_NO_OPT_IN] = "no_opt_in",
		[WA_RULE_ERASED] = "erased",
		[WA_RULE_TOO_MANY_IDENTIFIERS] = "too_many_identifiers",
	};

	return names[rule];
}
