"""Services over the test's database with real keys, and a clock that the test moves."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from signing.adapters import key_files
from signing.adapters.collation import IcuCollation
from signing.adapters.database import Database
from signing.adapters.high_water import HighWaterFiles
from signing.adapters.passwords import Argon2Passwords
from signing.workflow.ports import Installation, Services
from signing.workflow.printing_ports import Typesetter
from signing.workflow.tokens import Tokens
from tests.adapters.builders import NOW

PASSPHRASE = b"a passphrase for tests"


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def keys_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keys of an installation, made once: making them takes longer than a test."""
    folder = tmp_path_factory.mktemp("installation") / "keys"
    key_files.make_missing(folder, PASSPHRASE, "letters.example.org")
    return folder


@pytest.fixture(scope="session")
def signers(keys_folder: Path) -> dict[str, key_files.FileSigner]:
    return {name: key_files.load_signer(keys_folder, name, PASSPHRASE) for name in key_files.SIGNING_KEYS}


@pytest.fixture
def services(
    database: Database, clock: Clock, signers: dict[str, key_files.FileSigner], keys_folder: Path, tmp_path: Path
) -> Services:
    """All that mail needs; nothing here sets type."""
    return Services(
        unit_of_work=database.unit_of_work,
        clock=clock,
        random=secrets.token_bytes,
        tokens=Tokens(b"s" * 32),
        log_key=signers["log"],
        attestor=signers["attestor"],
        coordinator=signers["coordinator"],
        document_certificate=key_files.root_certificate(keys_folder),
        high_water=HighWaterFiles(tmp_path / "heads"),
        typesetter=cast(Typesetter, None),
        renderings={},
        collation=IcuCollation(),
        passwords=Argon2Passwords(),
        installation=Installation("https://letters.example.org", "letters.example.org", "test"),
    )
