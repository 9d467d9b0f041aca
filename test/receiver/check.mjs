// Drives test/receiver/run: check.mjs NAME=COMMAND…
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import process from 'node:process';

import { checkPostgrest } from './postgrest.mjs';
import {
	Receiver, asOwner, database, done, hex, is, literal, ok, post, raw, request, serverDir, sign, skip, sleep, sql, statusOf, token, top,
} from './lib.mjs';

const began = new Date(Date.now() - 60_000);
const long = process.env.WA_LONG ? 10 : 1;

// ---- Traffic ----------------------------------------------------------------

const folder = `${top}/test/fixtures/payloads`;
const fixtures = fs.readdirSync(folder).sort().map((file) => fs.readFileSync(`${folder}/${file}`));
const envelope = (value, field = 'messages', business = '100000000000001') => ({ object: 'whatsapp_business_account',
	entry: [{ id: business, changes: [{ field, value: { messaging_product: 'whatsapp', metadata: { phone_number_id: '200000000000001' }, ...value } }] }] });

// One event each, of a person of its own: none can stand in for another.
function event(n) {
	const phone = `4915550${String(n).padStart(6, '0')}`;
	const timestamp = String(1790000000 + n);
	const forms = [
		() => envelope({ statuses: [{ id: `wamid.t${n}`, status: 'delivered', timestamp, recipient_id: phone, pricing: { category: 'marketing' } }] }),
		() => envelope({ statuses: [{ id: `wamid.t${n}`, status: 'failed', timestamp, recipient_id: phone, errors: [{ code: 131049, title: 'x' }] }] }),
		() => envelope({ contacts: [{ wa_id: phone, profile: { name: 'Zoë Grün' } }], messages: [{ from: phone, id: `wamid.t${n}`, timestamp, type: 'text', text: { body: 'secret words 🙂' } }] }),
		() => envelope({ contacts: [{ wa_id: phone }], user_preferences: [{ wa_id: phone, detail: 'x', category: 'marketing_messages', value: 'stop', timestamp }] }, 'user_preferences'),
	];
	return Buffer.from(JSON.stringify(forms[n % forms.length]()));
}

const events = (from, count) => Array.from({ length: count }, (_, i) => event(from + i));
const traffic = [...fixtures, ...events(0, 700 * long), ...fixtures];

// As Meta does: whatever is not answered by 200 comes again.
async function deliver(port, bodies, { connections = 32, headers = () => ({}), limit = 600_000 } = {}) {
	const queue = bodies.map((body) => ({ body, tries: 0 }));
	const result = { statuses: {}, delivered: 0, again: 0 };
	const end = Date.now() + limit;
	const worker = async () => {
		while (result.delivered < bodies.length && Date.now() < end) {
			const item = queue.shift();
			if (item === undefined) {
				await sleep(20);
				continue;
			}
			const { status, text } = await request(port, 'POST', '/webhook', { body: item.body, headers: headers(item.body), connections });
			const answer = status === 0 ? text : status;
			result.statuses[answer] = (result.statuses[answer] ?? 0) + 1;
			if (status === 200)
				result.delivered++;
			else {
				result.again++;
				queue.push(item);
				await sleep(50);
			}
		}
	};
	await Promise.all(Array.from({ length: connections }, worker));
	return result;
}

// ---- State ------------------------------------------------------------------

// Ids, counts and times of recording; which of two equal payloads came first.
const bookkeeping = ['id', 'webhook_id', 'token', 'count', 'recorded_at', 'received_at', 'resolved_at', 'first_seen', 'last_seen'];
const tables = ['wa_consent', 'wa_consent_log', 'wa_cooldown', 'wa_activity', 'wa_identity', 'wa_problem', 'wa_sender_hold', 'wa_template', 'wa_message'];

// Rows as text.  What carries no time of its own has that of its receipt, which
// differs from database to database and from post to post: such times are
// masked, and rows that have one count once.
function state(db) {
	const here = sql(db, `SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'wa'::regnamespace AND c.relkind = 'r'`).split('\n');
	const exact = [], masked = new Set();
	for (const table of tables.filter((name) => here.includes(name))) {
		const rows = sql(db, `SET timezone = 'UTC'; SELECT to_jsonb(t) - '{${bookkeeping}}'::text[] FROM wa.${table} AS t`);
		for (const row of rows.split('\n').filter((line) => line !== '')) {
			let recent = false;
			const line = `${table} ${row}`.replace(/"\d{4}-\d\d-\d\dT[^"]*\+00:00"/g, (time) => {
				if (new Date(JSON.parse(time)) < began)
					return time;
				recent = true;
				return '"recent"';
			});
			if (recent || table === 'wa_problem')
				masked.add(line.replace(/("recent", )+"recent"/g, '"recent"'));
			else
				exact.push(line);
		}
	}
	return [...exact, ...masked].sort();
}

