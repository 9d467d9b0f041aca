// Counting, SQL by psql, HTTP without the niceties of a client library, and a
// receiver as a process.
import { execFileSync, spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import process from 'node:process';

export const top = process.env.WA_TOP;
export const serverDir = process.env.WA_DIR;
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let passed = 0, failed = 0;
let skipped = Number(process.env.WA_SKIPPED ?? 0);

export function ok(condition, name, detail = '') {
	if (condition)
		passed++;
	else
		failed++;
	console.log(`${condition ? 'ok' : 'not ok'} - ${name}`);
	if (!condition && detail !== '')
		console.log(String(detail).split('\n').slice(0, 20).map((line) => `    ${line.slice(0, 400)}`).join('\n'));
	return condition;
}

export function is(got, wanted, name) {
	return ok(got === wanted, name, `got    ${got}\nwanted ${wanted}`);
}

export function skip(reason) {
	skipped++;
	console.log(`skip - ${reason}`);
}

export function done() {
	console.log(`\n${passed} passed, ${failed} failed` + (skipped ? `, ${skipped} skipped` : ''));
	return failed === 0;
}

// ---- SQL ----------------------------------------------------------------

export function sql(db, text, { user = 'postgres', fails = false } = {}) {
	try {
		return execFileSync('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-U', user, '-d', db, '-f', '-'],
			{ input: text, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', fails ? 'pipe' : 'inherit'] }).trimEnd();
	} catch (error) {
		if (!fails)
			throw error;
		return error.stderr;
	}
}

export const literal = (text) => `'${text.replaceAll("'", "''")}'`;
export const hex = (buffer) => `'\\x${buffer.toString('hex')}'`;

// As the owner of the server.
export function asOwner(...command) {
	return execFileSync(`${top}/test/server`, ['in', serverDir, ...command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

export function database(name, ...more) {
	sql('postgres', `CREATE DATABASE ${name}`);
	sql(name, 'SET client_min_messages = warning; CREATE SCHEMA wa; CREATE EXTENSION wa_policy SCHEMA wa;' + more.join(''));
	return name;
}

// ---- HTTP ---------------------------------------------------------------

const agents = new Map();
function agent(connections) {
	if (!agents.has(connections))
		agents.set(connections, new http.Agent({ keepAlive: true, maxSockets: connections }));
	return agents.get(connections);
}

// The status; 0, and the error's code as text, where the connection broke.  A connection kept from an earlier request may be closed by the other
// side, as idle, while this one is on its way: then it is sent again over another.
export function request(port, method, path, options = {}) {
	const { body, headers = {}, connections = 64 } = options;
	return new Promise((resolve) => {
		const req = http.request({ port, method, path, headers: { 'User-Agent': 'facebookexternalua', ...headers,
			...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': body.length }) },
		agent: agent(connections) }, (res) => {
			const chunks = [];
			res.on('data', (chunk) => chunks.push(chunk));
			res.on('error', (error) => resolve({ status: 0, text: error.code }));
			res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, text: Buffer.concat(chunks).toString() }));
		});
		req.on('error', (error) => resolve(req.reusedSocket && error.code === 'ECONNRESET' ?
			request(port, method, path, options) : { status: 0, text: error.code }));
		req.end(body);
	});
}

export const post = (port, body, headers = {}, path = '/webhook') =>
	request(port, 'POST', path, { body: Buffer.from(body), headers });

// Bytes as they are, in pieces that a generator makes; what came back, and
// after how many milliseconds the other side ended it.
export function raw(port, pieces, limit = 60_000) {
	return new Promise((resolve) => {
		const start = performance.now();
		const socket = net.connect(port, '127.0.0.1');
		let got = '', sent = 0, closed = false;
		const end = (how) => {
			closed = true;
			socket.destroy();
			resolve({ got, sent, how, ms: performance.now() - start });
		};
		const timer = setTimeout(() => end('still open'), limit);
		socket.on('data', (chunk) => { got += chunk.toString('latin1'); });
		socket.on('error', () => {});
		socket.on('close', () => { clearTimeout(timer); end('closed'); });
		socket.on('connect', async () => {
			for await (const piece of pieces) {
				if (closed)
					return;
				sent += piece.length;
				if (!socket.write(piece))
					await new Promise((drained) => { socket.once('drain', drained); socket.once('close', drained); });
			}
		});
	});
}

export const statusOf = (text) => Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0);

export const sign = (secret, body) =>
	'sha256=' + crypto.createHmac('sha256', secret).update(body).digest('hex');

// ---- A receiver ------------------------------------------------------------

export const token = 'a-token-for-the-tests';

// None outlives this program, however that ends.
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
process.on('SIGTERM', () => process.exit(143));
process.on('SIGINT', () => process.exit(130));

export class Receiver {
	static async start(name, command, env = {}) {
		const receiver = new Receiver();
		const [program, ...args] = command.split(' ');
		receiver.log = `${process.env.WA_WORK}/${name}.log`;
		const log = fs.openSync(receiver.log, 'w');
		const parent = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('WA_')));
		receiver.process = spawn(program, args, { stdio: ['ignore', log, log], env: { ...parent, PORT: '0', VERIFY_TOKEN: token,
			PGUSER: 'receiver', DB_CONNECTIONS: '6', DB_SECONDS: '20', BODY_SECONDS: '30', MAX_PENDING: '24', ...env } });
		running.add(receiver.process);
		receiver.exit = new Promise((resolve) => receiver.process.on('exit', (code, signal) => resolve(signal ?? code)));
		receiver.exit.then(() => {
			receiver.ended = true;
			running.delete(receiver.process);
		});
		for (let i = 0; i < 600 && !receiver.port && !receiver.ended; i++) {
			await sleep(100);
			receiver.port = receiver.lines().find((line) => line.event === 'listening')?.port;
		}
		if (!receiver.port)
			throw new Error(`${name} does not listen: ${fs.readFileSync(receiver.log, 'utf8').slice(-1000)}`);
		return receiver;
	}

	// Its log: every line must be a JSON object.
	lines() {
		return fs.readFileSync(this.log, 'utf8').split('\n').filter((line) => line !== '').map((line) => {
			try {
				return JSON.parse(line);
			} catch {
				return { broken: line };
			}
		});
	}

	// The most memory that it ever had, in MB.
	peak() {
		return Number(/VmHWM:\s*(\d+)/.exec(fs.readFileSync(`/proc/${this.process.pid}/status`, 'utf8'))[1]) / 1024;
	}

	async stop() {
		this.process.kill('SIGTERM');
		const timer = setTimeout(() => this.process.kill('SIGKILL'), 60_000);
		const how = await this.exit;
		clearTimeout(timer);
		return how;
	}
}
