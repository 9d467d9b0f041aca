/*-------------------------------------------------------------------------
 *
 * test_judge.c
 *	  Unit test of events/judge.c: what each element of a payload means.
 *
 * One row a payload (with ' for "): what it comes to, in the order of its
 * events, as  kind@seconds[flags] business/sender [ids]  with the time counted
 * from NOW, and problems by their names.  Links between identifiers and the
 * rest of section 7 are tested elsewhere and not shown here.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/events/judge.c src/events/event.c src/payload/payload.c src/payload/text.c */
/* SOURCES: src/recipient/phone.c src/errors/catalogue.c src/errors/code_policy.c */
/* LIBS: -ljson-c -Wno-sign-compare */
#include "errors/catalogue.h"
#include "events/judge.h"
#include "payload/payload.h"

#include <stdlib.h>

#undef printf
#undef snprintf
#undef vsnprintf

static int	passed = 0;
static int	failed = 0;

/* 2026-01-01 00:00:00 UTC, when all payloads are received. */
#define NOW_UNIX	INT64CONST(1767225600)
#define NOW			((NOW_UNIX - WA_UNIX_EPOCH) * WA_SECOND)

static char found[4096];
static size_t used;

static void
put(const char *format,...) pg_attribute_printf(1, 2);

static void
put(const char *format,...)
{
	va_list		args;

	va_start(args, format);
	used += (size_t) vsnprintf(found + used, sizeof(found) - used, format, args);
	va_end(args);
}

static void
put_event(void *arg, const wa_event *event)
{
	int64		offset = event->at - NOW;

	(void) arg;
	if ((int) event->kind > WA_EVENT_CONSENT)
		return;
	put("%s", used > 0 ? "; " : "");
	switch (event->kind)
	{
		case WA_EVENT_RECEIPT:
			put("receipt%s%s", event->read ? " read" : "", event->marketing ? " marketing" : "");
			break;
		case WA_EVENT_SENT:
			put("sent");
			break;
		case WA_EVENT_FAILURE:
			put("failure %d", event->code.code);
			break;
		case WA_EVENT_WINDOW_REFUSED:
			put("refused");
			break;
		case WA_EVENT_INBOUND:
			put("inbound");
			break;
		case WA_EVENT_CONSENT:
			put("%s %s by %.*s", event->reg == WA_REGISTER_WHATSAPP ? "whatsapp" : "business",
				event->stop ? "stop" : "resume", (int) event->origin.len, event->origin.data);
			if (event->evidence.len > 0)
				put(" \"%.*s\"", (int) event->evidence.len, event->evidence.data);
			break;
		default:
			break;
	}
	if (offset % WA_SECOND == 0)
		put(" @%lld", (long long) (offset / WA_SECOND));
	else
		put(" @%lldus", (long long) offset);
	put(" %.*s/%.*s", (int) event->business.len, event->business.data,
		(int) event->sender.len, event->sender.data);
	if (event->kind == WA_EVENT_SENT)
		return;
	for (int i = 0; i < event->nids; i++)
		put(" %s", event->ids[i].text);
	if (event->wa_id.len > 0)
		put(" as %s", event->wa_id.text);
}

static void
put_problem(void *arg, wa_problem problem, const char *detail, int32 code)
{
	(void) arg;
	(void) detail;
	put("%s%s", used > 0 ? "; " : "", wa_problem_name(problem));
	if (problem == WA_PROBLEM_UNKNOWN_CODE)
		put(" %d", code);
}

static bool
shipped_code(void *arg, int32 code, wa_code_policy *policy)
{
	const wa_code *shipped = wa_catalogue_find(code);

	(void) arg;
	if (shipped != NULL)
		wa_code_policy_shipped(shipped, policy);
	return shipped != NULL;
}

/* Two phrases will do: what a phrase is stands elsewhere. */
static wa_meaning
phrase(void *arg, wa_str text)
{
	(void) arg;
	return wa_str_equal(text, WA_STR("STOP")) ? WA_MEANS_STOP :
		wa_str_equal(text, WA_STR("START")) ? WA_MEANS_RESUME : WA_MEANS_NOTHING;
}

