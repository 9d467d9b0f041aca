/*-------------------------------------------------------------------------
 *
 * test_payload.c
 *	  Unit tests of payload/.
 *
 * Most are a row of a table: a payload, with ' for ", and what is read in it,
 * one line an element: path, kind, and name=value of what was filled.  Ids
 * are written phone/user_id/parent; an absent one is -, an empty one nothing.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/payload/open.c src/payload/parse.c src/payload/shape.c src/payload/contacts.c src/payload/elements.c src/payload/element_parts.c src/payload/messages.c src/payload/walk.c src/payload/unread.c src/payload/text.c src/recipient/phone.c src/recipient/spelling.c */
/* LIBS: -ljson-c */
#include "c.h"

#include "payload/payload.h"

#include "check.h"

#define RENDER_SIZE		8192

#undef check
static void
check(const char *name, bool met)
{
	check_format(met, "%s", name);
}

/* ----------------------------------------------------------------
 * An element as text
 * ----------------------------------------------------------------
 */

typedef struct rendering
{
	char		text[RENDER_SIZE];
	size_t		used;
} rendering;

static void
add_bytes(rendering *out, const char *bytes, size_t len)
{
	if (out->used + len < RENDER_SIZE)
	{
		memcpy(out->text + out->used, bytes, len);
		out->used += len;
	}
	out->text[out->used] = '\0';
}

static void
add(rendering *out, const char *text)
{
	add_bytes(out, text, strlen(text));
}

static void
add_text(rendering *out, const char *name, wa_str text)
{
	if (text.data == NULL)
		return;
	add(out, " ");
	add(out, name);
	add(out, "=");
	for (size_t i = 0; i < text.len; i++)
		add_bytes(out, text.data[i] == '\0' ? "^" : text.data + i, 1);
}

static void
add_ids(rendering *out, const char *name, const wa_ids *ids)
{
	const wa_str *all[] = {&ids->phone, &ids->user_id, &ids->parent_user_id};

	if (ids->phone.data == NULL && ids->user_id.data == NULL &&
		ids->parent_user_id.data == NULL)
		return;
	add(out, " ");
	add(out, name);
	for (int i = 0; i < 3; i++)
	{
		add(out, i == 0 ? "=" : "/");
		if (all[i]->data == NULL)
			add(out, "-");
		else
			add_bytes(out, all[i]->data, all[i]->len);
	}
}

static void
render(rendering *out, const wa_element *element)
{
	static const char *const kinds[] = {
		"status", "message", "preference", "contact", "user_id_update", "call", "error",
		"account_update", "other", "malformed", "template"
	};
	char		path[WA_PATH_SIZE];

	if (out->used > 0)
		add(out, "\n");
	wa_payload_path(element, path, sizeof(path));
	add(out, path);
	add(out, " ");
	add(out, kinds[element->kind]);
	if (element->unread)
		add(out, " unread");
	if (element->no_message)
		add(out, " no_message");
	if (element->on_premises)
		add(out, " onprem");
	if (element->group)
		add(out, " group");
	if (element->by_user)
		add(out, " by_user");
	if (element->automatic)
		add(out, " automatic");
	if (element->addressed)
		add(out, " addressed");
	add_text(out, "business", element->business);
	add_text(out, "sender", element->sender);
	add_text(out, "field", element->field);
	add_text(out, "time", element->entry_time);
	add_text(out, "type", element->type);
	add_ids(out, "who", &element->who);
	add_ids(out, "contact", &element->contact);
	add_text(out, "at", element->timestamp);
	add_text(out, "id", element->message_id);
	add_text(out, "pricing", element->pricing_category);
	add_text(out, "origin", element->origin_type);
	add_text(out, "text", element->texts[0]);
	add_text(out, "text2", element->texts[1]);
	if (element->side_texts)
		add(out, " side");
	add_ids(out, "card", &element->card);
	add_text(out, "system", element->system_type);
	add_text(out, "body", element->system_body);
	add_text(out, "marketing", element->system_marketing);
	add_ids(out, "to", &element->changed_to);
	add_ids(out, "from", &element->changed_from);
	add_text(out, "category", element->category);
	add_text(out, "signup", element->signup_id);
	add_text(out, "ban", element->ban_state);
	add_text(out, "waba", element->waba_id);
	for (int i = 0; i < element->nerrors; i++)
	{
		add(out, " [");
		add_text(out, "code", wa_element_error_code(element, i));
		add(out, " ]");
	}
	for (int i = 0; i < element->nrestrictions; i++)
	{
		wa_restriction restriction;

		wa_element_restriction(element, i, &restriction);
		add(out, " {");
		add_text(out, "type", restriction.type);
		add_text(out, "until", restriction.expiration);
		add(out, " }");
	}
}

/* JSON with ' for "; what comes back lives until the next call. */
static const char *
json(const char *text)
{
	static char buffer[RENDER_SIZE];
	size_t		i;

	for (i = 0; text[i] != '\0' && i + 1 < sizeof(buffer); i++)
		buffer[i] = text[i] == '\'' ? '"' : text[i];
	buffer[i] = '\0';
	return buffer;
}

/* ----------------------------------------------------------------
 * What is read
 * ----------------------------------------------------------------
 */

typedef struct reading
{
	const char *name;
	const char *payload;
	const char *elements;
} reading;

