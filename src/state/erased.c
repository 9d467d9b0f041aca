/*-------------------------------------------------------------------------
 *
 * erased.c
 *	  Recognizing identifiers of people who were erased.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "utils/snapmgr.h"

#include "base/hmac.h"
#include "base/table_scan.h"
#include "state/erased.h"

void
wa_erasure_key_make(uint8 *bytes)
{
	if (!pg_strong_random(bytes, WA_ERASURE_SECRET + sizeof(uint64)))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random values")));
}

void
wa_erasure_key_from(wa_str bytes, wa_erasure_key *key)
{
	if (bytes.len != WA_ERASURE_SECRET + sizeof(uint64))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the key in wa_erasure_key has a wrong length"),
				 errhint("Restore it from a dump: without it nobody can tell who was erased.")));
	memcpy(key->secret, bytes.data, WA_ERASURE_SECRET);
	key->seed = 0;
	/* The same number on every machine, whatever its byte order. */
	for (int i = 0; i < sizeof(uint64); i++)
		key->seed = key->seed << 8 | (uint8) bytes.data[WA_ERASURE_SECRET + i];
}

static bool
read_key(void *arg, TupleTableSlot *slot)
{
	wa_erasure_key_from(wa_slot_str_in_place(slot, Anum_wa_erasure_key_key), arg);
	return false;
}

bool
wa_erasure_key_read(const wa_schema *schema, Snapshot snapshot, wa_erasure_key *key)
{
	return !wa_scan_rows(&schema->erasure_key, snapshot, read_key, key);
}

void
wa_erased_hash(const wa_erasure_key *key, wa_str identifier, uint8 *hash)
{
	wa_hmac_sha256((wa_str) {(const char *) key->secret, WA_ERASURE_SECRET}, identifier, hash);
}

/*
 * Phones are asked for in large queries.  Of a BSUID it is a piece of its hash, which is the
 * same on every machine.
 */
uint32
wa_erased_bucket(const wa_erasure_key *key, wa_str identifier)
{
	int64		number = wa_phone_number(identifier.data, identifier.len);
	uint8		hash[WA_ERASED_HASH];

	if (number != 0)
		return wa_erased_phone_bucket(key->seed, number);
	wa_erased_hash(key, identifier, hash);
	return (uint32) hash[0] << 24 | (uint32) hash[1] << 16 | (uint32) hash[2] << 8 | hash[3];
}

wa_erased
wa_erased_merge(wa_erased a, wa_erased b)
{
	return (wa_erased) {wa_later(a.at, b.at), wa_later(a.everything_at, b.everything_at)};
}

wa_erased
wa_erased_bounded(wa_erased erased, wa_instant until)
{
	return (wa_erased) {Min(erased.at, until), Min(erased.everything_at, until)};
}

wa_erased
wa_erased_read(wa_reader *reader, const wa_erasure_key *key, wa_str identifier)
{
	wa_erased	erased = {WA_NEVER, WA_NEVER};
	uint8		hash[WA_ERASED_HASH];
	bool		hashed = false;

	wa_reader_seek(reader, Int32GetDatum((int32) wa_erased_bucket(key, identifier)));
	while (wa_reader_next(reader))
	{
		wa_str		found = wa_reader_str_in_place(reader, Anum_wa_erased_hash);

		if (!hashed)
			wa_erased_hash(key, identifier, hash);
		hashed = true;
		if (found.len == WA_ERASED_HASH && memcmp(found.data, hash, WA_ERASED_HASH) == 0)
			erased = wa_erased_merge(erased, (wa_erased)
									 {
										 wa_reader_instant(reader, Anum_wa_erased_at),
										 wa_reader_instant(reader, Anum_wa_erased_everything_at)
									 });
	}
	return erased;
}
