/*-------------------------------------------------------------------------
 *
 * test_catalogue.c
 *	  Unit test of errors/catalogue.c and errors/code_policy.c.
 *
 * The expectations are typed from WhatsApp's pages, never taken from the code.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/errors/catalogue.c src/errors/code_policy.c */
#include "errors/code_policy.h"

#include "check.h"

#undef check
static void
check(bool ok, const char *what, int code)
{
	check_format(ok, "%s (%d)", what, code);
}

/* The 14 codes whose titles and categories are fixed. */
static const struct
{
	int32		code;
	const char *title;
	const char *category;
}			reference[] = {
	{130403, "Business Has Been Blocked", "sender"},
	{130472, "Marketing Message Experiment", "recipient"},
	{130497, "Country Restriction", "sender"},
	{131000, "Something Went Wrong", "platform"},
	{131026, "Message Undeliverable", "recipient"},
	{131031, "Business Account Locked", "sender"},
	{131042, "Business Eligibility Payment Issue", "sender"},
	{131047, "Re-engagement Message Required", "sender"},
	{131049, "Healthy Ecosystem Limit", "platform"},
	{131050, "Recipient Opted Out of Marketing", "recipient"},
	{131051, "Unsupported Message Type", "sender"},
	{131052, "Media Download Error", "platform"},
	{131053, "Media Upload Error", "sender"},
	{131060, "Message Unavailable", "platform"},
};

/* The effects on a recipient; spans in seconds, -1 for no end. */
#define H 3600
#define M WA_CATEGORY_BIT(WA_MARKETING)
static const struct
{
	int32		code;
	wa_effect	effect;
	uint8		blocks;
	uint8		lifted_by;
	bool		yields;
	int			gap;
	int			nsteps;
	int			step[WA_MAX_STEPS];
}			effects[] = {
	{131049, WA_EFFECT_COOLDOWN, M, WA_LIFT_INBOUND | WA_LIFT_MARKETING_RECEIPT, true,
	12 * H, 3, {24 * H, 24 * H, 48 * H}},
	{1026, WA_EFFECT_COOLDOWN, M, WA_LIFT_INBOUND | WA_LIFT_MARKETING_RECEIPT, true,
	12 * H, 3, {24 * H, 24 * H, 48 * H}},
	{130472, WA_EFFECT_COOLDOWN, M, WA_LIFT_INBOUND, true, 0, 1, {-1}},
	{472, WA_EFFECT_COOLDOWN, M, WA_LIFT_INBOUND, true, 0, 1, {-1}},
	{131026, WA_EFFECT_COOLDOWN, 0x03, WA_LIFT_INBOUND | WA_LIFT_RECEIPT, false,
	12 * H, 3, {24 * H, 7 * 24 * H, 30 * 24 * H}},
	{1013, WA_EFFECT_COOLDOWN, 0x03, WA_LIFT_INBOUND | WA_LIFT_RECEIPT, false,
	12 * H, 3, {24 * H, 7 * 24 * H, 30 * 24 * H}},
	{131056, WA_EFFECT_COOLDOWN, 0x0f, WA_LIFT_RECEIPT, false, 0, 5, {4, 16, 64, 256, 1024}},
	{130403, WA_EFFECT_COOLDOWN, 0x0f, WA_LIFT_INBOUND, false, 0, 1, {-1}},
	{131050, WA_EFFECT_STOP, 0, 0, false, 0, 0, {0}},
	{131047, WA_EFFECT_CLOSE_WINDOW, 0, 0, false, 0, 0, {0}},
	{470, WA_EFFECT_CLOSE_WINDOW, 0, 0, false, 0, 0, {0}},
};

