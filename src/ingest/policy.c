/*-------------------------------------------------------------------------
 *
 * policy.c
 *	  Loading the policy for one statement.
 *
 *-------------------------------------------------------------------------
 */
#include "common/compat.h"

#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "errors/override.h"
#include "events/phrase_lookup.h"
#include "ingest/policy.h"

typedef struct wa_loaded_policy
{
	wa_policy	policy;
	MemoryContext context;
	const wa_schema *schema;
	wa_overrides *overrides;	/* NULL: nobody has asked yet */
} wa_loaded_policy;

static bool
policy_code(void *arg, int32 code, wa_code_policy *policy)
{
	wa_loaded_policy *loaded = arg;

	if (loaded->overrides == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(loaded->context);

		PushActiveSnapshot(GetLatestSnapshot());
		loaded->overrides = wa_overrides_load(loaded->schema->nspid);
		PopActiveSnapshot();
		MemoryContextSwitchTo(old);
	}
	return wa_effective_code(loaded->overrides, code, policy);
}

static wa_meaning
policy_phrase(void *arg, wa_str text)
{
	wa_loaded_policy *loaded = arg;

	return wa_phrase_lookup(loaded->schema, text);
}

const wa_policy *
wa_policy_load(const wa_schema *schema)
{
	wa_loaded_policy *loaded = palloc0(sizeof(wa_loaded_policy));

	loaded->policy.arg = loaded;
	loaded->policy.code = policy_code;
	loaded->policy.phrase = policy_phrase;
	loaded->context = CurrentMemoryContext;
	loaded->schema = schema;
	return &loaded->policy;
}