static const wa_policy policy = {NULL, shipped_code, phrase};
static const wa_docket docket = {NULL, put_event, put_problem};

static void
compare(const char *name, const char *expected)
{
	if (strcmp(found, expected) == 0)
		passed++;
	else
	{
		failed++;
		printf("FAILED %s\n  expected: %s\n  got:      %s\n", name, expected, found);
	}
}

/* What this payload comes to. */
static void
judged(const char *quoted, const char *expected)
{
	char	   *text = strdup(quoted);
	wa_payload *payload = wa_payload_new();
	wa_element	element;

	for (char *c = text; *c != '\0'; c++)
	{
		if (*c == '\'')
			*c = '"';
	}
	used = 0;
	found[0] = '\0';
	if (wa_payload_parse(payload, text, strlen(text)) != WA_PAYLOAD_OK)
		put("no payload: %s", wa_payload_detail(payload));
	while (wa_payload_next(payload, &element))
		wa_judge(&element, NOW, &policy, &docket);
	compare(quoted, expected);
	wa_payload_free(payload);
	free(text);
}

#define VALUE(members) \
	"{'entry':[{'id':'b1','changes':[{'field':'messages','value':{" \
	"'metadata':{'phone_number_id':'s1'}," members "}}]}]}"
#define STATUS(members) VALUE("'statuses':[{'id':'m1','timestamp':'1767225590','recipient_id':'4915112345678'," members "}]")
#define MESSAGE(members) VALUE("'messages':[{'id':'m1','timestamp':'1767225590','from':'4915112345678'," members "}]")
#define PREFERENCE(members) VALUE("'user_preferences':[{'timestamp':1767225590,'wa_id':'4915112345678'," members "}]")
#define WHO " @-10 b1/s1 4915112345678 as 4915112345678"

static void
test_statuses(void)
{
	judged(STATUS("'status':'delivered'"), "receipt" WHO);
	judged(STATUS("'status':'read'"), "receipt read" WHO);
	judged(STATUS("'status':'played'"), "receipt read" WHO);
	judged(STATUS("'status':'sent'"), "sent @-10 b1/s1");
	judged(STATUS("'status':'deleted'"), "");
	judged(STATUS("'status':'in_orbit'"), "");
	judged(STATUS("'x':1"), "unknown_shape");

	judged(STATUS("'status':'delivered','pricing':{'category':'marketing'}"), "receipt marketing" WHO);
	judged(STATUS("'status':'delivered','pricing':{'category':'marketing_lite'}"), "receipt marketing" WHO);
	judged(STATUS("'status':'delivered','pricing':{'category':'utility'}"), "receipt" WHO);
	judged(STATUS("'status':'delivered','conversation':{'origin':{'type':'marketing'}}"), "receipt marketing" WHO);
	judged(STATUS("'status':'delivered','conversation':{'origin':{'type':'business_initiated'}}"), "receipt" WHO);
	judged(STATUS("'status':'delivered','pricing':{'category':'service'},'conversation':{'origin':{'type':'marketing'}}"),
		   "receipt" WHO);
	judged(STATUS("'status':'sent','pricing':{'category':'marketing'}"), "sent @-10 b1/s1");
}