/* The senders that are held, how far, and for how many seconds. */
static const struct
{
	int32		code;
	wa_scope	scope;
	int			wait;
	wa_retry	retry;
}			holds[] = {
	{131031, WA_SCOPE_BUSINESS, 24 * H, WA_RETRY_FIX},
	{368, WA_SCOPE_BUSINESS, 24 * H, WA_RETRY_FIX},
	{131042, WA_SCOPE_BUSINESS, 24 * H, WA_RETRY_FIX},
	{131063, WA_SCOPE_BUSINESS, 24 * H, WA_RETRY_FIX},
	{131064, WA_SCOPE_BUSINESS, 24 * H, WA_RETRY_WAIT},
	{80007, WA_SCOPE_BUSINESS, H, WA_RETRY_WAIT},
	{130497, WA_SCOPE_COUNTRY, 24 * H, WA_RETRY_FIX},
	{131048, WA_SCOPE_SENDER, 24 * H, WA_RETRY_FIX},
	{131045, WA_SCOPE_SENDER, 24 * H, WA_RETRY_FIX},
	{131037, WA_SCOPE_SENDER, 24 * H, WA_RETRY_FIX},
	{133010, WA_SCOPE_SENDER, 24 * H, WA_RETRY_FIX},
	{130429, WA_SCOPE_SENDER, 60, WA_RETRY_WAIT},
	{131057, WA_SCOPE_SENDER, 300, WA_RETRY_WAIT},
	/* their relatives of the On-Premises API */
	{1031, WA_SCOPE_BUSINESS, 24 * H, WA_RETRY_FIX},
	{402, WA_SCOPE_BUSINESS, 24 * H, WA_RETRY_FIX},
	{471, WA_SCOPE_SENDER, 24 * H, WA_RETRY_FIX},
	{429, WA_SCOPE_SENDER, 60, WA_RETRY_WAIT},
};

/* Codes that came in 2026, without an effect on a recipient. */
static const struct
{
	int32		code;
	const char *title;
}			later[] = {
	{131061, "Maximum Price Not Supported"},
	{131065, "Maximum Price Unavailable in Country"},
	{131070, "Conversation Owned by Another Responder"},
	{138038, "Call Handled by Another App"},
	{2494191, "Not the Escalation Partner"},
	{147001, "Username Not Available"},
	{147002, "Account Not Eligible for a Username"},
	{147003, "Facebook Account Not Linked"},
	{147004, "Instagram Account Not Linked"},
	{147005, "Username Transfer Required"},
};

static bool
text_given(const char *text)
{
	return text != NULL && text[0] != '\0';
}

static bool
ends_with_period(const char *text)
{
	return text_given(text) && text[strlen(text) - 1] == '.';
}

static void
test_table(void)
{
	static const int32 http[] = {400, 401, 402, 408, 410, 429, 430, 432, 433, 500, 501};
	static const int32 unknown[] = {-1, 5, 199, 300, 403, 404, 999, 131066, 2593110, PG_INT32_MAX,
	PG_INT32_MIN};
	int			on_premises = 0;

	for (int i = 0; i < wa_catalogue_size; i++)
	{
		const wa_code *c = &wa_catalogue[i];
		bool		cooldown = c->effect == WA_EFFECT_COOLDOWN;

		check(i == 0 || wa_catalogue[i - 1].code < c->code, "ascending", c->code);
		check(wa_catalogue_find(c->code) == c, "found again", c->code);
		check(text_given(c->title) && !ends_with_period(c->title), "title", c->code);
		check(ends_with_period(c->summary), "summary", c->code);
		check(ends_with_period(c->advice), "advice", c->code);
		check(text_given(c->source) && strlen(c->source) > 5, "source", c->code);
		check(wa_fault_name(c->fault) != NULL, "category", c->code);
		check(cooldown == (c->ladder.nsteps > 0), "ladder with a cooldown only", c->code);
		check(cooldown == (c->blocks != 0), "blocks with a cooldown only", c->code);
		check(cooldown == (c->lifted_by != 0), "lifted with a cooldown only", c->code);
		check(cooldown || !c->yields_to_window, "yields with a cooldown only", c->code);
		check(c->retry != WA_RETRY_WAIT || c->waits.nsteps > 0, "waits with retry", c->code);
		check(c->retry != WA_RETRY_NEVER || c->waits.nsteps == 0, "no waits for nothing", c->code);
		for (int e = 0; e < WA_EVIDENCES; e++)
			check(c->lift_after[e] == 0 || (c->lifted_by & (1 << e)), "of what lifts only", c->code);
		check(c->ladder.nsteps <= WA_MAX_STEPS && c->waits.nsteps <= WA_MAX_STEPS,
			  "number of steps", c->code);
		check(c->ladder.gap >= 0 && c->waits.gap == 0, "gap", c->code);
		for (int r = 0; r < c->waits.nsteps; r++)
			check(c->waits.step[r] > 0 && c->waits.step[r] < WA_FOREVER &&
				  (r == 0 || c->waits.step[r] >= c->waits.step[r - 1]), "waits grow", c->code);
		for (int r = 0; r < c->ladder.nsteps; r++)
			check(r == 0 || c->ladder.step[r] >= c->ladder.step[r - 1], "ladder grows", c->code);
		if (cooldown && c->retry == WA_RETRY_WAIT)
			check(memcmp(c->ladder.step, c->waits.step, sizeof(c->waits.step)) == 0,
				  "waits are the ladder", c->code);
		on_premises += c->on_premises_only;
	}

	check(on_premises == (int) lengthof(http), "number of HTTP codes", on_premises);
	for (int i = 0; i < (int) lengthof(http); i++)
		check(wa_catalogue_find(http[i]) != NULL && wa_catalogue_find(http[i])->on_premises_only,
			  "on premises only", http[i]);
	for (int i = 0; i < (int) lengthof(unknown); i++)
		check(wa_catalogue_find(unknown[i]) == NULL, "unknown", unknown[i]);
	for (int code = 200; code <= 299; code++)
		check(wa_catalogue_find(code) != NULL, "permission", code);
	for (int code = 131201; code <= 131215; code++)
		check(wa_catalogue_find(code) != NULL, "groups", code);
}