static const reading readings[] = {
	{"cloud envelope",
		"{'object':'whatsapp_business_account','entry':[{'id':'1','time':5,'changes':[{'field':'messages','value':"
		"{'messaging_product':'whatsapp','metadata':{'phone_number_id':'2'},'statuses':[{'id':'w','status':'read',"
		"'timestamp':'10','recipient_id':'16505550101','pricing':{'category':'marketing'},"
		"'conversation':{'origin':{'type':'utility'}}}]}}]}]}",
		"/entry/0/changes/0/value/statuses/0 status business=1 sender=2 field=messages time=5 type=read "
	"who=16505550101/-/- at=10 id=w pricing=marketing origin=utility"},
	{"envelope without object",
		"{'entry':[{'changes':[{'value':{'statuses':[{}]}}]}]}",
	"/entry/0/changes/0/value/statuses/0 status"},
	{"entry null", "{'object':'x','entry':null}", ""},
	{"of other products",
		"[{'object':'page','entry':[{'id':'1','messaging':[{'sender':{'id':'2'},'message':{'text':'stop'}}]},{'id':'1','changed_fields':['name']}]},"
		"{'object':'instagram','entry':[{'id':'1','changes':[{'field':'messages','value':{'sender':{'id':'2'},'message':{'text':'stop'}}},"
		"{'field':'name','value':'x'},{'field':'a'}]}]}]",
		"/0/entry/0 other business=1\n/0/entry/1 other business=1\n/1/entry/0/changes/0/value other business=1 field=messages\n"
	"/1/entry/0/changes/1/value other business=1 field=name\n/1/entry/0/changes/2 other business=1 field=a"},
	{"of another product by its object alone",
		"[{'object':'page','entry':[{'id':'1','wrapped':{'statuses':[{}]}},{'id':'1','changes':[{'field':'f','value':{'x':{'messages':[{}]}}},"
		"{'field':'f','value':{'statuses':[{'id':'a'}],'Messages':[{}]}},{'field':'f','value':'{\\'messages\\':[{}]}'}]}]}]",
		"/0/entry/0 malformed business=1\n/0/entry/1/changes/0/value malformed unread business=1 field=f\n"
		"/0/entry/1/changes/1/value/statuses/0 status business=1 field=f id=a\n/0/entry/1/changes/1/value malformed unread business=1 field=f\n"
	"/0/entry/1/changes/2/value malformed business=1 field=f"},
	{"empty entry", "{'entry':[]}", ""},
	{"empty changes", "{'entry':[{'id':'1','changes':[]}]}", ""},
	{"empty and null arrays", "{'entry':[{'changes':[{'value':{'statuses':[],'messages':null}}]}]}", ""},
	{"empty array of payloads", "[]", ""},
	{"dashboard test",
		"{'field':'messages','value':{'metadata':{'phone_number_id':2},'messages':[{'from':'1','type':'text','text':{'body':'x'}}]}}",
	"/value/messages/0 message sender=2 field=messages type=text who=1/-/- text=x"},
	{"dashboard test without field", "{'value':{'statuses':[{'status':'sent'}]}}",
	"/value/statuses/0 status type=sent"},
	{"dashboard test, value missing", "{'field':'messages'}", " malformed field=messages"},
	{"dashboard test, value a string", "{'field':'messages','value':'x'}", "/value malformed field=messages"},
	{"on-premises",
		"{'statuses':[{'id':'g','message':{'recipient_id':'+1 650'},'status':'delivered','timestamp':7}]}",
	"/statuses/0 status onprem type=delivered who=+1 650/-/- at=7 id=g"},
	{"on-premises, recipient_id goes first",
		"{'statuses':[{'message':{'recipient_id':'2'},'recipient_id':'1'}]}",
	"/statuses/0 status onprem who=1/-/-"},
	{"on-premises, recipient_id empty",
		"{'statuses':[{'message':{'recipient_id':'2'},'recipient_id':''}]}",
	"/statuses/0 status onprem who=2/-/-"},
	{"on-premises errors",
		"{'errors':[{'code':400,'title':'T','details':'D','href':'H'}]}",
	"/errors/0 error onprem [ code=400 ]"},
	{"bare value",
		"{'messaging_product':'whatsapp','metadata':{'phone_number_id':'2'},'contacts':[{'wa_id':'1'}]}",
	"/contacts/0 contact sender=2 who=1/-/-"},
	{"bare value with nothing that counts", "{'metadata':{'phone_number_id':'2'}}", " other sender=2"},
	{"metadata of something else", "[{'metadata':{'a':1},'data':'{\\'messages\\':[{}]}'},{'metadata':{'display_phone_number':'1'}}]",
	"/0 malformed\n/1 other"},
	{"elements by themselves",
		"[{'status':'failed','recipient_id':'1','errors':[{'code':131050}]},{'from':'1','type':'contacts','contacts':[{'wa_id':'2'}]},"
		"{'from_user_id':'U','type':'unsupported','errors':[{}]},{'status':'ok','statuses':[{}]},{'errors':[{}],'status':null}]",
	"/0 malformed\n/1 malformed\n/2 malformed\n/3/statuses/0 status onprem\n/4/errors/0 error onprem [ ]"},
	{"array of all forms",
		"[{'statuses':[{'status':'a'}]},{'entry':[{'id':'9','changes':[{'field':'f','value':{'statuses':[{'status':'b'}]}}]}]},"
		"{'field':'g','value':{'metadata':{'phone_number_id':'2'},'statuses':[{'status':'c'}]}},{'statuses':[{'status':'d'}]}]",
		"/0/statuses/0 status onprem type=a\n"
		"/1/entry/0/changes/0/value/statuses/0 status business=9 field=f type=b\n"
		"/2/value/statuses/0 status sender=2 field=g type=c\n"
	"/3/statuses/0 status onprem type=d"},
	{"array with what is no payload",
		"[null,1,'x',[{'statuses':[]}],{'a':1},{'statuses':[{'status':'a'}]}]",
		"/0 malformed\n/1 malformed\n/2 malformed\n/3 malformed\n/4 malformed\n"
	"/5/statuses/0 status onprem type=a"},

	{"many members",
		"{'statuses':[{'a':1,'b':1,'c':1,'d':1,'e':1,'f':1,'g':1,'h':1,'i':1,'j':1,'k':1,'l':1,'m':1,'n':1,'o':1,'p':1,"
		"'status':'sent','recipient_id':'1','id':'W','timestamp':'5'}]}",
	"/statuses/0 status onprem type=sent who=1/-/- at=5 id=W"},

	/* ids */
	{"status of a hidden phone",
		"{'statuses':[{'recipient_user_id':'US.1','recipient_parent_user_id':'US.ENT.2'}]}",
	"/statuses/0 status onprem who=-/US.1/US.ENT.2"},
	{"old spelling of the parent",
		"{'statuses':[{'recipient_id':'1','parent_recipient_user_id':'US.ENT.2'}]}",
	"/statuses/0 status onprem who=1/-/US.ENT.2"},
	{"the parent as contacts have it",
		"{'statuses':[{'recipient_user_id':'US.1','parent_user_id':'US.ENT.2'},{'parent_user_id':'US.ENT.3','recipient_parent_user_id':'US.ENT.2'}]}",
	"/statuses/0 status onprem who=-/US.1/US.ENT.2\n/statuses/1 status onprem who=-/-/US.ENT.2"},
	{"empty ids are not absent",
		"{'statuses':[{'recipient_id':'','recipient_user_id':''}]}",
	"/statuses/0 status onprem who=//-"},
	{"group: the participant",
		"{'statuses':[{'recipient_id':'G','recipient_type':'group','recipient_participant_id':'1',"
		"'recipient_user_id':'G2','recipient_participant_user_id':'US.1','recipient_participant_parent_user_id':'US.ENT.1'}]}",
	"/statuses/0 status onprem who=1/US.1/US.ENT.1"},
	{"group: the other spelling",
		"{'statuses':[{'recipient_id':'G','recipient_type':'group','participant_recipient_id':'1',"
		"'participant_recipient_user_id':'US.1','participant_recipient_parent_user_id':'US.ENT.1'}]}",
	"/statuses/0 status onprem who=1/US.1/US.ENT.1"},
	{"group: told by its id", "{'statuses':[{'recipient_id':'Y2FwaV9ncm91cDox'},{'recipient_id':'1-2@g.us'}]}",
	"/statuses/0 status onprem group\n/statuses/1 status onprem group"},
	{"group: no participant, never the group",
		"{'statuses':[{'recipient_id':'G','recipient_type':'group','recipient_user_id':'G2','message':{'recipient_id':'G'}}]}",
	"/statuses/0 status onprem group"},
	{"group: no recipient_type",
		"{'statuses':[{'recipient_id':'G','recipient_participant_id':'1'}]}",
	"/statuses/0 status onprem who=1/-/-"},
	{"individual", "{'statuses':[{'recipient_id':'1','recipient_type':'individual'}]}",
	"/statuses/0 status onprem who=1/-/-"},
	{"message of a hidden phone",
		"{'messages':[{'from_user_id':'US.1','from_parent_user_id':'US.ENT.2','type':'image'}]}",
	"/messages/0 message onprem type=image who=-/US.1/US.ENT.2"},

	/* contacts */
	{"contact by equal id, other order",
		"{'contacts':[{'wa_id':'1','user_id':'A'},{'wa_id':'2'}],'messages':[{'from':'2'},{'from':'1'}]}",
		"/contacts/0 contact onprem who=1/A/-\n/contacts/1 contact onprem who=2/-/-\n"
		"/messages/0 message onprem who=2/-/- contact=2/-/-\n"
	"/messages/1 message onprem who=1/-/- contact=1/A/-"},
	{"contact by phone despite plus and blanks",
		"{'contacts':[{'wa_id':'9'},{'wa_id':'1650'}],'messages':[{'from':' +1 650 '}]}",
		"/contacts/0 contact onprem who=9/-/-\n/contacts/1 contact onprem who=1650/-/-\n"
	"/messages/0 message onprem who= +1 650 /-/- contact=1650/-/-"},
	{"contact by user id",
		"{'contacts':[{'wa_id':'9'},{'wa_id':'1','user_id':'US.1'}],'statuses':[{'recipient_user_id':'US.1'}]}",
		"/contacts/0 contact onprem who=9/-/-\n/contacts/1 contact onprem who=1/US.1/-\n"
	"/statuses/0 status onprem who=-/US.1/- contact=1/US.1/-"},
	{"contact by parent id",
		"{'contacts':[{'wa_id':'9'},{'wa_id':'1','parent_user_id':'P'}],'user_preferences':[{'parent_user_id':'P'}]}",
		"/contacts/0 contact onprem who=9/-/-\n/contacts/1 contact onprem who=1/-/P\n"
	"/user_preferences/0 preference onprem who=-/-/P contact=1/-/P"},
	{"the only contact of the only message",
		"{'contacts':[{'wa_id':'1','user_id':'U'}],'messages':[{'from':'2'}]}",
		"/contacts/0 contact onprem who=1/U/-\n"
	"/messages/0 message onprem who=2/-/- contact=1/U/-"},
	{"the only contact of two elements is nobody's",
		"{'contacts':[{'wa_id':'1'}],'messages':[{'from':'2'}],'statuses':[{'recipient_id':'3'}]}",
		"/contacts/0 contact onprem who=1/-/-\n/messages/0 message onprem who=2/-/-\n"
	"/statuses/0 status onprem who=3/-/-"},
	{"the only contact beside messages from nobody",
		"{'contacts':[{'wa_id':'1'}],'messages':[{'from':''},{}],'statuses':[{}]}",
		"/contacts/0 contact onprem who=1/-/-\n/messages/0 message onprem who=/-/- contact=1/-/-\n"
	"/messages/1 message onprem contact=1/-/-\n/statuses/0 status onprem"},
	{"contact by an id that is written in another way, or elsewhere",
		"{'contacts':[{'wa_id':'16505550101'},{'wa_id':'5531987654321','user_id':'BR.1'},{'wa_id':'525512345678'},{'user_id':'de.1'}],"
		"'statuses':[{'recipient_id':'16505550101'},{'recipient_id':'553187654321'},{'recipient_id':'+52 1 55 1234 5678'},{'recipient_id':'DE.1'},"
		"{'recipient_id':'553187654322'}]}",
		"/contacts/0 contact onprem who=16505550101/-/-\n/contacts/1 contact onprem who=5531987654321/BR.1/-\n"
		"/contacts/2 contact onprem who=525512345678/-/-\n/contacts/3 contact onprem who=-/de.1/-\n"
		"/statuses/0 status onprem who=16505550101/-/- contact=16505550101/-/-\n"
		"/statuses/1 status onprem who=553187654321/-/- contact=5531987654321/BR.1/-\n"
		"/statuses/2 status onprem who=+52 1 55 1234 5678/-/- contact=525512345678/-/-\n"
		"/statuses/3 status onprem who=DE.1/-/- contact=-/de.1/-\n"
	"/statuses/4 status onprem who=553187654322/-/-"},
	{"one of two contacts is nobody's",
		"{'contacts':[{'wa_id':'1'},{'wa_id':'3'}],'messages':[{'from':'2'}]}",
		"/contacts/0 contact onprem who=1/-/-\n/contacts/1 contact onprem who=3/-/-\n"
	"/messages/0 message onprem who=2/-/-"},
	{"empty ids are no bond",
		"{'contacts':[{'wa_id':'','user_id':'A'},{'wa_id':'','user_id':'B'}],'statuses':[{'recipient_id':'','recipient_user_id':'B'}]}",
		"/contacts/0 contact onprem who=/A/-\n/contacts/1 contact onprem who=/B/-\n"
	"/statuses/0 status onprem who=/B/- contact=/B/-"},
	{"contacts of another change are not looked at",
		"{'entry':[{'changes':[{'value':{'contacts':[{'wa_id':'1'}]}},{'value':{'messages':[{'from':'1'}]}}]}]}",
		"/entry/0/changes/0/value/contacts/0 contact who=1/-/-\n"
	"/entry/0/changes/1/value/messages/0 message who=1/-/-"},

	/* messages */
	{"texts of a button",
		"{'messages':[{'type':'button','button':{'payload':'P','text':'T'}}]}",
	"/messages/0 message onprem type=button text=T text2=P"},
	{"texts of a button reply",
		"{'messages':[{'type':'interactive','interactive':{'type':'button_reply','button_reply':{'id':'I','title':'T'}}}]}",
	"/messages/0 message onprem type=interactive text=T text2=I"},
	{"text of a list reply",
		"{'messages':[{'type':'interactive','interactive':{'type':'list_reply','list_reply':{'id':'I','title':'T'}}}]}",
	"/messages/0 message onprem type=interactive text=T text2=I side"},
	{"an interactive message with the title alone",
		"{'messages':[{'type':'interactive','interactive':{'type':'button_reply','id':'I','title':'T'}},"
		"{'type':'interactive','interactive':{'type':'button_reply','button_reply':'T'}}]}",
		"/messages/0 message onprem type=interactive text=T side\n"
	"/messages/1 message onprem type=interactive text=T side"},
	{"a reply without interactive, a message in a message, a bare body",
		"{'messages':[{'type':'button_reply','button_reply':{'id':'I','title':'T'}},{'type':'interactive','button_reply':{'id':'I','title':'T'}},"
		"{'from':'1','message':{'type':'text','text':{'body':'STOP'}}},{'from':'1','body':'STOP'}]}",
		"/messages/0 message onprem type=button_reply text=T text2=I side\n/messages/1 message onprem type=interactive text=T text2=I side\n"
	"/messages/2 message onprem who=1/-/- text=STOP side\n/messages/3 message onprem who=1/-/- text=STOP side"},
	{"a part as a string of JSON",
		"{'messages':[{'from':'1','type':'text','text':'{\\'body\\':\\'STOP\\'}'},{'from':'1','type':'text','text':'[STOP]'}]}",
	"/messages/0 message onprem type=text who=1/-/-\n/messages/1 message onprem type=text who=1/-/- text=[STOP]"},
	{"text of an order", "{'messages':[{'type':'order','order':{'text':'T'}}]}", "/messages/0 message onprem type=order text=T side"},
	{"text without type", "{'messages':[{'text':{'body':'STOP'}}]}",
	"/messages/0 message onprem type=text text=STOP"},
	{"no type, no part", "{'messages':[{'from':'1'}]}", "/messages/0 message onprem who=1/-/-"},
	{"a reaction without type", "{'messages':[{'reaction':{'emoji':'x'}}]}", "/messages/0 message onprem type=reaction"},
	{"a type in capitals", "{'messages':[{'type':'TEXT','text':{'body':'STOP'}}]}",
	"/messages/0 message onprem type=text text=STOP"},
	{"a text instead of its part", "{'messages':[{'type':'text','text':'STOP'},{'type':'button','button':'T'},{'text':'STOP'}]}",
		"/messages/0 message onprem type=text text=STOP\n/messages/1 message onprem type=button text=T\n"
	"/messages/2 message onprem type=text text=STOP"},
	{"words in the part of another type",
		"{'messages':[{'type':'interactive','button':{'text':'T','payload':'P'}},{'type':'ephemeral','text':{'body':'STOP'}},"
		"{'type':'button','interactive':{'button_reply':{'id':'I','title':'T'}}},{'type':'audio','text':{'body':'STOP'}}]}",
		"/messages/0 message onprem type=interactive text=T text2=P side\n/messages/1 message onprem type=ephemeral text=STOP side\n"
	"/messages/2 message onprem type=button text=T text2=I side\n/messages/3 message onprem type=audio text=STOP side"},
	{"words in the part of a type that is not known",
		"{'messages':[{'type':'quick_reply','quick_reply':{'text':'T'}},{'type':'menu_reply','menu_reply':{'id':'I','title':'T'}},"
		"{'type':'poll','poll':{'name':'N'}},{'type':'poll','poll':['T']},{'type':'note','note':'T'}]}",
		"/messages/0 message onprem type=quick_reply text=T side\n/messages/1 message onprem type=menu_reply text2=T side\n"
	"/messages/2 message onprem type=poll\n/messages/3 message onprem type=poll\n/messages/4 message onprem type=note text=T side"},
	{"it says to whom",
		"{'messages':[{'from':'1650','to':'2','type':'image'},{'to_user_id':'DE.1','type':'image'},{'from':'1650','type':'image'}]}",
		"/messages/0 message onprem addressed type=image who=1650/-/-\n/messages/1 message onprem addressed type=image\n"
	"/messages/2 message onprem type=image who=1650/-/-"},
	{"the old and the new number",
		"{'messages':[{'type':'system','system':{'type':'user_changed_number','wa_id':'1','new_wa_id':'2'}},"
		"{'type':'system','system':{'type':'user_changed_number','wa_id':'2','customer':'1'}}]}",
		"/messages/0 message onprem type=system system=user_changed_number to=2/-/- from=1/-/-\n"
	"/messages/1 message onprem type=system system=user_changed_number to=2/-/- from=1/-/-"},
	{"a caption", "{'messages':[{'type':'video','video':{'caption':'C'}}]}", "/messages/0 message onprem type=video text=C side"},
	{"an edit", "{'messages':[{'type':'edit','edit':{'message':{'text':{'body':'E'}}}}]}",
	"/messages/0 message onprem type=edit text2=E side"},
	{"an edit that is the text itself, or beside which it stands",
		"{'messages':[{'type':'edit','edit':'E'},{'type':'edit','edit':{'message':'E'}},{'type':'edit','edit':{'body':'E'}},"
		"{'type':'edit','edit':{'message':{'body':'E'}}},{'type':'edit','edit':{'message':['E']}}]}",
		"/messages/0 message onprem type=edit text2=E side\n/messages/1 message onprem type=edit text2=E side\n"
		"/messages/2 message onprem type=edit text2=E side\n/messages/3 message onprem type=edit text2=E side\n"
	"/messages/4 message onprem type=edit"},
	{"an edit of a caption", "{'messages':[{'type':'edit','edit':{'image':{'caption':'E'}}}]}",
	"/messages/0 message onprem type=edit text2=E side"},
	{"in a group that cannot be read, in none",
		"{'messages':[{'type':'image','group_id':{'a':1}},{'type':'image','group_id':''},{'type':'image','group_id':null}]}",
		"/messages/0 message onprem group type=image\n/messages/1 message onprem type=image\n"
	"/messages/2 message onprem type=image"},
	{"in a group", "{'messages':[{'type':'image','group_id':'G'}]}", "/messages/0 message onprem group type=image"},
	{"in a group, by another name", "{'messages':[{'type':'image','groupId':7}]}", "/messages/0 message onprem group type=image"},
	{"an automatic answer",
		"{'messages':[{'type':'interactive','interactive':{'type':'call_permission_reply',"
		"'call_permission_reply':{'response_source':'automatic'}}}]}",
	"/messages/0 message onprem automatic type=interactive"},
	{"the user's own card",
		"{'messages':[{'type':'contacts','contacts':[{'origin':'contact_request','phones':[{'phone':'+1 650','wa_id':'1650'},{'phone':'7'}]}]}]}",
	"/messages/0 message onprem type=contacts card=1650/-/-"},
	{"somebody's card",
		"{'messages':[{'type':'contacts','contacts':[{'origin':'other','phones':[{'wa_id':'1650'}]}]}]}",
	"/messages/0 message onprem type=contacts"},
	{"unsupported with errors",
		"{'messages':[{'type':'unsupported','errors':[{'code':131051,'message':'M','error_data':{'details':'D'}}]}]}",
	"/messages/0 message onprem type=unsupported [ code=131051 ]"},
	{"words beside a part that may have some, and has some",
		"{'messages':[{'type':'unsupported','text':{'body':'B'},'errors':[{'code':131051}]},{'type':'image','image':{'id':'I'},'text':'B'},"
		"{'type':'image','image':{'caption':'C'},'text':'B'}]}",
		"/messages/0 message onprem type=unsupported text=B side [ code=131051 ]\n/messages/1 message onprem type=image text=B side\n"
	"/messages/2 message onprem type=image text=C side"},
	{"changed number",
		"{'messages':[{'from':'1','type':'system','system':{'type':'user_changed_number','wa_id':'2','customer':'1'}}]}",
	"/messages/0 message onprem type=system who=1/-/- system=user_changed_number to=2/-/- from=1/-/-"},
	{"changed number, on-premises",
		"{'messages':[{'from':'1','type':'system','system':{'type':'user_changed_number','new_wa_id':'2'}}]}",
	"/messages/0 message onprem type=system who=1/-/- system=user_changed_number to=2/-/-"},
	{"changed user id",
		"{'messages':[{'type':'system','system':{'type':'user_changed_user_id','user_id':'B','previous_user_id':'A',"
		"'parent_user_id':'Q','previous_parent_user_id':'P'}}]}",
	"/messages/0 message onprem type=system system=user_changed_user_id to=-/B/Q from=-/A/P"},
	{"preference as a system message",
		"{'messages':[{'from':'1','timestamp':9,'type':'system','system':{'type':'user_preference_changed','marketing':'stop'}}]}",
	"/messages/0 message onprem type=system who=1/-/- at=9 system=user_preference_changed marketing=stop"},

	/* the other kinds */
	{"preference",
		"{'user_preferences':[{'wa_id':'1','user_id':'U','parent_user_id':'P','category':'marketing_messages','value':'stop','timestamp':9}]}",
	"/user_preferences/0 preference onprem type=stop who=1/U/P at=9 category=marketing_messages"},
	{"user_id_update",
		"{'user_id_update':[{'wa_id':'1','user_id':{'previous':'A','current':'B'},'parent_user_id':{'previous':'P','current':'Q'},'timestamp':'9'}]}",
	"/user_id_update/0 user_id_update onprem who=1/-/- at=9 to=-/B/Q from=-/A/P"},
	{"user_id_update, plain strings",
		"{'user_id_update':[{'user_id':'B','previous_user_id':'A'}]}",
	"/user_id_update/0 user_id_update onprem to=-/B/- from=-/A/-"},
	{"account_update",
		"{'entry':[{'id':'1','time':7,'changes':[{'field':'account_update','value':{'event':'E','ban_info':{'waba_ban_state':'DISABLE'},"
		"'waba_info':{'waba_id':3},'restriction_info':[{'restriction_type':'R','expiration':8},{'expiration':'9'},1]}}]}]}",
		"/entry/0/changes/0/value account_update business=3 field=account_update time=7 type=E at=7 ban=DISABLE waba=3 "
	"{ type=R until=8 } { until=9 } { }"},
	{"account_update, in capitals", "{'field':'ACCOUNT_UPDATE','value':{'event':'E'}}", "/value account_update field=ACCOUNT_UPDATE type=E"},
	{"account_update, the state of a ban in a list",
		"{'entry':[{'id':'1','changes':[{'field':'account_update','value':{'ban_info':{'waba_ban_state':['DISABLE']}}},"
		"{'field':'account_update','value':{'ban_info':{'waba_ban_state':['DISABLE','REINSTATE']}}}]}]}",
		"/entry/0/changes/0/value account_update business=1 field=account_update ban=DISABLE\n"
	"/entry/0/changes/1/value account_update business=1 field=account_update"},
	{"changes without a field, of an account and of templates",
		"{'entry':[{'id':'1','changes':[{'value':{'event':'E','ban_info':{'waba_ban_state':'DISABLE'}}},{'value':{'restriction_info':[]}},"
		"{'value':{'event':'PAUSED','message_template_name':'N'}},{'value':{'event':'E'}},{'field':'x','value':{'ban_info':{},'message_template_name':'N'}}]}]}",
		"/entry/0/changes/0/value account_update business=1 type=E ban=DISABLE\n/entry/0/changes/1/value account_update business=1\n"
		"/entry/0/changes/2/value template business=1 type=PAUSED\n/entry/0/changes/3/value other business=1\n"
	"/entry/0/changes/4/value other business=1 field=x"},
	{"account_update with a time of its own",
		"{'entry':[{'id':'1','time':7,'changes':[{'field':'account_update','value':{'event':'E','timestamp':'6'}}]}]}",
	"/entry/0/changes/0/value account_update business=1 field=account_update time=7 type=E at=6"},
	{"a time at the entry that is that of no message",
		"{'entry':[{'id':'1','time':7,'changes':[{'field':'messages','value':{'statuses':[{'status':'sent'}],'errors':[{'code':1}]}}]}]}",
		"/entry/0/changes/0/value/statuses/0 status business=1 field=messages time=7 type=sent\n"
	"/entry/0/changes/0/value/errors/0 error business=1 field=messages time=7 at=7 [ code=1 ]"},
	{"value.errors",
		"{'entry':[{'id':'1','changes':[{'field':'messages','value':{'metadata':{'phone_number_id':'2'},'errors':[{'code':'130429','message':'M'}]}}]}]}",
	"/entry/0/changes/0/value/errors/0 error business=1 sender=2 field=messages [ code=130429 ]"},
	{"blanks around names",
		"{'entry':[{'id':' 1\\n','changes':[{'field':'messages ','value':{'metadata':{'phone_number_id':'2\\t'},'errors':[{'code':1}]}}]}]}",
	"/entry/0/changes/0/value/errors/0 error business=1 sender=2 field=messages [ code=1 ]"},
	{"names that went through a float",
		"{'entry':[{'id':102290129340398.0,'changes':[{'value':{'metadata':{'phone_number_id':20.0},'errors':[{'code':1}]}}]},"
		"{'id':'1.0','changes':[{'value':{'metadata':{'phone_number_id':2.5},'errors':[{'code':1}]}}]}]}",
		"/entry/0/changes/0/value/errors/0 error business=102290129340398 sender=20 [ code=1 ]\n"
	"/entry/1/changes/0/value/errors/0 error business=1.0 sender=2.5 [ code=1 ]"},
	{"all arrays together",
		"{'errors':[{}],'user_id_update':[{}],'user_preferences':[{}],'statuses':[{}],'messages':[{}],'contacts':[{}]}",
		"/contacts/0 contact onprem\n/messages/0 message onprem\n/statuses/0 status onprem\n"
		"/user_preferences/0 preference onprem\n/user_id_update/0 user_id_update onprem\n"
	"/errors/0 error onprem [ ]"},
	{"wrong field",
		"{'field':'user_preferences','value':{'messages':[{'from':'1'}]}}",
	"/value/messages/0 message field=user_preferences who=1/-/-"},
	{"echoes count for nothing",
		"{'field':'smb_message_echoes','value':{'message_echoes':[{'messages':[{}]}],'contacts':[{}]}}",
	"/value other field=smb_message_echoes\n/value/contacts/0 contact field=smb_message_echoes"},
	{"what is no echo among echoes",
		"{'field':'smb_message_echoes','value':{'message_echoes':[{}],'statuses':[{'status':'read'}]}}",
	"/value other field=smb_message_echoes\n/value malformed unread field=smb_message_echoes"},
	{"history counts for nothing", "{'field':'history','value':{'messages':[{'from':'1'}],'standby':{'messages':[{}]}}}", "/value other field=history"},
	{"echoes under the field messages", "{'field':'messages','value':{'message_echoes':[{'to':'1'}]}}", "/value other field=messages"},
	{"unknown field", "{'field':'f','value':{'event':1}}", "/value other field=f"},
	{"a call is no message",
		"{'field':'calls','value':{'statuses':[{'type':'call','status':'failed','recipient_id':'1'},{'type':'message','status':'read'}]}}",
	"/value/statuses/0 status no_message field=calls type=failed who=1/-/-\n/value/statuses/1 status field=calls type=read"},
	{"a payment is no message", "{'statuses':[{'type':'payment','status':'failed','recipient_id':'1'}]}",
	"/statuses/0 status no_message onprem type=failed who=1/-/-"},

	{"a call",
		"{'field':'calls','value':{'contacts':[{'wa_id':'1','user_id':'U'}],'calls':[{'id':'c','from':'1','event':'connect','timestamp':'9',"
		"'direction':'USER_INITIATED'}]}}",
		"/value/contacts/0 contact field=calls who=1/U/-\n"
	"/value/calls/0 call by_user field=calls type=connect who=1/-/- contact=1/U/- at=9 id=c"},
	{"a call to the user, and one of which nobody knows who began it",
		"{'calls':[{'from':'1','to':'2','to_user_id':'U','to_parent_user_id':'P','direction':'BUSINESS_INITIATED'},{'from':'1','to':'2'}]}",
	"/calls/0 call onprem who=2/U/P\n/calls/1 call onprem"},
	{"a call from the business's own number, whose contact is the user",
		"{'metadata':{'display_phone_number':'+1'},'contacts':[{'wa_id':'2','user_id':'U'}],'calls':[{'from':'1','from_user_id':'U','direction':'USER_INITIATED'}]}",
	"/contacts/0 contact who=2/U/-\n/calls/0 call by_user who=2/U/- contact=2/U/-"},
	{"the same without a contact",
		"{'metadata':{'display_phone_number':'1'},'calls':[{'from':'1','from_user_id':'U','direction':'USER_INITIATED'},{'from':'1','direction':'USER_INITIATED'}]}",
	"/calls/0 call by_user who=-/U/-\n/calls/1 call by_user"},
	{"calls without a direction, of which user ids tell who the user is",
		"{'calls':[{'from':'1','from_user_id':'U'},{'from':'2','to':'1','to_user_id':'U'}]}",
	"/calls/0 call onprem who=1/U/-\n/calls/1 call onprem who=1/U/-"},
	{"the contact of a change of user id",
		"[{'contacts':[{'wa_id':'1'}],'user_id_update':[{'user_id':{'previous':'US.1','current':'US.2'}}]},"
		"{'contacts':[{'user_id':'US.3'},{'user_id':'US.2','wa_id':'2'}],'user_id_update':[{'user_id':{'previous':'US.1','current':'US.2'}},"
		"{'user_id':{'previous':'US.3','current':'US.4'}},{'user_id':{'previous':'US.5','current':'US.6'}}]}]",
		"/0/contacts/0 contact onprem who=1/-/-\n/0/user_id_update/0 user_id_update onprem contact=1/-/- to=-/US.2/- from=-/US.1/-\n"
		"/1/contacts/0 contact onprem who=-/US.3/-\n/1/contacts/1 contact onprem who=2/US.2/-\n"
		"/1/user_id_update/0 user_id_update onprem contact=2/US.2/- to=-/US.2/- from=-/US.1/-\n"
		"/1/user_id_update/1 user_id_update onprem contact=-/US.3/- to=-/US.4/- from=-/US.3/-\n"
	"/1/user_id_update/2 user_id_update onprem to=-/US.6/- from=-/US.5/-"},
	{"a call that has ended", "{'calls':{'event':'terminate','timestamp':'9','start_time':'8'}}", "/calls call onprem type=terminate at=8"},
	{"the account of a value is not the entry's",
		"{'entry':[{'id':'P','changes':[{'field':'account_update','value':{'event':'PARTNER_ADDED','waba_info':{'waba_id':'W'}}},"
		"{'field':'account_update','value':{'event':'E'}}]}]}",
		"/entry/0/changes/0/value account_update business=W field=account_update type=PARTNER_ADDED waba=W\n"
	"/entry/0/changes/1/value account_update business=P field=account_update type=E"},
	{"a sign-up", "{'user_preferences':[{'value':'signup','signup_id':5}]}", "/user_preferences/0 preference onprem type=signup signup=5"},

	/* standby */
	{"standby",
		"{'entry':[{'id':'1','changes':[{'field':'standby','value':{'metadata':{'phone_number_id':'2'},'standby':"
		"{'contacts':[{'wa_id':'3'}],'messages':[{'from':'3','type':'image'}],'statuses':{'status':'read'}}}}]}]}",
		"/entry/0/changes/0/value/standby/contacts/0 contact business=1 sender=2 field=standby who=3/-/-\n"
		"/entry/0/changes/0/value/standby/messages/0 message business=1 sender=2 field=standby type=image who=3/-/- contact=3/-/-\n"
	"/entry/0/changes/0/value/standby/statuses status business=1 sender=2 field=standby type=read"},
	{"standby beside the value's own, whose contacts are apart",
		"{'value':{'contacts':[{'wa_id':'1'}],'messages':[{'from':'1'}],'standby':{'contacts':[{'wa_id':'2'}],'messages':[{'from':'2'}]}}}",
		"/value/contacts/0 contact who=1/-/-\n/value/messages/0 message who=1/-/- contact=1/-/-\n"
	"/value/standby/contacts/0 contact who=2/-/-\n/value/standby/messages/0 message who=2/-/- contact=2/-/-"},
	{"standby with echoes alone", "{'field':'standby','value':{'standby':{'message_echoes':[{'messages':[{}]}]}}}", "/value/standby other field=standby"},
	{"standby in standby", "{'value':{'standby':{'standby':{'messages':[{'from':'1'}]}}}}", "/value malformed unread"},
	{"standby as a string", "{'value':{'standby':'{\\'messages\\':[]}'}}", "/value malformed unread"},
	{"standby without metadata", "{'standby':{'messages':[{'from':'1'}]}}", "/standby/messages/0 message who=1/-/-"},

	/* one object where a list is due */
	{"one object everywhere",
		"{'entry':{'id':'1','changes':{'field':'f','value':{'contacts':{'wa_id':'2'},'messages':{'from':'2'},'user_preferences':{'value':'stop'},"
		"'user_id_update':{'user_id':'U'},'errors':{'code':5}}}}}",
		"/entry/changes/value/contacts contact business=1 field=f who=2/-/-\n"
		"/entry/changes/value/messages message business=1 field=f who=2/-/- contact=2/-/-\n"
		"/entry/changes/value/user_preferences preference business=1 field=f type=stop\n"
		"/entry/changes/value/user_id_update user_id_update business=1 field=f to=-/U/-\n"
	"/entry/changes/value/errors error business=1 field=f [ code=5 ]"},

	/* wrapped */
	{"a bare entry", "{'id':'1','time':2,'changes':[{'field':'f','value':{'statuses':[{}]}}]}",
	"/changes/0/value/statuses/0 status business=1 field=f time=2"},
	{"entries in an array", "[{'id':'1','changes':[{'value':{'statuses':[{}]}}]},{'statuses':[{}]}]",
	"/0/changes/0/value/statuses/0 status business=1\n/1/statuses/0 status onprem"},
	{"wrapped in body", "{'headers':{},'body':{'entry':[{'id':'1','changes':[{'value':{'statuses':[{}]}}]}]}}",
	"/body/entry/0/changes/0/value/statuses/0 status business=1"},
	{"wrapped as a string", "{'Type':'Notification','Message':' {\\'statuses\\':[{\\'id\\':\\'w\\'}]}'}",
	"/Message/statuses/0 status onprem id=w"},
	{"a mark in front of the string", "{'payload':'\xEF\xBB\xBF{\\'statuses\\':[{}]}'}", "/payload/statuses/0 status onprem"},
	{"wrapped twice", "{'body':'{\\'Message\\':\\'{\\\\\\'statuses\\\\\\':[{}]}\\'}'}", "/body/Message/statuses/0 status onprem"},
	{"a wrapped array", "[{'body':[{'statuses':[{}]},{'statuses':[{}]}]},{'payload':{'messages':[{}]}}]",
	"/0/body/0/statuses/0 status onprem\n/0/body/1/statuses/0 status onprem\n/1/payload/messages/0 message onprem"},
	{"two of the names", "{'body':'hello','payload':{'statuses':[{}]},'Message':{'messages':[{}]}}",
	"/Message/messages/0 message onprem\n/payload/statuses/0 status onprem"},
	{"a string of JSON", "'{\\'statuses\\':[{\\'id\\':\\'w\\'}]}'", "/statuses/0 status onprem id=w"},
	{"strings of JSON in an array", "['{\\'statuses\\':[{}]}','{no','{\\'a\\':1}','[{\\'messages\\':[{}]}]']",
	"/0/statuses/0 status onprem\n/1 malformed\n/2 malformed\n/3 malformed"},
	{"a wrapper with members like those of a value",
		"[{'metadata':{'a':1},'payload':'{\\'statuses\\':[{}]}'},{'errors':null,'messages':[],'body':{'statuses':[{}]}},{'field':'x','body':{'statuses':[{}]}}]",
	"/0/payload/statuses/0 status onprem\n/1/body/statuses/0 status onprem\n/2/body/statuses/0 status onprem"},
	{"what has a shape is no wrapper", "{'statuses':[{}],'body':{'a':1}}", "/statuses/0 status onprem"},
	{"nothing in it", "{'payload':{'phone':'1','type':'opted-out'}}", " malformed"},
	{"no JSON in it", "{'payload':'{no'}", " malformed"},
	{"beside the names that wrap",
		"[{'body':{'statuses':[{}]},'detail':{'messages':[{}]}},{'body':{'statuses':[{}]},'detail':{'messages':[]}}]",
		"/0/body/statuses/0 status onprem\n/0 malformed unread\n/1/body/statuses/0 status onprem"},
	{"an element with null for all that it lacks",
		"[{'from':'1','type':'text','text':{'body':'STOP'},'contacts':null,'errors':null},"
		"{'status':'failed','recipient_id':'1','errors':[{'code':131050}],'messages':null,'statuses':[]},{'contacts':null,'errors':[]}]",
		"/0 malformed\n/1 malformed"},
	{"a preference beside null for all that a value may have",
		"{'field':'user_preferences','value':{'messages':null,'errors':null,'wa_id':'1','value':'stop'}}",
	" malformed unread field=user_preferences"},
	{"nothing in one of two", "[{'body':{}},{'body':{'statuses':[{}]}}]", "/0 malformed\n/1/body/statuses/0 status onprem"},
	{"wrapped too deep",
		"{'body':{'body':{'body':{'body':{'body':{'statuses':[{}]}}}}}}", "/body/body/body malformed unread"},
	{"an array in an array", "[[{'statuses':[{}]}]]", "/0 malformed"},
	{"a value with its field", "[{'messaging_product':'whatsapp','metadata':{'phone_number_id':'2'},'field':'messages','messages':[{'from':'1'}]}]",
	"/0/messages/0 message sender=2 field=messages who=1/-/-"},
	{"an echo with its field", "[{'metadata':{'phone_number_id':'2'},'field':'smb_message_echoes','message_echoes':[{}]}]",
	"/0 other sender=2 field=smb_message_echoes"},

	/* what is not read is told */
	{"a change of user id one level too deep",
		"{'field':'messages','value':{'data':{'user_id_update':[{'user_id':{'previous':'US.1','current':'US.2'}}]}}}",
	"/value malformed unread field=messages"},
	{"entries in a value", "{'topic':'t','value':{'object':'o','entry':[{'id':'1','changes':[{'field':'account_update','value':{}}]}]}}",
	"/value malformed unread"},
	{"one level too deep",
		"{'field':'messages','value':{'metadata':{},'wrapped':{'contacts':[{'wa_id':'1'}],'messages':[{'from':'1'}]}}}",
	"/value malformed unread field=messages"},
	{"beside what is read", "{'value':{'statuses':[{'id':'a'}],'x':[[{'user_preferences':{'value':'stop'}}]]}}",
	"/value/statuses/0 status id=a\n/value malformed unread"},
	{"inside what is read", "{'value':{'statuses':[{'id':'a','statuses':[{}]}]}}", "/value/statuses/0 status id=a\n/value malformed unread"},
	{"in the change", "{'entry':[{'changes':[{'field':'f','value':{'statuses':[{'id':'a'}]},'messages':[{}]}]}]}",
	"/entry/0/changes/0/value/statuses/0 status field=f id=a\n/entry/0/changes/0 malformed unread field=f"},
	{"in the entry", "{'entry':[{'id':'1','changes':[{'value':{'statuses':[{'id':'a'}]}}],'messages':[{}]}]}",
	"/entry/0 malformed unread business=1\n/entry/0/changes/0/value/statuses/0 status business=1 id=a"},
	{"beside the entries", "{'entry':[],'statuses':[{}]}", " malformed unread"},
	{"beside a wrapped payload", "{'body':{'a':{'messages':[{}]}},'payload':{'statuses':[{'id':'a'}]}}",
	"/payload/statuses/0 status onprem id=a\n malformed unread"},
	{"a string that is cut off, beside a wrapped payload", "{'body':{'statuses':[{'id':'a'}]},'payload':'{\\'messages\\':[{'}",
	"/body/statuses/0 status onprem id=a\n malformed"},
	{"words beside a wrapped payload", "{'body':{'statuses':[{'id':'a'}]},'payload':'messages'}",
	"/body/statuses/0 status onprem id=a"},
	{"as a string", "{'value':{'x':{'messages':'[{}]'}}}", "/value malformed unread"},
	{"as a string, beside what is read",
		"[{'statuses':[{'id':'a'}],'body':'{\\'messages\\':[]}'},{'value':{'a':1},'payload':'[]'},{'statuses':[{'id':'b'}],'body':'[no'}]",
		"/0/statuses/0 status onprem id=a\n/0 malformed unread onprem\n/1 malformed unread\n"
	"/2/statuses/0 status onprem id=b\n/2 malformed unread onprem"},
	{"under nearly their names",
		"[{'field':'messages','value':{'message':{'from':'1'}}},{'value':{'Statuses':[{}]}},{'value':{'standby':{'message':{'from':'1'}}}},"
		"{'value':{'message':'text','status':{},'preferences':[]}}]",
		"/0/value malformed unread field=messages\n/1/value malformed unread\n/2/value malformed unread\n/3/value other"},
	{"beside the list",
		"[{'field':'user_preferences','value':{'metadata':{},'wa_id':'1','value':'stop'}},{'field':'user_id_update','value':{'user_id':{}}},"
		"{'field':'user_preferences','value':{'messaging_product':'whatsapp','metadata':{}}},"
		"{'field':'user_preferences','value':{'standby':{'statuses':[{}]},'a':1}}]",
		"/0 malformed unread field=user_preferences\n/1 malformed unread field=user_id_update\n/2/value other field=user_preferences\n"
	"/3/value/standby/statuses/0 status field=user_preferences"},
	{"deeper than the members of the field",
		"[{'field':'account_update','value':{'data':{'event':'DISABLED_UPDATE','ban_info':{}}}},"
		"{'field':'calls','value':{'contacts':[{'wa_id':'1'}],'data':{'calls':[{}]}}}]",
		"/0/value account_update field=account_update\n/0 malformed unread field=account_update\n"
	"/1/value/contacts/0 contact field=calls who=1/-/-\n/1 malformed unread field=calls"},
	{"beside the contact, under a name like that of the list",
		"[{'field':'user_preferences','value':{'contacts':[{'wa_id':'1'}],'userPreferences':[{'wa_id':'1','value':'stop'}]}},"
		"{'field':'user_id_update','value':{'contacts':[{'wa_id':'1'}],'userIdUpdate':[{}]}},"
		"{'field':'user_preferences','value':{'contacts':[{'wa_id':'1'}],'user_preferences':[]}}]",
		"/0/value/contacts/0 contact field=user_preferences who=1/-/-\n/0 malformed unread field=user_preferences\n"
		"/1/value/contacts/0 contact field=user_id_update who=1/-/-\n/1 malformed unread field=user_id_update\n"
	"/2/value/contacts/0 contact field=user_preferences who=1/-/-"},
	{"a message, a status or a preference instead of the value",
		"[{'field':'messages','value':{'from':'1','type':'text','text':{'body':'STOP'}}},"
		"{'field':'messages','value':{'metadata':{'phone_number_id':'2'},'status':'failed','recipient_id':'1','errors':[{'code':131050}]}},"
		"{'value':{'wa_id':'1','value':'stop'}},"
		"{'field':'messages','value':{'from':'1','statuses':[{'id':'a'}]}},{'field':'security','value':{'status':'s','from':'1'}}]",
		"/0/value malformed unread field=messages\n/1/value/errors/0 error sender=2 field=messages [ code=131050 ]\n/1/value malformed unread sender=2 field=messages\n"
	"/2/value malformed unread\n/3/value/statuses/0 status field=messages id=a\n/4/value other field=security"},
	{"the same, beside its metadata",
		"[{'metadata':{'phone_number_id':'2'},'from':'1','type':'text','text':{'body':'STOP'}},"
		"{'metadata':{'phone_number_id':'2'},'field':'messages','status':'delivered','recipient_id':'1'},"
		"{'metadata':{'phone_number_id':'2'},'wa_id':'1','category':'marketing_messages','value':'stop'},"
		"{'contacts':[{'wa_id':'1'}],'wa_id':'1','value':'stop'},"
		"{'metadata':{'phone_number_id':'2'},'groups':[{'group_id':'g'}]}]",
		"/0 malformed unread sender=2\n/1 malformed unread sender=2 field=messages\n/2 malformed unread sender=2\n/3 malformed\n"
	"/4 other sender=2"},
	{"in an account update", "{'field':'account_update','value':{'event':'E','x':{'messages':[{}]}}}",
	"/value account_update field=account_update type=E\n/value malformed unread field=account_update"},
	{"an account update with messages", "{'field':'account_update','value':{'event':'E','messages':[{'from':'1'}]}}",
	"/value account_update field=account_update type=E\n/value/messages/0 message field=account_update who=1/-/-"},
	{"nothing is carried", "{'value':{'a':{'messages':[],'statuses':null,'user_preferences':{}},'b':{'messages':'none'}}}", "/value other"},
	{"echoes and histories are not looked into",
		"{'value':{'history':[{'threads':[{'messages':[{}]}]}],'message_echoes':[{'messages':[{}]}]}}", "/value other"},

	/* errors of a status */
	{"several errors, odd ones among them",
		"{'statuses':[{'errors':[{'code':131026,'title':'T'},null,7,{'title':'U'},{'code':null},{'code':[1]},{'code':'131049'}]}]}",
	"/statuses/0 status onprem [ code=131026 ] [ ] [ ] [ ] [ ] [ code=no scalar ] [ code=131049 ]"},
	{"errors is one object", "{'statuses':[{'errors':{'code':131026}}]}", "/statuses/0 status onprem [ code=131026 ]"},
	{"errors is a string", "{'statuses':[{'errors':'131026'}]}", "/statuses/0 status onprem"},

	/* scalars */
	{"numbers, booleans, null",
		"{'statuses':[{'id':-9223372036854775808,'status':true,'timestamp':1.7e9,'recipient_id':16505550101,'recipient_user_id':null,"
		"'recipient_parent_user_id':false}]}",
	"/statuses/0 status onprem type=true who=16505550101/-/false at=1.7e9 id=-9223372036854775808"},
	{"the largest numbers", "{'statuses':[{'id':9223372036854775807,'timestamp':18446744073709551615}]}",
	"/statuses/0 status onprem at=18446744073709551615 id=9223372036854775807"},
	{"no scalar is absent, but for a time, which is none",
		"{'statuses':[{'id':[1],'status':{'a':1},'timestamp':[],'recipient_id':{},'pricing':'x','conversation':[1]}]}",
	"/statuses/0 status onprem at=no scalar"},
	{"the last of equal keys", "{'statuses':[{'id':'a','id':'b'}],'statuses':[{'id':'c','id':'d'}]}",
	"/statuses/0 status onprem id=d"},
	{"escapes", "{'statuses':[{'id':'a\\u0000b\\/\\u00fc\\ud83d\\ude00\\ud800x'}]}",
	"/statuses/0 status onprem id=a^b/\xC3\xBC\xF0\x9F\x98\x80\xEF\xBF\xBDx"},

	/* malformed, and the rest goes on */
	{"entry is no list", "{'entry':'x'}", "/entry malformed"},
	{"entry is one object, without changes", "{'entry':{'id':1}}", "/entry malformed business=1"},
	{"entries of every kind",
		"{'entry':[1,null,{'id':'3'},{'id':'4','changes':7},{'id':'5','changes':null},{'id':'6','changes':[{'field':'f','value':{'statuses':[{}]}}]}]}",
		"/entry/0 malformed\n/entry/1 malformed\n/entry/2 malformed business=3\n"
		"/entry/3/changes malformed business=4\n/entry/4 malformed business=5\n"
	"/entry/5/changes/0/value/statuses/0 status business=6 field=f"},
	{"changes of every kind",
		"{'entry':[{'id':'1','changes':[[],{},{'field':'f','value':null},{'field':'f','value':[]},{'field':'f','value':{'statuses':[{}]}}]}]}",
		"/entry/0/changes/0 malformed business=1\n/entry/0/changes/1 malformed business=1\n"
		"/entry/0/changes/2 malformed business=1 field=f\n/entry/0/changes/3/value malformed business=1 field=f\n"
	"/entry/0/changes/4/value/statuses/0 status business=1 field=f"},
	{"values of every kind",
		"{'statuses':5,'messages':[1,null,[],'x',{'from':'1'}],'contacts':'x','errors':[5,{'code':6}]}",
		"/contacts malformed onprem\n/messages/0 malformed onprem\n/messages/1 malformed onprem\n"
		"/messages/2 malformed onprem\n/messages/3 malformed onprem\n/messages/4 message onprem who=1/-/-\n"
	"/statuses malformed onprem\n/errors/0 malformed onprem\n/errors/1 error onprem [ code=6 ]"},
};

