-- The type wa_recipient: one WhatsApp user as a business sees them.

CREATE TYPE wa_recipient;

CREATE FUNCTION wa_recipient_in(cstring) RETURNS wa_recipient
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_in(cstring) IS
'Input function: converts a phone number or business-scoped user id to its canonical form';

CREATE FUNCTION wa_recipient_out(wa_recipient) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_out(wa_recipient) IS
'Output function: the digits of the phone number, or the business-scoped user id';

CREATE FUNCTION wa_recipient_recv(internal) RETURNS wa_recipient
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_recv(internal) IS
'Binary input function: takes the text form, with the same checks and conversions';

CREATE FUNCTION wa_recipient_send(wa_recipient) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_send(wa_recipient) IS
'Binary output function: the bytes of the canonical text';

-- Storage: values are too short for TOAST, but unlike "plain", "main" allows the
-- one-byte header.
CREATE TYPE wa_recipient (
	INPUT = wa_recipient_in,
	OUTPUT = wa_recipient_out,
	RECEIVE = wa_recipient_recv,
	SEND = wa_recipient_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = main
);
COMMENT ON TYPE wa_recipient IS
'One WhatsApp user as a business sees it: a phone number in international form, digits only, or a business-scoped user id. Input takes what people store: blanks, dashes, dots, parentheses and apostrophes between the digits, also as Unicode has them; + or 00 in front; the prefixes whatsapp:, tel: and p:; the suffixes @s.whatsapp.net and @c.us; quotes around it, a comma or semicolon behind it, the .0 of a spreadsheet. A trunk zero behind a country code, (0) or 0, is dropped where national numbers do not begin with 0, and so are other prefixes of national calls. The two forms of Brazilian, Mexican and Argentine mobile numbers become one. Anything else, such as a number with an exponent, is the error invalid_text_representation; wa_try_recipient returns NULL instead';

-- Casts

CREATE FUNCTION wa_recipient(text) RETURNS wa_recipient
	AS 'MODULE_PATHNAME', 'wa_recipient_from_text_cast' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient(text) IS
'Converts text to a recipient. Error: invalid_text_representation where it is neither a phone number nor a business-scoped user id';

CREATE FUNCTION wa_try_recipient(text) RETURNS wa_recipient
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_try_recipient(text) IS
'Converts text to a recipient, or returns NULL where the cast would raise an error. For joins, expression indexes and imports over columns with invalid values';

CREATE CAST (text AS wa_recipient)
	WITH FUNCTION wa_recipient(text);
COMMENT ON CAST (text AS wa_recipient) IS
'Converts text to a recipient; explicit only, since it raises an error for text that is no recipient';

-- A value is stored like its text, so the cast has nothing to do.  Its planner support
-- replaces the call by a relabelling where the server allows it (WA_RELABEL_AS_TEXT in
-- base/compat.h).
CREATE FUNCTION wa_recipient_text_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_text_support(internal) IS
'Planner support of wa_recipient_text';

CREATE FUNCTION wa_recipient_text(wa_recipient) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	SUPPORT wa_recipient_text_support;
COMMENT ON FUNCTION wa_recipient_text(wa_recipient) IS
'Returns the canonical text of a recipient; implements the cast to text';

CREATE CAST (wa_recipient AS text)
	WITH FUNCTION wa_recipient_text(wa_recipient) AS ASSIGNMENT;
COMMENT ON CAST (wa_recipient AS text) IS
'Returns the canonical text of a recipient, without converting it';

-- Operators

CREATE FUNCTION wa_recipient_eq(wa_recipient, wa_recipient) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_eq(wa_recipient, wa_recipient) IS
'Implements the operator =';

CREATE FUNCTION wa_recipient_ne(wa_recipient, wa_recipient) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_ne(wa_recipient, wa_recipient) IS
'Implements the operator <>';

CREATE FUNCTION wa_recipient_lt(wa_recipient, wa_recipient) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_lt(wa_recipient, wa_recipient) IS
'Implements the operator <';

CREATE FUNCTION wa_recipient_le(wa_recipient, wa_recipient) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_le(wa_recipient, wa_recipient) IS
'Implements the operator <=';

CREATE FUNCTION wa_recipient_gt(wa_recipient, wa_recipient) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_gt(wa_recipient, wa_recipient) IS
'Implements the operator >';

CREATE FUNCTION wa_recipient_ge(wa_recipient, wa_recipient) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_ge(wa_recipient, wa_recipient) IS
'Implements the operator >=';

