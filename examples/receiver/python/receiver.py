"""Takes WhatsApp webhooks over HTTP and puts them into wa_webhook, as the bytes
that came.  200 means that the transaction has committed; on any other answer
Meta posts the webhook again, and one that comes twice changes nothing.

Flask for the routes, waitress as the server: it reads a body to its end before
a thread is given to it, so that slow clients hold up nobody.
"""
import hashlib
import hmac
import json
import logging
import os
import re
import signal
import sys
import threading
import time

import psycopg
import psycopg_pool
from flask import Flask, Response, request
from psycopg import sql
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer, create_server


def number(name, otherwise):
    value = int(os.environ.get(name, otherwise))
    if value < 0:
        raise ValueError(f"{name} must not be negative")
    return value


HOST = os.environ.get("HOST", "127.0.0.1")
PORT = number("PORT", 8080)
PATH = os.environ.get("WEBHOOK_PATH", "/webhook")
VERIFY_TOKEN = os.environ.get("VERIFY_TOKEN", "")
APP_SECRETS = [s for s in os.environ.get("APP_SECRET", "").split(",") if s]
KEEP_PAYLOAD = os.environ.get("KEEP_PAYLOAD", "yes") != "no"
SCHEMA = os.environ.get("WA_SCHEMA", "wa")
DB_CONNECTIONS = number("DB_CONNECTIONS", 8)
DB_SECONDS = number("DB_SECONDS", 20)
BODY_SECONDS = number("BODY_SECONDS", 15)
STOP_SECONDS = number("STOP_SECONDS", 25)
MAX_BODY = number("MAX_BODY", 3 * 1024 * 1024)
MAX_PENDING = number("MAX_PENDING", 64)
MAX_SOCKETS = number("MAX_SOCKETS", 1000)
if len(VERIFY_TOKEN) < 16:
    sys.exit("VERIFY_TOKEN must have 16 characters or more")


# ---- Log: one JSON object to a line, never what a message says ---------------

class JsonLines(logging.Formatter):
    def format(self, record):
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line)


handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(JsonLines())
logging.basicConfig(level=logging.INFO, handlers=[handler])
logging.getLogger("waitress.queue").setLevel(logging.ERROR)
logger = logging.getLogger("receiver")


def log(level, event, **fields):
    fields = {k: v for k, v in fields.items() if v is not None}
    logger.log(level, event, extra={"fields": fields})


# Messages of the server about rights, missing objects, resources and lost
# connections quote no parameter; others may, so only their code is told.
HARMLESS = re.compile(r"^(08|25|28|3D|42|53|55|57|58)")


def about(error):
    sqlstate = getattr(error, "sqlstate", None)
    if sqlstate is not None and not HARMLESS.match(sqlstate):
        return {"sqlstate": sqlstate, "error": type(error).__name__}
    return {"sqlstate": sqlstate, "error": str(error).strip() or type(error).__name__}


# ---- The database ------------------------------------------------------------

# Host, user, password and so on: PGHOST, PGUSER, …  No statement is prepared by
# name, so that PgBouncer may hand each transaction another connection.
pool = psycopg_pool.ConnectionPool(
    kwargs={
        "autocommit": True,
        "prepare_threshold": None,
        "application_name": "wa_receiver",
        "connect_timeout": max(2, DB_SECONDS),
        "keepalives_idle": 30,
        "tcp_user_timeout": DB_SECONDS * 1000,
    },
    min_size=1,
    max_size=DB_CONNECTIONS,
    timeout=DB_SECONDS,
    open=False,
)

# payload is text, and a bytea assigned to it would be stored as hexadecimal
# digits: convert_from makes the same characters of the same bytes.
INSERT = sql.SQL(
    "INSERT INTO {}.wa_webhook (payload, signature)"
    " VALUES (pg_catalog.convert_from(%b, 'UTF8'), %s)"
).format(sql.Identifier(SCHEMA))
INGEST = sql.SQL("SELECT FROM {}.wa_ingest(%b, %s::text)").format(sql.Identifier(SCHEMA))
READY = "SELECT pg_catalog.has_column_privilege(%s, 'payload', 'INSERT') AND NOT pg_catalog.pg_is_in_recovery()"


def store(body, signature):
    """Returns once the transaction has committed: each statement is one.  How
    long a statement may take is a setting of the role (role.sql)."""
    with pool.connection() as db:
        if KEEP_PAYLOAD:
            try:
                db.execute(INSERT, (body, signature))
                return
            except (psycopg.errors.CharacterNotInRepertoire, psycopg.errors.UntranslatableCharacter):
                # A body that is no text in the database (bad UTF-8, a NUL)
                # cannot be a row of wa_webhook.  wa_ingest takes any bytes,
                # and records those in wa_problem.
                pass
        db.execute(INGEST, (body, signature))


# ---- Requests ----------------------------------------------------------------

class Refusal(Exception):
    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


class Load:
    """How many webhooks are with the database, and whether more may come."""

    def __init__(self):
        self.lock = threading.Lock()
        self.pending = 0
        self.stopping = False
        self.drained = False

    def __enter__(self):
        with self.lock:
            if self.stopping:
                raise Refusal(503, "stopping")
            if self.pending >= MAX_PENDING:
                raise Refusal(503, "overloaded")
            self.pending += 1

    def __exit__(self, *_):
        with self.lock:
            self.pending -= 1


load = Load()
app = Flask(__name__, static_folder=None)


