"""The door to either database: connecting, migrating, and the unit of work; may import sqlalchemy and alembic.

Whatever a database says leaves this room as a `Refusal`: `Unavailable` when it cannot be used now, `Conflict`
when somebody was quicker, `Faulty` when a text cannot be stored.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy import exc as database_errors

from signing.adapters.accounts import AccountStore, SignInPasskeyStore
from signing.adapters.address_book import AddressBookStore, BroughtRosterStore
from signing.adapters.answers import AnswerStore
from signing.adapters.bindings import BindingStore, CoordinatorKeyStore
from signing.adapters.contact_data import ContactDataStore
from signing.adapters.contacts import (
    ContactChangeStore,
    LinkRequestStore,
    RefusedAddressStore,
    RemarkStore,
    ReviewStore,
)
from signing.adapters.delivery import DeliveryAddressStore
from signing.adapters.editions import EditionStore
from signing.adapters.invitations import CodeStore, InvitationStore
from signing.adapters.letters import LetterStore
from signing.adapters.log_store import LogStore
from signing.adapters.log_witness_store import CosignatureStore, TimeStampStore
from signing.adapters.outbox import OutboxStore
from signing.adapters.overview import OverviewStore
from signing.adapters.people import ActivityStore, MemberStore
from signing.adapters.postgresql_server import postgresql_engine
from signing.adapters.prepared import PreparedStore
from signing.adapters.programs import ApiTokenStore, WebhookStore
from signing.adapters.rates import RateStore
from signing.adapters.roster import RosterStore
from signing.adapters.roster_desk import RosterDeskStore
from signing.adapters.roster_order import renew
from signing.adapters.scrubbing import scrub
from signing.adapters.sealed_documents import SealedDocumentStore
from signing.adapters.sqlite_file import SQLITE_VERSION, SqliteFile
from signing.adapters.stages import StageStore
from signing.adapters.told import ToldApprovalStore
from signing.adapters.wordings import WordingStore
from signing.adapters.working_texts import WorkingTextStore
from signing.domain.errors import Conflict, Faulty, Refusal, Unavailable
from signing.workflow.account_ports import Accounts, Rates, SignInPasskeys
from signing.workflow.address_book_ports import AddressBook, BroughtRosters
from signing.workflow.api_ports import ApiTokens, Webhooks
from signing.workflow.contact_ports import ContactChanges, LinkRequests, RefusedAddresses, Remarks, Reviews
from signing.workflow.delivery_ports import ContactData, DeliveryAddresses
from signing.workflow.editing_ports import WorkingTexts
from signing.workflow.evidence_ports import (
    Bindings,
    CoordinatorKeys,
    Cosignatures,
    PreparedStatements,
    SealedDocuments,
    TimeStamps,
)
from signing.workflow.mail_ports import Outbox, Wordings
from signing.workflow.overview_ports import Overview
from signing.workflow.people_ports import ActivityRecord, Members
from signing.workflow.ports import Answers, Codes, Editions, Invitations, Letters, Log
from signing.workflow.roster_desk_ports import RosterDesk
from signing.workflow.roster_ports import Roster
from signing.workflow.stage_ports import Stages
from signing.workflow.told_ports import ToldApprovals

FILE_NAME = "signing.sqlite3"


class Transaction:
    """The stores over one connection; fulfils `ports.UnitOfWork`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.letters: Letters = LetterStore(connection)
        self.roster: Roster = RosterStore(connection)
        self.roster_desk: RosterDesk = RosterDeskStore(connection)
        self.address_book: AddressBook = AddressBookStore(connection)
        self.brought_rosters: BroughtRosters = BroughtRosterStore(connection)
        self.invitations: Invitations = InvitationStore(connection)
        self.codes: Codes = CodeStore(connection)
        self.log: Log = LogStore(connection)
        self.outbox: Outbox = OutboxStore(connection)
        self.answers: Answers = AnswerStore(connection)
        self.editions: Editions = EditionStore(connection)
        self.accounts: Accounts = AccountStore(connection)
        self.sign_in_passkeys: SignInPasskeys = SignInPasskeyStore(connection)
        self.rates: Rates = RateStore(connection)
        self.bindings: Bindings = BindingStore(connection)
        self.coordinator_keys: CoordinatorKeys = CoordinatorKeyStore(connection)
        self.prepared: PreparedStatements = PreparedStore(connection)
        self.time_stamps: TimeStamps = TimeStampStore(connection)
        self.cosignatures: Cosignatures = CosignatureStore(connection)
        self.sealed_documents: SealedDocuments = SealedDocumentStore(connection)
        self.remarks: Remarks = RemarkStore(connection)
        self.contact_changes: ContactChanges = ContactChangeStore(connection)
        self.reviews: Reviews = ReviewStore(connection)
        self.refused_addresses: RefusedAddresses = RefusedAddressStore(connection)
        self.link_requests: LinkRequests = LinkRequestStore(connection)
        self.activity: ActivityRecord = ActivityStore(connection)
        self.overview: Overview = OverviewStore(connection)
        self.stages: Stages = StageStore(connection)
        self.told: ToldApprovals = ToldApprovalStore(connection)
        self.api_tokens: ApiTokens = ApiTokenStore(connection)
        self.webhooks: Webhooks = WebhookStore(connection)
        self.members: Members = MemberStore(connection)
        self.wordings: Wordings = WordingStore(connection)
        self.delivery_addresses: DeliveryAddresses = DeliveryAddressStore(connection)
        self.contact_data: ContactData = ContactDataStore(connection)
        self.working_texts: WorkingTexts = WorkingTextStore(connection)

    def commit(self) -> None:
        """Make everything since the beginning durable, or raise and leave nothing of it."""
        commit(self._connection)