static void
test_readings(wa_payload *payload)
{
	for (size_t i = 0; i < lengthof(readings); i++)
	{
		const char *text = json(readings[i].payload);
		rendering	out = {.used = 0};
		wa_element	element;
		bool		met;

		met = wa_payload_parse(payload, text, strlen(text)) == WA_PAYLOAD_OK &&
			wa_payload_detail(payload)[0] == '\0';
		while (wa_payload_next(payload, &element))
			render(&out, &element);
		met = met && strcmp(out.text, readings[i].elements) == 0;
		check(readings[i].name, met);
		if (!met)
			printf("expected:\n%s\ngot (%s):\n%s\n", readings[i].elements,
				   wa_payload_detail(payload), out.text);
		check("nothing after the last", !wa_payload_next(payload, &element));
	}
}

/* ----------------------------------------------------------------
 * What is not read
 * ----------------------------------------------------------------
 */

static void
expect_result(wa_payload *payload, const char *name, const char *text, size_t len,
			  wa_payload_result expected)
{
	wa_payload_result result = wa_payload_parse(payload, text, len);
	wa_element	element;

	check(name, result == expected);
	if (result != expected)
		printf("expected %d, got %d: %s\n", expected, result, wa_payload_detail(payload));
	check("a detail where it is not OK",
		  (result == WA_PAYLOAD_OK) == (wa_payload_detail(payload)[0] == '\0'));
	if (result != WA_PAYLOAD_OK)
		check("no element where it is not OK", !wa_payload_next(payload, &element));
}