function same(db, reference, name) {
	const count = (lines) => lines.reduce((map, line) => map.set(line, (map.get(line) ?? 0) + 1), new Map());
	const got = count(state(db)), wanted = count(reference);
	const lines = [...new Set([...got.keys(), ...wanted.keys()])].filter((line) => got.get(line) !== wanted.get(line))
		.map((line) => `${got.get(line) ?? 0} for ${wanted.get(line) ?? 0}: ${line}`);
	return ok(lines.length === 0, `${name}: the state of ${wanted.size} rows is that of plain INSERTs`, lines.join('\n'));
}

function reference() {
	const db = database('plain');
	sql(db, traffic.map((body) => `INSERT INTO wa.wa_webhook (payload) VALUES (${literal(body.toString())});`).join('\n'), { user: 'receiver' });
	return state(db);
}

// Every body is there as it came.
function kept(db, bodies, name) {
	const there = new Set(sql(db, "SELECT md5(convert_to(payload, 'UTF8')) FROM wa.wa_webhook").split('\n'));
	const wanted = sql('postgres', bodies.map((body) => `SELECT md5(${hex(body)}::bytea);`).join('\n')).split('\n');
	const lost = wanted.filter((md5) => !there.has(md5));
	return ok(lost.length === 0, `${name}: each of ${bodies.length} bodies is kept, byte for byte`, `${lost.length} lost`);
}

// ---- The tests of one receiver ------------------------------------------------

async function verification({ port }) {
	const ask = (query, method = 'GET') => request(port, method, `/webhook?${query}`);
	const good = await ask(`hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`);
	is(`${good.status} ${good.text}`, '200 1158201444', 'verification: the challenge comes back');
	ok(/^text\/plain/.test(good.headers['content-type']), 'verification: as plain text', good.headers['content-type']);
	for (const query of ['', 'hub.mode=subscribe&hub.challenge=1', `hub.mode=subscribe&hub.challenge=1&hub.verify_token=${token}x`,
		`hub.mode=subscribe&hub.challenge=1&hub.verify_token=${token.slice(1)}`, 'hub.mode=subscribe&hub.challenge=1&hub.verify_token=%ff%00',
		`hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=${token}`, `hub.challenge=1&hub.verify_token=${token}`])
		is((await ask(query)).status, 403, `verification: 403 for "${query.replaceAll(token, 'TOKEN')}"`);
}

// The database dies while 32 connections post, and comes back.
async function crash(name, receiver, db, expected) {
	const control = async () => {
		await sleep(700);
		asOwner('pg_ctl', '-s', '-D', `${serverDir}/data`, 'stop', '-m', 'immediate');
		await sleep(800);
		is((await request(receiver.port, 'GET', '/health')).status, 503, `${name}: not healthy without the database`);
		asOwner('pg_ctl', '-s', '-w', '-D', `${serverDir}/data`, '-l', `${serverDir}/log`, 'start');
	};
	const [result] = await Promise.all([deliver(receiver.port, traffic), control()]);
	is(result.delivered, traffic.length, `${name}: all is delivered in the end`);
	ok(result.again > 0, `${name}: some came while the database was away`);
	// What the machine held up may be too slow, or find its connection closed.
	is(Object.keys(result.statuses).filter((status) => /^[1-4]/.test(status) && !['200', '408'].includes(status)).join(), '',
		`${name}: none is turned away for what it is (${JSON.stringify(result.statuses)})`);
	ok(!receiver.ended, `${name}: the receiver lives`);
	// A connection that the pool kept over the crash may answer the first time.
	let health;
	for (let i = 0; i < 50 && health !== 200; i++) {
		health = (await request(receiver.port, 'GET', '/health')).status;
		if (health !== 200)
			await sleep(100);
	}
	is(health, 200, `${name}: healthy again`);
	same(db, expected, `${name}, killed database`);
	kept(db, traffic, name);
}