class Database:
    """One database, for any number of threads; each process that was forked gets connections of its own."""

    def __init__(self, engine: Engine, file: SqliteFile | None) -> None:
        self.engine = engine
        self._file = file
        self._process = os.getpid()

    @contextmanager
    def unit_of_work(self, *, write: bool = False) -> Iterator[Transaction]:
        """Open a transaction; leaving without `commit` rolls back, and the turn among writers always ends.

        Raises:
            Unavailable: when the database is out of reach, locked, full or broken.
            Conflict: when somebody else stored the same thing at the same moment.
            Faulty: when a text has characters that cannot be stored.
        """
        with self._connection(write) as connection:
            yield Transaction(connection)

    def migrate(self) -> None:
        """Bring the tables up to this release, all or nothing, one process at a time."""
        from signing.adapters.migrations.run import upgrade  # alembic takes 0.1 s to import; serving needs none

        with self._connection(write=True) as connection:
            connection.execution_options(migrating=True)
            try:
                upgrade(connection)
                renew(connection)
                if self._file:
                    self._file.check_references(connection)
                commit(connection)
            finally:
                # On SQLite it looks at no foreign keys: nobody else is to have it.
                connection.invalidate()

    def check(self) -> str:
        """Read once from the database and say in words what it is.

        Raises:
            Unavailable: when it cannot be read, or its tables are not those of this release.
        """
        from signing.adapters.migrations.run import is_current

        with self._connection(write=False) as connection:
            if not is_current(connection):
                raise Unavailable("The database is not prepared for this release. Please run: signing init")
            if self._file is None:
                return f"PostgreSQL {connection.execute(text('SHOW server_version')).scalar_one()}"
        version = ".".join(map(str, SQLITE_VERSION))
        return f"SQLite {version}, journal {'WAL + FULL' if self._file.wal else 'DELETE + EXTRA'}"

    def scrub(self) -> None:
        """Let no byte of what was deleted stay in the files. Raises Unavailable when somebody is in the way: it is done
        the next time."""
        self._after_fork()
        try:
            scrub(self.engine, self._file)
        except (database_errors.SQLAlchemyError, sqlite3.Error) as error:
            raise _unavailable() from error

    def dispose(self) -> None:
        """Close every connection that is not in use."""
        self.engine.dispose()

    @contextmanager
    def _connection(self, write: bool) -> Iterator[Connection]:
        self._after_fork()
        turn: AbstractContextManager[None] = self._file.turn() if self._file and write else nullcontext()
        try:
            with turn, self.engine.connect() as connection:
                if write:
                    connection.execution_options(writing=True)
                elif self._file is None:
                    # All statements of a reader see one moment, as they do on SQLite: a bundle must not hold an
                    # edition whose entry it has not read.
                    connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                yield connection
        except (database_errors.SQLAlchemyError, UnicodeEncodeError) as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            raise refusal from error
        except OSError as error:
            if self._file and error.filename == str(self._file.lock_path):
                raise _unavailable() from error
            raise

    def _after_fork(self) -> None:
        if self._process != os.getpid():
            # The parent still talks over the connections we inherited: forget them without closing them.
            self.engine.dispose(close=False)
            self._process = os.getpid()


