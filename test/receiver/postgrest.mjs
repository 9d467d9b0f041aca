// examples/receiver/postgrest: its functions, called as PostgREST calls them.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import process from 'node:process';

import { database, hex, is, literal, ok, request, sign, skip, sleep, sql, token, top } from './lib.mjs';

const db = 'postgrest';

// A transaction as PostgREST makes it: the authenticator logs in, the role, the
// headers and the path are set for the transaction, GET is read-only.  Returns
// what the call gave, and the status and headers that it asked for.
function call(text, { headers = {}, method = 'POST', user = 'authenticator' } = {}) {
	return sql(db, `BEGIN ISOLATION LEVEL READ COMMITTED ${method === 'GET' ? 'READ ONLY' : 'READ WRITE'};
SELECT set_config('search_path', '"wa_http", "public"', true), set_config('role', 'web_anon', true),
	set_config('request.method', ${literal(method)}, true), set_config('request.headers', ${literal(JSON.stringify(headers))}, true) \\g /dev/null
${text};
SELECT nullif(current_setting('response.status', true), '') || '', nullif(current_setting('response.headers', true), '') || '';
COMMIT;`, { user, fails: true });
}

function install() {
	database(db, "INSERT INTO wa.wa_app_secret (business, secret) VALUES ('100000000000009', 'hush'), ('100000000000001', NULL);");
	sql(db, `CREATE ROLE web_anon NOLOGIN; CREATE ROLE authenticator LOGIN NOINHERIT; GRANT web_anon TO authenticator;
-- As where every new table is for the applications.
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO web_anon;`);
	// First in another database: then the role of the functions is there.
	database(`${db}_other`);
	for (const name of [`${db}_other`, db])
		execFileSync('psql', ['-Xq', '-o', '/dev/null', '-v', 'schema=wa', '-v', 'anon=web_anon', '-d', name, '-f', `${top}/examples/receiver/postgrest/receiver.sql`], { stdio: 'inherit' });
	sql(db, `INSERT INTO wa_http.verify_token VALUES (${literal(token)})`);
}

function rights() {
	for (const [what, text] of Object.entries({
		'writes to no table': "INSERT INTO wa.wa_webhook (payload) VALUES ('{}')",
		'calls nothing of the extension': "SELECT wa.wa_ingest('{}'::text)",
		'does not see the token': 'SELECT * FROM wa_http.verify_token',
	}))
		ok(/permission denied/.test(call(text)), `PostgREST: the anonymous role ${what}`);
}

function posts(event) {
	const kept = () => Number(sql(db, 'SELECT count(*) FROM wa.wa_webhook'));
	const known = (phone) => sql(db, `SELECT count(*) FROM wa.wa_activity WHERE recipient::text = ${literal(phone)}`);
	is(call(`SELECT pgrst_call FROM wa_http.webhook(${hex(event(0))}) AS pgrst_call`), '\n200|', 'PostgREST: POST answers 200');
	is(known('4915550000000'), '1', 'PostgREST: and is applied');
	is(call(`SELECT pgrst_call FROM wa_http.webhook_json(${literal(event(4).toString())}) AS pgrst_call`), '\n200|', 'PostgREST: POST of json answers 200');
	is(known('4915550000004'), '1', 'PostgREST: and is applied');
	is(kept(), 2, 'PostgREST: both are kept');

	const body = Buffer.from(event(8).toString().replace('100000000000001', '100000000000009').replace('whatsapp"', 'what\\u0073app"  '));
	call(`SELECT FROM wa_http.webhook(${hex(body)})`, { headers: { 'x-hub-signature-256': sign('wrong', body) } });
	call(`SELECT FROM wa_http.webhook_json(${literal(body.toString())})`);
	is(known('4915550000008'), '0', 'PostgREST: a wrong signature and none have no effect');
	call(`SELECT FROM wa_http.webhook_json(${literal(body.toString())})`, { headers: { 'x-hub-signature-256': sign('hush', body) } });
	is(known('4915550000008'), '1', 'PostgREST: json keeps the bytes that were signed');

	const rows = kept();
	is(call(`SELECT pgrst_call FROM wa_http.webhook('\\x7b22ff227d') AS pgrst_call`), '\n200|', 'PostgREST: bad UTF-8 answers 200');
	is(call(`SELECT pgrst_call FROM wa_http.webhook('\\x7b0022227d') AS pgrst_call`), '\n200|', 'PostgREST: a NUL answers 200');
	is(`${kept() - rows} ${sql(db, "SELECT count(*) FROM wa.wa_problem WHERE fragment IN ('\\x7b22ff227d', '\\x7b0022227d')")}`, '0 2', 'PostgREST: both are in wa_problem');
	ok(/22P02|invalid input syntax/.test(call("SELECT FROM wa_http.webhook_json('{')")), 'PostgREST: what is no JSON is refused by webhook_json');
}