async function oddBodies(name, { port }, db) {
	const problems = () => Number(sql(db, 'SELECT count(*) FROM wa.wa_problem'));
	const bodies = {
		'bad UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
		'a lone surrogate in UTF-8': Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
		'a NUL': Buffer.from('{"a": "\0"}'),
		'only NULs': Buffer.alloc(100),
		'nothing': Buffer.alloc(0),
		'no JSON': Buffer.from('<?php phpinfo();'),
	};
	for (const [what, body] of Object.entries(bodies)) {
		const before = problems();
		is((await post(port, body)).status, 200, `${name}: ${what} is taken`);
		is(problems(), before + 1, `${name}: ${what} is in wa_problem`);
	}
	is(sql(db, `SELECT count(*) FROM wa.wa_problem WHERE fragment = ${literal('\\x' + bodies['bad UTF-8'].toString('hex'))}`), '1',
		`${name}: the bad bytes are all there`);
	const mark = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), event(900001)]);
	is((await post(port, mark)).status, 200, `${name}: a byte order mark is taken`);
	kept(db, [mark], `${name}, byte order mark`);
	const odd = Buffer.from(JSON.stringify(envelope({ statuses: [] })).replace('{', '{ "\\u0000": "\\ud83d \\/ \u00e4\u{1f642}", '));
	is((await post(port, odd)).status, 200, `${name}: escapes are taken`);
	kept(db, [odd], `${name}, escapes`);
}

// What strangers send.  None gets 200 or 5xx, none leaves a row, all are answered.
async function scanners(name, receiver, db) {
	const { port } = receiver;
	const rows = () => sql(db, 'SELECT (SELECT count(*) FROM wa.wa_webhook), (SELECT count(*) FROM wa.wa_problem)');
	const before = rows();
	for (const [method, path, wanted] of [['GET', '/', 404], ['GET', '/.env', 404], ['GET', '/wp-login.php', 404], ['POST', '/', 404],
		['POST', '/webhook/', 404], ['POST', '/webhook/x', 404], ['POST', '/Webhook', 404], ['POST', '/%2e%2e/webhook', 404],
		['POST', '/health', 405], ['PUT', '/webhook', 405], ['DELETE', '/webhook', 405], ['PATCH', '/webhook', 405], ['OPTIONS', '/webhook', 405],
		['PROPFIND', '/webhook', 405], ['TRACE', '/webhook', 405]]) {
		const body = method === 'GET' ? undefined : Buffer.from(event(1));
		is((await request(port, method, path, { body })).status, wanted, `${name}: ${wanted} for ${method} ${path}`);
	}
	const odd = {
		'a TLS handshake': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + 'x'.repeat(200) + '\r\n\r\n',
		'an SMB probe': '\x00\x00\x00\x45\xffSMB\r\n\r\n',
		'no HTTP': 'hello\r\n\r\n',
		'an absolute address': 'GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n',
		'CONNECT': 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n',
		'100 kB of headers': `GET /webhook HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`.replace('y'.repeat(100_000), 'y'.repeat(300_000)),
		'two lengths': `POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello!`,
		'a negative length': 'POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\nConnection: close\r\n\r\nhello',
		'a bad chunk': 'POST /webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\nhello\r\n0\r\n\r\n',
	};
	for (const [what, text] of Object.entries(odd)) {
		const { got, how } = await raw(port, [Buffer.from(text, 'latin1')]);
		const status = statusOf(got);
		ok(how === 'closed' && status !== 200 && status < 500 || status === 501, `${name}: ${what} is refused (${status})`, got || how);
	}
	is(rows(), before, `${name}: none of it left a row`);
	ok(!receiver.ended, `${name}: the receiver lives`);
}

// 200 MB, said beforehand and not.
async function large(name, receiver, db) {
	const megabyte = Buffer.alloc(1 << 20, 'x');
	const mb = 200;
	async function *declared() {
		yield `POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${mb << 20}\r\n\r\n`;
		for (let i = 0; i < mb; i++)
			yield megabyte;
	}
	async function *chunked() {
		yield 'POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
		for (let i = 0; i < mb; i++) {
			yield (1 << 20).toString(16) + '\r\n';
			yield megabyte;
			yield '\r\n';
		}
	}
	const before = receiver.peak();
	const results = await Promise.all([declared, declared, chunked, chunked].map((pieces) => raw(receiver.port, pieces())));
	for (const { got, how } of results)
		ok(how === 'closed' && [0, 413].includes(statusOf(got)), `${name}: ${mb} MB are refused (${statusOf(got)})`, `${how} ${got.slice(0, 200)}`);
	ok(results.some(({ got }) => statusOf(got) === 413), `${name}: with 413, where that is still read`);
	ok(receiver.peak() - before < 80, `${name}: without being held in memory (${before.toFixed()} to ${receiver.peak().toFixed()} MB)`);
	const fits = Buffer.from(JSON.stringify(envelope({ pad: '' })).replace('"pad":""', `"pad":"${'x'.repeat(3 * 1024 * 1024 - JSON.stringify(envelope({ pad: '' })).length)}"`));
	is(fits.length, 3 * 1024 * 1024, `${name}: a body of just 3 MB`);
	is((await post(receiver.port, fits)).status, 200, `${name}: is taken`);
	const { status } = await post(receiver.port, Buffer.concat([fits, Buffer.from(' ')]));
	ok([413, 0].includes(status), `${name}: one byte more is not (${status})`);
	is(sql(db, 'SELECT max(octet_length(payload)) FROM wa.wa_webhook'), String(fits.length), `${name}: no larger row`);
}

