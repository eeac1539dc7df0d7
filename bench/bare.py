"""The floor of FLOORS 1, written anew: the least that one signed, durable answer costs with Flask and SQLAlchemy Core.

One POST looks up a SHA-256-hashed token, builds 1,014 bytes of canonical JSON, signs them with Ed25519, updates one
row, inserts two, commits durably and renders a small page. No cookie, no form check, no log, no mail. On SQLite it
waits and writes as the product does: flock, BEGIN IMMEDIATE, journal DELETE + EXTRA.

With BARE_GAPLESS it also numbers its entries without a gap, under the lock of one row until the commit is durable:
what any append-only log costs, whoever writes it. That is shown, not judged.

Runs under gunicorn as `bench.bare:application`; the database's address is in BARE_DATABASE_URL.
"""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, abort, render_template_string, request
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    func,
    insert,
    select,
    update,
)

PAYLOAD = 1014
THREADS = 4
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Thank you</title></head><body>
<h1>Thank you, {{ person }}</h1><p>{{ name }} has signed.</p><p><code>{{ digest }}</code></p></body></html>"""

metadata = MetaData()
invited = Table(
    "bare_invited", metadata,
    Column("id", Integer, primary_key=True), Column("token_sha256", LargeBinary, nullable=False, unique=True),
    Column("name", String, nullable=False), Column("state", String, nullable=False),
)
entry = Table(
    "bare_entry", metadata,
    Column("id", Integer, primary_key=True), Column("payload", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)
mail = Table(
    "bare_mail", metadata,
    Column("id", Integer, primary_key=True), Column("invited_id", Integer, nullable=False),
    Column("kind", String, nullable=False),
)
head = Table(
    "bare_head", metadata, Column("id", Integer, primary_key=True), Column("size", Integer, nullable=False)
)
GROW = update(head).values(size=head.c.size + 1).returning(head.c.size)
FIND = select(invited.c.id, invited.c.name).where(invited.c.token_sha256 == bindparam("digest"))
SIGNED = update(invited).where(invited.c.id == bindparam("this")).values(state=bindparam("new"))


def open_engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=THREADS, max_overflow=0)
    engine = create_engine(url, pool_size=THREADS, max_overflow=0, connect_args={"isolation_level": None})

    @event.listens_for(engine, "connect")
    def on_connect(connection: object, record: object) -> None:
        for pragma in ("journal_mode=DELETE", "synchronous=EXTRA", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def create_tables(engine: Engine, tokens: list[str]) -> None:
    """Make fresh tables with these tokens invited."""
    metadata.drop_all(engine)
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(head), {"size": 0})
        connection.execute(insert(invited), [
            {"token_sha256": hashlib.sha256(token.encode()).digest(), "name": f"Organisation {number}",
             "state": "invited"}
            for number, token in enumerate(tokens)
        ])


def count_signed(engine: Engine) -> int:
    """How many signed; the same in all three tables, or it was no floor."""
    with engine.connect() as connection:
        counts = {
            connection.execute(select(func.count()).select_from(entry)).scalar_one(),
            connection.execute(select(func.count()).select_from(mail)).scalar_one(),
            connection.execute(select(func.count()).where(invited.c.state == "signed")).scalar_one(),
        }
    (count,) = counts
    return count


def statement(token_digest: bytes, name: str, person: str) -> bytes:
    fields = {
        "by": "attestor", "digest": token_digest.hex(), "name": name, "nonce": secrets.token_hex(16),
        "person": person, "type": "assent",
    }
    size = len(json.dumps(fields | {"pad": ""}, sort_keys=True, separators=(",", ":")))
    return json.dumps(fields | {"pad": "x" * (PAYLOAD - size)}, sort_keys=True, separators=(",", ":")).encode()


def create_app(url: str, *, gapless: bool) -> Flask:
    app = Flask("bare")
    engine = open_engine(url)
    key = Ed25519PrivateKey.generate()
    lock_path = f"{engine.url.database}.lock" if engine.dialect.name == "sqlite" else None

    @contextmanager
    def turn() -> Iterator[None]:
        lock = os.open(str(lock_path), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @app.get("/ready")
    def ready() -> str:
        return "ready"

    @app.post("/sign/<token>")
    def sign(token: str) -> str:
        digest = hashlib.sha256(token.encode()).digest()
        person = request.form["person"]
        waiting: AbstractContextManager[None] = turn() if lock_path else nullcontext()
        with waiting, engine.connect() as connection:
            if gapless:
                connection.execute(GROW).scalar_one()
            found = connection.execute(FIND, {"digest": digest}).first()
            if found is None:
                abort(404)
            payload = statement(digest, found.name, person)
            connection.execute(SIGNED, {"this": found.id, "new": "signed"})
            connection.execute(insert(entry), {"payload": payload, "signature": key.sign(payload)})
            connection.execute(insert(mail), {"invited_id": found.id, "kind": "receipt"})
            connection.commit()
        return render_template_string(
            PAGE, person=person, name=found.name, digest=hashlib.sha256(payload).hexdigest()
        )

    return app


application = (
    create_app(os.environ["BARE_DATABASE_URL"], gapless=bool(os.environ.get("BARE_GAPLESS")))
    if "BARE_DATABASE_URL" in os.environ
    else None
)