static void
test_reference(void)
{
	int			fixed_with_wait = 0;

	for (int i = 0; i < (int) lengthof(reference); i++)
	{
		const wa_code *c = wa_catalogue_find(reference[i].code);

		check(c != NULL && strcmp(c->title, reference[i].title) == 0, "fixed title",
			  reference[i].code);
		check(c != NULL && strcmp(wa_fault_name(c->fault), reference[i].category) == 0,
			  "fixed category", reference[i].code);
	}
	for (int i = 0; i < (int) lengthof(holds); i++)
	{
		const wa_code *c = wa_catalogue_find(holds[i].code);

		check(c != NULL && c->scope == holds[i].scope, "scope of a hold", holds[i].code);
		check(c != NULL && c->retry == holds[i].retry && c->waits.nsteps > 0 &&
			  c->waits.step[0] == holds[i].wait * WA_SECOND, "try when the hold ends",
			  holds[i].code);
	}
	for (int i = 0; i < wa_catalogue_size; i++)
		fixed_with_wait += wa_catalogue[i].retry == WA_RETRY_FIX && wa_catalogue[i].waits.nsteps > 0;
	for (int i = 0; i < (int) lengthof(holds); i++)
		fixed_with_wait -= holds[i].retry == WA_RETRY_FIX;
	check(fixed_with_wait == 0, "a hold for each of them", fixed_with_wait);

	for (int i = 0; i < (int) lengthof(later); i++)
	{
		const wa_code *c = wa_catalogue_find(later[i].code);

		check(c != NULL && strcmp(c->title, later[i].title) == 0, "title", later[i].code);
		check(c != NULL && c->fault == WA_FAULT_SENDER && c->retry == WA_RETRY_FIX &&
			  c->waits.nsteps == 0 && c->effect == WA_EFFECT_NONE, "fix first", later[i].code);
	}
}