static void
test_results(wa_payload *payload)
{
	static const char *const invalid[] = {
		"", " ", " \t\r\n", "{", "{'a'", "{'a':1", "[1,", "[1,]", "{'a':1,}", "{'a' 1}", "nul", "nulll",
		"tru", "'x", "12x", "-", "{'statuses':[]} x", "{'statuses':[]}{'statuses':[]}", "}", "{\\'a':1}",
		"{'statuses':[]}//", "/**/{'statuses':[]}", "{statuses:[]}", "{'statuses':[01]}", "{'statuses':['\\x']}",
		"{'statuses':['\\u12']}",
		"\xEF\xBB\xBF", "\xEF\xBB\xBF\xEF\xBB\xBF{'statuses':[]}", " \xEF\xBB\xBF{'statuses':[]}"
	};
	static const char *const unknown[] = {
		"null", "true", "12", "-1.5e3", "'x'", "''", "{}", "{'a':1}", "{'messaging_product':'whatsapp'}",
		" 12 ", "{'value':1}", "{'Statuses':[]}", "\xEF\xBB\xBF{}", "'{}'", "{'body':'hello'}", "{'payload':1,'Message':null}"
	};
	static const char *const fine[] = {
		"{'statuses':[]}", " \t\r\n{'statuses':[]} \t\r\n", "[]", "[1]", "{'statuses':null}",
		"\xEF\xBB\xBF{'statuses':[]}", "{'id':'1','changes':[]}", "{'body':{}}"
	};

	for (size_t i = 0; i < lengthof(invalid); i++)
		expect_result(payload, invalid[i], json(invalid[i]), strlen(invalid[i]),
					  WA_PAYLOAD_INVALID_JSON);
	for (size_t i = 0; i < lengthof(unknown); i++)
		expect_result(payload, unknown[i], json(unknown[i]), strlen(unknown[i]),
					  WA_PAYLOAD_UNKNOWN_SHAPE);
	for (size_t i = 0; i < lengthof(fine); i++)
		expect_result(payload, fine[i], json(fine[i]), strlen(fine[i]), WA_PAYLOAD_OK);

	/* only len bytes are read, and a NUL is no end */
	expect_result(payload, "length", "{\"statuses\":[]}xyz", 15, WA_PAYLOAD_OK);
	expect_result(payload, "cut", "{\"statuses\":[]}", 14, WA_PAYLOAD_INVALID_JSON);
	expect_result(payload, "NUL behind", "{\"statuses\":[]}\0", 16, WA_PAYLOAD_INVALID_JSON);
	expect_result(payload, "NUL before", "\0{\"statuses\":[]}", 16, WA_PAYLOAD_INVALID_JSON);
	expect_result(payload, "NUL between", "{\"statuses\":\0[]}", 16, WA_PAYLOAD_INVALID_JSON);
	expect_result(payload, "NUL in a string", "{\"statuses\":[\"a\0b\"]}", 20, WA_PAYLOAD_INVALID_JSON);
	expect_result(payload, "NUL alone", "\0", 1, WA_PAYLOAD_INVALID_JSON);
	expect_result(payload, "NUL behind a number", "12\0", 3, WA_PAYLOAD_INVALID_JSON);
}