// Clients that send a byte now and then, in the header and in the body, while
// others are served.  Returns what waits for their end.
async function slow(name, command, db) {
	const receiver = await Receiver.start(`${name}-slow`, command, { PGDATABASE: db, BODY_SECONDS: '6' });
	const { port } = receiver;
	async function *trickle(head, tail) {
		yield head;
		for (let i = 0; i < 240; i++) {
			await sleep(250);
			yield tail;
		}
	}
	const head = 'POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{';
	const clients = [
		...Array.from({ length: 40 }, () => raw(port, trickle(head, ' '))),
		...Array.from({ length: 10 }, () => raw(port, trickle('POST /webhook HTTP/1.1\r\nHost: x\r\nX-A: ', 'y'))),
		...Array.from({ length: 10 }, () => raw(port, [Buffer.from(head)])),
		...Array.from({ length: 10 }, () => raw(port, [])),
	];
	let gone = 0;
	clients.forEach((client) => client.then(() => gone++));
	await sleep(500);
	const served = await deliver(port, events(910000, 100), { connections: 10 });
	is(served.delivered, 100, `${name}: others are served beside 70 slow clients (${JSON.stringify(served.statuses)})`);
	ok(gone < 70, `${name}: and do not wait for them (${gone} were gone)`);
	return async () => {
		const ends = await Promise.all(clients);
		ok(ends.every(({ how, got }) => how === 'closed' && [0, 400, 408].includes(statusOf(got))), `${name}: slow clients are shown the door`,
			ends.map(({ how, got }) => `${how} ${statusOf(got)}`).join('\n'));
		await receiver.stop();
	};
}

// Holds up every INSERT into wa_webhook until it is released.
function blockade(db) {
	const psql = spawn('psql', ['-XqAt', '-U', 'postgres', '-d', db], { stdio: ['pipe', 'pipe', 'inherit'] });
	psql.stdin.write('BEGIN; LOCK TABLE wa.wa_webhook IN SHARE MODE; SELECT 1;\n');
	const there = new Promise((resolve) => psql.stdout.once('data', resolve));
	const end = new Promise((resolve) => psql.on('exit', resolve));
	return { there, release: () => { psql.stdin.end('COMMIT;\n'); return end; } };
}

async function pressure(name, receiver, db) {
	const wall = blockade(db);
	await wall.there;
	const start = performance.now();
	let answered = 0;
	const answers = events(920000, 80).map((body) => post(receiver.port, body).then((answer) => {
		answered++;
		return { ...answer, ms: performance.now() - start };
	}));
	// Not too long: statements of the role end after 16 s.
	while (answered < 56 && performance.now() - start < 14_000)
		await sleep(50);
	const released = performance.now() - start;
	const large = await Promise.all(Array.from({ length: 8 }, () => post(receiver.port, Buffer.alloc(2_900_000, 'x'))));
	await wall.release();
	const all = await Promise.all(answers);
	is(large.map(({ status }) => status).join(), Array(8).fill(503).join(), `${name}: so are large ones`);
	const refused = all.filter(({ status }) => status === 503);
	is(all.filter(({ status }) => status === 200).length, 24, `${name}: as many wait as may`);
	is(refused.length, 56, `${name}: the others are told to come later`);
	ok(refused.every(({ ms, headers }) => ms <= released && Number(headers['retry-after']) > 0), `${name}: at once, and when`);
}

// One of the bounds is the pool's own: who waits too long gets 5xx, not 200.
async function stalled(name, receiver, db) {
	const wall = blockade(db);
	await wall.there;
	const { status } = await Promise.race([post(receiver.port, event(930000)), sleep(60_000).then(() => ({ status: 'no answer' }))]);
	await wall.release();
	ok(status === 500 || status === 503, `${name}: a database that does not answer is a fault (${status})`);
	is((await post(receiver.port, event(930000))).status, 200, `${name}: which passes`);
}

