// Takes WhatsApp webhooks over HTTP and puts them into wa_webhook, as the bytes
// that came.  200 means that the transaction has committed; on any other answer
// Meta posts the webhook again, and one that comes twice changes nothing.
import crypto from 'node:crypto';
import http from 'node:http';
import process from 'node:process';
import pg from 'pg';

const env = process.env;
const number = (name, otherwise) => {
	const value = Number(env[name] ?? otherwise);
	if (!Number.isSafeInteger(value) || value < 0)
		throw new Error(`${name} must be a whole number, not "${env[name]}"`);
	return value;
};
const config = {
	host: env.HOST ?? '127.0.0.1',
	port: number('PORT', 8080),
	path: env.WEBHOOK_PATH ?? '/webhook',
	verifyToken: env.VERIFY_TOKEN ?? '',
	appSecrets: (env.APP_SECRET ?? '').split(',').filter((secret) => secret !== ''),
	keepPayload: (env.KEEP_PAYLOAD ?? 'yes') !== 'no',
	schema: env.WA_SCHEMA ?? 'wa',
	connections: number('DB_CONNECTIONS', 8),
	dbSeconds: number('DB_SECONDS', 20),
	bodySeconds: number('BODY_SECONDS', 15),
	stopSeconds: number('STOP_SECONDS', 25),
	maxBody: number('MAX_BODY', 3 * 1024 * 1024),
	maxPending: number('MAX_PENDING', 64),
	maxBuffered: number('MAX_BUFFERED', 64 * 1024 * 1024),
	maxSockets: number('MAX_SOCKETS', 1000),
};
if (config.verifyToken.length < 16)
	throw new Error('VERIFY_TOKEN must have 16 characters or more');

// ---- Log: one JSON object to a line, never what a message says --------------

function log(level, event, fields = {}) {
	process.stdout.write(JSON.stringify({ time: new Date().toISOString(), level, event, ...fields }) + '\n');
}

// Messages of the server about rights, missing objects, resources and lost
// connections quote no parameter; others may, so only their code is told.
function about(error) {
	const sqlstate = /^[0-9A-Z]{5}$/.test(error.code ?? '') ? error.code : undefined;
	const harmless = sqlstate === undefined || /^(08|25|28|3D|42|53|55|57|58)/.test(sqlstate);
	return { sqlstate, error: harmless ? error.message || String(error.code) : undefined };
}

// ---- The database -----------------------------------------------------------

// A statement that runs into query_timeout may still commit: then Meta posts it
// again, which does no harm.  Host, user, password and so on: PGHOST, PGUSER, …
const pool = new pg.Pool({
	max: config.connections,
	connectionTimeoutMillis: config.dbSeconds * 1000,
	query_timeout: config.dbSeconds * 1000,
	keepAlive: true,
	application_name: 'wa_receiver',
});
// Without a listener, the end of an idle connection would end this process.
pool.on('error', (error) => log('warn', 'idle connection lost', about(error)));

const schema = pg.escapeIdentifier(config.schema);
// payload is text, and a bytea assigned to it would be stored as hexadecimal
// digits: convert_from makes the same characters of the same bytes.
const insert = `INSERT INTO ${schema}.wa_webhook (payload, signature) VALUES (pg_catalog.convert_from($1::bytea, 'UTF8'), $2)`;
const ingest = `SELECT FROM ${schema}.wa_ingest($1::bytea, $2::text)`;
const ready = 'SELECT pg_catalog.has_column_privilege($1, \'payload\', \'INSERT\') AND NOT pg_catalog.pg_is_in_recovery() AS ready';

// A body that is no text in the database (bad UTF-8, a NUL) cannot be a row of
// wa_webhook.  wa_ingest takes any bytes, and records those in wa_problem.
const notText = new Set(['22021', '22P05']);

async function store(body, signature) {
	if (config.keepPayload) {
		try {
			await pool.query(insert, [body, signature]);
			return;
		} catch (error) {
			if (!notText.has(error.code))
				throw error;
		}
	}
	await pool.query(ingest, [body, signature]);
}

// ---- Requests ---------------------------------------------------------------

const sha256 = (text) => crypto.createHash('sha256').update(text).digest();
const equal = (a, b) => crypto.timingSafeEqual(sha256(a), sha256(b));

let pending = 0;	// webhooks that wait for the database
let buffered = 0;	// bytes of bodies in memory
let stopping = false;

class Refusal extends Error {
	constructor(status, reason) {
		super(reason);
		this.status = status;
	}
}

function answer(res, status, text = '', headers = {}) {
	if (res.headersSent || res.destroyed)
		return;
	if (stopping)
		headers.Connection = 'close';
	res.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff',
		'Content-Length': Buffer.byteLength(text), ...headers });
	res.end(text);
}

// Meta asks once, when the address is entered in its console.
function verify(query, res) {
	const accepted = query.get('hub.mode') === 'subscribe' &&
		equal(query.get('hub.verify_token') ?? '', config.verifyToken);
	log(accepted ? 'info' : 'warn', 'verification', { accepted });
	if (accepted)
		answer(res, 200, query.get('hub.challenge') ?? '');
	else
		answer(res, 403);
}