function verification() {
	const get = (mode, given, challenge) => call(`SELECT convert_from(pgrst_call, 'UTF8') FROM wa_http.verify(hub_mode => ${literal(mode)}, hub_verify_token => ${literal(given)}, hub_challenge => ${literal(challenge)}) AS pgrst_call`, { method: 'GET' });
	const good = get('subscribe', token, '1158201444').split('\n');
	is(good[0], '1158201444', 'PostgREST: the challenge comes back');
	ok(/"Content-Type": "text\/plain"/.test(good[1]), 'PostgREST: as plain text', good[1]);
	for (const [mode, given] of [['subscribe', `${token}x`], ['subscribe', ''], ['unsubscribe', token]])
		ok(/PT403|forbidden/.test(get(mode, given, '1')), `PostgREST: forbidden for ${mode} and ${given === token ? 'the token' : `"${given}"`}`);
	ok(/forbidden/.test(call('SELECT wa_http.verify()', { method: 'GET' })), 'PostgREST: forbidden without parameters');
}

// Does nginx.conf bring requests to where the functions are?  In the place of
// PostgREST stands a server that tells what it was asked.
async function proxy(event) {
	const asked = [];
	const backend = http.createServer((req, res) => {
		const chunks = [];
		req.on('data', (chunk) => chunks.push(chunk));
		req.on('end', () => { asked.push({ method: req.method, url: req.url, headers: req.headers, body: Buffer.concat(chunks) }); res.end('done'); });
	});
	await new Promise((resolve) => backend.listen(0, '127.0.0.1', resolve));
	const free = http.createServer().listen(0, '127.0.0.1');
	await sleep(50);
	const { port } = free.address();
	free.close();

	const folder = `${process.env.WA_WORK}/nginx`;
	fs.mkdirSync(folder, { recursive: true });
	fs.writeFileSync(`${folder}/nginx.conf`, `${process.getuid() === 0 ? `user ${os.userInfo().username};` : ''}
daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 64; }
http { access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
${fs.readFileSync(`${top}/examples/receiver/postgrest/nginx.conf`, 'utf8').replace('listen 8080', `listen 127.0.0.1:${port}`).replace('127.0.0.1:3000', `127.0.0.1:${backend.address().port}`)}
}`);
	const nginx = spawn('nginx', ['-p', folder, '-c', `${folder}/nginx.conf`, '-e', `${folder}/error.log`], { stdio: 'ignore' });
	try {
		for (let i = 0; i < 50 && (await request(port, 'GET', '/none')).status !== 404; i++)
			await sleep(100);
		is((await request(port, 'GET', `/webhook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}%26`)).text, 'done', 'nginx: GET gets through');
		is(asked.at(-1).url, `/rpc/verify?hub_mode=subscribe&hub_verify_token=${token}%26&hub_challenge=1158201444`, 'nginx: under names that PostgREST understands');
		is(asked.at(-1).headers['accept-profile'], 'wa_http', 'nginx: and in the schema');
		const body = Buffer.concat([event(0), Buffer.from([0xff, 0x00])]);
		is((await request(port, 'POST', '/webhook', { body, headers: { 'X-Hub-Signature-256': 'sha256=ab', Authorization: 'Bearer x' } })).text, 'done', 'nginx: POST gets through');
		const { url, headers, body: got } = asked.at(-1);
		is(`${url} ${headers['content-type']} ${headers['x-hub-signature-256']} ${headers.authorization}`, '/rpc/webhook application/octet-stream sha256=ab undefined', 'nginx: as bytes, with the signature, without a token of the client');
		ok(got.equals(body), 'nginx: the bytes are those that came');
		const before = asked.length;
		is((await request(port, 'PUT', '/webhook', { body })).status, 405, 'nginx: 405 for PUT');
		is((await request(port, 'POST', '/rpc/webhook', { body })).status, 404, 'nginx: 404 elsewhere');
		ok([0, 413].includes((await request(port, 'POST', '/webhook', { body: Buffer.alloc(3 * 1024 * 1024 + 1, ' ') })).status), 'nginx: 413 above 3 MB');
		is(asked.length, before, 'nginx: none of them gets through');
	} finally {
		nginx.kill('SIGTERM');
		backend.closeAllConnections();
		backend.close();
	}
}

export async function checkPostgrest({ event, there }) {
	install();
	rights();
	posts(event);
	verification();
	if (there('nginx'))
		await proxy(event);
	else
		skip('the proxy before PostgREST: nginx is not installed');
}