async function stopping(name, receiver, db) {
	const wall = blockade(db);
	await wall.there;
	const answers = events(940000, 12).map((body) => post(receiver.port, body));
	await sleep(2000);
	receiver.process.kill('SIGTERM');
	await sleep(300);
	const late = await post(receiver.port, event(940100));
	ok([0, 503].includes(late.status), `${name}: nothing new once it stops (${late.status})`);
	await wall.release();
	const all = await Promise.all(answers);
	is(all.filter(({ status }) => status === 200).length, 12, `${name}: what has begun is finished on SIGTERM`);
	is(await Promise.race([receiver.exit, sleep(30_000)]), 0, `${name}: exit status 0`);
	kept(db, events(940000, 12), `${name}, stopped`);
}

function logs(name, receiver) {
	const lines = receiver.lines();
	ok(lines.length > 100 && lines.every((line) => line.time && line.level && line.event), `${name}: the log is ${lines.length} JSON objects`,
		JSON.stringify(lines.find((line) => !(line.time && line.level && line.event))));
	const text = fs.readFileSync(receiver.log, 'utf8');
	const told = ['4915550', 'secret', 'Grün', 'Gr\\u00fcn', 'wamid', token, 'STOP', 'phpinfo'].filter((word) => text.includes(word));
	is(told.join(), '', `${name}: the log says nothing of what is in a webhook`);
}

// Signatures, in the database and before it; nothing kept.
async function signatures(name, command) {
	const db = database(`${name}_signed`, "INSERT INTO wa.wa_app_secret (business, secret) VALUES ('100000000000009', 'hush'), ('100000000000009', 'older');");
	const body = (n) => Buffer.from(JSON.stringify(envelope({ statuses: [{ id: `wamid.${n}`, status: 'delivered', timestamp: '1790000000', recipient_id: `4915559${n}` }] },
		'messages', '100000000000009')).replace('"whatsapp"', '  "what\\u0073app"  '));
	const known = (n) => sql(db, `SELECT count(*) FROM wa.wa_activity WHERE recipient::text = '4915559${n}'`);
	sql(db, `ALTER ROLE receiver IN DATABASE ${db} SET log_min_duration_statement = 0`);
	let receiver = await Receiver.start(`${name}-signed`, command, { PGDATABASE: db });
	is((await post(receiver.port, body(100001), { 'X-Hub-Signature-256': sign('older', body(100001)) })).status, 200, `${name}: signed`);
	is(known(100001), '1', `${name}: and applied: the bytes are those that were signed`);
	is((await post(receiver.port, body(100002), { 'X-Hub-Signature-256': sign('wrong', body(100002)) })).status, 200, `${name}: signed by another`);
	is((await post(receiver.port, body(100003))).status, 200, `${name}: not signed`);
	is(known(100002) + known(100003), '00', `${name}: neither is applied`);
	is(sql(db, "SELECT count(*) FROM wa.wa_problem WHERE problem = 'bad_signature'"), '2', `${name}: both are bad_signature`);
	await receiver.stop();

	receiver = await Receiver.start(`${name}-secret`, command, { PGDATABASE: db, APP_SECRET: 'hush,older', KEEP_PAYLOAD: 'no' });
	sql(db, 'TRUNCATE wa.wa_webhook');
	is((await post(receiver.port, body(100004), { 'X-Hub-Signature-256': sign('hush', body(100004)) })).status, 200, `${name}: signed, with APP_SECRET`);
	is((await post(receiver.port, body(100005), { 'X-Hub-Signature-256': sign('wrong', body(100005)) })).status, 403, `${name}: signed by another: 403`);
	is((await post(receiver.port, body(100006))).status, 403, `${name}: not signed: 403`);
	is(known(100004) + known(100005) + known(100006), '100', `${name}: one of three is applied`);
	is(sql(db, 'SELECT (SELECT count(*) FROM wa.wa_webhook), (SELECT count(*) FROM wa.wa_problem)'), '0|2', `${name}: KEEP_PAYLOAD=no keeps none`);
	await receiver.stop();
	const log = fs.readFileSync(`${serverDir}/log`, 'latin1');
	ok(/duration: .*wa_webhook \(payload, signature\)/.test(log) && /duration: .*wa_ingest/.test(log), `${name}: the server logs its statements`);
	ok([body(100001), body(100004)].every((bytes) => !log.includes(bytes.toString('hex'))), `${name}: but not the webhooks in them`);
}