/* Every sequence of up to four bytes out of these, judged by its value. */
static void
test_utf8(wa_payload *payload)
{
	static const struct
	{
		const char *bytes;
		bool		valid;
	}			samples[] = {
		{"\x7F", true}, {"\xC2\x80", true}, {"\xDF\xBF", true}, {"\xE0\xA0\x80", true},
		{"\xED\x9F\xBF", true}, {"\xEE\x80\x80", true}, {"\xEF\xBF\xBF", true},
		{"\xF0\x90\x80\x80", true}, {"\xF4\x8F\xBF\xBF", true},
		{"\x80", false}, {"\xBF", false}, {"\xC0\x80", false}, {"\xC1\xBF", false}, {"\xC2", false},
		{"\xC2\x7F", false}, {"\xC2\xC0", false}, {"\xE0\x9F\xBF", false}, {"\xE0\xA0", false},
		{"\xED\xA0\x80", false}, {"\xED\xBF\xBF", false}, {"\xF0\x8F\xBF\xBF", false},
		{"\xF0\x90\x80", false}, {"\xF4\x90\x80\x80", false}, {"\xF5\x80\x80\x80", false},
		{"\xFE", false}, {"\xFF", false}, {"\xE2\x82\x28", false}, {"\xF0\x9F\x98\x28", false},
	};

	/* at every offset, because the text is looked at in blocks of 32 bytes */
	for (size_t i = 0; i < lengthof(samples); i++)
	{
		bool		met = true;

		for (int offset = 0; offset < 70; offset++)
		{
			char		text[200];
			int			len = snprintf(text, sizeof(text), "{\"statuses\":[],\"x\":\"%*s%s\"}",
									   offset, "", samples[i].bytes);

			met = met && (wa_payload_parse(payload, text, (size_t) len) ==
						  (samples[i].valid ? WA_PAYLOAD_OK : WA_PAYLOAD_INVALID_JSON));
		}
		check("UTF-8", met);
	}
}

