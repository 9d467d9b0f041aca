# "Nobody gets in."  Roles with the least of rights can work, and no more; what
# somebody else has planted on the way is not stepped on; the row security of
# the user's own table holds under wa_sendable.

use strict;
use warnings;

use lib 'test/t';
use IPC::Run ();
use WaTest;
use Test::More;

my $node = new_node('roles');

sub as
{
	my ($role, $sql, $db) = @_;
	return try_sql($node, $db // 'postgres', $sql, '-U', $role);
}

sub set_up
{
	my ($db) = @_;
	$node->safe_psql($db, q{
		CREATE EXTENSION wa_policy;
		CREATE TABLE people (tenant name, phone text);
		INSERT INTO people VALUES ('reader', '4915100000001'), ('reader', '4915100000002'),
			('reader', 'no phone'), ('other', '4915100000003'), ('other', '4915100000004');
		GRANT SELECT ON people TO reader;
		GRANT EXECUTE ON FUNCTION
			wa_sendable(text, wa_category, text, text, timestamptz),
			wa_sendable(wa_recipient, wa_category, text, text, timestamptz) TO reader;
		GRANT INSERT (payload, signature) ON wa_webhook TO writer;
		GRANT EXECUTE ON FUNCTION wa_report_error(text, int, timestamptz, text, text, text, text) TO writer;
		INSERT INTO wa_sender (business, sender) VALUES ('W1', 'S');
		SELECT wa_opt_out('4915100000001', 'secret reason', 'W1', '2024-01-01');
		SELECT wa_report_error('4915100000003', 130472, '2024-01-01');
	});
}

# ---- The roles of the extension ------------------------------------------

# Two databases may create the extension, and so the roles, at the same time: the second one waits for the first.
$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(first second);
my $first = IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('first'),
		'-c', 'BEGIN', '-c', 'CREATE EXTENSION wa_policy', '-c', 'SELECT pg_sleep(3)', '-c', 'COMMIT' ], '>', \my $out, '2>', \my $err);