static void
test_effects(void)
{
	int			with_effect = 0;

	for (int i = 0; i < (int) lengthof(effects); i++)
	{
		const wa_code *c = wa_catalogue_find(effects[i].code);
		int			code = effects[i].code;

		if (c == NULL)
		{
			check(false, "effect of a known code", code);
			continue;
		}
		check(c->effect == effects[i].effect, "effect", code);
		check(c->blocks == effects[i].blocks, "blocks", code);
		check(c->lifted_by == effects[i].lifted_by, "lifted by", code);
		check(c->yields_to_window == effects[i].yields, "yields to the window", code);
		check(c->ladder.gap == effects[i].gap * WA_SECOND, "gap", code);
		check(c->ladder.nsteps == effects[i].nsteps, "steps", code);
		for (int r = 0; r < effects[i].nsteps; r++)
			check(c->ladder.step[r] == (effects[i].step[r] < 0 ? WA_FOREVER :
										effects[i].step[r] * WA_SECOND), "step", code);
	}

	for (int i = 0; i < wa_catalogue_size; i++)
		with_effect += wa_catalogue[i].effect != WA_EFFECT_NONE;
	check(with_effect == (int) lengthof(effects), "no other code has an effect", with_effect);
}

static void
test_names(void)
{
	wa_fault	fault = WA_FAULT_NONE;
	wa_scope	scope = WA_SCOPE_MESSAGE;

	for (int i = WA_FAULT_SENDER; i <= WA_FAULT_PLATFORM; i++)
		check(wa_fault_from_name(wa_fault_name(i), &fault) && fault == (wa_fault) i,
			  "category there and back", i);
	for (int i = 0; i < WA_SCOPES; i++)
		check(wa_scope_from_name(wa_scope_name(i), &scope) && scope == (wa_scope) i,
			  "scope there and back", i);
	check(wa_fault_name(WA_FAULT_NONE) == NULL, "no category has no name", 0);
	check(!wa_fault_from_name("Sender", &fault), "no such category", 0);
	check(!wa_fault_from_name("", &fault), "empty category", 0);
	check(!wa_scope_from_name("waba", &scope), "no such scope", 0);
}

