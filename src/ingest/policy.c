/*-------------------------------------------------------------------------
 *
 * policy.c
 *	  Loading the policy for one statement.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "errors/code_policies.h"
#include "events/phrase_lookup.h"
#include "ingest/policy.h"

typedef struct wa_loaded_policy
{
	wa_policy	policy;
	MemoryContext context;
	const wa_schema *schema;
	wa_code_policies *codes;	/* NULL: nobody has asked yet */
} wa_loaded_policy;

static bool
policy_code(void *arg, int32 code, wa_code_policy *policy)
{
	wa_loaded_policy *loaded = arg;

	if (loaded->codes == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(loaded->context);

		PushActiveSnapshot(GetLatestSnapshot());
		loaded->codes = wa_code_policies_load(loaded->schema);
		PopActiveSnapshot();
		MemoryContextSwitchTo(old);
	}
	return wa_code_policies_find(loaded->codes, code, policy);
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