static void
test_failures(void)
{
	judged(STATUS("'status':'failed','errors':[{'code':131049}]"), "failure 131049" WHO);
	judged(STATUS("'status':'failed','errors':[{'code':'131049'}]"), "failure 131049" WHO);
	judged(STATUS("'status':'failed','errors':[{'code':131049,'title':'Recipient Opted Out of Marketing'}]"),
		   "failure 131049" WHO);
	judged(STATUS("'status':'failed','errors':[{'code':131050}]"), "whatsapp stop by error 131050" WHO);
	judged(STATUS("'status':'failed','errors':[{'code':131047}]"), "refused" WHO);
	judged(STATUS("'status':'failed','errors':[{'code':470}]"), "refused" WHO);
	judged(STATUS("'status':'failed','errors':[{'code':131053}]"), "");
	judged(STATUS("'status':'failed','errors':[{'code':131026},{'code':131056}]"),
		   "failure 131026" WHO "; failure 131056" WHO);
	judged(STATUS("'status':'failed','errors':[{'code':999999},{'code':131026}]"),
		   "unknown_code 999999; failure 131026" WHO);
	judged(STATUS("'status':'failed','errors':[{'code':'no'},{'code':131026}]"),
		   "unknown_value; failure 131026" WHO);
	judged(STATUS("'status':'failed','errors':[{'code':-1}]"), "unknown_value");
	judged(STATUS("'status':'failed','errors':[{'code':99999999999}]"), "unknown_value");
	judged(STATUS("'status':'failed','errors':[]"), "unknown_value");
	judged(STATUS("'status':'failed'"), "unknown_value");
	/* An error of an inbound message says nothing about the user. */
	judged(MESSAGE("'type':'unsupported','errors':[{'code':131050}]"), "inbound" WHO);
	/* An HTTP number means something on premises only. */
	judged(STATUS("'status':'failed','errors':[{'code':500}]"), "unknown_code 500");
	judged("{'statuses':[{'status':'failed','recipient_id':'4915112345678','timestamp':'1767225590',"
		   "'errors':[{'code':500}]}]}", "");
	judged("{'statuses':[{'status':'failed','recipient_id':'4915112345678','timestamp':'1767225590',"
		   "'errors':[{'code':1026}]}]}", "failure 1026 @-10 / 4915112345678 as 4915112345678");
}