function checkLoad() {
	if (stopping)
		throw new Refusal(503, 'stopping');
	if (pending >= config.maxPending || buffered > config.maxBuffered)
		throw new Refusal(503, 'overloaded');
}

// The body as it came.  How long it may take is for server.requestTimeout.
async function read(req, held) {
	const chunks = [];
	if (Number(req.headers['content-length'] ?? 0) > config.maxBody)
		throw new Refusal(413, 'body too large');
	for await (const chunk of req.iterator({ destroyOnReturn: false })) {
		held.bytes += chunk.length;
		buffered += chunk.length;
		if (held.bytes > config.maxBody)
			throw new Refusal(413, 'body too large');
		checkLoad();
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

// With APP_SECRET set, a request that Meta did not sign never gets to the
// database.  Without it, wa_app_secret decides there.
function checkSignature(body, signature) {
	if (config.appSecrets.length === 0)
		return;
	const matches = config.appSecrets.map((secret) =>
		equal('sha256=' + crypto.createHmac('sha256', secret).update(body).digest('hex'), signature ?? ''));
	if (!matches.includes(true))
		throw new Refusal(403, 'bad signature');
}

async function receive(req, res, beforeBody) {
	const start = performance.now();
	const held = { bytes: 0 };
	let status = 200, fields = {}, waits = false;
	try {
		checkLoad();
		if (!(Number(req.headers['content-length'] ?? 0) > config.maxBody))
			beforeBody();
		const body = await read(req, held);
		const signature = req.headers['x-hub-signature-256'];
		checkSignature(body, signature);
		checkLoad();
		waits = true;
		pending++;
		await store(body, signature);
	} catch (error) {
		status = error.status ?? 500;
		if (req.destroyed && !req.complete)
			[status, fields] = [0, { error: 'the client went away, or was too slow' }];
		else
			fields = error instanceof Refusal ? { error: error.message } : about(error);
	}
	buffered -= held.bytes;
	if (waits)
		pending--;
	log(status === 200 ? 'info' : status === 500 ? 'error' : 'warn', 'webhook',
		{ status, bytes: held.bytes, ms: Math.round(performance.now() - start), ...fields });
	if (status !== 0)
		answer(res, status, '', status === 503 ? { 'Retry-After': '5' } : {});
	if (!req.complete)
		abandon(req);
}

// A client that is still sending reads the answer only if the connection stays open for a moment, and with
// "Connection: close" Node.js ends it with the answer.
function abandon(req) {
	req.on('error', () => {});
	req.resume();
	setTimeout(() => req.complete || req.socket.destroy(), 1000).unref();
}

// Does the database answer, with the extension there and the right to write?
// Asked at most once a second, however many ask.
let health = { at: -Infinity, result: Promise.resolve(false) };
function healthy() {
	if (performance.now() - health.at > 1000)
		health = {
			at: performance.now(),
			result: pool.query(ready, [`${schema}.wa_webhook`]).then((result) => result.rows[0].ready === true, (error) => {
				log('error', 'health', about(error));
				return false;
			}),
		};
	return health.result;
}

async function route(req, res, beforeBody = () => {}) {
	const mark = req.url.indexOf('?');
	const path = mark < 0 ? req.url : req.url.slice(0, mark);
	if (path === config.path && req.method === 'POST')
		await receive(req, res, beforeBody);
	else if (path === config.path && req.method === 'GET')
		verify(new URLSearchParams(mark < 0 ? '' : req.url.slice(mark)), res);
	else if (path === '/health' && req.method === 'GET') {
		const well = !stopping && await healthy();
		answer(res, well ? 200 : 503, well ? 'ok\n' : 'unavailable\n');
	} else {
		const known = path === config.path || path === '/health';
		answer(res, known ? 405 : 404, '', known ? { Allow: path === config.path ? 'GET, POST' : 'GET' } : {});
		abandon(req);
	}
}

function handle(req, res, beforeBody) {
	route(req, res, beforeBody).catch((error) => {
		log('error', 'request', about(error));
		answer(res, 500);
	});
}

const server = http.createServer({
	requestTimeout: config.bodySeconds * 1000,
	headersTimeout: config.bodySeconds * 1000,
	connectionsCheckingInterval: 1000,
}, handle);
server.on('checkContinue', (req, res) => handle(req, res, () => res.writeContinue()));
server.maxConnections = config.maxSockets;
server.listen(config.port, config.host, () => log('info', 'listening', server.address()));

// ---- Stop: what has begun is finished, nothing new begins -------------------

function stop(signal) {
	if (stopping)
		return;
	stopping = true;
	log('info', 'stopping', { signal, pending });
	server.close(async () => {
		await pool.end();
		log('info', 'stopped');
		process.exit(0);
	});
	server.closeIdleConnections();
	setTimeout(() => {
		log('error', 'stopped before all was finished', { pending });
		process.exit(1);
	}, config.stopSeconds * 1000).unref();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