/* depth levels of arrays around the inner text, as the value of a key. */
static size_t
nest(char *text, size_t size, int depth, const char *inner)
{
	size_t		used = (size_t) snprintf(text, size, "{\"statuses\":");

	for (int i = 0; i < depth; i++)
		text[used++] = '[';
	used += (size_t) snprintf(text + used, size - used, "%s", inner);
	for (int i = 0; i < depth; i++)
		text[used++] = ']';
	text[used++] = '}';
	return used;
}

static void
test_limits(wa_payload *payload)
{
	static char text[1000];
	char	   *large;
	size_t		len;
	wa_element	element;
	int			count;

	/* the object itself is one level */
	expect_result(payload, "64 levels", text, nest(text, sizeof(text), 63, ""), WA_PAYLOAD_OK);
	expect_result(payload, "64 levels, a scalar", text, nest(text, sizeof(text), 63, "1"), WA_PAYLOAD_OK);
	expect_result(payload, "65 levels", text, nest(text, sizeof(text), 64, ""), WA_PAYLOAD_TOO_DEEP);
	expect_result(payload, "65 levels, a scalar", text, nest(text, sizeof(text), 64, "1"), WA_PAYLOAD_TOO_DEEP);
	expect_result(payload, "65 levels, an object", text, nest(text, sizeof(text), 63, "{}"), WA_PAYLOAD_TOO_DEEP);
	expect_result(payload, "brackets in a string", text,
				  nest(text, sizeof(text), 62, "\"[[[[[[\\\"[[[[[[\""), WA_PAYLOAD_OK);
	expect_result(payload, "after too deep", "{\"statuses\":[]}", 15, WA_PAYLOAD_OK);

	large = malloc(WA_PAYLOAD_MAX_BYTES + 1);
	if (large == NULL)
		return;
	memset(large, ' ', WA_PAYLOAD_MAX_BYTES + 1);
	memcpy(large, "{\"statuses\":[]}", 15);
	expect_result(payload, "16 MB", large, WA_PAYLOAD_MAX_BYTES, WA_PAYLOAD_OK);
	expect_result(payload, "16 MB and a byte", large, WA_PAYLOAD_MAX_BYTES + 1, WA_PAYLOAD_TOO_LARGE);
	memset(large, '[', WA_PAYLOAD_MAX_BYTES);
	large[0] = '"';
	large[WA_PAYLOAD_MAX_BYTES - 1] = '"';
	expect_result(payload, "16 MB of brackets in a string", large, WA_PAYLOAD_MAX_BYTES,
				  WA_PAYLOAD_UNKNOWN_SHAPE);

	len = 0;
	large[len++] = '[';
	for (int i = 0; i < WA_PAYLOAD_MAX_CONTAINERS; i++)
	{
		large[len++] = '{';
		large[len++] = '}';
		large[len++] = ',';
	}
	large[len - 1] = ']';
	expect_result(payload, "too many objects", large, len, WA_PAYLOAD_TOO_LARGE);
	len -= 3;
	large[len - 1] = ']';
	expect_result(payload, "as many objects as may be", large, len, WA_PAYLOAD_OK);
	for (count = 0; wa_payload_next(payload, &element);)
		count++;
	check("each is an element", count == WA_PAYLOAD_MAX_CONTAINERS - 1);
	wa_payload_clear(payload);
	free(large);
}