static void
test_messages(void)
{
	judged(MESSAGE("'type':'text','text':{'body':'hello'}"), "inbound" WHO);
	judged(MESSAGE("'type':'text','text':{'body':'STOP'}"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	judged(MESSAGE("'type':'text','text':{'body':'START'}"), "inbound" WHO "; business resume by phrase \"START\"" WHO);
	judged(MESSAGE("'type':'button','button':{'text':'Ok','payload':'STOP'}"),
		   "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	judged(MESSAGE("'type':'button','button':{'text':'START','payload':'STOP'}"),
		   "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	judged(MESSAGE("'type':'button','button':{'text':'STOP','payload':'START'}"),
		   "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	judged(MESSAGE("'type':'interactive','interactive':{'type':'button_reply','button_reply':{'id':'1','title':'STOP'}}"),
		   "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	judged(MESSAGE("'type':'interactive','interactive':{'type':'list_reply','list_reply':{'id':'1','title':'STOP'}}"),
		   "inbound" WHO);
	judged(MESSAGE("'type':'image','image':{'caption':'STOP'}"), "inbound" WHO);
	judged(MESSAGE("'type':'order'"), "inbound" WHO);
	judged(MESSAGE("'type':'reaction','reaction':{'emoji':'x'}"), "");
	judged(MESSAGE("'type':'edit','text':{'body':'STOP'}"), "");
	judged(MESSAGE("'type':'revoke'"), "");
	judged(MESSAGE("'type':'request_welcome'"), "");
	judged(MESSAGE("'type':'system','system':{'type':'customer_identity_changed'}"), "");
	judged("{'entry':[{'id':'b1','changes':[{'field':'smb_message_echoes','value':{'message_echoes':"
		   "[{'from':'1','to':'4915112345678','id':'m','timestamp':'1767225590','type':'text','text':{'body':'STOP'}}]}}]}]}", "");
}

static void
test_preferences(void)
{
	judged(PREFERENCE("'category':'marketing_messages','value':'stop'"), "whatsapp stop by user_preferences" WHO);
	judged(PREFERENCE("'category':'marketing_messages','value':'resume'"), "whatsapp resume by user_preferences" WHO);
	judged(PREFERENCE("'category':'marketing_messages','value':'Stop'"), "whatsapp stop by user_preferences" WHO);
	judged(PREFERENCE("'category':'marketing_messages','value':'Resume'"), "unknown_value");
	judged(PREFERENCE("'category':'marketing_messages','value':'resumed'"), "unknown_value");
	judged(PREFERENCE("'category':'marketing_messages','value':'signup'"), "unknown_value");
	judged(PREFERENCE("'category':'marketing_messages'"), "unknown_value");
	judged(PREFERENCE("'category':'all','value':'resume'"), "unknown_value");
	judged(PREFERENCE("'value':'stop'"), "whatsapp stop by user_preferences" WHO);
	judged(MESSAGE("'type':'system','system':{'type':'user_preference_changed','marketing':'stop'}"),
		   "whatsapp stop by system message" WHO);
	judged(MESSAGE("'type':'system','system':{'type':'user_preference_changed','marketing':'maybe'}"), "unknown_value");
	/* As the On-Premises form has it; the contact says more of who it is. */
	judged("{'contacts':[{'wa_id':'4915112345678','user_id':'DE.abc'}],'messages':[{'from':'4915112345678','id':'m1',"
		   "'system':{'marketing':'stop','type':'user_preference_changed'},'timestamp':1767225590,'type':'system'}]}",
		   "whatsapp stop by system message @-10 / 4915112345678 DE.abc as 4915112345678");
}

/* Whatever is named, it holds for all of them. */
static void
test_recipients(void)
{
	judged(VALUE("'messages':[{'from':'553187654321','timestamp':'1767225590','type':'image'}]"),
		   "inbound @-10 b1/s1 5531987654321 as 553187654321");
	judged(VALUE("'messages':[{'from':'+49 151 12345678 ','timestamp':'1767225590','type':'image'}]"),
		   "inbound" WHO);
	judged(VALUE("'messages':[{'from_user_id':'US.1','timestamp':'1767225590','type':'image'}]"),
		   "inbound @-10 b1/s1 US.1");
	judged(VALUE("'messages':[{'from':'4915112345678','from_user_id':'DE.1','from_parent_user_id':'DE.ENT.2',"
				 "'timestamp':'1767225590','type':'image'}]"),
		   "inbound @-10 b1/s1 4915112345678 DE.1 DE.ENT.2 as 4915112345678");
	judged(VALUE("'contacts':[{'wa_id':'5215512345678','user_id':'MX.1'}],"
				 "'messages':[{'from':'525512345678','timestamp':'1767225590','type':'image'}]"),
		   "inbound @-10 b1/s1 525512345678 MX.1 as 5215512345678");
	judged(VALUE("'messages':[{'from':'nobody','from_user_id':'DE.1','timestamp':'1767225590','type':'image'}]"),
		   "inbound @-10 b1/s1 DE.1");
	judged(VALUE("'messages':[{'from':'nobody','timestamp':'1767225590','type':'image'}]"), "bad_recipient");
	judged(VALUE("'messages':[{'from':'','timestamp':'1767225590','type':'image'}]"), "missing_recipient");
	judged(VALUE("'messages':[{'timestamp':'1767225590','type':'image'}]"), "missing_recipient");
	judged(VALUE("'statuses':[{'status':'sent','timestamp':'1767225590'}]"), "sent @-10 b1/s1");
	judged(VALUE("'statuses':[{'status':'read','recipient_type':'group','recipient_id':'120363000000000',"
				 "'recipient_participant_id':'4915112345678','timestamp':'1767225590'}]"), "receipt read" WHO);
	judged("{'field':'messages','value':{'messages':[{'from':'4915112345678','timestamp':'1767225590','type':'image'}]}}",
		   "inbound @-10 / 4915112345678 as 4915112345678");
}

#define AT(written) VALUE("'messages':[{'from':'4915112345678','type':'image'" written "}]")
#define IS(offset) "inbound @" offset " b1/s1 4915112345678 as 4915112345678"

static void
test_times(void)
{
	judged(AT(",'timestamp':'1767225600'"), IS("0"));
	judged(AT(",'timestamp':1767225600"), IS("0"));
	judged(AT(",'timestamp':1767225600000"), IS("0"));
	judged(AT(",'timestamp':'1767225599123'"), IS("-877000us"));
	judged(AT(""), IS("0"));
	judged(AT(",'timestamp':null"), IS("0"));
	judged(AT(",'timestamp':''"), IS("0"));
	judged(AT(",'timestamp':'1767226200'"), IS("600"));
	judged(AT(",'timestamp':'1767226201'"), "bad_timestamp");
	judged(AT(",'timestamp':'1767226200001'"), "bad_timestamp");
	judged(AT(",'timestamp':'1230768000'"), IS("-536457600"));
	judged(AT(",'timestamp':'1230767999'"), "bad_timestamp");
	judged(AT(",'timestamp':0"), "bad_timestamp");
	judged(AT(",'timestamp':-1"), "bad_timestamp");
	judged(AT(",'timestamp':'soon'"), "bad_timestamp");
	judged(AT(",'timestamp':'0x69560000'"), "bad_timestamp");
	judged(AT(",'timestamp':'inf'"), "bad_timestamp");
	judged(AT(",'timestamp':'nan'"), "bad_timestamp");
	judged(AT(",'timestamp':'1767225600 and more'"), "bad_timestamp");
	judged(AT(",'timestamp':1e300"), "bad_timestamp");
	judged(AT(",'timestamp':'99999999999999999999999999999999999999999999'"), "bad_timestamp");
	/* Nothing else of the payload suffers. */
	judged(VALUE("'messages':[{'from':'4915112345678','type':'image','timestamp':'x'},"
				 "{'from':'nobody','type':'image','timestamp':'1767225590'},7,"
				 "{'from':'4915112345678','type':'image','timestamp':'1767225590'}]"),
		   "bad_timestamp; bad_recipient; unknown_shape; inbound" WHO);
}

/* Keys must fit an index, and may not be cut inside a character. */
static void
test_long_names(void)
{
	wa_ids		who = {WA_STR("4915112345678"), {NULL, 0}, {NULL, 0}};
	char		long_name[600];
	char		expected[1200];

	for (int i = 0; i < (int) sizeof(long_name); i++)
		long_name[i] = "\xC3\xA4"[i % 2];
	used = 0;
	found[0] = '\0';
	wa_judge_failure(&who, 131026, NOW, NOW, (wa_str) {long_name, sizeof(long_name)},
					 WA_STR("s"), WA_STR("m"), &policy, &docket);
	snprintf(expected, sizeof(expected), "failure 131026 @0 %.*s/s 4915112345678 as 4915112345678",
			 254, long_name);
	compare("a long name", expected);
}

static void
test_failure_alone(void)
{
	static const struct
	{
		const char *phone;
		int			code;
		int64		offset;
		const char *expected;
	}			rows[] = {
		{"whatsapp:+4915112345678", 131026, -WA_HOUR, "failure 131026 @-3600 b/s 4915112345678 as 4915112345678"},
		{"4915112345678", 131050, 0, "whatsapp stop by error 131050 @0 b/s 4915112345678 as 4915112345678"},
		{"4915112345678", 429, 0, ""},
		{"4915112345678", 77, 0, "unknown_code 77"},
		{"4915112345678", 131026, 10 * WA_MINUTE, "failure 131026 @600 b/s 4915112345678 as 4915112345678"},
		{"4915112345678", 131026, 10 * WA_MINUTE + 1, "bad_timestamp"},
		{"4915112345678", 131026, WA_FIRST_INSTANT - NOW - 1, "bad_timestamp"},
		{"nobody", 131026, 0, "bad_recipient"},
		{"", 131026, 0, "missing_recipient"},
	};

	for (int i = 0; i < lengthof(rows); i++)
	{
		wa_ids		who = {{rows[i].phone, strlen(rows[i].phone)}, {NULL, 0}, {NULL, 0}};

		used = 0;
		found[0] = '\0';
		wa_judge_failure(&who, rows[i].code, NOW + rows[i].offset, NOW, WA_STR("b"), WA_STR("s"),
						 WA_STR("m"), &policy, &docket);
		compare(rows[i].phone, rows[i].expected);
	}
}

int
main(void)
{
	test_statuses();
	test_failures();
	test_messages();
	test_preferences();
	test_recipients();
	test_times();
	test_long_names();
	test_failure_alone();
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
