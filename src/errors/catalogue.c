/*-------------------------------------------------------------------------
 *
 * catalogue.c
 *	  The error codes of WhatsApp.
 *
 * One entry of wa_catalogue[] is
 *
 *		{code, title, WHOSE(SCOPE), [effect,] retry, summary, advice, source}
 *
 * where WHOSE is SENDER, RECIPIENT or PLATFORM; the effect is left out where
 * there is none; and retry is NEVER, FIX, HELD or RETRY(waits).  Keep the entries in
 * ascending order of the code.  Judge by the code alone: the titles that
 * arrive in webhooks contradict it often enough.
 *
 * On-Premises code N and Cloud code 130000 + N are relatives for most N.
 *
 *-------------------------------------------------------------------------
 */
#include "c.h"

#include "base/bisect.h"
#include "errors/catalogue.h"

/* Whose fault it is and how far it reaches. */
#define SENDER(reach)		WA_FAULT_SENDER, WA_SCOPE_##reach
#define RECIPIENT(reach)	WA_FAULT_RECIPIENT, WA_SCOPE_##reach
#define PLATFORM(reach)		WA_FAULT_PLATFORM, WA_SCOPE_##reach

/* A row of waits, with the gap between two strikes that count. */
#define LADDER(apart, ...) \
	{.nsteps = lengthof(((int64[]) {__VA_ARGS__})), .step = {__VA_ARGS__}, .gap = (apart)}

/* Whether to send again. */
#define NEVER		.retry = WA_RETRY_NEVER, .waits = {0}
#define FIX			.retry = WA_RETRY_FIX, .waits = {0}
#define RETRY(...)	.retry = WA_RETRY_WAIT, .waits = LADDER(0, __VA_ARGS__)

/* Trouble of unknown length at Meta's end. */
#define BACK_OFF	RETRY(5 * WA_SECOND, 30 * WA_SECOND, 2 * WA_MINUTE, 10 * WA_MINUTE, WA_HOUR)

/* Limits that Meta counts over a moving hour. */
#define HOURLY		RETRY(5 * WA_MINUTE, 15 * WA_MINUTE, WA_HOUR)

/* The sender number is too fast; it is held for 60 seconds anyway. */
#define SLOW_DOWN	RETRY(WA_MINUTE, 2 * WA_MINUTE, 4 * WA_MINUTE)

/* Something must be put right; the sender is held for a day, then one message may try. */
#define HELD		.retry = WA_RETRY_FIX, .waits = LADDER(0, WA_DAY)

#define ON_PREMISES	.on_premises_only = true

/*
 * The effects on a recipient.  Evidence lifts from the failure on, unless
 * LIFTS_AFTER says otherwise.
 */
#define COOLDOWN(categories, lifted, apart, ...) \
	.effect = WA_EFFECT_COOLDOWN, .blocks = (categories), .lifted_by = (lifted), \
	.ladder = LADDER(apart, __VA_ARGS__)
#define LIFTS_AFTER(evidence, span)	.lift_after = {[WA_EVIDENCE_##evidence] = (span)}

/*
 * Published help advises 12, 24 and 48 hours; Meta says never sooner than 24
 * hours.  The ladder is the advice raised to Meta's floor.
 *
 * Meta withholds marketing for that long, so that a receipt before the floor is
 * of an older message, read late.
 */
#define MARKETING_WAITS		WA_DAY, WA_DAY, 2 * WA_DAY
#define MARKETING_LIMIT \
	COOLDOWN(WA_CATEGORY_BIT(WA_MARKETING), WA_LIFT_INBOUND | WA_LIFT_MARKETING_RECEIPT, \
			 12 * WA_HOUR, MARKETING_WAITS), \
	LIFTS_AFTER(MARKETING_RECEIPT, WA_DAY), .yields_to_window = true, RETRY(MARKETING_WAITS)

/*
 * A code for signing in is sent all the same: the user waits for it, and a
 * refusal costs nothing.  The receipt and the refusal of one message may cross on
 * their way, so that a receipt of a little earlier proves as much.
 */
#define UNREACHABLE_WAITS	WA_DAY, 7 * WA_DAY, 30 * WA_DAY
#define UNREACHABLE \
	COOLDOWN(WA_CATEGORY_BIT(WA_MARKETING) | WA_CATEGORY_BIT(WA_UTILITY), \
			 WA_LIFT_INBOUND | WA_LIFT_RECEIPT, 12 * WA_HOUR, UNREACHABLE_WAITS), \
	LIFTS_AFTER(RECEIPT, -WA_MINUTE), RETRY(UNREACHABLE_WAITS)

/* Meta asks for 4^n seconds. */
#define PAIR_WAITS \
	4 * WA_SECOND, 16 * WA_SECOND, 64 * WA_SECOND, 256 * WA_SECOND, 1024 * WA_SECOND
#define PAIR_LIMIT \
	COOLDOWN(WA_ALL_CATEGORIES, WA_LIFT_RECEIPT, 0, PAIR_WAITS), RETRY(PAIR_WAITS)

#define EXPERIMENT \
	COOLDOWN(WA_CATEGORY_BIT(WA_MARKETING), WA_LIFT_INBOUND, 0, WA_FOREVER), \
	.yields_to_window = true, NEVER

/* Who is blocked cannot write: a message proves that it no longer is. */
#define BLOCKED_BY_US	COOLDOWN(WA_ALL_CATEGORIES, WA_LIFT_INBOUND, 0, WA_FOREVER), FIX

#define OPTED_OUT		.effect = WA_EFFECT_STOP, NEVER
#define WINDOW_CLOSED	.effect = WA_EFFECT_CLOSE_WINDOW, FIX

/* Sources, by the tags of the collection of facts. */
#define EC		"Meta, Error codes (2026-09-11)"
#define ECG		"Meta, Groups API error codes (December 2025)"
#define PUL		"Meta, Per-user marketing message limits (2026-06-17)"
#define ATP		"Meta, About the platform (December 2025)"
#define TP		"Meta, Throughput (December 2025)"
#define TPA		"Meta, Template pausing (December 2025)"
#define REG		"Meta, Registration (December 2025)"
#define BSUID	"Meta, Business-scoped user IDs (2026-11-05)"
#define ONP		"Meta, On-Premises API errors"
#define TWI		"Twilio, WhatsApp error codes"
#define CR		"Meta, Conversation Routing (2026-11-05)"
#define CAT		"Meta, Template categorization (2026)"
#define MCA		"An SDK that follows Meta's changelog entry by entry (2026)"
#define BLIP	"Blip, quoting Meta (2024)"
#define DS		"Notes of a team on Meta's Direct Send"
#define PYWA	"pywa, list of errors (August 2026)"
#define GD		"great-detail WhatsApp Node.js SDK, list of errors"
#define KAPSO	"Kapso, documentation"
#define META	"Meta, reference pages of single endpoints"