/* ----------------------------------------------------------------
 * The rest of the interface
 * ----------------------------------------------------------------
 */

static void
test_fragments(wa_payload *payload)
{
	static const struct
	{
		const char *payload;
		const char *fragment;
	}			samples[] = {
		{"{'statuses':[{'id' : 'a/b\\u0000\\u00fc', 'n':[1, 2.50, null, true]}]}",
		"{'id':'a/b\\u0000\xC3\xBC','n':[1,2.50,null,true]}"},
		{"{'statuses':[null]}", "null"},
		{"{'statuses':['x']}", "'x'"},
		{"{'statuses':{}}", "{}"},
		{"{'entry':[{'id':1}]}", "{'id':1}"},
		{"{'field':'f','value':{'a':1}}", "{'a':1}"},
		{"{'field':'f'}", "{'field':'f'}"},
		{"[5]", "5"},
		{"{'contacts':[{'wa_id':'1','user_id':'U','profile':{}}],'messages':[{'from':'1'}]}",
		"{'from':'1','wa_policy_contact':{'wa_id':'1','user_id':'U'}}"},
	};
	wa_element	element;

	for (size_t i = 0; i < lengthof(samples); i++)
	{
		const char *text = json(samples[i].payload);
		wa_str		fragment;

		(void) wa_payload_parse(payload, text, strlen(text));
		do
			check("fragment: an element", wa_payload_next(payload, &element));
		while (element.kind == WA_ELEMENT_CONTACT);
		fragment = wa_payload_fragment(&element);
		text = json(samples[i].fragment);
		check(samples[i].fragment,
			  fragment.len == strlen(text) && memcmp(fragment.data, text, fragment.len) == 0);
	}
}

static void
test_parse_element(wa_payload *payload)
{
	const char *text = json("{'id':'w','status':'failed','recipient_id':'1','errors':[{'code':5}]}");
	rendering	out = {.used = 0};
	wa_element	element;

	check("element: parses",
		  wa_payload_parse_element(payload, text, strlen(text), WA_ELEMENT_STATUS, true,
								   WA_STR("B"), WA_STR("S")) == WA_PAYLOAD_OK);
	check("element: is there", wa_payload_next(payload, &element));
	render(&out, &element);
	check("element: is read",
		  strcmp(out.text, " status onprem business=B sender=S type=failed who=1/-/- id=w [ code=5 ]") == 0);
	check("element: is one", !wa_payload_next(payload, &element));

	text = json("{'id':'w','status':'read','recipient_user_id':'U','wa_policy_contact':{'wa_id':'1','user_id':'X'}}");
	(void) wa_payload_parse_element(payload, text, strlen(text), WA_ELEMENT_STATUS, false,
									WA_STR(""), WA_STR(""));
	check("element: its contact", wa_payload_next(payload, &element) &&
		  wa_str_equal(element.contact.phone, WA_STR("1")) &&
		  wa_str_equal(element.contact.user_id, WA_STR("X")));

	check("element: null parses",
		  wa_payload_parse_element(payload, "null", 4, WA_ELEMENT_MESSAGE, false,
								   WA_STR(""), WA_STR("")) == WA_PAYLOAD_OK);
	check("element: null is malformed",
		  wa_payload_next(payload, &element) && element.kind == WA_ELEMENT_MALFORMED);
	check("element: invalid",
		  wa_payload_parse_element(payload, "{", 1, WA_ELEMENT_MESSAGE, false,
								   WA_STR(""), WA_STR("")) == WA_PAYLOAD_INVALID_JSON);
	check("element: none", !wa_payload_next(payload, &element));

	/* a whole payload after an element: nothing of the element is left */
	text = json("{'statuses':[{'status':'sent'}]}");
	(void) wa_payload_parse(payload, text, strlen(text));
	check("payload after element",
		  wa_payload_next(payload, &element) && element.business.data == NULL &&
		  element.kind == WA_ELEMENT_STATUS);
}

static void
test_path(wa_payload *payload)
{
	const char *text = json("{'entry':[{'changes':[{'value':{'statuses':[{}]}}]}]}");
	wa_element	element;
	char		path[WA_PATH_SIZE];

	(void) wa_payload_parse(payload, text, strlen(text));
	check("path: an element", wa_payload_next(payload, &element));
	wa_payload_path(&element, path, 8);
	check("path: cut off", strcmp(path, "/entry/") == 0);
	wa_payload_path(&element, path, 1);
	check("path: empty", path[0] == '\0');

	/* as long as the names and numbers of a place can make it */
	element.place.nsteps = 0;
	for (int i = 0; i < WA_MAX_SOURCES - 1; i++)
		element.place.steps[element.place.nsteps++] = (wa_step) {NULL, PG_INT32_MAX};
	for (int i = 0; i < 3; i++)
	{
		static const char *const names[] = {"entry", "changes", "user_preferences"};

		if (i == 2)
		{
			element.place.steps[element.place.nsteps++] = (wa_step) {"value", 0};
			element.place.steps[element.place.nsteps++] = (wa_step) {"standby", 0};
		}
		element.place.steps[element.place.nsteps++] = (wa_step) {names[i], 0};
		element.place.steps[element.place.nsteps++] = (wa_step) {NULL, PG_INT32_MAX};
	}
	check("path: no more steps than may be", element.place.nsteps <= WA_MAX_PLACE_STEPS);
	wa_payload_path(&element, path, sizeof(path));
	check("path: the longest",
		  strcmp(path, "/2147483647/2147483647/2147483647/2147483647/entry/2147483647/changes/2147483647"
				 "/value/standby/user_preferences/2147483647") == 0);
}

static void
test_kind_at(void)
{
	static const struct
	{
		wa_str		path;
		wa_element_kind kind;
	}			samples[] = {
		{{"/entry/0/changes/0/value/statuses/3", 35}, WA_ELEMENT_STATUS},
		{{"/messages/0", 11}, WA_ELEMENT_MESSAGE},
		{{"/value/standby/messages", 23}, WA_ELEMENT_MESSAGE},
		{{"/body/user_preferences/12", 25}, WA_ELEMENT_PREFERENCE},
		{{"/0/contacts/0", 13}, WA_ELEMENT_CONTACT},
		{{"/user_id_update/0", 17}, WA_ELEMENT_USER_ID_UPDATE},
		{{"/calls/0", 8}, WA_ELEMENT_CALL},
		{{"/errors/0", 9}, WA_ELEMENT_ERROR},
		{{"/entry/0/changes/0/value", 24}, WA_ELEMENT_ACCOUNT_UPDATE},
		{{"/entry/0/changes/0", 18}, WA_ELEMENT_MALFORMED},
		{{"/entry/0", 8}, WA_ELEMENT_MALFORMED},
		{{"/0", 2}, WA_ELEMENT_MALFORMED},
		{{"", 0}, WA_ELEMENT_MALFORMED},
		{{"/statuses/0/x", 13}, WA_ELEMENT_MALFORMED},
		{{"statuses", 8}, WA_ELEMENT_MALFORMED},
		{{"17", 2}, WA_ELEMENT_MALFORMED},
	};

	for (size_t i = 0; i < lengthof(samples); i++)
		check(samples[i].path.data, wa_payload_kind_at(samples[i].path) == samples[i].kind);
}

