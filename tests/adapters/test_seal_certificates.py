"""Certificates that a stranger puts into a seal or its stamp, to keep whoever checks it busy for days."""

from __future__ import annotations

from typing import Any

import pytest
from asn1crypto import tsp, x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing.adapters import key_files
from signing.adapters.document_key import DocumentKey
from signing.adapters.seal import making
from signing.adapters.seal.judging import MAX_CARRIED
from signing.adapters.seal.making import seal
from signing.adapters.seal.opening import open_sealed
from tests.adapters.test_seal import AUTHORITY, BUNDLE, NOW, folder, key, page, root

__all__ = ("folder", "key", "page", "root")


@pytest.fixture
def namesakes(key: DocumentKey) -> list[x509.Certificate]:
    """Roots of one name and one key: each could have issued each."""
    made = [key_files._root(key.private, "letters.example.org", NOW) for _ in range(MAX_CARRIED)]
    return [x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in made]


def codes(sealed: bytes, root: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    # Nobody looks for paths among them: that would end in an error here, and without it in a few days.
    monkeypatch.setattr("signing.adapters.seal.judging.async_validate_pdf_signature", None)
    return [each.code for each in open_sealed(sealed, [root], [AUTHORITY.root_pem]).findings]


def test_a_seal_with_many_namesakes_of_its_issuer_is_not_followed(
    page: bytes, key: DocumentKey, root: str, namesakes: list[x509.Certificate], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Crowded(making._Sealer):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self._cert_registry.register_multiple(namesakes)

    monkeypatch.setattr(making, "_Sealer", Crowded)
    assert codes(seal(page, BUNDLE, key, NOW), root, monkeypatch) == ["SEAL_BROKEN"]


def test_a_stamp_with_many_namesakes_of_its_issuer_is_not_followed(
    page: bytes, key: DocumentKey, root: str, namesakes: list[x509.Certificate], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crowded(signature: bytes) -> bytes:
        answer = tsp.TimeStampResp.load(AUTHORITY.stamp(signature, NOW))
        for each in namesakes:
            answer["time_stamp_token"]["content"]["certificates"].append(each)
        return bytes(answer.dump(force=True))

    assert codes(seal(page, BUNDLE, key, NOW, crowded), root, monkeypatch) == ["SEAL_BROKEN"]