/* Families whose members differ in nothing that is documented. */
#define PERMISSION(code) \
	{code, "API Permission", SENDER(APP), FIX, \
		"A permission that the call needs was not granted or has been removed.", \
		"Grant the permission to the app again, then repeat the call.", EC}
#define PERMISSION_1_TO_9(tens) \
	PERMISSION(tens##1), PERMISSION(tens##2), PERMISSION(tens##3), PERMISSION(tens##4), \
	PERMISSION(tens##5), PERMISSION(tens##6), PERMISSION(tens##7), PERMISSION(tens##8), \
	PERMISSION(tens##9)
#define PERMISSION_0_TO_9(tens)	PERMISSION(tens##0), PERMISSION_1_TO_9(tens)

#define GROUP_OPERATION(code) \
	{code, "Group Operation Failed", SENDER(GROUP), FIX, \
		"An operation on a group was refused.", \
		"Read the details of the error and correct the request.", ECG}

#define OLD_TEMPLATE(code, title) \
	{code, title, SENDER(TEMPLATE), FIX, \
		"The On-Premises API refused the template message.", \
		"Compare the parameters, the language and the state of the template with the message.", ONP}

#define OLD_REGISTRATION(code) \
	{code, "Registration Error", SENDER(SENDER), FIX, \
		"Registering the sender number failed.", \
		"Read the details of the error; this code is from older lists.", GD}

#define OLD_REQUEST(code, title, summary) \
	{code, title, SENDER(MESSAGE), FIX, summary, "Correct the request.", ONP}

#define TEMPLATE_EDIT(code, title, summary, advice) \
	{code, title, SENDER(TEMPLATE), FIX, summary, advice, EC}

#define MIGRATION(code, title, summary) \
	{code, title, SENDER(SENDER), FIX, summary, \
		"Read the details of the error and follow Meta's guide to moving a number.", EC}

#define SIGNUP(code, title, summary) \
	{code, title, SENDER(BUSINESS), FIX, summary, \
		"Correct the settings of the in-app sign-up.", META}

#define USERNAME(code, title, summary, advice) \
	{code, title, SENDER(SENDER), FIX, summary, advice, PYWA}

/* *INDENT-OFF* */
/* clang-format off */
const wa_code wa_catalogue[] = {
	{0, "AuthException", SENDER(APP), FIX,
		"The access token has expired or was invalidated.",
		"Get a new access token; no recipient is concerned.", EC},
	{1, "API Unknown", PLATFORM(MESSAGE), BACK_OFF,
		"The request was invalid or the server failed.",
		"Look at the platform's status page, retry with back-off, then check the request.", EC},
	{2, "API Service", PLATFORM(PLATFORM), BACK_OFF,
		"The service is down for a moment or overloaded.",
		"Look at the platform's status page and retry with back-off.", EC},
	{3, "API Method", SENDER(APP), FIX,
		"The app lacks a capability or a permission.",
		"Check the permissions of the access token.", EC},
	{4, "API Too Many Calls", SENDER(APP), HOURLY,
		"The app has reached its limit of API calls.",
		"Call less often and retry later; the limit counts over a moving hour.", EC "; " ATP},
	{10, "Permission Denied", SENDER(APP), FIX,
		"A permission was not granted or has been removed.",
		"Check the permissions of the access token.", EC},
	{33, "Parameter Value Is Not Valid", SENDER(SENDER), FIX,
		"The sender number has been deleted or is not known.",
		"Send from a number that exists.", EC},
	{100, "Invalid Parameter", SENDER(MESSAGE), FIX,
		"The request holds a parameter that is unsupported or misspelt.",
		"Correct the request; the recipient is not at fault.", EC},
	{104, "Access Token Missing", SENDER(APP), FIX,
		"The request carried no access token.",
		"Send an access token with the request.", EC},
	{190, "Access Token Has Expired", SENDER(APP), FIX,
		"The access token has expired.",
		"Get a new access token.", EC},
	{200, "API Permission", SENDER(APP), FIX,
		"A permission is missing, or the app id is not valid.",
		"Give a valid app id and token, and grant the permission.", EC},
	PERMISSION_1_TO_9(20),
	PERMISSION_0_TO_9(21),
	PERMISSION_0_TO_9(22),
	PERMISSION_0_TO_9(23),
	PERMISSION_0_TO_9(24),
	PERMISSION_0_TO_9(25),
	PERMISSION_0_TO_9(26),
	PERMISSION_0_TO_9(27),
	PERMISSION_0_TO_9(28),
	PERMISSION_0_TO_9(29),
	{368, "Temporarily Blocked for Policy Violations", SENDER(BUSINESS), HELD,
		"The WhatsApp Business Account is restricted or disabled for violating a policy.",
		"Wait for the end that account_update names, or appeal.", EC},

	/* On-Premises webhook codes, many of them ordinary HTTP numbers. */
	{400, "Media Download Error", PLATFORM(MESSAGE), ON_PREMISES, NEVER,
		"The media that a user sent could not be downloaded.",
		"Ask the user to send it again.", ONP},
	{401, "Group Unknown", SENDER(GROUP), ON_PREMISES, FIX,
		"The group does not exist, or the business is not in it.",
		"Check the group.", ONP},
	{402, "Business Eligibility Payment Issue", SENDER(BUSINESS), ON_PREMISES, HELD,
		"The payment set-up of the account does not allow sending.",
		"Put the payment set-up in order.", ONP},
	{408, "Message Is Not Valid", SENDER(MESSAGE), ON_PREMISES, BACK_OFF,
		"The message was pending in the client for more than a day.",
		"Send the message again if it still matters.", ONP},
	{410, "Message Expired", RECIPIENT(MESSAGE), ON_PREMISES, NEVER,
		"The message could not be delivered during its time to live.",
		"Send a new message only if it still matters.", ONP},
	{429, "Rate Limit Hit", SENDER(SENDER), ON_PREMISES, SLOW_DOWN,
		"Too many messages were sent from this number in a short time.",
		"Send more slowly and retry after a minute.", ONP},
	{430, "Unsigned Certificate", SENDER(SENDER), ON_PREMISES, FIX,
		"The certificate of the sender number is not signed.",
		"Download a new certificate and register the number again.", ONP},
	{432, "Certificate ID Mismatch", SENDER(SENDER), ON_PREMISES, FIX,
		"The certificate does not belong to the sender number.",
		"Download a new certificate and register the number again.", ONP},
	{433, "Certificate Signature Invalid", SENDER(SENDER), ON_PREMISES, FIX,
		"The certificate is not signed with the identity keys of the client.",
		"Download a new certificate and register the number again.", ONP},
	{470, "Re-engagement Message Required", SENDER(USER), WINDOW_CLOSED,
		"More than 24 hours have passed since the user's last message.",
		"Send a template instead of a free-form message.", ONP},
	{471, "Spam Rate Limit Hit", SENDER(SENDER), HELD,
		"Too many earlier messages of this number were blocked or reported.",
		"Improve the quality of the number; the limit does not end by the clock.", ONP},
	{472, "Marketing Message Experiment", RECIPIENT(USER), EXPERIMENT,
		"The user is in a group of an experiment that gets no marketing messages.",
		"Do not resend; reach the user by other means or wait until the user writes.", ONP},
	{480, "Recipient Identity Changed", RECIPIENT(USER), FIX,
		"The identity key of the user is not the one that was expected.",
		"Verify the user's identity again before sending.", ONP},
	{500, "Generic Error", PLATFORM(MESSAGE), ON_PREMISES, BACK_OFF,
		"The message failed for an unknown reason.",
		"Retry with back-off.", ONP},
	{501, "Unsupported Message Type", SENDER(MESSAGE), ON_PREMISES, FIX,
		"The type of the message is unknown or not supported.",
		"Send another type of message.", ONP},
	{506, "Duplicate Post", SENDER(MESSAGE), FIX,
		"The same request was made before.",
		"Do not repeat it.", META},
	{613, "Calls Rate Limit", SENDER(APP), HOURLY,
		"Calls, or questions for call permissions, were too frequent.",
		"Ask less often and retry later.", PYWA},

	/* On-Premises API codes. */
	{1000, "Generic Error", PLATFORM(MESSAGE), BACK_OFF,
		"The request failed for an unknown reason.",
		"Retry with back-off, then check the request.", ONP},
	OLD_REQUEST(1001, "Message Too Long", "The message is longer than allowed."),
	OLD_REQUEST(1002, "Invalid Recipient Type", "The recipient type is not one that the API knows."),
	OLD_REQUEST(1003, "Not a Group Participant", "The sender is not in the group."),
	OLD_REQUEST(1004, "Resource Already Exists", "What the request creates exists already."),
	{1005, "Access Denied", SENDER(APP), FIX,
		"The request is not permitted.",
		"Check the credentials and permissions.", ONP},
	OLD_REQUEST(1006, "Resource Not Found", "What the request names does not exist."),
	{1007, "Recipient Blocked", SENDER(USER), FIX,
		"The recipient may not be messaged; this code is deprecated.",
		"Check the block list of the business.", ONP},
	OLD_REQUEST(1008, "Required Parameter Missing", "A required parameter is missing."),
	OLD_REQUEST(1009, "Parameter Value Invalid", "The value of a parameter is not valid."),
	OLD_REQUEST(1010, "Parameter Not Required", "A parameter is given that does not belong there."),
	{1011, "Service Not Ready", PLATFORM(SENDER), BACK_OFF,
		"The client is not ready to serve requests.",
		"Retry with back-off.", ONP},
	OLD_REQUEST(1012, "Group Unknown", "The group does not exist."),
	{1013, "User Not Valid", RECIPIENT(CONTACT), UNREACHABLE,
		"The number is not a WhatsApp user; the On-Premises relative of 131026.",
		"Use another channel, or ask the user to write first. This is not an opt-out. Authentication "
		"is still sent: the user waits for it, and a refusal costs nothing.", ONP},
	{1014, "Internal Error", PLATFORM(MESSAGE), BACK_OFF,
		"The client failed internally.",
		"Retry with back-off.", ONP},
	{1015, "Too Many Requests", SENDER(SENDER), SLOW_DOWN,
		"Requests came faster than the client takes them.",
		"Send more slowly and retry after a minute.", ONP},
	{1016, "System Overloaded", PLATFORM(PLATFORM), BACK_OFF,
		"The system is overloaded.",
		"Retry with back-off.", ONP},
	{1017, "Not Primary Master", SENDER(SENDER), FIX,
		"The request went to a node that is not the primary one.",
		"Send the request to the primary node.", ONP},
	{1018, "Not Primary Core App", SENDER(SENDER), FIX,
		"The request went to a core application that is not the primary one.",
		"Send the request to the primary node.", ONP},
	OLD_REQUEST(1019, "Not a Group Administrator", "The sender does not administer the group."),
	OLD_REQUEST(1020, "Bad Group", "The group cannot take the request."),
	OLD_REQUEST(1021, "Bad User", "The user that the request names is not acceptable."),
	{1022, "Webhook URL Not Set", SENDER(APP), FIX,
		"No webhook address is configured.",
		"Configure the address of the webhook.", ONP},
	{1023, "Database Error", PLATFORM(SENDER), BACK_OFF,
		"The client's database failed.",
		"Check the database of the client, then retry.", ONP},
	{1024, "Password Change Required", SENDER(APP), FIX,
		"The password of the client's user must be changed.",
		"Change the password.", ONP},
	OLD_REQUEST(1025, "Invalid Request", "The request is not valid."),

	/*
	 * A relative of 131026 by number, and wide in meaning like that.  Meta returns it
	 * for marketing that the limit per user withheld, too; it is treated as that.
	 */
	{1026, "Receiver Incapable", RECIPIENT(USER), MARKETING_LIMIT,
		"The user's WhatsApp cannot take this message, or the limit of marketing per user withheld "
		"it; Meta returns this code for both.",
		"Wait a day before the next marketing message, as after 131049; another type of message may "
		"pass.", ONP "; " TWI "; " BLIP},
	{1028, "Identity Acknowledgement Needed", RECIPIENT(USER), FIX,
		"The user's identity has changed and the change was not acknowledged.",
		"Verify the user's identity and acknowledge the change.", ONP},
	{1031, "Sender Account Locked", SENDER(BUSINESS), HELD,
		"The sender's account is locked.",
		"Look up the state of the account and appeal.", ONP},
	OLD_TEMPLATE(2000, "Template Parameter Count Mismatch"),
	OLD_TEMPLATE(2001, "Template Missing"),
	OLD_TEMPLATE(2002, "Template Error"),
	OLD_TEMPLATE(2003, "Template Language Missing"),
	OLD_TEMPLATE(2004, "Template Parameter Too Long"),
	OLD_TEMPLATE(2005, "Template Text Too Long"),
	OLD_TEMPLATE(2006, "Template Error"),
	OLD_TEMPLATE(2007, "Template Policy Violated"),
	OLD_TEMPLATE(2008, "Template Parameter Value Invalid"),
	OLD_TEMPLATE(2009, "Template Error"),
	OLD_TEMPLATE(2010, "Template Error"),
	OLD_TEMPLATE(2011, "Template Error"),
	OLD_TEMPLATE(2012, "Template Parameter Format Mismatch"),
	OLD_TEMPLATE(2013, "Template Error"),
	OLD_TEMPLATE(2014, "Template Error"),
	OLD_TEMPLATE(2015, "Template Paused"),
	OLD_TEMPLATE(2016, "Template Disabled"),
	OLD_TEMPLATE(2017, "Template Error"),
	OLD_TEMPLATE(2023, "Template Error"),
	OLD_TEMPLATE(2024, "Template Error"),
	OLD_TEMPLATE(2025, "Template Error"),
	OLD_TEMPLATE(2026, "Template Error"),
	OLD_TEMPLATE(2027, "Template Error"),
	OLD_TEMPLATE(2028, "Template Error"),
	OLD_TEMPLATE(2029, "Template Error"),
	OLD_TEMPLATE(2030, "Template Error"),
	OLD_TEMPLATE(2036, "Template Error"),
	OLD_TEMPLATE(2050, "Template Error"),
	OLD_TEMPLATE(2060, "Template Error"),
	OLD_TEMPLATE(2061, "Template Error"),
	OLD_TEMPLATE(2062, "Template Error"),
	OLD_TEMPLATE(2068, "Flow Blocked"),
	OLD_TEMPLATE(2069, "Flow Throttled"),

	{80007, "Rate Limit Issues", SENDER(BUSINESS), RETRY(WA_HOUR),
		"The WhatsApp Business Account has reached its rate limit.",
		"Call less often and retry in an hour; the limit counts over a moving hour.", EC "; " ATP},

	/* Sending. */
	{130403, "Business Has Been Blocked", SENDER(USER), BLOCKED_BY_US,
		"This business has itself blocked the user.",
		"Do not retry until the business has unblocked the user; a message from the user proves that "
		"it has.", EC},
	{130429, "Rate Limit Hit", SENDER(SENDER), SLOW_DOWN,
		"The sender number has reached its throughput.",
		"Send more slowly and retry after a minute.", EC "; " TP},
	{130472, "Marketing Message Experiment", RECIPIENT(USER), EXPERIMENT,
		"The user is in a group of Meta's experiment that gets no marketing messages.",
		"Do not resend, the answer would be the same. Reach the user by other means or wait until "
		"the user writes.", EC},
	{130497, "Country Restriction", SENDER(COUNTRY), HELD,
		"The WhatsApp Business Account may not message users in this country.",
		"See the countries that Meta's messaging policy allows for the line of business.", EC},
	{130501, "Message Type Unsupported in Groups", SENDER(MESSAGE), FIX,
		"This type of message cannot be sent to a group.",
		"Send another type of message.", EC},
	{131000, "Something Went Wrong", PLATFORM(MESSAGE), BACK_OFF,
		"The message failed for an unknown reason.",
		"Retry with back-off; ask Meta's support if it goes on.", EC},
	{131001, "Message Too Long", SENDER(MESSAGE), FIX,
		"The message is longer than allowed.",
		"Shorten the message.", GD},
	{131002, "Invalid Recipient Type", SENDER(MESSAGE), FIX,
		"The recipient type is not one that the API knows.",
		"Correct the request.", GD},
	{131005, "Access Denied", SENDER(APP), FIX,
		"A permission was not granted or has been removed.",
		"Check the permissions of the access token.", EC},
	{131006, "Resource Not Found", SENDER(MESSAGE), FIX,
		"What the request names does not exist.",
		"Correct the request.", GD},
	{131008, "Required Parameter Is Missing", SENDER(MESSAGE), FIX,
		"The request lacks a required parameter.",
		"Correct the request.", EC},
	{131009, "Parameter Value Is Not Valid", SENDER(MESSAGE), FIX,
		"The value of a parameter is not valid.",
		"Correct the request. With the Marketing Messages API the template may not be synchronised "
		"yet; that takes up to 10 minutes.", EC},
	{131014, "Request or Media Address Error", SENDER(MESSAGE), FIX,
		"The request, or the address of the media in it, was not acceptable.",
		"Check that the media can be fetched from the address.", GD},
	{131016, "Service Unavailable", PLATFORM(PLATFORM), BACK_OFF,
		"A service is unavailable for a while.",
		"Look at the platform's status page and retry with back-off.", EC},
	{131020, "Bad Group", SENDER(GROUP), FIX,
		"The group has a single member.",
		"Let others join before sending to the group.", ECG},
	{131021, "Recipient Cannot Be Sender", SENDER(MESSAGE), NEVER,
		"The recipient is the sender's own number.",
		"Send to another number.", EC},
	{131026, "Message Undeliverable", RECIPIENT(CONTACT), UNREACHABLE,
		"The message cannot be delivered: not a WhatsApp number, terms not accepted, or too old a "
		"version; Meta does not say which. In 2024 it also stood for the limit of marketing per user "
		"and for authentication to India.",
		"Use another channel, or ask the user to write first. It may pass, and it is not an opt-out. "
		"Authentication is still sent: the user waits for it, and a refusal costs nothing.",
		EC "; " BLIP},
	{131030, "Recipient Not in Allowed List", SENDER(PAIR), FIX,
		"A test number may send only to the recipients on its list.",
		"Add the recipient to the list, or send from a real number.", PYWA "; " GD},
	{131031, "Business Account Locked", SENDER(BUSINESS), HELD,
		"The account is locked for violating a policy, or data of the request did not match it.",
		"Ask Meta's Health Status API why, and appeal; check a PIN that was sent.", EC},
	{131037, "Display Name Approval Needed", SENDER(SENDER), HELD,
		"A number that WhatsApp provided has no approved display name yet.",
		"Have a display name approved.", EC},
	{131041, "Group Unknown", SENDER(GROUP), FIX,
		"The group does not exist, or the business is not in it.",
		"Check the group.", ECG},
	{131042, "Business Eligibility Payment Issue", SENDER(BUSINESS), HELD,
		"The payment set-up of the account does not allow sending.",
		"Put the payment set-up in order; until then every billable message fails.", EC},
	{131043, "Message Expired", RECIPIENT(MESSAGE), NEVER,
		"The message could not be delivered during its time to live.",
		"Send a new message only if it still matters.", GD},
	{131044, "Calling Payment Issue", SENDER(BUSINESS), FIX,
		"The payment set-up of the account does not allow calls.",
		"Put the payment set-up in order.", PYWA},
	{131045, "Incorrect Certificate", SENDER(SENDER), HELD,
		"The sender number is not registered properly.",
		"Register the number again.", EC},
	{131047, "Re-engagement Message Required", SENDER(USER), WINDOW_CLOSED,
		"More than 24 hours have passed since the user's last message.",
		"Send a template instead of a free-form message.", EC},
	{131048, "Spam Rate Limit Hit", SENDER(SENDER), HELD,
		"Too many earlier messages of this number were blocked or reported.",
		"Improve the quality of the number; the limit does not end by the clock.", EC},
	{131049, "Healthy Ecosystem Limit", PLATFORM(USER), MARKETING_LIMIT,
		"Meta withheld the message because the user gets enough marketing already.",
		"Wait at least 24 hours, longer each time. Marketing to United States numbers is withheld "
		"with the same code until Meta ends that pause, which stood in October 2026.", EC "; " PUL},
	{131050, "Recipient Opted Out of Marketing", RECIPIENT(USER), OPTED_OUT,
		"The user has stopped marketing messages from this business.",
		"Send no marketing until WhatsApp reports that the user has resumed it.", EC},
	{131051, "Unsupported Message Type", SENDER(MESSAGE), FIX,
		"The type of the message is not supported.",
		"Send another type of message. With an inbound message it says nothing about the user.", EC},
	{131052, "Media Download Error", PLATFORM(MESSAGE), NEVER,
		"The media that the user sent could not be downloaded.",
		"Ask the user to send it again or by other means.", EC},
	{131053, "Media Upload Error", SENDER(MESSAGE), FIX,
		"The media of the message could not be uploaded.",
		"Check the type, the size and the address of the media.", EC},
	{131055, "Method Not Allowed", SENDER(MESSAGE), FIX,
		"The Marketing Messages API takes marketing templates only.",
		"Send the message by the Cloud API.", EC},
	{131056, "Pair Rate Limit Hit", SENDER(PAIR), PAIR_LIMIT,
		"Too many messages went from this number to this user in a short time.",
		"Wait 4, 16, 64 seconds and so on; other recipients are not affected.", EC "; " ATP},
	{131057, "Account in Maintenance Mode", PLATFORM(SENDER), RETRY(5 * WA_MINUTE),
		"The throughput of the sender number is being raised.",
		"Retry after 5 minutes.", EC "; " TP},
	{131059, "Invalid Cursor", SENDER(APP), FIX,
		"A cursor for paging has expired or is damaged.",
		"Begin the paging again.", ECG},
	{131060, "Message Unavailable", PLATFORM(MESSAGE), NEVER,
		"An inbound message is not available yet; it may follow with the same id.",
		"Do nothing, and do not drop the message that follows as a duplicate.", EC},
	{131061, "Maximum Price Not Supported", SENDER(MESSAGE), FIX,
		"A template with a maximum price was sent through the Cloud API.",
		"Send it by the Marketing Messages API, or without a maximum price.", MCA},
	{131062, "Business-Scoped User ID Unsupported", SENDER(MESSAGE), FIX,
		"This message cannot be sent to a business-scoped user id.",
		"Send it to the phone number.", BSUID},
	{131063, "Marketing Templates Disabled", SENDER(BUSINESS), HELD,
		"Marketing templates are disabled on the Cloud API for this account.",
		"Use the Marketing Messages API, or have them enabled again.", EC},
	{131064, "Messaging Limit After Classification Violations", SENDER(BUSINESS), RETRY(WA_DAY),
		"Utility messages of the account are capped because its templates were in the wrong category.",
		"Retry utility messages after a day. The cap counts over moving 24 hours and stands for at "
		"least 7 days; other categories are not concerned.", EC "; " CAT "; " DS},
	{131065, "Maximum Price Unavailable in Country", SENDER(MESSAGE), FIX,
		"Templates with a maximum price are not available in the recipient's country.",
		"Send the template without a maximum price.", MCA},
	{131070, "Conversation Owned by Another Responder", SENDER(USER), FIX,
		"Another responder, such as Meta's Business Agent or another app, owns the conversation; "
		"free-form messages are refused although the window is open.",
		"Take the conversation over first, or leave the answer to its owner.", CR},
	{131201, "Request Partially Succeeded", SENDER(GROUP), FIX,
		"Not all participants of the request could be handled.",
		"Read the details of the error and repeat what failed.", ECG},
	{131202, "Duplicate Participant", SENDER(GROUP), FIX,
		"The request names a participant twice.",
		"Correct the request.", ECG},
	GROUP_OPERATION(131203),
	{131204, "Participant Over Limit", SENDER(GROUP), FIX,
		"The group would have more participants than allowed.",
		"Name fewer participants.", ECG},
	GROUP_OPERATION(131205),
	GROUP_OPERATION(131206),
	{131207, "Group Suspended", SENDER(GROUP), FIX,
		"The group is suspended for violating a policy.",
		"Do not use the group.", ECG},
	{131208, "Group Rate Limit Hit", SENDER(SENDER), SLOW_DOWN,
		"Too many group operations came from this number in a short time.",
		"Slow down and retry after a minute.", ECG},
	{131209, "Invalid Group Picture Aspect Ratio", SENDER(GROUP), FIX,
		"The picture of the group is not square.",
		"Use a square picture.", ECG},
	{131210, "Group Picture Too Small", SENDER(GROUP), FIX,
		"The picture of the group is too small.",
		"Use a picture larger than 192 by 192 pixels.", ECG},
	{131211, "Group Creation Limit Reached", SENDER(SENDER), FIX,
		"This number has created as many groups as it may.",
		"Delete a group first.", ECG},
	{131212, "Not a Participant of the Group", SENDER(GROUP), FIX,
		"The participant is not in the group.",
		"Correct the request.", ECG},
	{131213, "Group Join Request Does Not Exist", SENDER(GROUP), FIX,
		"There is no such request to join the group.",
		"Correct the request.", ECG},
	{131214, "Group Creation Temporarily Disabled", SENDER(BUSINESS), FIX,
		"The account sent too much marketing inside service windows in the last 7 days.",
		"Send less of it; the count covers 7 days.", ECG},
	{131215, "Not Eligible for Groups", SENDER(SENDER), FIX,
		"This number may not use the Groups API.",
		"Check the conditions for using groups.", ECG},

	/* Templates. */
	{132000, "Template Parameter Count Mismatch", SENDER(MESSAGE), FIX,
		"The message has another number of parameters than its template.",
		"Send as many parameters as the template has.", EC},
	{132001, "Template Does Not Exist", SENDER(TEMPLATE), FIX,
		"The template does not exist in this language or is not approved.",
		"Check the name, the language and the approval of the template.", EC},
	{132005, "Template Text Too Long", SENDER(MESSAGE), FIX,
		"The text with its parameters filled in is too long.",
		"Shorten the parameters.", EC},
	{132007, "Template Policy Violated", SENDER(TEMPLATE), FIX,
		"The content of the template violates a policy.",
		"Change the template.", EC},
	{132008, "Template Parameter Value Invalid", SENDER(MESSAGE), FIX,
		"The value of a template parameter is not valid.",
		"Correct the parameter.", PYWA "; " EC},
	{132012, "Template Parameter Format Mismatch", SENDER(MESSAGE), FIX,
		"A parameter has another format than the template asks for.",
		"Correct the parameter.", PYWA "; " EC},
	{132015, "Template Paused", SENDER(TEMPLATE), RETRY(3 * WA_HOUR, 6 * WA_HOUR),
		"The template is paused because of its low quality.",
		"Wait 3 hours the first time and 6 the second, or send another template.", EC "; " TPA},
	{132016, "Template Disabled", SENDER(TEMPLATE), FIX,
		"The template was paused too often and is disabled for good.",
		"Make a new template with other content.", EC},
	{132018, "Template Validation Failed", SENDER(MESSAGE), FIX,
		"The Marketing Messages API found the template message invalid.",
		"Read the details of the error and correct the message.", EC},
	{132021, "Direct Send Name Conflict", SENDER(MESSAGE), FIX,
		"The name given to a Direct Send message is taken.",
		"Choose another name.", DS},
	{132068, "Flow Blocked", SENDER(FLOW), FIX,
		"The flow is blocked.",
		"Correct the flow.", EC},
	{132069, "Flow Throttled", SENDER(FLOW), FIX,
		"The flow is throttled to 10 messages an hour.",
		"Correct the flow.", EC},

	/* Registration. */
	{133000, "Incomplete Deregistration", SENDER(SENDER), FIX,
		"An earlier deregistration of the number did not complete.",
		"Deregister the number again before registering it.", EC},
	OLD_REGISTRATION(133001),
	OLD_REGISTRATION(133002),
	OLD_REGISTRATION(133003),
	{133004, "Server Temporarily Unavailable", PLATFORM(PLATFORM), BACK_OFF,
		"The registration server is unavailable for a while.",
		"Look at the platform's status page and retry with back-off.", EC},
	{133005, "Two-Step Verification PIN Mismatch", SENDER(SENDER), FIX,
		"The PIN is wrong.",
		"Send the right PIN, or reset it.", EC},
	{133006, "Phone Number Re-Verification Needed", SENDER(SENDER), FIX,
		"The number must be verified before it can be registered.",
		"Verify the number.", EC},
	OLD_REGISTRATION(133007),
	{133008, "Too Many PIN Guesses", SENDER(SENDER), FIX,
		"The PIN was wrong too often.",
		"Wait as long as the details of the error say.", EC},
	{133009, "PIN Guessed Too Fast", SENDER(SENDER), FIX,
		"PINs were sent too fast one after another.",
		"Wait as long as the details of the error say.", EC},
	{133010, "Phone Number Not Registered", SENDER(SENDER), HELD,
		"The sender number is not registered.",
		"Register the number.", EC},
	{133015, "Phone Number Recently Deleted", SENDER(SENDER), RETRY(5 * WA_MINUTE),
		"The number was deleted a moment ago and the deletion has not completed.",
		"Wait 5 minutes before registering the number.", EC},
	{133016, "Registration Limit Exceeded", SENDER(SENDER), RETRY(3 * WA_DAY),
		"The number was registered and deregistered more than 10 times in 72 hours.",
		"Wait 72 hours.", EC "; " REG},
	{134011, "Payments Terms Not Accepted", SENDER(BUSINESS), FIX,
		"The terms of WhatsApp Payments have not been accepted.",
		"Accept the terms.", EC},
	{134100, "Marketing Templates Only", SENDER(TEMPLATE), FIX,
		"The Marketing Messages API takes marketing templates only.",
		"Send the message by the Cloud API.", EC},
	{134101, "Template Still Synchronising", PLATFORM(TEMPLATE), RETRY(10 * WA_MINUTE),
		"The Marketing Messages API does not have the template yet.",
		"Wait 10 minutes.", EC},
	{134102, "Template Unavailable", SENDER(TEMPLATE), FIX,
		"The template cannot be used by the Marketing Messages API.",
		"Send the message by the Cloud API.", EC},
	{134103, "Marketing Messages API Refusal", SENDER(TEMPLATE), FIX,
		"The Marketing Messages API refused the template.",
		"Read the details of the error, or send by the Cloud API.", META},
	{135000, "Generic User Error", SENDER(MESSAGE), FIX,
		"Something is wrong with the parameters of the request.",
		"Check the request; ask Meta's support if nothing is found.", EC},
	{136024, "Phone Number Already Verified", SENDER(SENDER), FIX,
		"The number has been verified already.",
		"Go on without verifying it.", GD},
	{136025, "Verification Code Request Failed", SENDER(SENDER), FIX,
		"A verification code could not be requested.",
		"Read the details of the error and ask again later.", GD},
	{137000, "Recipient Identity Key Mismatch", RECIPIENT(USER), FIX,
		"The identity key of the user is not the one that was expected.",
		"Verify the user's identity again before sending.", PYWA},

	/* Calls. */
	{138000, "Calling Not Enabled", SENDER(SENDER), FIX,
		"Calls are not enabled for this number.",
		"Enable calls in the settings of the number.", PYWA},
	{138001, "Receiver Uncallable", RECIPIENT(CONTACT), NEVER,
		"The user cannot take calls; says nothing about messages.",
		"Ask the user to update WhatsApp.", PYWA},
	{138002, "Concurrent Calls Limit", SENDER(SENDER), SLOW_DOWN,
		"The number has too many calls at a time.",
		"Retry when calls have ended.", PYWA},
	{138003, "Duplicate Call", SENDER(PAIR), SLOW_DOWN,
		"A call with this user is going on.",
		"Retry when the call has ended.", PYWA},
	{138004, "Call Connection Error", SENDER(MESSAGE), BACK_OFF,
		"The call could not be connected.",
		"Retry later, or check the connection parameters.", PYWA},
	{138005, "Call Rate Limit Exceeded", SENDER(SENDER), SLOW_DOWN,
		"The number started too many calls.",
		"Call less often.", PYWA},
	{138006, "No Call Permission", SENDER(USER), FIX,
		"The user has not permitted calls.",
		"Ask the user for permission to call.", PYWA},
	{138007, "Call Connection Timeout", SENDER(MESSAGE), BACK_OFF,
		"The business did not answer the call's set-up in time.",
		"Retry, and answer faster.", PYWA},
	{138009, "Call Permission Request Limit", SENDER(PAIR), FIX,
		"The user was asked for permission to call too often.",
		"Ask less often; a connected call resets the count.", PYWA},
	{138012, "Business-Initiated Calls Limit", SENDER(PAIR), RETRY(WA_DAY),
		"The business has made as many calls to the user in 24 hours as it may.",
		"Wait until the time that the details of the error name.", PYWA},
	{138013, "Call Permission Fetch Limit", SENDER(APP), HOURLY,
		"Call permissions were asked for too often; now reported as 613.",
		"Ask less often and retry later.", PYWA},
	{138018, "Calling Cannot Be Enabled", SENDER(SENDER), FIX,
		"What calls need technically is not in place.",
		"Configure SIP, or subscribe an app to the calls webhook.", PYWA},
	{138038, "Call Handled by Another App", SENDER(SENDER), FIX,
		"An action on a call came from another app than the primary one.",
		"Let the app act that is primary for calls.", MCA},

	/* Flows, blocks, usernames. */
	{139000, "Flow Blocked by Integrity", SENDER(FLOW), FIX,
		"The account may not publish flows.",
		"See the state of the account.", PYWA},
	{139001, "Flow Update Failed", SENDER(FLOW), FIX,
		"The flow could not be changed.",
		"Read the details of the error.", PYWA},
	{139002, "Flow Publishing Failed", SENDER(FLOW), FIX,
		"The flow could not be published.",
		"Read the details of the error.", PYWA},
	{139003, "Flow Deprecation Failed", SENDER(FLOW), FIX,
		"The flow is not published or is deprecated already.",
		"Check the state of the flow.", PYWA},
	{139004, "Flow Deletion Failed", SENDER(FLOW), FIX,
		"A published flow cannot be deleted.",
		"Deprecate the flow instead.", PYWA},
	{139100, "Bulk Blocking Failed", SENDER(SENDER), FIX,
		"Some users could not be blocked or unblocked.",
		"Read the details of the error and repeat what failed.", PYWA},
	{139101, "Block List Limit Reached", SENDER(SENDER), FIX,
		"The block list holds 64 thousand users.",
		"Unblock users first.", PYWA},
	{139102, "Block List Concurrent Update", SENDER(SENDER), BACK_OFF,
		"The block list changed while it was being read.",
		"Read it again from the beginning.", PYWA},
	{139103, "Block List Internal Error", PLATFORM(PLATFORM), BACK_OFF,
		"The block list failed internally.",
		"Retry with back-off.", PYWA},
	{139200, "Direct Send Access Blocked", SENDER(BUSINESS), FIX,
		"The account may not use Direct Send.",
		"Send a template, and appeal.", DS},
	{141008, "Account Blocked", SENDER(BUSINESS), FIX,
		"The WhatsApp Business Account is blocked.",
		"Look up the state of the account and appeal.", KAPSO},
	{141014, "Account Banned", SENDER(BUSINESS), FIX,
		"The WhatsApp Business Account is banned.",
		"Look up the state of the account and appeal.", KAPSO},
	USERNAME(147001, "Username Not Available",
		"The business username is taken or reserved.",
		"Choose another username."),
	USERNAME(147002, "Account Not Eligible for a Username",
		"The account may not have a username.",
		"Check the conditions for usernames."),
	USERNAME(147003, "Facebook Account Not Linked",
		"The username belongs to a Facebook account that is not linked.",
		"Link the Facebook account first."),
	USERNAME(147004, "Instagram Account Not Linked",
		"The username belongs to an Instagram account that is not linked.",
		"Link the Instagram account first."),
	USERNAME(147005, "Username Transfer Required",
		"The username must be transferred before it can be used here.",
		"Have the username transferred first."),

	/* Management of templates, numbers and accounts. */
	TEMPLATE_EDIT(200005, "Template Insights Not Available",
		"There are no insights into templates for this account.",
		"Check whether the account may have them."),
	TEMPLATE_EDIT(200006, "Template Insights Cannot Be Disabled",
		"Insights into templates, once enabled, stay enabled.",
		"Leave them enabled."),
	TEMPLATE_EDIT(200007, "Template Insights Not Enabled",
		"Insights into templates are not enabled yet.",
		"Enable them first."),
	{1752041, "Duplicate Onboarding Request", SENDER(BUSINESS), FIX,
		"The account was onboarded before.",
		"Do not repeat the request.", EC},
	MIGRATION(2388012, "Phone Number Already Exists",
		"The account has the number already."),
	TEMPLATE_EDIT(2388019, "Template Limit Exceeded",
		"The account has as many templates as it may.",
		"Delete templates; an unverified business may have 250."),
	TEMPLATE_EDIT(2388039, "Template Status Cannot Be Changed",
		"A template in this state cannot be edited.",
		"Wait until the template is approved or rejected."),
	TEMPLATE_EDIT(2388040, "Template Character Limit Exceeded",
		"A field of the template is too long.",
		"Shorten the field."),
	TEMPLATE_EDIT(2388047, "Template Header Format Incorrect",
		"The header of the template is not valid.",
		"Correct the header."),
	TEMPLATE_EDIT(2388072, "Template Body Format Incorrect",
		"The body of the template is not valid.",
		"Correct the body."),
	TEMPLATE_EDIT(2388073, "Template Footer Format Incorrect",
		"The footer of the template is not valid.",
		"Correct the footer."),
	MIGRATION(2388091, "Not Eligible for a Registration Code",
		"A code cannot be requested for this number, or not so soon again."),
	MIGRATION(2388093, "Not Eligible for a Registration Code",
		"A code cannot be verified for this number."),
	MIGRATION(2388103, "Phone Number Migration Refused",
		"The number cannot be moved; Meta has eleven texts for this code."),
	TEMPLATE_EDIT(2388293, "Template Parameter Ratio Exceeded",
		"The template has too many parameters for its text.",
		"Add words or remove parameters."),
	TEMPLATE_EDIT(2388299, "Template Edge Parameters Not Allowed",
		"The text of the template begins or ends with a parameter.",
		"Put words before the first and after the last parameter."),
	{2388318, "Management Request Refused", SENDER(BUSINESS), FIX,
		"A request to manage the account was refused.",
		"Read the details of the error.", META},
	{2388330, "Management Request Refused", SENDER(BUSINESS), FIX,
		"A request to manage the account was refused.",
		"Read the details of the error.", META},
	{2494100, "Maintenance Mode", PLATFORM(SENDER), RETRY(5 * WA_MINUTE),
		"The number is in maintenance mode.",
		"Retry after a few minutes.", EC},
	SIGNUP(2494164, "In-App Sign-Up Not Found", "There is no such sign-up."),
	SIGNUP(2494165, "In-App Sign-Up Not Enabled", "The account may not use sign-ups."),
	SIGNUP(2494166, "In-App Sign-Up Placeholder Unknown", "A text has an unknown placeholder."),
	SIGNUP(2494167, "In-App Sign-Up Placeholder Without Value", "A placeholder has no value."),
	SIGNUP(2494168, "In-App Sign-Up Terms Not Accepted", "The terms have not been accepted."),
	SIGNUP(2494176, "In-App Sign-Up Terms Already Accepted", "The terms were accepted before."),
	SIGNUP(2494177, "In-App Sign-Up Terms Address Refused", "The address of the terms is refused."),
	SIGNUP(2494179, "In-App Sign-Up Website Not Secure", "The address of the website is not https."),
	{2494191, "Not the Escalation Partner", SENDER(USER), FIX,
		"A conversation was to be taken over by another than its escalation partner.",
		"Have the conversation handed over by its owner.", CR},
	{2593107, "Synchronisation Limit Exceeded", SENDER(SENDER), FIX,
		"The synchronisation was requested more often than allowed.",
		"Each kind can be requested once.", EC},
	{2593108, "Synchronisation Outside Its Time", SENDER(SENDER), FIX,
		"The synchronisation was requested too late.",
		"Request it within 24 hours after onboarding.", EC},
	{2593109, "History Sharing Declined", SENDER(SENDER), NEVER,
		"The business chose not to share its chat history.",
		"Nothing is wrong; go on without the history.", META},
};
/* clang-format on */
/* *INDENT-ON* */

const int	wa_catalogue_size = lengthof(wa_catalogue);

static const char *const fault_names[] = {
	[WA_FAULT_NONE] = NULL,
	[WA_FAULT_SENDER] = "sender",
	[WA_FAULT_RECIPIENT] = "recipient",
	[WA_FAULT_PLATFORM] = "platform",
};

static const char *const scope_names[WA_SCOPES] = {
	[WA_SCOPE_MESSAGE] = "message",
	[WA_SCOPE_PAIR] = "pair",
	[WA_SCOPE_USER] = "user",
	[WA_SCOPE_CONTACT] = "contact",
	[WA_SCOPE_SENDER] = "sender",
	[WA_SCOPE_BUSINESS] = "business",
	[WA_SCOPE_COUNTRY] = "country",
	[WA_SCOPE_PORTFOLIO] = "portfolio",
	[WA_SCOPE_TEMPLATE] = "template",
	[WA_SCOPE_FLOW] = "flow",
	[WA_SCOPE_GROUP] = "group",
	[WA_SCOPE_APP] = "app",
	[WA_SCOPE_PLATFORM] = "platform",
};

const wa_code *
wa_catalogue_find(int32 code)
{
	int			i;

	wa_bisect(i, wa_catalogue_size, wa_catalogue[i].code < code);
	return i < wa_catalogue_size && wa_catalogue[i].code == code ? &wa_catalogue[i] : NULL;
}

const char *
wa_fault_name(wa_fault fault)
{
	return fault_names[fault];
}

const char *
wa_scope_name(wa_scope scope)
{
	return scope_names[scope];
}

bool
wa_fault_from_name(const char *name, wa_fault *fault)
{
	for (int i = WA_FAULT_SENDER; i <= WA_FAULT_PLATFORM; i++)
	{
		if (strcmp(fault_names[i], name) == 0)
		{
			*fault = (wa_fault) i;
			return true;
		}
	}
	return false;
}

bool
wa_scope_from_name(const char *name, wa_scope *scope)
{
	for (int i = 0; i < WA_SCOPES; i++)
	{
		if (strcmp(scope_names[i], name) == 0)
		{
			*scope = (wa_scope) i;
			return true;
		}
	}
	return false;
}