/*
 * One thousand contacts in the opposite order of their messages, each message
 * found by one of its three identifiers, some with several contacts.
 */
static void
test_many_contacts(wa_payload *payload)
{
	const int	n = 1000;
	size_t		size = 1 << 20;
	char	   *text = malloc(size);
	size_t		used;
	wa_element	element;
	int			right = 0;
	int			total = 0;

	if (text == NULL)
		return;
	used = (size_t) snprintf(text, size, "{\"contacts\":[");
	for (int i = n - 1; i >= 0; i--)
		used += (size_t) snprintf(text + used, size - used,
								  "{\"wa_id\":\"1650%07d\",\"user_id\":\"US.%d\",\"parent_user_id\":\"US.ENT.%d\"},",
								  i, i, i);
	used += (size_t) snprintf(text + used, size - used,
							  "{\"wa_id\":\"16500000000\",\"user_id\":\"late\"},7],\"messages\":[");
	for (int i = 0; i < n; i++)
	{
		static const char *const forms[] = {
			"{\"from\":\"+1 (650) %07d\"},", "{\"from_user_id\":\"us.%d\"},", "{\"from_parent_user_id\":\"US.ENT.%d\"},"
		};

		used += (size_t) snprintf(text + used, size - used, forms[i % 3], i);
	}
	used += (size_t) snprintf(text + used, size - used, "{\"from\":\"nobody\"}]}");

	check("many contacts: parses", wa_payload_parse(payload, text, used) == WA_PAYLOAD_OK);
	while (wa_payload_next(payload, &element))
	{
		char		user_id[20];
		wa_str		expected = {user_id, 0};

		if (element.kind != WA_ELEMENT_MESSAGE)
			continue;
		expected.len = (size_t) snprintf(user_id, sizeof(user_id), "US.%d", total);
		right += wa_str_equal(element.contact.user_id, total < n ? expected : WA_STR(""));
		total++;
	}
	check("many contacts: all messages", total == n + 1);
	check("many contacts: all found", right == n + 1);
	free(text);
}

/* The value of a member: so many letters, behind a character that does not fit in whole. */
static size_t
add_long(char *text, const char *name, size_t n)
{
	size_t		used = (size_t) sprintf(text, "\"%s\":\"", name);

	memset(text + used, 'x', n);
	text[used + 255] = '\xC3';
	text[used + 256] = '\xA4';
	used += n;
	return used + (size_t) sprintf(text + used, "\",");
}

/*
 * What a payload says once for many elements is short: otherwise each of them would read it, and each
 * fragment might have it.
 */
static void
test_shared_texts(wa_payload *payload)
{
	static const char *const parts[] = {
		"{", "object", "\"entry\":{", "id", "time", "\"changes\":{\"value\":{\"metadata\":{", "phone_number_id",
		"display_phone_number", "\"a\":1},\"contacts\":[{", "user_id", "parent_user_id",
		"\"wa_id\":\"1\"}],\"messages\":[{\"from\":\"1\"},{\"from\":\"1\"},5],\"errors\":[{\"code\":1}]}}}}"
	};
	char	   *text = malloc(100 * 1000);
	size_t		used = 0;
	wa_element	element;
	int			total = 0;
	int			right = 0;

	for (size_t i = 0; i < lengthof(parts); i++)
	{
		if (strpbrk(parts[i], "{}") == NULL)
			used += add_long(text + used, parts[i], 10000);
		else
			used += (size_t) sprintf(text + used, "%s", parts[i]);
	}
	check("shared texts: parses", wa_payload_parse(payload, text, used) == WA_PAYLOAD_OK);
	while (wa_payload_next(payload, &element))
	{
		if (element.kind == WA_ELEMENT_CONTACT)
			continue;
		total++;
		right += element.business.len == 255 && element.sender.len == 255 &&
			element.display_phone.len == 255 && element.entry_time.len == 255 &&
			element.contact.user_id.len == 0 && element.contact.parent_user_id.len == 0 &&
			wa_str_equal(element.contact.phone, element.kind == WA_ELEMENT_MESSAGE ? WA_STR("1") : WA_STR("")) &&
			wa_payload_fragment(&element).len < 400;
	}
	check("shared texts: all elements", total == 4);
	check("shared texts: all short", right == total);
	free(text);
}

/* Every character as it is and as an escape is the same text. */
static void
test_characters(wa_payload *payload)
{
	static const char *const samples[] = {
		"\x01", "\x1F", "\t", "\n", "\x7F", "\xC3\xA4", "\xE2\x82\xAC", "\xEF\xBF\xBF",
		"\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xC3\xA4 12345678901234567890 \xE2\x82\xAC"
	};

	for (size_t i = 0; i < lengthof(samples); i++)
	{
		char		text[200];
		int			len = snprintf(text, sizeof(text),
								   "{\"statuses\":[{\"id\":\"%s\",\"timestamp\":\"\\\"%s\"}]}",
								   samples[i], samples[i]);
		wa_element	element;

		check("character: parses", wa_payload_parse(payload, text, (size_t) len) == WA_PAYLOAD_OK);
		check("character: is there", wa_payload_next(payload, &element));
		check("character: is the same",
			  element.message_id.len == strlen(samples[i]) &&
			  memcmp(element.message_id.data, samples[i], strlen(samples[i])) == 0);
		check("character: is the same after an escape",
			  element.timestamp.len == strlen(samples[i]) + 1 &&
			  memcmp(element.timestamp.data + 1, samples[i], strlen(samples[i])) == 0);
	}
}

/* Integers that no 64 bits hold must not take the rest along. */
static void
test_long_integers(wa_payload *payload)
{
	const char *text = json("{'statuses':[{'id':123456789012345678901234567890,'x':[-99999999999999999999,"
							"1e5,'1234567890123456789012\\'']},{'id':'b'}]}");
	wa_element	element;

	check("long integers: parses", wa_payload_parse(payload, text, strlen(text)) == WA_PAYLOAD_OK);
	check("long integers: the first", wa_payload_next(payload, &element));
	check("long integers: the second", wa_payload_next(payload, &element));
	check("long integers: is read", wa_str_equal(element.message_id, WA_STR("b")));
}

/* json-c's tokener keeps a lone surrogate beyond json_tokener_reset. */
static void
test_nothing_is_left_behind(wa_payload *payload)
{
	static const char *const broken[] = {
		"{'a':'\\ud83d", "{'a':'\\ud83d\\", "{'a':'\\ud83d\\u", "{'a':'\\ud83d\\u00", "{'a':1e", "{'a':tr", "['x"
	};

	for (size_t i = 0; i < lengthof(broken); i++)
	{
		const char *text = json(broken[i]);
		wa_element	element;

		check(broken[i], wa_payload_parse(payload, text, strlen(text)) == WA_PAYLOAD_INVALID_JSON);
		text = json("{'statuses':[{'id':'\\u0041','timestamp':7}]}");
		check("parses after it", wa_payload_parse(payload, text, strlen(text)) == WA_PAYLOAD_OK);
		check("is there after it", wa_payload_next(payload, &element));
		check("is read after it", wa_str_equal(element.message_id, WA_STR("A")) &&
			  wa_str_equal(element.timestamp, WA_STR("7")));
	}
}

/* A member that is there twice is lost but for its last, which is told. */
static void
test_repeats(wa_payload *payload)
{
	static const struct
	{
		const char *payload;
		bool		repeats;
	}			cases[] = {
		{"{'statuses':[]}", false},
		{"{'statuses':[],'x':':,:{:'}", false},
		{"{'statuses':[],'x':'\\':\\'','a':{'a':{'a':1}},'b':[{'a':1},{'a':2}]}", false},
		{"{'statuses':[],'statuses':[]}", true},
		{"{'statuses':[],'x':'::::','statuses':[]}", true},
		{"{'statuses':[],'x':[[{'a':1,'b':2,'a':3}]]}", true},
		{"{'statuses':[],'a':1,'\\u0061':2}", true},
		{"{'body':'{\\'statuses\\':[],\\'statuses\\':[]}'}", true},
		{"{'body':'{\\'statuses\\':[]}','statuses':[]}", false},
		{"'{\\'statuses\\':[],\\'statuses\\':[]}'", true},
	};

	for (size_t i = 0; i < lengthof(cases); i++)
	{
		const char *text = json(cases[i].payload);
		wa_element	element;
		bool		met = wa_payload_parse(payload, text, strlen(text)) == WA_PAYLOAD_OK;

		while (wa_payload_next(payload, &element))
			;
		met = met && wa_payload_repeats(payload) == cases[i].repeats;
		check("a member twice is told, and nothing else", met);
		if (!met)
			printf("%s\n", text);
	}
}

static void
test_life(void)
{
	wa_payload *payload = wa_payload_new();
	wa_element	element;

	check("life: new", payload != NULL);
	check("life: nothing yet", !wa_payload_next(payload, &element));
	wa_payload_clear(payload);
	wa_payload_clear(payload);
	wa_payload_free(payload);
	wa_payload_free(NULL);
	check("life: freed", true);
}

int
main(void)
{
	wa_payload *payload = wa_payload_new();

	if (payload == NULL)
		return 1;
	test_life();
	test_readings(payload);
	test_results(payload);
	test_utf8(payload);
	test_limits(payload);
	test_fragments(payload);
	test_parse_element(payload);
	test_path(payload);
	test_kind_at();
	test_many_contacts(payload);
	test_shared_texts(payload);
	test_characters(payload);
	test_long_integers(payload);
	test_repeats(payload);
	test_nothing_is_left_behind(payload);
	wa_payload_free(payload);
	printf("%d passed, %d failed\n", passed, failed);
	return failed == 0 ? 0 : 1;
}
