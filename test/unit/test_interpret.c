/*-------------------------------------------------------------------------
 *
 * test_interpret.c
 *	  Unit test of events/interpret.c: what each element of a payload means.
 *
 * One row a payload (with ' for "): what it comes to, in the order of its
 * events, as  kind@seconds[flags] business/sender [ids]  with the time counted
 * from NOW, and problems by their names.  Sightings and changes of identifiers
 * are shown where the test is of them:  seen [ids] by origin,  [old] becomes
 * [new].
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/events/interpret.c src/events/context.c src/events/changes.c src/events/account.c src/events/template.c src/state/hold.c src/events/identifiers.c src/events/event.c */
/* SOURCES: src/payload/open.c src/payload/parse.c src/payload/shape.c src/payload/contacts.c src/payload/elements.c src/payload/element_parts.c src/payload/messages.c src/payload/walk.c src/payload/unread.c src/payload/text.c */
/* SOURCES: src/recipient/phone.c src/recipient/spelling.c src/errors/catalogue.c src/errors/code_policy.c */
/* LIBS: -ljson-c -Wno-sign-compare */
#include "errors/catalogue.h"
#include "events/interpret.h"
#include "payload/payload.h"

#include <stdlib.h>

#include "check.h"

/* 2026-01-01 00:00:00 UTC, when all payloads are received. */
#define NOW_UNIX	INT64CONST(1767225600)
#define NOW			((NOW_UNIX - WA_UNIX_EPOCH) * WA_SECOND)

static bool show_links = false;
static bool show_failed = false;
static bool show_holds = false;
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
put_link(const wa_event *event)
{
	put("%s%s", used > 0 ? "; " : "", event->kind == WA_EVENT_SIGHTING ? "seen" : "");
	for (int i = 0; i < event->nids; i++)
		put("%s%s", i > 0 || event->kind == WA_EVENT_SIGHTING ? " " : "", event->ids[i].text);
	if (event->kind == WA_EVENT_CHANGE)
		put(" becomes");
	for (int i = 0; event->kind == WA_EVENT_CHANGE && i < event->nto; i++)
		put(" %s", event->to[i].text);
	put(" by %.*s @%lld", (int) event->origin.len, event->origin.data,
		(long long) ((event->at - NOW) / WA_SECOND));
}