// A server that lets no more in, or has nothing to write to.
async function unwell(name, command) {
	let receiver = await Receiver.start(`${name}-lost`, command, { PGDATABASE: 'postgres' });
	is((await request(receiver.port, 'GET', '/health')).status, 503, `${name}: not healthy without the extension`);
	is((await post(receiver.port, event(1))).status, 500, `${name}: 500 without the extension`);
	await receiver.stop();
	receiver = await Receiver.start(`${name}-stranger`, command, { PGDATABASE: name, PGUSER: 'stranger' });
	is((await request(receiver.port, 'GET', '/health')).status, 503, `${name}: not healthy without the right to write`);
	is((await post(receiver.port, event(1))).status, 500, `${name}: 500 without the right to write`);
	await receiver.stop();
}

// Transaction pooling, with fewer connections than the receiver has.
async function bouncer(name, command, expected) {
	const db = database(`${name}_bouncer`);
	fs.writeFileSync(`${serverDir}/pgbouncer.ini`, `[databases]\n* = host=${serverDir} port=5432 user=receiver\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = ${serverDir}\n`
		+ `listen_port = 6432\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 3\nlogfile = ${serverDir}/pgbouncer.log\n`);
	const program = spawn(`${top}/test/server`, ['in', serverDir, 'env', `PATH=${process.env.PATH}`, 'pgbouncer', '-q', `${serverDir}/pgbouncer.ini`], { stdio: 'ignore', detached: true });
	try {
		for (let i = 0; i < 50 && !fs.existsSync(`${serverDir}/.s.PGSQL.6432`); i++)
			await sleep(100);
		const receiver = await Receiver.start(`${name}-bouncer`, command, { PGDATABASE: db, PGPORT: '6432' });
		const result = await deliver(receiver.port, traffic);
		is(result.delivered, traffic.length, `${name}, PgBouncer: all is delivered (${JSON.stringify(result.statuses)})`);
		same(db, expected, `${name}, PgBouncer`);
		kept(db, traffic, `${name}, PgBouncer`);
		await receiver.stop();
	} finally {
		process.kill(-program.pid, 'SIGTERM');
		fs.rmSync(`${serverDir}/.s.PGSQL.6432`, { force: true });
	}
}

const there = (program) => process.env.PATH.split(':').some((dir) => fs.existsSync(`${dir}/${program}`));

database('roles');	// makes wa_writer
sql('roles', `CREATE ROLE stranger LOGIN; \\set role receiver\n\\set statement_timeout 16s\n${fs.readFileSync(`${top}/examples/receiver/role.sql`, 'utf8')}`);

// What a new cluster of compose.yaml runs.
execFileSync('bash', [`${top}/examples/docker/receiver-role.sh`], { stdio: 'inherit', env: { ...process.env, ROLE_SQL: `${top}/examples/receiver/role.sql`,
	POSTGRES_USER: 'postgres', POSTGRES_DB: 'roles', RECEIVER_PASSWORD: "o'brien \\ $x" } });
is(sql('roles', `SELECT rolcanlogin, rolpassword LIKE 'SCRAM-SHA-256$%', pg_has_role('wa_receiver', 'wa_writer', 'MEMBER') FROM pg_authid WHERE rolname = 'wa_receiver'`),
	't|t|t', 'the role of compose.yaml may log in with its password, and write');

const expected = reference();
ok(expected.length > 800, `plain INSERTs make ${expected.length} rows`);

for (const [name, command] of process.argv.slice(2).map((arg) => arg.split(/=(.*)/s))) {
	const db = database(name);
	const receiver = await Receiver.start(name, command, { PGDATABASE: db });
	await verification(receiver);
	await crash(name, receiver, db, expected);
	await oddBodies(name, receiver, db);
	await scanners(name, receiver, db);
	await large(name, receiver, db);
	const ends = await slow(name, command, db);
	await pressure(name, receiver, db);
	// These two wait for most of their time, and the third one has a database of its own.
	await Promise.all([ends(), stalled(name, receiver, db), signatures(name, command)]);
	await stopping(name, receiver, db);
	logs(name, receiver);
	await unwell(name, command);
	if (there('pgbouncer'))
		await bouncer(name, command, expected);
	else
		skip(`${name} through PgBouncer: it is not installed`);
}
await checkPostgrest({ event, there });
process.exit(done() ? 0 : 1);
