/*-------------------------------------------------------------------------
 *
 * print_elements.c
 *	  Print what is read in webhook bodies, one line an element.
 *
 * usage: print_elements [-f] [file ...]
 *
 * Reads standard input where no file is named.  A line is
 *
 *		path kind member=value ...
 *
 * with the members that the element has, in a fixed order; texts stand in
 * double quotes, escaped as in C.  -f puts the JSON of the element behind it.
 * A payload that does not parse is one line beginning with "!".  The exit
 * code is 0 whatever the content, 1 where a file cannot be read.
 *
 *-------------------------------------------------------------------------
 */
/* SOURCES: src/payload/open.c src/payload/parse.c src/payload/shape.c src/payload/contacts.c src/payload/elements.c src/payload/element_parts.c src/payload/messages.c src/payload/walk.c src/payload/unread.c src/payload/text.c src/recipient/phone.c src/recipient/spelling.c */
/* LIBS: -ljson-c */
#include "c.h"

#include "payload/payload.h"

/* port.h's own need the server's library */
#undef snprintf
#undef printf
#undef fprintf

static const char *const kind_names[] = {
	[WA_ELEMENT_STATUS] = "status",
	[WA_ELEMENT_MESSAGE] = "message",
	[WA_ELEMENT_PREFERENCE] = "preference",
	[WA_ELEMENT_CONTACT] = "contact",
	[WA_ELEMENT_USER_ID_UPDATE] = "user_id_update",
	[WA_ELEMENT_CALL] = "call",
	[WA_ELEMENT_ERROR] = "error",
	[WA_ELEMENT_ACCOUNT_UPDATE] = "account_update",
	[WA_ELEMENT_OTHER] = "other",
	[WA_ELEMENT_MALFORMED] = "malformed",
	[WA_ELEMENT_TEMPLATE] = "template",
};

static const char *const result_names[] = {
	[WA_PAYLOAD_OK] = "ok",
	[WA_PAYLOAD_INVALID_JSON] = "invalid_json",
	[WA_PAYLOAD_TOO_DEEP] = "too_deep",
	[WA_PAYLOAD_TOO_LARGE] = "too_large",
	[WA_PAYLOAD_UNKNOWN_SHAPE] = "unknown_shape",
	[WA_PAYLOAD_NO_MEMORY] = "no_memory",
};

static void
print_text(const char *name, wa_str text)
{
	if (text.data == NULL)
		return;
	printf(" %s=\"", name);
	for (size_t i = 0; i < text.len; i++)
	{
		unsigned char c = (unsigned char) text.data[i];

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c == '\n')
			printf("\\n");
		else if (c < 0x20 || c == 0x7F)
			printf("\\%03o", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void
print_ids(const char *name, const wa_ids *ids)
{
	char		full[64];

	snprintf(full, sizeof(full), "%s.phone", name);
	print_text(full, ids->phone);
	snprintf(full, sizeof(full), "%s.user_id", name);
	print_text(full, ids->user_id);
	snprintf(full, sizeof(full), "%s.parent", name);
	print_text(full, ids->parent_user_id);
}

static void
print_flag(const char *name, bool set)
{
	if (set)
		printf(" %s", name);
}

static void
print_element(const wa_element *element, bool with_fragment)
{
	char		path[WA_PATH_SIZE];

	wa_payload_path(element, path, sizeof(path));
	printf("%s %s", path[0] == '\0' ? "-" : path, kind_names[element->kind]);
	print_text("business", element->business);
	print_text("sender", element->sender);
	print_flag("on_premises", element->on_premises);
	print_flag("unread", element->unread);
	print_flag("no_message", element->no_message);
	print_flag("group", element->group);
	print_flag("by_user", element->by_user);
	print_flag("automatic", element->automatic);
	print_flag("side_texts", element->side_texts);
	print_text("field", element->field);
	print_text("entry_time", element->entry_time);
	print_text("type", element->type);
	print_ids("who", &element->who);
	print_ids("contact", &element->contact);
	print_text("timestamp", element->timestamp);
	print_text("id", element->message_id);
	print_text("pricing", element->pricing_category);
	print_text("origin", element->origin_type);
	print_text("text", element->texts[0]);
	print_text("text2", element->texts[1]);
	print_ids("card", &element->card);
	print_text("system", element->system_type);
	print_text("body", element->system_body);
	print_text("marketing", element->system_marketing);
	print_ids("to", &element->changed_to);
	print_ids("from", &element->changed_from);
	print_text("category", element->category);
	print_text("signup_id", element->signup_id);
	print_text("ban_state", element->ban_state);
	print_text("waba_id", element->waba_id);
	for (int i = 0; i < element->nerrors; i++)
	{
		printf(" error");
		print_text("code", wa_element_error_code(element, i));
	}
	for (int i = 0; i < element->nrestrictions; i++)
	{
		wa_restriction restriction;

		wa_element_restriction(element, i, &restriction);
		printf(" restriction");
		print_text("type", restriction.type);
		print_text("expiration", restriction.expiration);
	}
	if (with_fragment)
	{
		wa_str		fragment = wa_payload_fragment(element);

		printf(" ");
		fwrite(fragment.data, 1, fragment.len, stdout);
	}
	putchar('\n');
}

/* Read all of a file; NULL where that fails. */
static char *
read_file(FILE *file, size_t *len)
{
	size_t		size = 1 << 16;
	size_t		used = 0;
	char	   *text = malloc(size);

	while (text != NULL)
	{
		size_t		n = fread(text + used, 1, size - used, file);
		char	   *larger;

		used += n;
		if (used < size)
		{
			if (!ferror(file))
			{
				*len = used;
				return text;
			}
			break;
		}
		larger = realloc(text, size * 2);
		if (larger == NULL)
			break;
		text = larger;
		size *= 2;
	}
	free(text);
	return NULL;
}

static bool
print_file(wa_payload *payload, FILE *file, bool with_fragment)
{
	size_t		len;
	char	   *text = read_file(file, &len);
	wa_payload_result result;
	wa_element	element;

	if (text == NULL)
		return false;
	result = wa_payload_parse(payload, text, len);
	if (result != WA_PAYLOAD_OK)
		printf("! %s: %s\n", result_names[result], wa_payload_detail(payload));
	while (wa_payload_next(payload, &element))
		print_element(&element, with_fragment);
	free(text);
	return true;
}

int
main(int argc, char **argv)
{
	wa_payload *payload = wa_payload_new();
	bool		with_fragment = false;
	int			nfiles = 0;
	int			failures = 0;

	if (payload == NULL)
		return 1;
	for (int i = 1; i < argc; i++)
	{
		FILE	   *file;

		if (strcmp(argv[i], "-f") == 0)
		{
			with_fragment = true;
			continue;
		}
		nfiles++;
		file = fopen(argv[i], "rb");
		if (file == NULL || !print_file(payload, file, with_fragment))
		{
			fprintf(stderr, "print_elements: cannot read %s\n", argv[i]);
			failures++;
		}
		if (file != NULL)
			fclose(file);
	}
	if (nfiles == 0 && !print_file(payload, stdin, with_fragment))
		failures++;
	wa_payload_free(payload);
	return failures == 0 ? 0 : 1;
}