static void
put_event(void *arg, const wa_event *event)
{
	static const char *const categories[] = {" marketing", " utility", " authentication", " service"};
	int64		offset = event->at - NOW;

	(void) arg;
	if (event->kind == WA_EVENT_FAILED)
	{
		if (show_failed)
			put("%sfailed %d%s", used > 0 ? "; " : "", event->code, event->category == WA_CATEGORY_UNKNOWN ? "" : categories[event->category]);
		return;
	}
	if (show_holds && event->kind == WA_EVENT_HOLD)
	{
		put("%shold %d until ", used > 0 ? "; " : "", event->cause);
		if (event->until == WA_FOREVER)
			put("ever");
		else
			put("%lld", (long long) ((event->until - NOW) / WA_SECOND));
		return;
	}
	if ((int) event->kind > WA_EVENT_CONSENT)
	{
		if (show_links)
			put_link(event);
		return;
	}
	put("%s", used > 0 ? "; " : "");
	switch (event->kind)
	{
		case WA_EVENT_RECEIPT:
			put("receipt%s%s", event->read ? " read" : "", event->category == WA_CATEGORY_UNKNOWN ? "" : categories[event->category]);
			break;
		case WA_EVENT_SENT:
			put("sent");
			break;
		case WA_EVENT_FAILURE:
			put("failure %d", event->code);
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
			if (event->code != 0)
				put(" %d", event->code);
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
static const wa_event_sink sink = {NULL, put_event, put_problem};

static void
compare(const char *name, const char *expected)
{
	check_format(strcmp(found, expected) == 0, "%s\n  expected: %s\n  got:      %s", name, expected,
				 found);
}

/* What this payload comes to. */
static void
means(const char *quoted, const char *expected)
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
		wa_interpret(&element, NOW, &policy, &sink);
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
	means(STATUS("'status':'delivered'"), "receipt" WHO);
	means(STATUS("'status':'read'"), "receipt read" WHO);
	means(STATUS("'status':'played'"), "receipt read" WHO);
	means(STATUS("'status':'sent'"), "sent @-10 b1/s1");
	means(STATUS("'status':'deleted'"), "");
	means(STATUS("'status':'in_orbit'"), "");
	means(STATUS("'x':1"), "unknown_shape");

	means(STATUS("'status':'delivered','pricing':{'category':'marketing'}"), "receipt marketing" WHO);
	means(STATUS("'status':'delivered','pricing':{'category':' Marketing '}"), "receipt marketing" WHO);
	means(STATUS("'status':'delivered','pricing':{'category':'marketing_lite'}"), "receipt marketing" WHO);
	means(STATUS("'status':'delivered','pricing':{'category':'utility'}"), "receipt utility" WHO);
	means(STATUS("'status':'delivered','pricing':{'category':'authentication'}"), "receipt authentication" WHO);
	means(STATUS("'status':'delivered','pricing':{'category':'authentication-international'}"), "receipt authentication" WHO);
	means(STATUS("'status':'delivered','conversation':{'origin':{'type':'authentication_international'}}"),
		  "receipt authentication" WHO);
	means(STATUS("'status':'delivered','pricing':{'category':'group_marketing'}"), "receipt marketing" WHO);
	means(STATUS("'status':'delivered','pricing':{'category':'referral_conversion'},'conversation':{'origin':{'type':'marketing'}}"),
		  "receipt marketing" WHO);
	means(STATUS("'status':'delivered','pricing':{'category':'group_service'}"), "receipt service" WHO);
	means(STATUS("'status':'delivered','pricing':{'category':'group_utility'}"), "receipt utility" WHO);
	means(STATUS("'status':'delivered','pricing':{'category':'MARKETING'}"), "receipt marketing" WHO);
	means(STATUS("'status':'delivered','pricing':{'category':'referral_conversion'}"), "receipt" WHO);
	means(STATUS("'status':'delivered','pricing':{'category':'market'}"), "receipt" WHO);
	means(STATUS("'status':'delivered','conversation':{'origin':{'type':'marketing'}}"), "receipt marketing" WHO);
	means(STATUS("'status':'delivered','conversation':{'origin':{'type':'business_initiated'}}"), "receipt" WHO);
	means(STATUS("'status':'delivered','pricing':{'category':'service'},'conversation':{'origin':{'type':'marketing'}}"),
		   "receipt service" WHO);
	means(STATUS("'status':'sent','pricing':{'category':'marketing'}"), "sent @-10 b1/s1");
}

static void
test_failures(void)
{
	means(STATUS("'status':'failed','errors':[{'code':131049}]"), "failure 131049" WHO);
	means(STATUS("'status':'failed','errors':[{'code':'131049'}]"), "failure 131049" WHO);
	means(STATUS("'status':'failed','errors':[{'code':131049,'title':'Recipient Opted Out of Marketing'}]"),
		   "failure 131049" WHO);
	means(STATUS("'status':'failed','errors':[{'code':131050}]"), "whatsapp stop by failed message 131050" WHO);
	means(STATUS("'status':'failed','errors':[{'code':131047}]"), "refused" WHO);
	means(STATUS("'status':'failed','errors':[{'code':470}]"), "refused" WHO);
	means(STATUS("'status':'failed','errors':[{'code':131053}]"), "");
	means(STATUS("'status':'failed','errors':[{'code':131026},{'code':131056}]"),
		   "failure 131026" WHO "; failure 131056" WHO);
	means(STATUS("'status':'failed','errors':[{'code':999999},{'code':131026}]"),
		   "unknown_code 999999; failure 131026" WHO);
	means(STATUS("'status':'failed','errors':[{'code':'no'},{'code':131026}]"),
		   "unknown_value; failure 131026" WHO);
	means(STATUS("'status':'failed','errors':[{'code':-1}]"), "unknown_value");
	means(STATUS("'status':'failed','errors':[{'code':99999999999}]"), "unknown_value");
	means(STATUS("'status':'failed','errors':[]"), "unknown_value");
	means(STATUS("'status':'failed'"), "unknown_value");
	/* One error alone. */
	means(STATUS("'status':'failed','error':{'code':131050}"), "whatsapp stop by failed message 131050" WHO);
	means(STATUS("'status':'failed','errors':[],'error':{'code':131050}"), "whatsapp stop by failed message 131050" WHO);
	means(STATUS("'status':'failed','errors':[]"), "unknown_value");
	/* A number that went through a float, or has blanks around it. */
	means(STATUS("'status':'failed','errors':[{'code':131050.0}]"), "whatsapp stop by failed message 131050" WHO);
	means(STATUS("'status':'failed','errors':[{'code':' 131050 '}]"), "whatsapp stop by failed message 131050" WHO);
	means(STATUS("'status':'failed','errors':[{'code':131050.5}]"), "unknown_value");
	means(STATUS("'status':'failed','errors':[{'code':1.3105e5}]"), "whatsapp stop by failed message 131050" WHO);
	means(STATUS("'status':'failed','errors':[{'code':'+131050\\n'}]"), "whatsapp stop by failed message 131050" WHO);
	means(STATUS("'status':'failed','errors':[{'code':4295098346}]"), "unknown_value");
	means(STATUS("'status':'failed','errors':[{'code':'.'},{'code':''},{'code':'0x1FFEA'},{'code':'131050 131049'}]"),
		  "unknown_value; unknown_value; unknown_value; unknown_value");
	means(STATUS("'status':' Failed ','errors':[{'code':131050}]"), "whatsapp stop by failed message 131050" WHO);
	/* Errors in a status that does not say "failed": what protects counts. */
	means(STATUS("'status':'undelivered','errors':[{'code':131050},{'code':131026}]"),
		  "unknown_value; whatsapp stop by failed message 131050" WHO "; failure 131026" WHO);
	means(STATUS("'status':'delivered','errors':[{'code':131050}]"),
		  "unknown_value; whatsapp stop by failed message 131050" WHO "; receipt" WHO);
	means(STATUS("'errors':[{'code':131050}]"), "whatsapp stop by failed message 131050" WHO "; unknown_shape");
	means(STATUS("'status':'undelivered','errors':[]"), "");
	means(STATUS("'type':'payment','status':'failed'"), "");
	/* An error of an inbound message says nothing about the user. */
	means(MESSAGE("'type':'unsupported','errors':[{'code':131050}]"), "inbound" WHO);
	/* An HTTP number means something on premises only. */
	means(STATUS("'status':'failed','errors':[{'code':500}]"), "unknown_code 500");
	means("{'statuses':[{'status':'failed','recipient_id':'4915112345678','timestamp':'1767225590',"
		   "'errors':[{'code':500}]}]}", "");
	means("{'statuses':[{'status':'failed','recipient_id':'4915112345678','timestamp':'1767225590',"
		   "'errors':[{'code':1026}]}]}", "failure 1026 @-10 / 4915112345678 as 4915112345678");
}

static void
test_messages(void)
{
	means(MESSAGE("'type':'text','text':{'body':'hello'}"), "inbound" WHO);
	means(MESSAGE("'type':'text','text':{'body':'STOP'}"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'text','text':{'body':'START'}"), "inbound" WHO "; business resume by phrase \"START\"" WHO);
	means(MESSAGE("'type':'button','button':{'text':'Ok','payload':'STOP'}"),
		   "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'button','button':{'text':'START','payload':'STOP'}"),
		   "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'button','button':{'text':'STOP','payload':'START'}"),
		   "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'interactive','interactive':{'type':'button_reply','button_reply':{'id':'1','title':'STOP'}}"),
		   "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	/* The row of a list may be a stop, and grants nothing. */
	means(MESSAGE("'type':'interactive','interactive':{'type':'list_reply','list_reply':{'id':'1','title':'STOP'}}"),
		   "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'interactive','interactive':{'type':'list_reply','list_reply':{'id':'START','title':'START'}}"),
		   "inbound" WHO);
	means(MESSAGE("'type':'image','image':{'caption':'STOP'}"),
		  "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'document','document':{'caption':'START'}"), "inbound" WHO);
	means(MESSAGE("'type':'video','video':{'caption':'nice'}"), "inbound" WHO);
	means(MESSAGE("'type':'order'"), "inbound" WHO);
	means(MESSAGE("'type':'reaction','reaction':{'emoji':'x'}"), "");
	/* An edit may be a stop; it opens nothing and grants nothing. */
	means(MESSAGE("'type':'edit','text':{'body':'STOP'}"), "business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'edit','edit':{'message':{'type':'text','text':{'body':'STOP'}}}"),
		  "business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'edit','edit':{'original_message_id':'m0','message':{'type':'image','image':{'caption':'STOP'}}}"),
		  "business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'edit','edit':{'text':{'body':'START'}}"), "");
	means(MESSAGE("'type':'edit','edit':{'text':{'body':'hello'}}"), "");
	/* Without a type it is of the type that it has a part for. */
	means(MESSAGE("'text':{'body':'STOP'}"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'button':{'text':'STOP'}"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'image':{'caption':'STOP'}"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'reaction':{'emoji':'x'}"), "");
	means(MESSAGE("'something':{}"), "inbound" WHO);
	/* However its type is written, and where no type or another puts it. */
	means(MESSAGE("'type':'Text','text':{'body':'STOP'}"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'text','text':'START'"), "inbound" WHO "; business resume by phrase \"START\"" WHO);
	means(MESSAGE("'type':'ephemeral','text':{'body':'STOP'}"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'ephemeral','text':{'body':'START'}"), "inbound" WHO);
	means(MESSAGE("'type':'button_reply','button_reply':{'id':'1','title':'STOP'}"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'button_reply','button_reply':{'id':'1','title':'START'}"), "inbound" WHO);
	means(MESSAGE("'message':{'type':'text','text':{'body':'STOP'}}"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'unsupported','text':{'body':'STOP'}"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'unsupported','text':{'body':'START'}"), "inbound" WHO);
	means(MESSAGE("'type':'request_welcome','text':{'body':'STOP'}"), "");
	means(MESSAGE("'type':'button','interactive':{'button_reply':{'id':'1','title':'START'}}"), "inbound" WHO);
	/* Nobody knows what is not there. */
	means(MESSAGE("'type':'text','text':{'words':'STOP'}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'text','text':['STOP']"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'button','button':'{text: STOP}'"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'image','image':[{'caption':'STOP'}]"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'video','video':{'caption':['STOP']}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'video','video':{'id':'1','caption':null}"), "inbound" WHO);
	means(MESSAGE("'type':'order','order':{'text':{'body':'STOP'}}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'button_reply','button_reply':[{'title':'STOP'}]"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'message':'STOP'"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'message':{'body':'START'}"), "inbound" WHO);
	means(MESSAGE("'message':['STOP']"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'interactive','interactive':{'list_reply':{'title':'T'}},'text':'','image':'','message':'','body':null"), "inbound" WHO);
	means(MESSAGE("'type':'chat','body':['STOP']"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'edit','edit':[{'message':{'text':{'body':'STOP'}}}]"), "unknown_shape");
	means(MESSAGE("'type':'edit','edit':{'message':[{'text':{'body':'STOP'}}]}"), "unknown_shape");
	means(MESSAGE("'type':'edit','edit':{'message':{'text':['STOP']}}"), "unknown_shape");
	means(MESSAGE("'type':'edit','edit':{'message':{'type':'image','image':{'id':'1'}}}"), "");
	means(MESSAGE("'type':'button','button':{'text':'STOP','payload':{'a':1}}"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'button','button':{}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'button','button':{'payload':'1','Text':'STOP'}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'button','button':{'payload':'1'}"), "inbound" WHO);
	means(MESSAGE("'type':'interactive','interactive':{'button_reply':[{'title':'STOP'}]}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'interactive','interactive':['STOP']"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'interactive','interactive':{'type':'nfm_reply'}"), "inbound" WHO);
	means(MESSAGE("'type':'interactive','interactive':{'type':'nfm_reply','nfm_reply':{'body':'Sent'},'button_reply':null,'list_reply':null}"), "inbound" WHO);
	means(MESSAGE("'type':'interactive','interactive':{'list_reply':{'id':'1','Title':'STOP'}}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'system','system':['user_changed_number']"), "unknown_shape");
	means(MESSAGE("'type':'system','System':{'type':'user_changed_number','wa_id':'4915112345679'}"), "unknown_shape");
	means(MESSAGE("'type':'event','system':{'type':'user_preference_changed','marketing':'stop'}"), "whatsapp stop by system message" WHO);
	means(MESSAGE("'type':'text','text':{'body':'hello'},'system':{'type':'x'}"), "inbound" WHO);
	means(MESSAGE("'type':'system','system':{'data':{'type':'user_changed_number','wa_id':'4915112345679'}}"), "unknown_shape");
	means(MESSAGE("'type':' Edit\\n','text':{'body':'STOP'}"), "business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'system\\n','system':{'type':'user_preference_changed','marketing':'stop'}"), "whatsapp stop by system message" WHO);
	means(MESSAGE("'type':'text'"), "inbound" WHO);
	means(MESSAGE("'type':'text','body':'STOP'"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'chat','body':'START'"), "inbound" WHO);
	means(MESSAGE("'type':'text','text':{'body':''}"), "inbound" WHO);
	means(MESSAGE("'type':'text','text':null"), "inbound" WHO);
	/* Nor what stands in a member of another name, where the words are due. */
	means(MESSAGE("'type':'text','Text':{'body':'STOP'}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'Text','Text':{'body':'STOP'}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'text','content':'STOP'"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'text','text':{'body':''},'content':'STOP'"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'text','message':{'content':'STOP'}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'button','Button':{'text':'STOP'}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'interactive','reply':{'title':'STOP'}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'interactive','interactive':{'type':'menu_reply','menu_reply':{'title':'STOP'}}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'interactive','interactive':{'list_reply':{'description':'STOP'}}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'image','Image':{'caption':'STOP'}"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'chat','content':'STOP'"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'content':['STOP']"), "unknown_shape; inbound" WHO);
	means(MESSAGE("'type':'edit','Edit':{'message':'STOP'}"), "unknown_shape");
	means(MESSAGE("'type':'edit','message':'STOP'"), "business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'edit','edit':{'original_message_id':'m0','new_text':'STOP'}"), "unknown_shape");
	means(MESSAGE("'type':'edit','edit':{'message':{'type':'text','text':{'words':'STOP'}}}"), "unknown_shape");
	/* Where nothing is due, or all is known, nothing is missed. */
	means(MESSAGE("'type':'text','text':{'body':''},'body':'STOP'"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	means(MESSAGE("'type':'text','text':{'body':'hello'},'content':'x'"), "inbound" WHO);
	means(MESSAGE("'type':'text','content':null,'contents':[],'words':{},'note':''"), "inbound" WHO);
	means(MESSAGE("'type':'text','id':'m','context':{'id':'m0'},'referral':{'body':'x'},'group_id':'','identity':{'hash':'x'},'errors':[{'code':1}]"),
		  "inbound" WHO);
	means(MESSAGE("'type':'interactive','interactive':{'type':'nfm_reply','nfm_reply':{'body':'Sent'}},'flow':'x'"), "inbound" WHO);
	means(MESSAGE("'type':'interactive','interactive':{'type':'product','product':{'catalog_id':'1','product_retailer_id':'2'}}"),
		  "inbound" WHO);
	means(MESSAGE("'type':'image','image':{'id':'1'},'album':'x'"), "inbound" WHO);
	means(MESSAGE("'type':'unsupported','unsupported':{'type':'poll'},'poll':'x'"), "inbound" WHO);
	means(MESSAGE("'type':'poll','poll':{'name':'x'},'album':'x'"), "inbound" WHO);
	means(MESSAGE("'type':'reaction','content':'x'"), "");
	means("{'messaging_product':'whatsapp','contacts':[{'wa_id':'4915112345678'}],'messages':[{'id':'m1','message_status':'accepted'}]}",
		  "missing_recipient");
	/* The answer of the send API, and a copy of what was sent, are no messages of the user. */
	means("{'messaging_product':'whatsapp','contacts':[{'input':'+49 151 12345678','wa_id':'4915112345678'}],'messages':[{'id':'m1'}]}",
		  "missing_recipient");
	means("{'messaging_product':'whatsapp','contacts':[{'wa_id':'4915112345678'}],'messages':[{'id':'m1','text':{'body':'STOP'}}]}",
		  "inbound @0 / 4915112345678 as 4915112345678; business stop by phrase \"STOP\" @0 / 4915112345678 as 4915112345678");
	means("{'metadata':{'display_phone_number':'16505550100'},'contacts':[{'wa_id':'4915112345678'}],"
		  "'messages':[{'from':'16505550100','to':'4915112345678','timestamp':'1767225590','type':'text','text':{'body':'STOP'}}]}", "");
#define SENT(display, members) "{'metadata':{'display_phone_number':'" display "'},'contacts':[{'user_id':'DE.1'}]," \
	"'messages':[{'timestamp':'1767225590','type':'text','text':{'body':'START'}," members "}]}"
	/* However its own number is written, and whom it names. */
	show_links = true;
	means(SENT("+1 (650) 555-0100", "'from':'16505550100','to':'4915112345678'"), "");
	means(SENT("+52 1 55 1234 5678", "'from':'525512345678','to':'4915112345678'"), "");
	means(SENT("16505550100", "'from':'16505550100','to_user_id':'DE.1'"), "");
	means(SENT("16505550100", "'from':'16505550100','to_parent_user_id':'DE.ENT.1'"), "");
	means(SENT("16505550100", "'to':'4915112345678'"), "missing_recipient");
	means(SENT("16505550100", "'to_user_id':'DE.1'"), "missing_recipient");
	show_links = false;
	means(MESSAGE("'to':'16505550100','type':'text','text':{'body':'STOP'}"), "inbound" WHO "; business stop by phrase \"STOP\"" WHO);
	/* WhatsApp answers itself where nobody does: no word of the user. */
	means(MESSAGE("'type':'interactive','interactive':{'type':'call_permission_reply','call_permission_reply':"
				  "{'response':'reject','response_source':'automatic'}}"), "");
	means(MESSAGE("'type':'interactive','interactive':{'type':'call_permission_reply','call_permission_reply':"
				  "{'response':'reject','response_source':'AUTOMATIC'}}"), "");
	means(MESSAGE("'type':'interactive','interactive':{'type':'call_permission_reply','call_permission_reply':"
				  "{'response':'accept','response_source':'user_action'}}"), "inbound" WHO);
	means(MESSAGE("'type':'revoke'"), "");
	means(MESSAGE("'type':'request_welcome'"), "");
	means(MESSAGE("'type':'system','system':{'type':'customer_identity_changed'}"), "");
	means("{'entry':[{'id':'b1','changes':[{'field':'smb_message_echoes','value':{'message_echoes':"
		   "[{'from':'1','to':'4915112345678','id':'m','timestamp':'1767225590','type':'text','text':{'body':'STOP'}}]}}]}]}", "");
}

static void
test_preferences(void)
{
	means(PREFERENCE("'category':'marketing_messages','value':'stop'"), "whatsapp stop by user_preferences" WHO);
	means(PREFERENCE("'category':'marketing_messages','value':'resume'"), "whatsapp resume by user_preferences" WHO);
	means(PREFERENCE("'category':'marketing_messages','value':'Stop'"), "whatsapp stop by user_preferences" WHO);
	means(PREFERENCE("'category':'marketing_messages','value':'Resume'"), "unknown_value");
	means(PREFERENCE("'category':'marketing_messages','value':'resumed'"), "unknown_value");
	means(PREFERENCE("'category':'marketing_messages','value':'signup'"), "unknown_value");
	means(PREFERENCE("'category':'marketing_messages','value':'signup','signup_id':'31'"),
		  "business resume by signup \"31\"" WHO);
	means(PREFERENCE("'category':'marketing_messages','value':'signup','signup_id':31"),
		  "business resume by signup \"31\"" WHO);
	means(PREFERENCE("'category':'marketing_messages','value':'Signup','signup_id':'31'"), "unknown_value");
	means(MESSAGE("'type':'system','system':{'type':'user_preference_changed','marketing':'signup'}"), "unknown_value");
	means(MESSAGE("'type':'system','system':{'type':'user_preference_changed','marketing':'signup','signup_id':31}"),
		  "business resume by signup \"31\"" WHO);
	means(MESSAGE("'type':'system','system':{'marketing':'signup','signup_id':31}"), "unknown_value");
	means(PREFERENCE("'category':'marketing_messages'"), "unknown_value");
	means(PREFERENCE("'category':'all','value':'resume'"), "unknown_value");
	means(PREFERENCE("'category':['marketing_messages'],'value':'resume'"), "unknown_value");
	means(PREFERENCE("'category':{'name':'utility'},'value':'stop'"), "whatsapp stop by user_preferences" WHO "; unknown_value");
	means(PREFERENCE("'category':'Marketing_Messages','value':'stop '"), "whatsapp stop by user_preferences" WHO);
	means(PREFERENCE("'value':'resume '"), "unknown_value");
	/* In a system message that does not say so it stops, and grants nothing. */
	means(MESSAGE("'type':'system','system':{'type':'customer_identity_changed','marketing':'stop'}"), "whatsapp stop by system message" WHO);
	means(MESSAGE("'type':'system','system':{'type':'customer_identity_changed','marketing':'resume'}"), "unknown_value");
	means(MESSAGE("'type':'system','system':{'type':'user_preferences','marketing':'stop'}"), "whatsapp stop by system message" WHO);
	means(MESSAGE("'type':'system','system':{'marketing':'stop'}"), "whatsapp stop by system message" WHO);
	means(MESSAGE("'type':'system','system':{'marketing':'resume'}"), "unknown_value");
	means(PREFERENCE("'value':'stop'"), "whatsapp stop by user_preferences" WHO);
	means(MESSAGE("'type':'system','system':{'type':'user_preference_changed','marketing':'stop'}"),
		   "whatsapp stop by system message" WHO);
	means(MESSAGE("'type':'system','system':{'type':'user_preference_changed','marketing':'maybe'}"), "unknown_value");
	/* As the On-Premises form has it; the contact says more of who it is. */
	means("{'contacts':[{'wa_id':'4915112345678','user_id':'DE.abc'}],'messages':[{'from':'4915112345678','id':'m1',"
		   "'system':{'marketing':'stop','type':'user_preference_changed'},'timestamp':1767225590,'type':'system'}]}",
		   "whatsapp stop by system message @-10 / 4915112345678 DE.abc as 4915112345678");
}

/* Whatever is named, it holds for all of them. */
static void
test_recipients(void)
{
	means(VALUE("'messages':[{'from':'553187654321','timestamp':'1767225590','type':'image'}]"),
		   "inbound @-10 b1/s1 5531987654321 as 553187654321");
	means(VALUE("'messages':[{'from':'+49 151 12345678 ','timestamp':'1767225590','type':'image'}]"),
		   "inbound" WHO);
	means(VALUE("'messages':[{'from_user_id':'US.1','timestamp':'1767225590','type':'image'}]"),
		   "inbound @-10 b1/s1 US.1");
	means(VALUE("'messages':[{'from':'4915112345678','from_user_id':'DE.1','from_parent_user_id':'DE.ENT.2',"
				 "'timestamp':'1767225590','type':'image'}]"),
		   "inbound @-10 b1/s1 4915112345678 DE.1 DE.ENT.2 as 4915112345678");
	means(VALUE("'contacts':[{'wa_id':'5215512345678','user_id':'MX.1'}],"
				 "'messages':[{'from':'525512345678','timestamp':'1767225590','type':'image'}]"),
		   "inbound @-10 b1/s1 525512345678 MX.1 as 5215512345678");
	means(VALUE("'messages':[{'from':'nobody','from_user_id':'DE.1','timestamp':'1767225590','type':'image'}]"),
		   "inbound @-10 b1/s1 DE.1");
	means(VALUE("'messages':[{'from':'nobody','timestamp':'1767225590','type':'image'}]"), "bad_recipient");
	means(VALUE("'messages':[{'from':'','timestamp':'1767225590','type':'image'}]"), "missing_recipient");
	means(VALUE("'messages':[{'timestamp':'1767225590','type':'image'}]"), "missing_recipient");
	means(VALUE("'statuses':[{'status':'sent','timestamp':'1767225590'}]"), "sent @-10 b1/s1");
	means(VALUE("'statuses':[{'status':'read','recipient_type':'group','recipient_id':'120363000000000',"
				 "'recipient_participant_id':'4915112345678','timestamp':'1767225590'}]"), "receipt read" WHO);
	/* Relays put BSUIDs where phones are due. */
	means(VALUE("'messages':[{'from':'DE.1','timestamp':'1767225590','type':'image'}]"), "inbound @-10 b1/s1 DE.1");
	means(VALUE("'messages':[{'from':'DE.1','from_user_id':'DE.1','timestamp':'1767225590','type':'image'}]"),
		  "inbound @-10 b1/s1 DE.1");
	means(VALUE("'contacts':[{'wa_id':'4915112345678','user_id':'DE.1'}],"
				"'messages':[{'from':'DE.1','timestamp':'1767225590','type':'image'}]"),
		  "inbound @-10 b1/s1 4915112345678 DE.1 as 4915112345678");
	/* Some parents lack the ENT: then their place tells. */
	means(VALUE("'statuses':[{'status':'read','recipient_user_id':'CO.1','recipient_parent_user_id':'CA.2',"
				"'timestamp':'1767225590'}]"), "receipt read @-10 b1/s1 CO.1 CA.2");
	means(VALUE("'statuses':[{'status':'read','recipient_user_id':'CO.ENT.1','timestamp':'1767225590'}]"),
		  "receipt read @-10 b1/s1 CO.ENT.1");
	/* The home is the phone, wherever it stands. */
	means(VALUE("'messages':[{'from':'DE.1','from_user_id':'4915112345678','timestamp':'1767225590','type':'image'}]"),
		  "inbound @-10 b1/s1 4915112345678 DE.1");
	means("{'field':'messages','value':{'messages':[{'from':'4915112345678','timestamp':'1767225590','type':'image'}]}}",
		   "inbound @-10 / 4915112345678 as 4915112345678");
}

#define AT(written) VALUE("'messages':[{'from':'4915112345678','type':'image'" written "}]")
#define IS(offset) "inbound @" offset " b1/s1 4915112345678 as 4915112345678"

static void
test_times(void)
{
	means(AT(",'timestamp':'1767225600'"), IS("0"));
	means(AT(",'timestamp':1767225600"), IS("0"));
	means(AT(",'timestamp':1767225600000"), IS("0"));
	means(AT(",'timestamp':'1767225599123'"), IS("-877000us"));
	means(AT(""), IS("0"));
	means(AT(",'timestamp':null"), IS("0"));
	means(AT(",'timestamp':''"), IS("0"));
	means(AT(",'timestamp':'1767226200'"), IS("600"));
	means(AT(",'timestamp':'\\t1767226200\\r\\n'"), IS("600"));
	means(AT(",'timestamp':'1767226201'"), "bad_timestamp");
	means(AT(",'timestamp':'1767226200001'"), "bad_timestamp");
	means(AT(",'timestamp':'1230768000'"), IS("-536457600"));
	means(AT(",'timestamp':'1230767999'"), "bad_timestamp");
	means(AT(",'timestamp':0"), "bad_timestamp");
	means(AT(",'timestamp':-1"), "bad_timestamp");
	means(AT(",'timestamp':'soon'"), "bad_timestamp");
	means(AT(",'timestamp':'0x69560000'"), "bad_timestamp");
	means(AT(",'timestamp':'inf'"), "bad_timestamp");
	means(AT(",'timestamp':'nan'"), "bad_timestamp");
	means(AT(",'timestamp':'1767225600 and more'"), "bad_timestamp");
	means(AT(",'timestamp':1e300"), "bad_timestamp");
	means(AT(",'timestamp':'99999999999999999999999999999999999999999999'"), "bad_timestamp");
	/* What protects is taken at the moment of receipt, what loosens is not taken. */
	means(MESSAGE("'type':'text','text':{'body':'STOP'},'timestamp':1"),
		  "bad_timestamp; business stop by phrase \"STOP\" @0 b1/s1 4915112345678");
	means(MESSAGE("'type':'text','text':{'body':'START'},'timestamp':1"), "bad_timestamp");
	means(MESSAGE("'type':'edit','text':{'body':'STOP'},'timestamp':1"),
		  "bad_timestamp; business stop by phrase \"STOP\" @0 b1/s1 4915112345678");
	means(PREFERENCE("'value':'stop','timestamp':99999999999"), "bad_timestamp; whatsapp stop by user_preferences @0 b1/s1 4915112345678");
	means(PREFERENCE("'value':'resume','timestamp':99999999999"), "bad_timestamp");
	means(PREFERENCE("'value':'signup','signup_id':'1','timestamp':99999999999"), "bad_timestamp");
	means(STATUS("'status':'failed','timestamp':'x','errors':[{'code':131026},{'code':131050},{'code':131047},{'code':7777777}]"),
		  "bad_timestamp; failure 131026 @0 b1/s1 4915112345678; "
		  "whatsapp stop by failed message 131050 @0 b1/s1 4915112345678; refused @0 b1/s1 4915112345678; unknown_code 7777777");
	means(STATUS("'status':'failed','timestamp':'x','errors':[{'code':131053}]"), "bad_timestamp");
	means(STATUS("'status':'delivered','timestamp':'x'"), "bad_timestamp");
	means(STATUS("'status':'sent','timestamp':'x'"), "bad_timestamp");
	/* The log of messages is told of each failure, whether it does anything to the recipient or not */
	show_failed = true;
	means(STATUS("'status':'failed','errors':[{'code':131000}]"), "failed 131000");
	means(STATUS("'status':'failed','errors':[{'code':999999}]"), "failed 999999; unknown_code 999999");
	means(STATUS("'status':'failed','pricing':{'category':'utility'}"), "failed 0 utility; unknown_value");
	show_failed = false;
	/* Nothing says when they belonged together: each is stopped by itself. */
	show_links = true;
	means(PREFERENCE("'user_id':'DE.1','parent_user_id':'DE.ENT.2','value':'stop','timestamp':99999999999"),
		  "bad_timestamp; whatsapp stop by user_preferences @0 b1/s1 4915112345678; "
		  "whatsapp stop by user_preferences @0 b1/s1 DE.1; whatsapp stop by user_preferences @0 b1/s1 DE.ENT.2");
	means(VALUE("'messages':[{'from':'4915112345678','timestamp':9,'type':'system','system':"
				"{'type':'user_changed_number','wa_id':'4915112345679','user_id':'DE.2'}}]"),
		  "bad_timestamp; 4915112345678 becomes 4915112345679 by system message @0; "
		  "4915112345678 becomes DE.2 by system message @0");
	show_links = false;
	/* Nothing else of the payload suffers. */
	means(VALUE("'messages':[{'from':'4915112345678','type':'image','timestamp':'x'},"
				 "{'from':'nobody','type':'image','timestamp':'1767225590'},7,"
				 "{'from':'4915112345678','type':'image','timestamp':'1767225590'}]"),
		   "bad_timestamp; bad_recipient; unknown_shape; inbound" WHO);
}

#define CONTACTS(members) "'contacts':[{" members "}],"
#define FROM_PHONE "'messages':[{'id':'m','from':'4915112345678','timestamp':'1767225590','type':'text','text':{'body':'STOP'}}]"

/* A contact adds to its element unless it contradicts it: then it is only protected. */
static void
test_contacts(void)
{
	show_links = true;
	means(VALUE(CONTACTS("'wa_id':'4915112345678','user_id':'DE.1','parent_user_id':'DE.ENT.2'") FROM_PHONE),
		  "seen 4915112345678 DE.1 DE.ENT.2 by message @-10; "
		  "inbound @-10 b1/s1 4915112345678 DE.1 DE.ENT.2 as 4915112345678; "
		  "business stop by phrase \"STOP\" @-10 b1/s1 4915112345678 DE.1 DE.ENT.2 as 4915112345678");
	means(VALUE(CONTACTS("'wa_id':'4915112345679','user_id':'DE.1'") FROM_PHONE),
		  "inbound" WHO "; business stop by phrase \"STOP\"" WHO
		  "; business stop by phrase \"STOP\" @-10 b1/s1 4915112345679; business stop by phrase \"STOP\" @-10 b1/s1 DE.1");
	/* Another BSUID or another parent beside the same phone. */
	means(VALUE(CONTACTS("'wa_id':'4915112345678','user_id':'DE.1'")
				"'messages':[{'from':'4915112345678','from_user_id':'DE.2','timestamp':'1767225590','type':'image'}]"),
		  "seen 4915112345678 DE.2 by message @-10; inbound @-10 b1/s1 4915112345678 DE.2 as 4915112345678");
	means(VALUE(CONTACTS("'wa_id':'4915112345678','parent_user_id':'DE.ENT.1'")
				"'user_preferences':[{'wa_id':'4915112345678','parent_user_id':'DE.ENT.2','value':'stop','timestamp':1767225590}]"),
		  "seen 4915112345678 DE.ENT.2 by preference @-10; "
		  "whatsapp stop by user_preferences @-10 b1/s1 4915112345678 DE.ENT.2 as 4915112345678; "
		  "whatsapp stop by user_preferences @-10 b1/s1 DE.ENT.1");
	/* The same number written in another way is no contradiction. */
	means(VALUE(CONTACTS("'wa_id':'553187654321','user_id':'BR.1'")
				"'messages':[{'from':'5531987654321','timestamp':'1767225590','type':'image'}]"),
		  "seen 5531987654321 BR.1 by message @-10; inbound @-10 b1/s1 5531987654321 BR.1 as 553187654321");
	/* A resume, a receipt and a failure beside a contact that contradicts. */
	means(VALUE(CONTACTS("'wa_id':'4915112345679'")
				"'user_preferences':[{'wa_id':'4915112345678','value':'resume','timestamp':1767225590}]"),
		  "whatsapp resume by user_preferences" WHO);
	means(VALUE(CONTACTS("'wa_id':'4915112345679'")
				"'statuses':[{'status':'read','recipient_id':'4915112345678','timestamp':1767225590}]"),
		  "receipt read" WHO);
	means(VALUE(CONTACTS("'wa_id':'4915112345679'")
				"'statuses':[{'status':'failed','recipient_id':'4915112345678','timestamp':1767225590,'errors':[{'code':131026}]}]"),
		  "failure 131026" WHO "; failure 131026 @-10 b1/s1 4915112345679");
	/* An element that contradicts itself: none is linked, all are protected. */
	means(VALUE("'messages':[{'from':'DE.1','from_user_id':'DE.2','timestamp':'1767225590','type':'text','text':{'body':'STOP'}}]"),
		  "inbound @-10 b1/s1 DE.2; business stop by phrase \"STOP\" @-10 b1/s1 DE.2; "
		  "business stop by phrase \"STOP\" @-10 b1/s1 DE.1");
	/* A contact alone is a sighting. */
	means(VALUE("'contacts':[{'wa_id':'4915112345678','user_id':'DE.1'}]"), "seen 4915112345678 DE.1 by contact @0");
	show_links = false;
}

#define GROUP_MESSAGE(members) MESSAGE("'group_id':'Y2FwaV9ncm91cDox'," members)
#define GROUP_STATUS(members) VALUE("'statuses':[{'id':'m1','timestamp':'1767225590','recipient_type':'group'," \
	"'recipient_id':'Y2FwaV9ncm91cDox'," members "}]")

static void
test_groups(void)
{
	show_links = true;
	means(GROUP_MESSAGE("'type':'text','text':{'body':'hello'}"), "");
	means(GROUP_MESSAGE("'type':'text','text':{'body':'STOP'}"), "business stop by phrase \"STOP\"" WHO);
	means(GROUP_MESSAGE("'type':'text','text':{'body':'START'}"), "business resume by phrase \"START\"" WHO);
	means(GROUP_MESSAGE("'type':'image','from_user_id':'DE.1'"), "seen 4915112345678 DE.1 by message @-10");
	means(GROUP_STATUS("'status':'sent'"), "sent @-10 b1/s1");
	means(GROUP_STATUS("'status':'delivered'"), "");
	means(GROUP_STATUS("'status':'failed','errors':[{'code':131020},{'code':131050}]"), "");
	means(GROUP_STATUS("'status':'failed','recipient_participant_id':'4915112345678','errors':[{'code':131026}]"),
		  "failure 131026" WHO);
	means(GROUP_STATUS("'status':'delivered','recipient_participant_user_id':'DE.1','pricing':{'category':'group_marketing'}"),
		  "receipt marketing @-10 b1/s1 DE.1");
	/* The contact beside it is not the group's. */
	means(VALUE(CONTACTS("'wa_id':'4915112345678','user_id':'DE.1'")
				"'statuses':[{'status':'failed','recipient_type':'group','recipient_id':'Y2FwaV9ncm91cDox',"
				"'timestamp':'1767225590','errors':[{'code':131050}]}]"), "");
	/* A group is told by its id, too. */
	means(VALUE("'statuses':[{'status':'failed','recipient_id':'Y2FwaV9ncm91cDox','timestamp':'1767225590','errors':[{'code':131026}]}]"), "");
	means(VALUE("'statuses':[{'status':'read','recipient_id':'4915112345678-1600000000@g.us','timestamp':'1767225590'}]"), "");
	show_links = false;
}

#define CALL(members) VALUE("'calls':[{'id':'c1','from':'4915112345678','to':'16505550100','timestamp':'1767225590'," members "}]")

static void
test_calls(void)
{
	show_links = true;
	means(CALL("'event':'connect','direction':'USER_INITIATED'"), "inbound" WHO);
	means(CALL("'event':'terminate','direction':'USER_INITIATED','start_time':'1767225500','status':'COMPLETED'"),
		  "inbound @-100 b1/s1 4915112345678 as 4915112345678");
	means(CALL("'event':'terminate','direction':'USER_INITIATED','status':'FAILED'"), "inbound" WHO);
	means(CALL("'event':'connect','direction':'BUSINESS_INITIATED'"), "");
	means(CALL("'event':'call_recording_available'"), "");
	means(CALL("'event':'connect','direction':'USER_INITIATED','timestamp':'x'"), "bad_timestamp");
	means(VALUE(CONTACTS("'wa_id':'4915112345678','user_id':'DE.1'")
				"'calls':[{'id':'c1','from_user_id':'DE.1','direction':'USER_INITIATED','timestamp':'1767225590'}]"),
		  "seen 4915112345678 DE.1 by call @-10; inbound @-10 b1/s1 4915112345678 DE.1 as 4915112345678");
	means(VALUE("'calls':[{'id':'c1','direction':'USER_INITIATED','timestamp':'1767225590'}]"), "missing_recipient");
	/* Of a recording nobody knows who began the call, but a user id is the user's. */
	means(CALL("'event':'call_recording_available','from_user_id':'DE.1'"), "seen 4915112345678 DE.1 by call @-10");
	/* Of a call by the business, and of what became of it, only whose identifiers belong together. */
	means(VALUE("'calls':[{'id':'c1','from':'16505550100','to':'4915112345678','to_user_id':'DE.1','direction':'BUSINESS_INITIATED','timestamp':'1767225590'}]"),
		  "seen 4915112345678 DE.1 by call @-10");
	means(VALUE(CONTACTS("'user_id':'DE.1'")
				"'calls':[{'id':'c1','from':'16505550100','to':'4915112345678','direction':'BUSINESS_INITIATED','timestamp':'1767225590'}]"),
		  "seen 4915112345678 DE.1 by call @-10");
	means(VALUE(CONTACTS("'wa_id':'4915112345678','user_id':'DE.1'")
				"'calls':[{'id':'c1','from':'16505550101','to':'16505550100','direction':'BUSINESS_INITIATED','timestamp':'1767225590'}]"),
		  "seen 4915112345678 DE.1 by call @-10");
	means(VALUE(CONTACTS("'user_id':'DE.1'") "'calls':[{'id':'c1','from':'16505550100','event':'call_recording_available','timestamp':'1767225590'}]"), "");
	means(STATUS("'type':'call','status':'RINGING','recipient_user_id':'DE.1'"), "seen 4915112345678 DE.1 by status @-10");
	means(VALUE(CONTACTS("'user_id':'DE.1'")
				"'statuses':[{'id':'m1','type':'call','status':'failed','timestamp':'1767225590','recipient_id':'4915112345678','errors':[{'code':131026}]}]"),
		  "seen 4915112345678 DE.1 by status @-10");
	show_links = false;
}

#define CARDS(cards) VALUE("'messages':[{'id':'m','from_user_id':'DE.1','timestamp':'1767225590','type':'contacts'," \
	"'contacts':[" cards "]}]")
#define INBOUND_1 "inbound @-10 b1/s1 DE.1"

/* The user's own card links, anybody else's does not. */
static void
test_cards(void)
{
	show_links = true;
	means(CARDS("{'origin':'contact_request','phones':[{'phone':'+49 151 12345678','wa_id':'4915112345678'}]}"),
		  INBOUND_1 "; seen 4915112345678 DE.1 by contact request @-10");
	means(CARDS("{'origin':'contact_request','phones':[{'phone':'+49 151 12345678'}]}"),
		  INBOUND_1 "; seen 4915112345678 DE.1 by contact request @-10");
	means(CARDS("{'origin':'contact_request','phones':[{'phone':'+49 30 1234567'},{'phone':'+49 151 12345678','wa_id':'4915112345678'}]}"),
		  INBOUND_1 "; seen 4915112345678 DE.1 by contact request @-10");
	means(CARDS("{'origin':'other','phones':[{'wa_id':'4915112345678'}]}"), INBOUND_1);
	means(CARDS("{'phones':[{'wa_id':'4915112345678'}]}"), INBOUND_1);
	/* An older form has the origin beside the card; that of the card counts. */
	means(CARDS("{'phones':[{'phone':'+49 151 12345678'}]}],'origin':'contact_request','x':["),
		  INBOUND_1 "; seen 4915112345678 DE.1 by contact request @-10");
	means(CARDS("{'phones':[{'phone':'+49 151 12345678'}]}],'origin':'other','x':["), INBOUND_1);
	means(CARDS("{'origin':'other','phones':[{'phone':'+49 151 12345678'}]}],'origin':'contact_request','x':["), INBOUND_1);
	/* Somebody else's beside it. */
	means(CARDS("{'origin':'other','phones':[{'wa_id':'4915112345679'}]},"
				"{'origin':'contact_request','phones':[{'wa_id':'4915112345678'}]}"),
		  INBOUND_1 "; seen 4915112345678 DE.1 by contact request @-10");
	means(CARDS("{'phones':[{'wa_id':'4915112345678'}]},{'phones':[{'wa_id':'4915112345679'}]}],'origin':'contact_request','x':["), INBOUND_1);
	/* Two of them: nobody can tell which is the user's. */
	means(CARDS("{'origin':'contact_request','phones':[{'wa_id':'4915112345678'},{'wa_id':'4915112345679'}]}"), INBOUND_1);
	means(CARDS("{'origin':'contact_request','phones':[{'wa_id':'4915112345678'}]},"
				"{'origin':'contact_request','phones':[{'wa_id':'4915112345679'}]}"), INBOUND_1);
	means(CARDS("{'origin':'contact_request','user_id':'DE.2','phones':[{'wa_id':'4915112345678'}]}"), INBOUND_1);
	/* The sender's number is known, and another one. */
	means(VALUE("'messages':[{'id':'m','from':'4915112345678','from_user_id':'DE.1','timestamp':'1767225590','type':'contacts',"
				"'contacts':[{'origin':'contact_request','phones':[{'wa_id':'4915112345679'}]}]}]"),
		  "seen 4915112345678 DE.1 by message @-10; inbound @-10 b1/s1 4915112345678 DE.1 as 4915112345678");
	show_links = false;
}

#define SYSTEM(from, system) VALUE("'messages':[{'id':'m'," from "'timestamp':'1767225590','type':'system','system':{" system "}}]")
#define OLD_PHONE "'from':'4915112345678',"
#define CHANGED_NUMBER "'messages':[{'id':'m','from':'4915112345678','timestamp':'1767225590','type':'system'," \
	"'system':{'type':'user_changed_number','wa_id':'4915112345679'}}]"
#define MOVED "4915112345678 becomes 4915112345679 by system message @-10"

/* Whatever names the old side is on it, whatever names the new one on that. */
static void
test_changes(void)
{
	show_links = true;
	means(SYSTEM(OLD_PHONE, "'type':'user_changed_number','wa_id':'4915112345679'"), MOVED);
	means(SYSTEM(OLD_PHONE, "'type':'customer_changed_number','wa_id':'4915112345679','customer':'4915112345678'"), MOVED);
	means(SYSTEM(OLD_PHONE, "'type':'customer_changed_number','new_wa_id':'4915112345679'"), MOVED);
	means(SYSTEM(OLD_PHONE, "'body':'x','new_wa_id':'4915112345679'"), MOVED);
	means("{'messages':[{'from':'4915112345678','timestamp':'1767225590','system':{'body':'x','new_wa_id':'4915112345679'}}]}", MOVED);
	means(SYSTEM("", "'type':'user_changed_number','wa_id':'4915112345679','customer':'4915112345678'"), MOVED);
	means(SYSTEM(OLD_PHONE, "'type':'user_changed_number','wa_id':'4915112345679','user_id':'DE.2','parent_user_id':'DE.ENT.2',"
				 "'previous_user_id':'DE.1','previous_parent_user_id':'DE.ENT.1'"),
		  "seen 4915112345678 DE.1 DE.ENT.1 by system message @-10; "
		  "4915112345678 DE.1 DE.ENT.1 becomes 4915112345679 DE.2 DE.ENT.2 by system message @-10; "
		  "seen 4915112345679 DE.2 DE.ENT.2 by system message @-10");
	means(SYSTEM("", "'type':'user_changed_number','wa_id':'4915112345679','user_id':'DE.2','previous_user_id':'DE.1'"),
		  "DE.1 becomes 4915112345679 DE.2 by system message @-10; seen 4915112345679 DE.2 by system message @-10");
	/* A new BSUID beside the old and the new number. */
	means(SYSTEM(OLD_PHONE, "'type':'user_changed_user_id','wa_id':'4915112345679','user_id':'DE.2'"),
		  "4915112345678 becomes 4915112345679 DE.2 by system message @-10; seen 4915112345679 DE.2 by system message @-10");
	/* A new BSUID, the number stays. */
	means(SYSTEM(OLD_PHONE, "'type':'user_changed_user_id','user_id':'DE.2','previous_user_id':'DE.1'"),
		  "4915112345678 DE.1 becomes DE.2 by system message @-10; seen 4915112345678 DE.2 by system message @-10");
	means(SYSTEM(OLD_PHONE, "'type':'user_changed_user_id','wa_id':'4915112345678','user_id':'DE.2','previous_user_id':'DE.1'"),
		  "DE.1 becomes 4915112345678 DE.2 by system message @-10; seen 4915112345678 DE.2 by system message @-10");
	/* The same, where the contact alone has the old BSUID. */
	means(VALUE(CONTACTS("'wa_id':'4915112345678','user_id':'DE.1'")
				"'messages':[{'id':'m','from':'4915112345678','timestamp':'1767225590','type':'system',"
				"'system':{'type':'user_changed_user_id','user_id':'DE.2'}}]"),
		  "4915112345678 DE.1 becomes DE.2 by system message @-10; seen 4915112345678 DE.2 by system message @-10");
	means(VALUE(CONTACTS("'wa_id':'4915112345678','user_id':'DE.1'")
				"'messages':[{'id':'m','from_user_id':'DE.1','timestamp':'1767225590','type':'system',"
				"'system':{'type':'user_changed_user_id','user_id':'DE.2'}}]"),
		  "4915112345678 DE.1 becomes DE.2 by system message @-10; seen 4915112345678 DE.2 by system message @-10");
	/* Whom it is from may be the new one already. */
	means(SYSTEM("'from_user_id':'DE.2',", "'type':'user_changed_user_id','user_id':'DE.2','previous_user_id':'DE.1'"),
		  "DE.1 becomes DE.2 by system message @-10");
	means(SYSTEM("'from_user_id':'DE.1',", "'type':'user_changed_user_id','user_id':'DE.2'"),
		  "DE.1 becomes DE.2 by system message @-10");
	/* Both hidden: the text tells, and only its end, since names are free. */
	means(SYSTEM("", "'type':'user_changed_user_id','user_id':'DE.2','body':'User Ada changed from DE.1 to DE.2'"),
		  "DE.1 becomes DE.2 by system message @-10");
	means(SYSTEM("'from_user_id':'DE.2',", "'type':'user_changed_user_id','user_id':'DE.2','body':'User Ada changed from DE.1 to DE.2.'"),
		  "DE.1 becomes DE.2 by system message @-10");
	means(SYSTEM("", "'type':'user_changed_user_id','body':'User Ada changed from DE.1 to DE.2'"),
		  "DE.1 becomes DE.2 by system message @-10");
	means(SYSTEM("", "'type':'user_changed_user_id','user_id':'DE.2','body':'User A changed from DE.9 to DE.2 changed from DE.1 to DE.2'"),
		  "DE.1 becomes DE.2 by system message @-10");
	means(SYSTEM("", "'type':'user_changed_user_id','user_id':'DE.2','body':'User Ada changed from DE.1 to DE.3'"),
		  "missing_recipient");
	means(SYSTEM("", "'type':'user_changed_user_id','user_id':'DE.2','body':'Ada is somebody else'"), "missing_recipient");
	/* Some say what has changed, and name as sender whom it is from now. */
	means(SYSTEM("'from':'4915112345679',", "'type':'user_changed_number','new_wa_id':'4915112345679',"
				 "'body':'User changed number from 4915112345678 to 4915112345679'"), MOVED);
	/* A new identifier that is called so is beside the old one. */
	means(SYSTEM("", "'body':'x','user_id':'DE.1','new_user_id':'DE.2'"), "DE.1 becomes DE.2 by system message @-10");
	means(SYSTEM("", "'type':'user_changed_user_id','user_id':'DE.2','new_user_id':'DE.2','previous_user_id':'DE.1'"),
		  "DE.1 becomes DE.2 by system message @-10");
	means(SYSTEM("", "'type':'user_changed_user_id','parent_user_id':'DE.ENT.1','new_parent_user_id':'DE.ENT.2'"),
		  "DE.ENT.1 becomes DE.ENT.2 by system message @-10");
	means(SYSTEM(OLD_PHONE, "'type':'user_changed_number','wa_id':'nobody'"), "bad_recipient");
	/* The same number, but that WhatsApp writes it anew; where it is written as before, the old one is unknown. */
	means(SYSTEM("'from':'5215512345678',", "'type':'user_changed_number','wa_id':'525512345678'"), "");
	means(SYSTEM("'from':'551187654321',", "'type':'user_changed_number','wa_id':'5511987654321','user_id':'BR.2'"),
		  "seen 5511987654321 BR.2 by system message @-10");
	means(SYSTEM(OLD_PHONE, "'type':'user_changed_number','wa_id':'4915112345678'"), "bad_recipient");
	means(SYSTEM("'from':'de.2',", "'type':'user_changed_user_id','user_id':'DE.2'"), "bad_recipient");
	/* Two old BSUIDs: both are followed. */
	means(SYSTEM("'from_user_id':'DE.0',", "'type':'user_changed_user_id','user_id':'DE.2','previous_user_id':'DE.1'"),
		  "DE.1 becomes DE.2 by system message @-10; DE.0 becomes DE.2 by system message @-10");
	/* What is no change is none. */
	means(SYSTEM(OLD_PHONE, "'type':'customer_identity_changed','wa_id':'4915112345678'"), "");

	means(VALUE("'user_id_update':[{'wa_id':'4915112345678','user_id':{'previous':'DE.1','current':'DE.2'},'timestamp':'1767225590'}]"),
		  "4915112345678 DE.1 becomes DE.2 by user_id_update @-10; seen 4915112345678 DE.2 by user_id_update @-10");
	means(VALUE("'user_id_update':[{'wa_id':'4915112345678','user_id':{'current':'DE.2'},'timestamp':'1767225590'}]"),
		  "seen 4915112345678 DE.2 by user_id_update @-10");
	means(VALUE("'user_id_update':[{'parent_user_id':{'previous':'DE.ENT.1','current':'DE.ENT.2'},'timestamp':'1767225590'}]"),
		  "DE.ENT.1 becomes DE.ENT.2 by user_id_update @-10");
	means(VALUE("'user_id_update':[{'user_id':{'current':'DE.2'},'timestamp':'1767225590'}]"), "missing_recipient");
	/* two phones were not seen together: the one became the other */
	means(VALUE("'user_id_update':[{'wa_id':'4915112345678','user_id':{'current':'4915112345679'},'timestamp':'1767225590'}]"),
		  "4915112345678 becomes 4915112345679 by user_id_update @-10");
	show_links = false;
}

#define UPDATE(contact) VALUE(CONTACTS(contact) "'user_id_update':[{'user_id':{'previous':'DE.1','current':'DE.2'},'timestamp':'1767225590'}]")
#define UPDATED "DE.1 becomes DE.2 by user_id_update @-10"

/* A contact of a change has the old identifiers, or the new ones. */
static void
test_contacts_of_changes(void)
{
	show_links = true;
	means(UPDATE("'wa_id':'4915112345678'"),
		  "4915112345678 " UPDATED "; seen 4915112345678 DE.2 by user_id_update @-10");
	means(UPDATE("'wa_id':'4915112345678','user_id':'DE.2'"),
		  "4915112345678 " UPDATED "; seen 4915112345678 DE.2 by user_id_update @-10");
	means(UPDATE("'wa_id':'4915112345678','user_id':'DE.1'"),
		  "4915112345678 " UPDATED "; seen 4915112345678 DE.2 by user_id_update @-10");
	means(UPDATE("'user_id':'DE.2','parent_user_id':'DE.ENT.2'"), UPDATED "; seen DE.2 DE.ENT.2 by user_id_update @-10");
	means(UPDATE("'user_id':'DE.1','parent_user_id':'DE.ENT.1'"), "DE.1 DE.ENT.1 becomes DE.2 by user_id_update @-10");
	means(VALUE(CONTACTS("'wa_id':'4915112345678'") "'user_id_update':[{'user_id':{'current':'DE.2'},'timestamp':'1767225590'}]"),
		  "seen 4915112345678 DE.2 by user_id_update @-10");

	means(VALUE(CONTACTS("'wa_id':'4915112345678','user_id':'DE.1'") CHANGED_NUMBER),
		  "seen 4915112345678 DE.1 by system message @-10; 4915112345678 DE.1 becomes 4915112345679 by system message @-10");
	means(VALUE(CONTACTS("'wa_id':'4915112345679','user_id':'DE.2'") CHANGED_NUMBER),
		  MOVED "; seen 4915112345679 DE.2 by system message @-10");
	means(VALUE(CONTACTS("'user_id':'DE.2'") CHANGED_NUMBER), MOVED "; seen 4915112345679 DE.2 by system message @-10");
	means(VALUE(CONTACTS("'wa_id':'4915112345677','user_id':'DE.3'") CHANGED_NUMBER), MOVED);
	means(VALUE(CONTACTS("'wa_id':'4915112345678'") "'messages':[{'id':'m','timestamp':'1767225590','type':'system',"
				"'system':{'type':'user_changed_number','wa_id':'4915112345679'}}]"), MOVED);
	/* A BSUID beside its successor is a change under any type, and so is another number than whom it is from. */
	means(SYSTEM("", "'type':'user_changed_username','user_id':'DE.2','previous_user_id':'DE.1'"), "DE.1 becomes DE.2 by system message @-10");
	means(SYSTEM(OLD_PHONE, "'type':'customer_identity_changed','user_id':'DE.1','previous_user_id':'DE.1'"), "");
	means(SYSTEM(OLD_PHONE, "'type':'customer_identity_changed','wa_id':'4915112345679'"), MOVED);
	means(SYSTEM(OLD_PHONE, "'type':'customer_identity_changed','new_wa_id':'+49 1511 2345678'"), "");
	means(SYSTEM(OLD_PHONE, "'type':'customer_identity_changed','wa_id':'DE.1'"), "");
	means(SYSTEM(OLD_PHONE, "'type':'user_preference_changed','marketing':'stop','wa_id':'4915112345679'"),
		  "whatsapp stop by system message @-10 b1/s1 4915112345678 as 4915112345678");
	show_links = false;
}

#define STANDBY(members) VALUE("'standby':{" members "}")

static void
test_standby(void)
{
	show_links = true;
	means(STANDBY(CONTACTS("'wa_id':'4915112345678','user_id':'DE.1'") FROM_PHONE),
		  "seen 4915112345678 DE.1 by message @-10; inbound @-10 b1/s1 4915112345678 DE.1 as 4915112345678; "
		  "business stop by phrase \"STOP\" @-10 b1/s1 4915112345678 DE.1 as 4915112345678");
	means(STANDBY("'statuses':[{'status':'failed','recipient_id':'4915112345678','timestamp':1767225590,'errors':[{'code':131050}]}]"),
		  "whatsapp stop by failed message 131050" WHO);
	means(STANDBY("'message_echoes':[{'to':'4915112345678','timestamp':1767225590,'type':'text','text':{'body':'STOP'}}]"), "");
	means(VALUE("'elsewhere':{" FROM_PHONE "}"), "unknown_shape");
	/* Contacts of somebody else's making. */
	means("{'contacts':[{'phone':'4915112345678','status':'unsubscribed'}]}",
		  "no payload: object without entry, value, statuses, messages or the like");
	means("{'contacts':[{'phone':'4915112345678'},{'wa_id':'4915112345678'}]}", "");
	means("{'messaging_product':'whatsapp','contacts':[{'profile':{'name':'N'}}]}", "");
	show_links = false;
}

#define RESTRICTED(members) "{'entry':[{'id':'b1','changes':[{'field':'account_update','value':" \
	"{'event':'ACCOUNT_RESTRICTION','restriction_info':[" members "]}}]}]}"
#define BUSINESS_INITIATED "'restriction_type':'RESTRICTED_BIZ_INITIATED_MESSAGING'"

/* Where the end of a restriction cannot be read, or be right, nobody knows of one. */
static void
test_restrictions(void)
{
	show_holds = true;
	/* Whoever it was, what is of the sender holds that. */
	means(VALUE("'statuses':[{'status':'failed','timestamp':'1767225590','recipient_id':'nobody','errors':[{'code':131031},{'code':131050},{'code':5555}]}]"),
		  "bad_recipient; hold 131031 until 86390; unknown_code 5555");
	means(VALUE("'statuses':[{'status':'failed','timestamp':'1767225590','errors':[{'code':130497},{'code':131049}]}]"),
		  "missing_recipient");
	/* A code that cannot be read is told; errors of flows have none. */
	means(VALUE("'errors':[{'code':'abc'},{'code':131031},{'code':[131031]},{'code':''},{'code':131031.5}]"),
		  "unknown_value; hold 131031 until 86400; unknown_value; unknown_value; unknown_value");
	means(VALUE("'errors':[{'title':'x'},{'data':{'code':131031}}]"), "unknown_value; unknown_value");
	means("{'field':'flows','value':{'event':'ENDPOINT_ERROR_RATE','errors':[{'error_type':'x'}]}}", "");
	means(VALUE("'statuses':[{'status':'failed','timestamp':'1767225590','errors':[{'code':'abc'}]}]"), "missing_recipient");
	means(RESTRICTED("{" BUSINESS_INITIATED ",'expiration':1767225700}"), "hold -2 until 100");
	means(RESTRICTED("{" BUSINESS_INITIATED ",'expiration':'2026-01-01T00:01:40+0000'}"), "hold -2 until 100");
	means(RESTRICTED("{" BUSINESS_INITIATED ",'expiration':'2026-01-01T01:01:40.250+01:00'}"), "hold -2 until 100");
	means(RESTRICTED("{" BUSINESS_INITIATED "}"), "hold -2 until ever");
	means(RESTRICTED("{" BUSINESS_INITIATED ",'expiration':'soon'}"), "unknown_value; hold -2 until ever");
	means(RESTRICTED("{" BUSINESS_INITIATED ",'expiration':'2026-01-01T00:01:40.'}"), "unknown_value; hold -2 until ever");
	means(RESTRICTED("{" BUSINESS_INITIATED ",'expiration':0}"), "unknown_value; hold -2 until ever");
	means(RESTRICTED("{" BUSINESS_INITIATED ",'expiration':[1767225700]}"), "unknown_value; hold -2 until ever");
	means(RESTRICTED("{" BUSINESS_INITIATED ",'expiration':'2026-02-30T00:00:00Z'}"), "unknown_value; hold -2 until ever");
	means(RESTRICTED("{" BUSINESS_INITIATED ",'expiration':'2027-02-29T00:00:00Z'}"), "unknown_value; hold -2 until ever");
	means(RESTRICTED("{" BUSINESS_INITIATED ",'expiration':'2028-02-29T00:00:00Z'}"), "hold -2 until 68169600");
	means(RESTRICTED("{" BUSINESS_INITIATED ",'expiration':'2026-12-31T00:00:00Z'}"), "hold -2 until 31449600");
	means(RESTRICTED("{" BUSINESS_INITIATED ",'expiration':'2026-12-32T00:00:00Z'}"), "unknown_value; hold -2 until ever");
	means(RESTRICTED("{" BUSINESS_INITIATED ",'expiration':'2026-04-01T00:60:00Z'}"), "unknown_value; hold -2 until ever");
	/* In either case. */
	means(RESTRICTED("{'restriction_type':'Restricted_biz_initiated_messaging','expiration':1767225700}"), "hold -2 until 100");
	means(RESTRICTED("{'restriction_type':'restricted_business_initiated_calling'}"), "");
	means(RESTRICTED("{" BUSINESS_INITIATED ",'expiration':' '}"), "unknown_value; hold -2 until ever");
	/* One that nobody knows is told, one that stops no messages is not. */
	means(RESTRICTED("{'restriction_type':'RESTRICTED_ALL_MESSAGING','expiration':1767225700}"), "unknown_value");
	means(RESTRICTED("'RESTRICTED_BIZ_INITIATED_MESSAGING'"), "unknown_value");
	means("{'entry':[{'id':'b1','changes':[{'field':'account_update','value':"
		  "{'event':'ACCOUNT_RESTRICTION','restriction_info':'RESTRICTED_BIZ_INITIATED_MESSAGING'}}]}]}", "unknown_value");
	means(RESTRICTED("{'restriction_type':'RESTRICTED_BUSINESS_INITIATED_CALLING'},{'restriction_type':'RESTRICTED_ADD_PHONE_NUMBER_ACTION'},"
					 "{'restriction_type':'RESTRICTED_DIRECT_SEND_UTILITY_TEMPLATES'}"), "");
	/* Notes. */
	means(RESTRICTED("{'restriction_type':'RATE_LIMITED_UTILITY_TEMPLATE_MESSAGING','expiration':1767225700}"), "hold -5 until 100");
	means("{'entry':[{'id':'b1','changes':[{'field':'account_update','value':{'event':'ACCOUNT_RESTRICTION'}}]}]}", "hold -6 until 604800");
	show_holds = false;
	/* A template that cannot be sent, and nobody knows which. */
	means("{'field':'message_template_status_update','value':{'event':'APPROVED','message_template_id':7}}", "");
	means("{'field':'message_template_status_update','value':{'event':'DISABLED','message_template_id':7}}", "unknown_shape");
}

/* Keys must fit an index, and may not be cut inside a character. */
static void
test_long_names(void)
{
	char		long_name[600];
	wa_failure_report failure = {
		{WA_STR("4915112345678"), {NULL, 0}, {NULL, 0}},
		131026, NOW, {long_name, sizeof(long_name)}, WA_STR("s"), WA_STR("m")
	};
	char		expected[1200];

	for (int i = 0; i < (int) sizeof(long_name); i++)
		long_name[i] = "\xC3\xA4"[i % 2];
	used = 0;
	found[0] = '\0';
	wa_interpret_failure(&failure, NOW, &policy, &sink);
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
		{"4915112345678", 131050, 0, "whatsapp stop by failed message 131050 @0 b/s 4915112345678 as 4915112345678"},
		{"4915112345678", 429, 0, ""},
		{"4915112345678", 77, 0, "unknown_code 77"},
		{"4915112345678", 131026, 10 * WA_MINUTE, "failure 131026 @600 b/s 4915112345678 as 4915112345678"},
		{"4915112345678", 131026, 10 * WA_MINUTE + 1, "bad_timestamp; failure 131026 @0 b/s 4915112345678"},
		{"4915112345678", 131050, WA_DAY, "bad_timestamp; whatsapp stop by failed message 131050 @0 b/s 4915112345678"},
		{"4915112345678", 131026, WA_FIRST_INSTANT - NOW - 1, "bad_timestamp; failure 131026 @0 b/s 4915112345678"},
		{"nobody", 131026, 0, "bad_recipient"},
		{"", 131026, 0, "missing_recipient"},
		{"nobody", 77, 0, "bad_recipient; unknown_code 77"},
	};

	for (int i = 0; i < lengthof(rows); i++)
	{
		wa_failure_report failure = {
			{{rows[i].phone, strlen(rows[i].phone)}, {NULL, 0}, {NULL, 0}},
			rows[i].code, NOW + rows[i].offset, WA_STR("b"), WA_STR("s"), WA_STR("m")
		};

		used = 0;
		found[0] = '\0';
		wa_interpret_failure(&failure, NOW, &policy, &sink);
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
	test_contacts();
	test_groups();
	test_calls();
	test_cards();
	test_changes();
	test_contacts_of_changes();
	test_standby();
	test_restrictions();
	test_long_names();
	test_failure_alone();
	return summary();
}