def plain(text, status, headers=None):
    return Response(text, status, {"X-Content-Type-Options": "nosniff", **(headers or {})},
                    mimetype="text/plain")


def equal(a, b):
    return hmac.compare_digest(a.encode("utf-8", "surrogateescape"), b.encode("utf-8", "surrogateescape"))


# Meta asks once, when the address is entered in its console.
@app.get(PATH, provide_automatic_options=False)
def verify():
    accepted = request.args.get("hub.mode") == "subscribe" and equal(
        request.args.get("hub.verify_token", ""), VERIFY_TOKEN)
    log(logging.INFO if accepted else logging.WARNING, "verification", accepted=accepted)
    if not accepted:
        return plain("", 403)
    return plain(request.args.get("hub.challenge", ""), 200)


def check_signature(body, signature):
    """With APP_SECRET set, a request that Meta did not sign never gets to the
    database.  Without it, wa_app_secret decides there."""
    if not APP_SECRETS:
        return
    matches = [
        equal("sha256=" + hmac.new(s.encode(), body, hashlib.sha256).hexdigest(), signature or "")
        for s in APP_SECRETS
    ]
    if not any(matches):
        raise Refusal(403, "bad signature")


def lost(error):
    """Was a connection lost?  Then the others are, too, as a rule: the pool
    looks at all of them, and not each in the next request."""
    if isinstance(error, psycopg.OperationalError) and not isinstance(error, psycopg_pool.PoolTimeout):
        try:
            pool.check()
        except psycopg.Error as further:
            log(logging.WARNING, "pool", **about(further))


@app.post(PATH, provide_automatic_options=False)
def receive():
    start = time.monotonic()
    body = request.get_data(cache=False)
    status, fields = 200, {}
    try:
        signature = request.headers.get("X-Hub-Signature-256")
        check_signature(body, signature)
        with load:
            store(body, signature)
    except Refusal as refusal:
        status, fields = refusal.status, {"error": str(refusal)}
    except Exception as error:  # whatever it is, Meta has to post it again
        status, fields = 500, about(error)
        lost(error)
    level = {200: logging.INFO, 500: logging.ERROR}.get(status, logging.WARNING)
    log(level, "webhook", status=status, bytes=len(body),
        ms=round((time.monotonic() - start) * 1000), **fields)
    return plain("", status, {"Retry-After": "5"} if status == 503 else None)


class Health:
    """Does the database answer, with the extension there and the right to
    write?  Asked at most once a second, however many ask."""

    def __init__(self):
        self.lock = threading.Lock()
        self.at = None
        self.well = False

    def ask(self):
        with self.lock:
            if self.at is None or time.monotonic() - self.at > 1:
                self.well = self.look()
                self.at = time.monotonic()
            return self.well

    @staticmethod
    def look():
        try:
            with pool.connection(timeout=min(5, DB_SECONDS)) as db:
                table = sql.Identifier(SCHEMA, "wa_webhook").as_string(db)
                return db.execute(READY, (table,)).fetchone()[0] is True
        except psycopg.Error as error:
            log(logging.ERROR, "health", **about(error))
            lost(error)
            return False


health = Health()


@app.get("/health", provide_automatic_options=False)
def healthy():
    well = not load.stopping and health.ask()
    return plain("ok\n" if well else "unavailable\n", 200 if well else 503)


@app.errorhandler(404)
@app.errorhandler(405)
def unknown(error):
    return plain("", error.code, {"Allow": ", ".join(error.valid_methods)} if error.code == 405 else None)


# ---- The server --------------------------------------------------------------

class Channel(HTTPChannel):
    """waitress's own channel_timeout begins again with each byte: this ends a
    connection whose request as a whole takes too long."""

    begun = None

    def received(self, data):
        result = super().received(data)
        if self.request is None:
            self.begun = None
        elif self.begun is None:
            self.begun = time.monotonic()
        elif time.monotonic() - self.begun > BODY_SECONDS:
            self.will_close = True
        return result


def drain():
    """What has begun is finished, and its answer sent; nothing new begins."""
    end = time.monotonic() + STOP_SECONDS
    quiet = 0
    while quiet < 5 and time.monotonic() < end:
        time.sleep(0.1)
        quiet = quiet + 1 if load.pending == 0 else 0
    load.drained = True
    os.kill(os.getpid(), signal.SIGTERM)


def stop(signum, _frame):
    if load.drained:
        raise SystemExit
    if not load.stopping:
        load.stopping = True
        log(logging.INFO, "stopping", signal=signal.Signals(signum).name, pending=load.pending)
        threading.Thread(target=drain, daemon=True).start()


def main():
    TcpWSGIServer.channel_class = Channel
    server = create_server(
        app,
        host=HOST,
        port=PORT,
        threads=MAX_PENDING + 4,  # some to say 503 and to answer /health
        connection_limit=MAX_SOCKETS,
        max_request_body_size=MAX_BODY + 1,  # waitress refuses what is as large as that
        channel_timeout=BODY_SECONDS,
        cleanup_interval=1,
        asyncore_use_poll=True,
        ident=None,
    )
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    pool.open()
    log(logging.INFO, "listening", address=server.effective_host, port=int(server.effective_port))
    server.run()
    pool.close()
    unfinished = load.pending
    log(logging.ERROR if unfinished else logging.INFO, "stopped", pending=unfinished)
    sys.exit(1 if unfinished else 0)


if __name__ == "__main__":
    main()