def connect(url: str, home: Path, *, pool_size: int = 8, patience: float = 5.0, wal: bool | None = None) -> Database:
    """Make the database at `url` ready for use; an empty `url` is a SQLite file in `home`.

    `patience` is how many seconds to wait for a lock or a connection. `wal` overrules which journal SQLite uses.

    Raises:
        Refusal: for a URL that is not of SQLite in a file or of PostgreSQL.
        Unavailable: when the SQLite file cannot be made.
    """
    try:
        parsed = make_url(url or "sqlite://")
    except database_errors.ArgumentError:
        raise Refusal("SIGNING_DATABASE_URL is not a database address.", code="database-url") from None
    backend = parsed.drivername.partition("+")[0]
    if backend in ("postgresql", "postgres"):
        return Database(postgresql_engine(parsed, pool_size=pool_size, patience=patience), None)
    if backend != "sqlite" or (url and parsed.database in (None, "", ":memory:")):
        raise Refusal(
            "SIGNING_DATABASE_URL must begin with postgresql+psycopg:// or sqlite:/// and a file.",
            code="database-url",
        )
    path = Path(parsed.database) if url and parsed.database else home / FILE_NAME
    file = SqliteFile(path.absolute(), patience=patience, wal=wal)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.prepare()
    except (OSError, sqlite3.Error) as error:
        raise Unavailable(f"The database file {path} cannot be opened or made: {error}.") from error
    return Database(file.engine(pool_size), file)


def commit(connection: Connection) -> None:
    """Commit, and close the connection for good where that fails."""
    try:
        connection.commit()
    except BaseException:
        # A commit that failed (disk full, a reader in the way) leaves SQLite's transaction open, and SQLAlchemy
        # does not roll it back: the next user of this connection would find it.
        connection.invalidate()
        raise


def _unavailable() -> Unavailable:
    return Unavailable(
        "We cannot store or read anything just now. Nothing was stored by halves. Please try again in a minute."
    )


def refusal_of(error: Exception) -> Refusal | None:
    """What a database's error means to a person; None when it is a fault of ours."""
    match error:
        case database_errors.IntegrityError():
            cause = error.orig
            name = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
            if name in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "23505"):
                return Conflict("Somebody else did the same at this moment. Please load the page again.")
            return None
        case database_errors.DataError() | UnicodeEncodeError():
            return Faulty("One of the texts has characters that cannot be stored. Please type it again.")
        case (
            database_errors.OperationalError()
            | database_errors.InterfaceError()
            | database_errors.InternalError()
            | database_errors.TimeoutError()
        ):
            return _unavailable()
        case database_errors.DatabaseError() if type(error) is database_errors.DatabaseError:
            return _unavailable()  # SQLite's word for a file that is not, or no longer, a database
    return None