ok($node->poll_query_until('postgres', q{SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%')}), 'one has created the roles');
is(try_sql($node, 'second', 'CREATE EXTENSION wa_policy; SELECT count(*) FROM wa_health'), '1', 'the other one uses them');
$first->finish;
is($err, '', 'both succeed');
$node->safe_psql('postgres', "DROP DATABASE $_") for qw(first second);

$node->safe_psql('postgres', 'CREATE ROLE reader LOGIN; CREATE ROLE writer LOGIN; CREATE ROLE nobody LOGIN;
	CREATE ROLE attacker LOGIN');
set_up('postgres');

# ---- The reader ----------------------------------------------------------

is(as('reader', q{SELECT wa_sendable('4915100000001', 'marketing'), wa_sendable('4915100000002', 'marketing'),
	wa_sendable('4915100000001'::wa_recipient, 'marketing', 'W1', 'S', now()), wa_sendable(NULL::text, 'service')}),
	'f|t|f|f', 'EXECUTE on wa_sendable is all that a decision needs');
is(as('reader', q{SELECT phone FROM people WHERE wa_sendable(phone, 'marketing') ORDER BY 1}),
	"4915100000002\n4915100000004", 'in a segment query as well');

my @relations = split /\n/, $node->safe_psql('postgres', q{
	SELECT c.oid::regclass FROM pg_depend AS d JOIN pg_class AS c ON c.oid = d.objid
	WHERE d.refclassid = 'pg_extension'::regclass AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'
		AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'wa_policy')
		AND c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p') ORDER BY 1});
cmp_ok(scalar @relations, '>=', 12, 'there is something to be kept out of');
for my $role (qw(reader writer nobody))
{
	my $got = as($role, join('', map { "TABLE $_; DELETE FROM $_; TRUNCATE $_; COPY $_ TO STDOUT;\n" } @relations));
	my @rows = grep { !/ERROR:  permission denied for |ERROR:  cannot|ERROR:  .*is not a table|HINT|^LINE|\^|DETAIL|COPY \(SELECT/ } split /\n/, $got;
	is("@rows", '', "$role reads and empties none of " . scalar(@relations) . ' relations');
}

# The roles that come with the extension, by members of theirs.
$node->safe_psql('postgres', 'CREATE ROLE posting LOGIN IN ROLE wa_writer; CREATE ROLE asking LOGIN IN ROLE wa_reader');
for my $role (qw(posting asking))
{
	# What the codes mean, who sends, the pacing and the reports are no secret to a reader.
	my @open = grep { $role eq 'asking' && /^wa_(error_code|sender|sender_hold(_log)?|sender_life|template|message(_day)?|frequency_cap|quiet_hours|region_without_limit|import_progress|(subscription|publication|recipient)_status|(delivery|failure|opt_out)_rate|violation|ladder_yield|health|_finding)$/ } @relations;
	my $got = as($role, join('', map { my $r = $_; ((grep { $_ eq $r } @open) ? '' : "TABLE $r; COPY $r TO STDOUT;") . "DELETE FROM $r; TRUNCATE $r;\n" } @relations));
	my @rows = grep { !/ERROR:  permission denied for |ERROR:  cannot|ERROR:  .*is not a table|HINT|^LINE|\^|DETAIL|COPY \(SELECT/ } split /\n/, $got;
	is("@rows", '', "$role reads and empties nothing");
}
is(as('asking', q{SELECT wa_sendable('4915100000001', 'marketing'), (SELECT count(*) FROM wa_explain('4915100000001', 'marketing')),
	(SELECT count(*) FROM wa_suppressed('marketing')) > 0, (SELECT phones FROM wa_segment_summary('VALUES (''4915100000001'')', 'marketing') LIMIT 1),
	(SELECT count(*) > 100 FROM wa_error_code)}), 'f|1|t|1|t', 'a member of wa_reader can ask');
like(as('asking', "SELECT * FROM wa_segment_summary('SELECT $_', 'marketing')"), qr/permission denied for table wa_/, "nor does a segment query reach further: $_")
  for 'recipient FROM wa_consent', 'secret FROM wa_app_secret', 'payload FROM wa_webhook';
is(as('posting', q{INSERT INTO wa_webhook (payload) VALUES ('{}'); INSERT INTO wa_webhook (payload, received_at) VALUES ('{}', '2024-01-01'); SELECT wa_report_error('4915100000099', 131026, '2024-01-01')}), '(1,0,0)',
	'a member of wa_writer can post');
like(as('asking', $_), qr/permission denied/, "a member of wa_reader cannot: $_")
  for q{INSERT INTO wa_webhook (payload) VALUES ('{}')}, q{SELECT wa_ingest('{}')}, q{SELECT wa_opt_in('4915100000001', 'x')}, 'SELECT wa_recompute()', 'SELECT wa_replay()';
like(as('posting', $_), qr/permission denied/, "a member of wa_writer cannot: $_")
  for q{INSERT INTO wa_webhook (payload, token) VALUES ('{}', 1)},
  q{SELECT wa_sendable('4915100000001', 'marketing')}, q{SELECT wa_opt_in('4915100000001', 'x')}, 'SELECT wa_recompute()', 'SELECT wa_replay()';

# Functions: who was not given one does not run it.  What each role was given
# is said above; pure functions are for all.
my $stored = q{
	SELECT p.oid::regprocedure::text
	FROM pg_depend AS d JOIN pg_proc AS p ON p.oid = d.objid
	WHERE d.refclassid = 'pg_extension'::regclass AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
		AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'wa_policy')
		AND p.provolatile <> 'i' AND p.proname <> 'wa__ingest_token'
		AND NOT 'internal'::regtype = ANY (p.proargtypes)	-- nobody can call those
		AND has_function_privilege('%s', p.oid, 'EXECUTE') ORDER BY 1};
is($node->safe_psql('postgres', sprintf $stored, 'nobody'), '',
	'nothing that reads or writes what is stored is for everybody');
is($node->safe_psql('postgres', sprintf $stored, 'reader'),
	"wa_sendable(text,wa_category,text,text,timestamp with time zone)\n"
	. 'wa_sendable(wa_recipient,wa_category,text,text,timestamp with time zone)', 'the reader has what it was given');
is($node->safe_psql('postgres', sprintf $stored, 'writer'),
	'wa_report_error(text,integer,timestamp with time zone,text,text,text,text)', 'so has the writer');

# A plan without the right to run it tells nothing, whatever the planner would
# like to know of the function.
$node->safe_psql('postgres', 'GRANT SELECT ON people TO nobody');
for my $query ('SELECT * FROM people WHERE wa_sendable(phone, $$marketing$$)',
	'SELECT count(*) FROM people WHERE NOT wa_sendable(phone, $$marketing$$)',
	'SELECT wa_sendable($$4915100000001$$, $$marketing$$)',
	'SELECT * FROM wa_suppressed($$marketing$$)', 'SELECT * FROM wa_segment_summary($$TABLE people$$, $$marketing$$)', 'SELECT * FROM wa_explain($$4915100000001$$, $$marketing$$)')
{
	like(as('nobody', $query), qr/^ERROR:  permission denied for function wa_\w+$/, "denied: $query");
	like(as('nobody', "EXPLAIN $query"), qr/^ERROR:  permission denied for function wa_\w+$/, 'EXPLAIN tells no more');
}

# ---- The writer ----------------------------------------------------------

my $stop = sub { envelope('W1', change_of('S1', 'user_preferences', preference($_[0], 1700000000, 'stop'))) };
my $ask = sub { $node->safe_psql('postgres', "SELECT wa_sendable('$_[0]', 'marketing')") };

is(as('writer', 'INSERT INTO wa_webhook (payload) VALUES (' . literal($stop->('4915100000011')) . ')'), '', 'the writer inserts');
is($ask->('4915100000011'), 'f', 'and it counts');
is(as('writer', 'INSERT INTO wa_webhook (payload, signature) VALUES (' . literal($stop->('4915100000012')) . ', NULL), ('
	. literal($stop->('4915100000013')) . ', NULL)'), '', 'several rows');
is($ask->('4915100000013'), 'f', 'count');
is(as('writer', "COPY wa_webhook (payload) FROM STDIN;\n" . $stop->('4915100000014') . "\n\\.\n"), '', 'COPY');
is($ask->('4915100000014'), 'f', 'counts');
is(as('writer', q{SELECT wa_report_error('4915100000015', 131050)}), '(1,0,0)', 'the writer reports an error');
is($ask->('4915100000015'), 'f', 'which counts');
# No privilege is needed beyond the INSERT, and none is shown by it.
for my $sql (q{INSERT INTO wa_webhook (payload, token) VALUES ('{}', 1)},
	q{INSERT INTO wa_webhook (payload, id) VALUES ('{}', 1)},
	q{INSERT INTO wa_webhook (payload) VALUES ('{}') RETURNING id},
	q{INSERT INTO wa_webhook (payload) VALUES ('{}') ON CONFLICT (id) DO UPDATE SET payload = 'x'},
	q{SELECT id FROM wa_webhook}, q{SELECT wa_ingest('{}')}, q{SELECT wa_replay()}, q{SELECT wa_recompute()},
	q{SELECT wa_opt_in('4915100000011', 'because')}, q{SELECT wa_opt_out('4915100000011')},
	q{SELECT wa_sendable('4915100000011', 'marketing')},
	q{SELECT nextval('wa_webhook_id_seq')}, q{SELECT wa__cooldown_merge(131026, '', '{}', now(), '{}', now())}, q{SELECT wa__evidence_lifts(131026, now(), now(), now())},
	q{BEGIN; LOCK TABLE wa_webhook IN ACCESS EXCLUSIVE MODE; ROLLBACK},
	q{UPDATE wa_consent SET state = 'resume'}, q{UPDATE wa_webhook SET token = 1}, q{UPDATE wa_error_override SET code = 1})
{
	like(as('writer', $sql), qr/ERROR:  permission denied/, "denied: $sql");
}
# The trigger's function on a table of one's own would run with the owner's
# rights: tokens could be forged there.
$node->safe_psql('postgres', 'GRANT CREATE ON SCHEMA public TO attacker');
like(as('attacker', 'CREATE TABLE mine (id bigint, received_at timestamptz, token bigint, payload text); CREATE TRIGGER t AFTER INSERT ON mine REFERENCING NEW TABLE AS inserted
	FOR EACH STATEMENT EXECUTE FUNCTION wa__webhook_ingest()'), qr/permission denied for function wa__webhook_ingest/,
	'nobody puts our trigger on another table');
like(as('attacker', 'CREATE TRIGGER t AFTER INSERT ON wa_webhook EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()'),
	qr/ERROR/, 'nor another trigger on our table');

# ---- Row security of the user's own table --------------------------------

$node->safe_psql('postgres', q{
	CREATE TABLE customers (tenant name, phone text);
	INSERT INTO customers SELECT CASE WHEN n % 2 = 0 THEN 'reader' ELSE 'other' END, '4915100' || lpad(n::text, 6, '0')
		FROM generate_series(1, 1000) AS n;
	INSERT INTO customers VALUES ('other', 'secret of another tenant');
	ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON customers USING (tenant = current_user);
	GRANT SELECT ON customers TO reader, attacker;
	CREATE INDEX ON customers (phone);
	ANALYZE customers;
	CREATE SCHEMA tools; GRANT ALL ON SCHEMA tools TO reader;
	SELECT wa_opt_out('4915100000002');
});
is(as('reader', q{SELECT count(*), count(*) FILTER (WHERE tenant = 'other') FROM customers WHERE wa_sendable(phone, 'marketing')}),
	# 500 of its own, less 2, 12 and 14, who have opted out
	'497|0', 'row security of the segment table holds under wa_sendable');
is(as('reader', q{SELECT count(*) FROM customers WHERE NOT wa_sendable(phone, 'marketing')}), '3', 'and the other way round');
is(as('reader', q{SELECT count(*) FROM customers WHERE phone = '4915100000003' AND wa_sendable(phone, 'marketing')}), '0', 'and by index');
like(as('reader', q{CREATE FUNCTION tools.tell(t text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
		BEGIN RAISE NOTICE 'seen %', t; RETURN true; END $$;
	SELECT count(*) FROM customers WHERE tools.tell(phone || tenant) AND wa_sendable(phone, 'marketing')}),
	qr/^497(?!.*other)/s, 'a cheap function beside it sees nothing of others');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_proc WHERE proname LIKE 'wa\_%' AND proleakproof}), '0',
	'no function of ours claims to be leakproof');
is(as('attacker', 'SELECT count(*) FROM customers'), '0', 'a role without a policy sees nothing');
# A view that is a security barrier holds, too.
$node->safe_psql('postgres', q{CREATE VIEW mine_only WITH (security_barrier) AS SELECT phone FROM people WHERE tenant = current_user;
	GRANT SELECT ON mine_only TO reader});
is(as('reader', q{SELECT string_agg(phone, ',' ORDER BY phone) FROM mine_only WHERE NOT wa_sendable(phone, 'marketing')}),
	'4915100000001,4915100000002,no phone', 'so does a security barrier');

# ---- What is planted -----------------------------------------------------

# A schema before all others, and the very one of the extension, full of
# functions, operators, types and tables with the names of built-in ones and of
# ours.  Each function cries out when it runs, and says with whose rights.
my $plant = q{
	CREATE SCHEMA evil;
	SET search_path = pg_catalog, pg_temp;
	CREATE FUNCTION pg_temp.try(command text) RETURNS int LANGUAGE plpgsql AS $$
	BEGIN
		EXECUTE command; RETURN 1;
	EXCEPTION WHEN OTHERS THEN
		RETURN 0;
	END $$;
	CREATE FUNCTION pg_temp.plant(place text) RETURNS bigint LANGUAGE plpgsql AS $p$
	DECLARE
		body text := 'LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION ''stepped on a trap as %'', current_user; END$$';
		result bigint := 0;
		types text[] := '{text,name,int4,int8,bool,timestamptz,interval,float8,bytea,json,jsonb,public.wa_recipient,public.wa_category,timestamptz[],text[],int4[],int8[]}';
		type text;
		r record;
	BEGIN
		FOR r IN SELECT p.proname, pg_get_function_identity_arguments(p.oid) AS args, pg_get_function_result(p.oid) AS returns
			FROM pg_proc AS p
			WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND p.proname IN ('unnest', 'now', 'clock_timestamp', 'format',
				'lower', 'upper', 'hashtextextended', 'hashtext', 'quote_ident', 'quote_literal', 'to_timestamp', 'date_trunc', 'date_part',
				'array_append', 'array_cat', 'cardinality', 'array_length', 'length', 'octet_length', 'substr', 'substring', 'position', 'set_config',
				'current_setting', 'pg_trigger_depth', 'nextval', 'currval', 'to_jsonb', 'row_to_json', 'generate_series', 'abs', 'textcat', 'texteq',
				'timestamptz_gt', 'timestamptz_larger', 'hmac', 'sha256', 'digest', 'encode', 'decode', 'md5', 'convert_to', 'concat', 'coalesce')
				OR p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'wa\_%'
		LOOP
			CONTINUE WHEN place = 'public' AND r.proname LIKE 'wa\_%';
			result := result + pg_temp.try(format('CREATE FUNCTION %I.%I(%s) RETURNS %s %s', place, r.proname, r.args, r.returns, body));
		END LOOP;
		FOREACH type IN ARRAY types LOOP
			result := result + pg_temp.try(format('CREATE FUNCTION %I.trap(%s, %s) RETURNS boolean %s', place, type, type, body));
			FOR r IN SELECT unnest('{=,<>,<,<=,>,>=,@>,<@,&&,~,~~,~*,||,+,-,*}'::text[]) AS name LOOP
				CONTINUE WHEN place = 'public' AND type = 'public.wa_recipient';	-- ours stand there
				result := result + pg_temp.try(format('CREATE OPERATOR %I.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = %I.trap)',
					place, r.name, type, type, place));
			END LOOP;
		END LOOP;
		FOR r IN SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relname LIKE 'wa\_%' AND c.relkind IN ('r', 'v') LOOP
			result := result + pg_temp.try(format('CREATE TABLE %I.%I (LIKE public.%2$I)', place, r.relname));
			result := result + pg_temp.try(format('CREATE TABLE pg_temp.%I (LIKE public.%1$I)', r.relname));
		END LOOP;
		FOREACH type IN ARRAY '{text,int4,int8,bool,timestamptz,regclass,wa_recipient,wa_category,name}'::text[] LOOP
			result := result + pg_temp.try(format('CREATE DOMAIN %I.%I AS pg_catalog.float8', place, type));
		END LOOP;
		RETURN result;
	END $p$;
	SELECT pg_temp.plant('evil') + pg_temp.plant('public') > 300;
	GRANT USAGE ON SCHEMA evil TO PUBLIC;
	GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA evil TO PUBLIC;
};

# The same work with and without, by the writer, the reader and the owner.
my $element = json_text();
sub json_text
{
	return envelope('W1',
		change_of('S1', 'statuses', failed('4915100000021', 1700000000, 131049, 131026, 999999),
			failed('4915100000022', 1700000001, 131050), receipt('4915100000021', 1700000002, 'read', 'marketing')),
		change_of('S2', 'messages', inbound('4915100000023', 1700000003, 'Stop!'), inbound('bad', 1700000003, 'hi'),
			inbound('4915100000024', 1700000003, 'hello')),
		change_of('S1', 'user_preferences', preference('4915100000025', 1700000004, 'resume'), preference('4915100000025', 1700000004, 'stop')));
}
# Whoever runs the tests, who need not be called postgres.
my $owner = $node->safe_psql('postgres', 'SELECT session_user');
my @work = (
	[ 'writer', 'INSERT INTO public.wa_webhook (payload) VALUES (' . literal($element) . ')' ],
	[ 'writer', 'INSERT INTO public.wa_webhook (payload) VALUES (' . literal($element =~ s/17000000/17000001/gr) . ")" ],
	[ 'writer', q{SELECT public.wa_report_error('4915100000026', 131026, '2024-01-01 00:00+00', 'W1', 'S1')} ],
	[ 'writer', q{SELECT public.wa_report_error('4915100000026', 131026, '2024-01-03 00:00+00', 'W1', 'S1')} ],
	[ $owner, 'SELECT public.wa_ingest(' . literal($element =~ s/17000000/17000002/gr) . '::pg_catalog.text)' ],
	[ $owner, q{SELECT public.wa_opt_out('4915100000027'::pg_catalog.text, 'r', 'W1', '2024-01-01 00:00+00')} ],
	[ $owner, q{SELECT public.wa_opt_in('4915100000027'::pg_catalog.text, 'form', 'W1', '2024-01-02 00:00+00')} ],
	[ $owner, q{INSERT INTO public.wa_error_override (code, ladder) VALUES (131026, '{3 h, 30 h}')} ],
	[ $owner, q{INSERT INTO public.wa_phrase (phrase, meaning) VALUES ('GO AWAY', 'stop')} ],
	[ $owner, q{INSERT INTO public.wa_region_rule (region, category) VALUES ('FR', 'marketing')} ],
	[ $owner, 'SELECT public.wa_recompute()' ],
	[ $owner, 'SELECT public.wa_replay()' ],
	[ $owner, 'SELECT public.wa_classify(131026)' ],
	[ $owner, q{SELECT public.wa_retry_after(131026, 2)} ],
	[ $owner, q{SELECT * FROM public.wa_explain('4915100000021'::pg_catalog.text, 'marketing', at => '2023-11-15 00:00+00')} ],
	[ $owner, q{SELECT * FROM public.wa_suppressed('marketing', at => '2023-11-15 00:00+00')} ],
	[ $owner, q{SELECT * FROM public.wa_segment_summary('SELECT recipient FROM public.wa_consent', 'marketing', at => '2023-11-15 00:00+00')} ],
	[ $owner, q{SELECT public.wa_next_sendable('4915100000026'::pg_catalog.text, 'utility', at => '2024-01-03 01:00+00')} ],
	[ $owner, q{SELECT pg_catalog.count(*) FROM public.wa_error_code} ],
	map { [ 'reader', "SELECT public.wa_sendable('49151000000$_'::pg_catalog.text, 'marketing', at => '2024-01-03 01:00+00')" ] } 21 .. 27);

my (%said, %state);
for my $db (qw(clean planted))
{
	$node->safe_psql('postgres', "CREATE DATABASE $db");
	set_up($db);
	if ($db eq 'planted')
	{
		is($node->safe_psql($db, $plant), 't', 'traps are laid');
		$node->safe_psql($db, "ALTER DATABASE planted SET search_path = evil, pg_temp, public, pg_catalog");
	}
	# One session a role, as in a pool: temporary tables of all names in it.
	for my $step (@work)
	{
		my ($role, $sql) = @$step;
		my $temp = $db eq 'planted' && $role eq $owner
		  ? join('', map { "CREATE TABLE pg_temp.$_ (LIKE public.$_);" } grep { !/seq$|^wa_claim_token$/ } @relations) : '';
		push @{ $said{$db} }, as($role, "$temp $sql", $db);
	}
	$node->safe_psql('postgres', 'ALTER DATABASE planted RESET search_path') if $db eq 'planted';
	$state{$db} = state_lines($node, $db);
}
is_same(join("\n", @{ $said{planted} }), join("\n", @{ $said{clean} }), 'traps change no answer');
is_same($state{planted}, $state{clean}, 'nor any state');
unlike(join("\n", @{ $said{planted} }), qr/trap|ERROR|FATAL/, 'none was stepped on, and all of it ran');
cmp_ok(length $state{clean}, '>', 2000, 'there was state to compare');
# The traps work.
like($node->safe_psql('planted', q{SELECT 1}) . try_sql($node, 'planted', q{SET search_path = evil, pg_catalog; SELECT lower('x'::pg_catalog.text)}),
	qr/stepped on a trap as \w/, 'a trap that is stepped on cries out');

# ---- The catalogue -------------------------------------------------------

my $ours = q{d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
	AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'wa_policy')};
# pg_upgrade carries tables over as files: no number in them may be an OID.
is($node->safe_psql('postgres', qq{
	SELECT c.oid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, NULL)
	FROM pg_depend AS d JOIN pg_class AS c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass
	JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	JOIN pg_type AS t ON t.oid = a.atttypid
	WHERE $ours AND c.relkind = 'r'
		AND (coalesce(nullif(t.typelem, 0), t.oid)::regtype::text ~ '^(oid|reg|xid|cid|tid|aclitem|name\$)')}),
	'', 'no column of a table is an OID or of a reg type');

done_testing();