static void
test_policy(void)
{
	wa_code_change none = {0};
	wa_code_change change;
	wa_code_policy policy;

	/* A change that changes nothing. */
	for (int i = 0; i < wa_catalogue_size; i++)
	{
		wa_code_policy changed;

		memset(&policy, 0, sizeof(policy));
		wa_code_policy_shipped(&wa_catalogue[i], &policy);
		changed = policy;
		wa_code_policy_change(&none, &changed);
		check(memcmp(changed.lift_after, wa_catalogue[i].lift_after, sizeof(changed.lift_after)) == 0 &&
			  changed.nincidents == 0, "lifting by default", policy.code);
		check(changed.effect == policy.effect && changed.blocks == policy.blocks &&
			  changed.lifted_by == policy.lifted_by && changed.fault == policy.fault &&
			  changed.scope == policy.scope && changed.ladder.gap == policy.ladder.gap &&
			  changed.ladder.nsteps == policy.ladder.nsteps, "empty change", policy.code);
	}

	/* A new ladder keeps gap, blocks and lifting. */
	change = none;
	change.has_ladder = true;
	change.ladder = (wa_ladder) {.nsteps = 1, .step = {WA_HOUR}, .gap = 5};
	wa_code_policy_shipped(wa_catalogue_find(131049), &policy);
	wa_code_policy_change(&change, &policy);
	check(policy.effect == WA_EFFECT_COOLDOWN && policy.ladder.nsteps == 1 &&
		  policy.ladder.step[0] == WA_HOUR && policy.ladder.gap == 12 * WA_HOUR &&
		  policy.blocks == M && policy.yields_to_window &&
		  policy.lifted_by == (WA_LIFT_INBOUND | WA_LIFT_MARKETING_RECEIPT), "new ladder", 131049);

	/* An empty ladder, or empty blocks, turn the effect off. */
	change.ladder.nsteps = 0;
	wa_code_policy_shipped(wa_catalogue_find(131049), &policy);
	wa_code_policy_change(&change, &policy);
	check(policy.effect == WA_EFFECT_NONE, "empty ladder", 131049);
	change = none;
	change.has_blocks = true;
	wa_code_policy_shipped(wa_catalogue_find(131026), &policy);
	wa_code_policy_change(&change, &policy);
	check(policy.effect == WA_EFFECT_NONE && policy.ladder.nsteps == 3, "empty blocks", 131026);

	/* The opt-out and the closing of the window stay what they are. */
	change.has_ladder = change.has_gap = change.has_fault = change.has_scope = true;
	change.fault = WA_FAULT_PLATFORM;
	change.scope = WA_SCOPE_GROUP;
	change.blocks = WA_ALL_CATEGORIES;
	change.ladder = (wa_ladder) {.nsteps = 1, .step = {WA_HOUR}};
	change.gap = 7;
	wa_code_policy_shipped(wa_catalogue_find(131050), &policy);
	wa_code_policy_change(&change, &policy);
	check(policy.effect == WA_EFFECT_STOP && policy.blocks == 0 && policy.ladder.nsteps == 0 &&
		  policy.ladder.gap == 0, "the opt-out stays", 131050);
	check(policy.fault == WA_FAULT_PLATFORM && policy.scope == WA_SCOPE_GROUP,
		  "its category and scope change", 131050);
	wa_code_policy_shipped(wa_catalogue_find(470), &policy);
	wa_code_policy_change(&change, &policy);
	check(policy.effect == WA_EFFECT_CLOSE_WINDOW, "the window closes", 470);

	/* What lifts: a kind that was there keeps its time, a new one counts at once. */
	change = none;
	change.has_lifted_by = true;
	change.lifted_by = WA_LIFT_RECEIPT | WA_LIFT_MARKETING_RECEIPT;
	wa_code_policy_shipped(wa_catalogue_find(131049), &policy);
	wa_code_policy_change(&change, &policy);
	check(policy.lifted_by == (WA_LIFT_RECEIPT | WA_LIFT_MARKETING_RECEIPT) &&
		  policy.lift_after[WA_EVIDENCE_MARKETING_RECEIPT] == WA_DAY &&
		  policy.lift_after[WA_EVIDENCE_RECEIPT] == 0 &&
		  policy.effect == WA_EFFECT_COOLDOWN && policy.ladder.nsteps == 3, "other evidence", 131049);
	change.lifted_by = 0;
	wa_code_policy_shipped(wa_catalogue_find(131026), &policy);
	wa_code_policy_change(&change, &policy);
	check(policy.lifted_by == 0 && policy.effect == WA_EFFECT_COOLDOWN, "nothing lifts", 131026);
	wa_code_policy_shipped(wa_catalogue_find(131050), &policy);
	wa_code_policy_change(&change, &policy);
	check(policy.effect == WA_EFFECT_STOP, "the opt-out is lifted by what it was", 131050);
	change = none;
	change.has_blocks = change.has_ladder = change.has_gap = change.has_fault = change.has_scope = true;
	change.fault = WA_FAULT_PLATFORM;
	change.scope = WA_SCOPE_GROUP;
	change.blocks = WA_ALL_CATEGORIES;
	change.ladder = (wa_ladder) {.nsteps = 1, .step = {WA_HOUR}};
	change.gap = 7;

	/* A code without effect, and an unknown one, can be given a cooldown. */
	wa_code_policy_shipped(wa_catalogue_find(131051), &policy);
	wa_code_policy_change(&change, &policy);
	check(policy.effect == WA_EFFECT_COOLDOWN && policy.blocks == WA_ALL_CATEGORIES &&
		  policy.lifted_by == (WA_LIFT_INBOUND | WA_LIFT_RECEIPT) && policy.ladder.gap == 7,
		  "a cooldown for a code that had none", 131051);
	wa_code_policy_custom(777, &policy);
	check(policy.code == 777 && policy.effect == WA_EFFECT_NONE &&
		  policy.fault == WA_FAULT_NONE && policy.scope == WA_SCOPE_USER, "custom code", 777);
	wa_code_policy_change(&change, &policy);
	check(policy.effect == WA_EFFECT_COOLDOWN && !policy.yields_to_window,
		  "a cooldown for a custom code", 777);
	change.has_blocks = false;
	wa_code_policy_custom(777, &policy);
	wa_code_policy_change(&change, &policy);
	check(policy.effect == WA_EFFECT_NONE, "a ladder that blocks nothing", 777);
}

int
main(void)
{
	test_table();
	test_reference();
	test_effects();
	test_names();
	test_policy();

	printf("%d passed, %d failed\n", passed, failed);
	return failed == 0 ? 0 : 1;
}