CREATE OPERATOR = (
	FUNCTION = wa_recipient_eq,
	LEFTARG = wa_recipient,
	RIGHTARG = wa_recipient,
	COMMUTATOR = =,
	NEGATOR = <>,
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR = (wa_recipient, wa_recipient) IS
'Are both the same recipient?';

CREATE OPERATOR <> (
	FUNCTION = wa_recipient_ne,
	LEFTARG = wa_recipient,
	RIGHTARG = wa_recipient,
	COMMUTATOR = <>,
	NEGATOR = =,
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR <> (wa_recipient, wa_recipient) IS
'Are they different recipients?';

CREATE OPERATOR < (
	FUNCTION = wa_recipient_lt,
	LEFTARG = wa_recipient,
	RIGHTARG = wa_recipient,
	COMMUTATOR = >,
	NEGATOR = >=,
	RESTRICT = pg_catalog.scalarltsel,
	JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR < (wa_recipient, wa_recipient) IS
'Does the first come before the second, by the bytes of the canonical text?';

CREATE OPERATOR <= (
	FUNCTION = wa_recipient_le,
	LEFTARG = wa_recipient,
	RIGHTARG = wa_recipient,
	COMMUTATOR = >=,
	NEGATOR = >,
	RESTRICT = pg_catalog.scalarlesel,
	JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR <= (wa_recipient, wa_recipient) IS
'Does the first come before the second, or are both the same?';

CREATE OPERATOR > (
	FUNCTION = wa_recipient_gt,
	LEFTARG = wa_recipient,
	RIGHTARG = wa_recipient,
	COMMUTATOR = <,
	NEGATOR = <=,
	RESTRICT = pg_catalog.scalargtsel,
	JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR > (wa_recipient, wa_recipient) IS
'Does the first come after the second, by the bytes of the canonical text?';

CREATE OPERATOR >= (
	FUNCTION = wa_recipient_ge,
	LEFTARG = wa_recipient,
	RIGHTARG = wa_recipient,
	COMMUTATOR = <=,
	NEGATOR = <,
	RESTRICT = pg_catalog.scalargesel,
	JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR >= (wa_recipient, wa_recipient) IS
'Does the first come after the second, or are both the same?';

-- Index support

CREATE FUNCTION wa_recipient_cmp(wa_recipient, wa_recipient) RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_cmp(wa_recipient, wa_recipient) IS
'Compares two recipients for B-tree indexes: returns less than, equal to or greater than 0';

CREATE FUNCTION wa_recipient_sortsupport(internal) RETURNS void
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_sortsupport(internal) IS
'Sort support for B-tree indexes';

CREATE FUNCTION wa_recipient_equalimage(oid) RETURNS boolean
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_equalimage(oid) IS
'Allows deduplication in B-tree indexes: equal recipients have equal bytes';

CREATE FUNCTION wa_recipient_hash(wa_recipient) RETURNS integer
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_hash(wa_recipient) IS
'Returns the 32-bit hash of a recipient';

CREATE FUNCTION wa_recipient_hash_extended(wa_recipient, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_recipient_hash_extended(wa_recipient, bigint) IS
'Returns the 64-bit hash of a recipient, with a seed';

CREATE OPERATOR FAMILY wa_recipient_ops USING btree;
COMMENT ON OPERATOR FAMILY wa_recipient_ops USING btree IS
'Order of recipients by the bytes of their canonical text: phone numbers first, then business-scoped user ids';

CREATE OPERATOR CLASS wa_recipient_ops
DEFAULT FOR TYPE wa_recipient USING btree FAMILY wa_recipient_ops AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 wa_recipient_cmp(wa_recipient, wa_recipient),
	FUNCTION 2 wa_recipient_sortsupport(internal),
	FUNCTION 4 wa_recipient_equalimage(oid);
COMMENT ON OPERATOR CLASS wa_recipient_ops USING btree IS
'B-tree indexes, sorting and merging of recipients';

CREATE OPERATOR FAMILY wa_recipient_ops USING hash;
COMMENT ON OPERATOR FAMILY wa_recipient_ops USING hash IS
'Equality of recipients';

CREATE OPERATOR CLASS wa_recipient_ops
DEFAULT FOR TYPE wa_recipient USING hash FAMILY wa_recipient_ops AS
	OPERATOR 1 =,
	FUNCTION 1 wa_recipient_hash(wa_recipient),
	FUNCTION 2 wa_recipient_hash_extended(wa_recipient, bigint);
COMMENT ON OPERATOR CLASS wa_recipient_ops USING hash IS
'Hash indexes, hash joins, hashed grouping and hash partitioning of recipients';

-- Region

CREATE FUNCTION wa_region(wa_recipient) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_region(wa_recipient) IS
'Country or territory of a recipient as an ISO 3166 alpha-2 code: from the calling code, the area code of a +1 number, or the prefix of a business-scoped user id. NULL where it is unknown';

-- Time zones

CREATE FUNCTION wa_time_zones(wa_recipient) RETURNS text[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wa_time_zones(wa_recipient) IS
'IANA time zones that a recipient may be in, in alphabetical order. They are found by the area code where that identifies them; otherwise, and for a business-scoped user id, all zones of the country are returned. Zones whose clocks have agreed since 2020 are named once. Mobile numbers of most large countries are not bound to an area and have all zones. NULL where the country is unknown';
