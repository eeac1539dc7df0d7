"""Writes the vectors: one bundle, one defect, one code (EVIDENCE 4.9); running it again changes nothing.

    python tests/vectors/generate.py [--out FOLDER]

`base/` is a sound, closed bundle of three answers. Each other file is what a vector changes in it: whole files
by name, null for a file taken away, `base64:` before bytes that are no text.
"""

import argparse
import json
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from signing.evidence import canonical  # noqa: E402
from signing.evidence.envelope import Envelope, seal  # noqa: E402
from signing.evidence.keyring import PublicKey  # noqa: E402
from signing.evidence.letter_file import LetterFile  # noqa: E402
from signing.evidence.note import Note, cosignature_line  # noqa: E402
from signing.evidence.receipt import Receipt  # noqa: E402
from signing.evidence.signatory_list import ListedName, SignatoryList  # noqa: E402
from signing.evidence.statement import Head, Subject  # noqa: E402
from tests.evidence.builders import (  # noqa: E402
    ATTESTOR,
    COORDINATOR,
    HOST,
    STRANGER,
    WITNESS,
    WITNESS_KEY,
    WITNESS_LINE,
    LetterBuilder,
    commitment,
    letter_text,
    signatory,
    trust_of,
)

Files = dict[str, bytes]
VECTORS: dict[str, dict[str, Any]] = {}


def vector(
    *codes: str, exit_code: int = 1, trust: str = "trust"
) -> Callable[[Callable[[], Files]], Callable[[], Files]]:
    def note(make: Callable[[], Files]) -> Callable[[], Files]:
        VECTORS[make.__name__] = {"expect": list(codes), "exit": exit_code, "trust": trust, "make": make}
        return make

    return note


def opened() -> LetterBuilder:
    letter = LetterBuilder()
    letter.version()
    return letter


def answered() -> LetterBuilder:
    letter = opened()
    letter.answer(signatory(0))
    letter.answer(signatory(1))
    letter.answer(commitment(2), "decline")
    return letter


def closed() -> LetterBuilder:
    letter = answered()
    letter.keep_checkpoint()
    letter.close()
    letter.receipts["first.tlog-proof"] = letter.receipt(1)
    return letter


def finish(letter: LetterBuilder) -> Files:
    letter.close()
    return letter.bundle()


def edit_payload(entry: bytes, edit: Callable[[dict[str, Any]], None]) -> bytes:
    value = canonical.from_bytes(Envelope.from_bytes(entry).payload)
    edit(value)
    return canonical.to_bytes(value)


def resealed_assent(edit: Callable[[dict[str, Any]], None]) -> Files:
    """A third organisation's approval with a changed payload, soundly signed and logged."""
    letter = answered()
    payload = edit_payload(_loose_assent(letter), edit)
    letter.append(payload, ATTESTOR)
    return finish(letter)


def _loose_assent(letter: LetterBuilder) -> bytes:
    """An assent sealed but not logged."""
    frontier, count = letter.frontier, len(letter.entries)
    letter.answer(signatory(3))
    entry = letter.entries[count]
    del letter.entries[count:], letter.last_answer[signatory(3).identity]
    letter.frontier = frontier
    return entry


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def broken_signature(entry: bytes) -> bytes:
    envelope = Envelope.from_bytes(entry)
    return replace(envelope, signature=flipped(envelope.signature, 5)).to_bytes()


# Nothing wrong


@vector(exit_code=0)
def sound() -> Files:
    return closed().bundle()


@vector(exit_code=0, trust="trust-witness")
def sound_witnessed() -> Files:
    letter = closed()
    note = letter.checkpoint()
    line = cosignature_line(Note.from_bytes(note).text, WITNESS_KEY.name, WITNESS.raw, 1795478400, WITNESS.private.sign)
    return letter.bundle(note + line)


@vector("EDITION_BEHIND", exit_code=0)
def withdrawn_after_closing() -> Files:
    letter = closed()
    letter.answer(signatory(0), "withdraw")
    return letter.bundle()


@vector(exit_code=0)
def two_editions() -> Files:
    letter = closed()
    letter.answer(signatory(0), "withdraw")
    return finish(letter)


@vector(exit_code=0)
def carried_by_typography() -> Files:
    letter = LetterBuilder()
    letter.version({"en": letter_text(words='We ask - for "water".')})
    letter.answer(signatory(0), accepts=("typography",))
    letter.answer(signatory(1))
    letter.version({"en": letter_text(words="We  ask – for “water”.")})
    return finish(letter)


@vector(exit_code=0)
def confidential_approval() -> Files:
    letter = answered()
    letter.answer(commitment(4))
    return finish(letter)


# Not all proved


@vector("NOT_CLOSED", exit_code=3)
def not_closed() -> Files:
    return answered().bundle()


@vector("NOT_CLOSED", "NOTHING_PROVED", exit_code=3)
def nobody_answered() -> Files:
    return opened().bundle()


@vector("REDACTED", exit_code=3)
def entry_withheld() -> Files:
    files = closed().bundle()
    del files["entries/000003.dsse.json"]
    return files


# 1. Files


@vector("BUNDLE_MALFORMED")
def foreign_file() -> Files:
    return {**closed().bundle(), "entries/notes.txt": b"hello\n"}


# 2. Newest checkpoint


@vector("CHECKPOINT_MALFORMED")
def checkpoint_size_with_leading_zero() -> Files:
    files = closed().bundle()
    files["log/checkpoint"] = files["log/checkpoint"].replace(b"\n5\n", b"\n05\n")
    return files


@vector("CHECKPOINT_BAD")
def checkpoint_signature_damaged() -> Files:
    files = closed().bundle()
    note = Note.from_bytes(files["log/checkpoint"])
    line = replace(note.signatures[0], signature=flipped(note.signatures[0].signature, 9))
    files["log/checkpoint"] = Note(note.text, (line,)).to_bytes()
    return files


@vector("LOG_KEY_UNKNOWN")
def checkpoint_by_another_key() -> Files:
    letter = answered()
    letter.close()
    return letter.bundle(letter.checkpoint(STRANGER))


@vector("WITNESS_QUORUM", trust="trust-witness")
def no_witness() -> Files:
    return closed().bundle()


# 3. Tree


@vector("ROOT_MISMATCH")
def last_entry_dropped() -> Files:
    letter = closed()
    checkpoint = letter.checkpoint()
    shorter = answered()
    shorter.checkpoints = {}
    return shorter.bundle(checkpoint)


@vector("TILE_MISMATCH")
def tile_damaged() -> Files:
    files = closed().bundle()
    files["log/tile/0/000.p/5"] = flipped(files["log/tile/0/000.p/5"], 40)
    return files


# 4. Other heads


def _another_history() -> LetterBuilder:
    letter = opened()
    letter.answer(signatory(5))
    letter.answer(signatory(6))
    letter.answer(signatory(7))
    return letter


@vector("CHECKPOINT_FORKED")
def checkpoint_of_another_history() -> Files:
    letter = closed()
    letter.checkpoints[4] = _another_history().checkpoint()
    return letter.bundle()


@vector("RECEIPT_FORKED")
def receipt_of_another_history() -> Files:
    letter = closed()
    letter.receipts["first.tlog-proof"] = _another_history().receipt(1)
    return letter.bundle()


@vector("RECEIPT_BAD")
def receipt_path_damaged() -> Files:
    letter = closed()
    receipt = Receipt.from_bytes(letter.receipts["first.tlog-proof"])
    path = (flipped(receipt.path[0], 0), *receipt.path[1:])
    letter.receipts["first.tlog-proof"] = replace(receipt, path=path).to_bytes()
    return letter.bundle()


# 6. Each entry


@vector("ENVELOPE_MALFORMED")
def envelope_with_two_signatures() -> Files:
    letter = answered()
    value = canonical.from_bytes(_loose_assent(letter))
    value["signatures"] *= 2
    letter.append_entry(canonical.to_bytes(value))
    return finish(letter)


@vector("NOT_CANONICAL")
def envelope_with_a_space() -> Files:
    letter = answered()
    letter.append_entry(_loose_assent(letter).replace(b'"payload":', b'"payload": ', 1))
    return finish(letter)


@vector("ENVELOPE_MALFORMED")
def envelope_in_url_base64() -> Files:
    letter = answered()
    value = canonical.from_bytes(_loose_assent(letter))
    value["signatures"][0]["sig"] = value["signatures"][0]["sig"].replace("+", "-").replace("/", "_")
    letter.append_entry(canonical.to_bytes(value))
    return finish(letter)


@vector("NOT_CANONICAL")
def payload_with_members_out_of_order() -> Files:
    letter = answered()
    value = canonical.from_bytes(Envelope.from_bytes(_loose_assent(letter)).payload)
    spelled = json.dumps(dict(reversed(value.items())), ensure_ascii=False, separators=(",", ":"))
    letter.append(spelled.encode(), ATTESTOR)
    return finish(letter)


@vector("NOT_CANONICAL")
def payload_naming_a_member_twice() -> Files:
    letter = answered()
    payload = Envelope.from_bytes(_loose_assent(letter)).payload
    letter.append(payload.replace(b'"decision":"approve"', b'"decision":"decline","decision":"approve"'), ATTESTOR)
    return finish(letter)


@vector("TYPE_UNKNOWN")
def unknown_field() -> Files:
    return resealed_assent(lambda value: value["predicate"].update(note="by the way"))


@vector("TYPE_UNKNOWN")
def unknown_statement_type() -> Files:
    return resealed_assent(lambda value: value.update(predicateType=f"https://{HOST}/pledge/v1"))


@vector("TYPE_UNKNOWN")
def unknown_accepts_word() -> Files:
    return resealed_assent(lambda value: value["predicate"].update(accepts=["anything"]))


@vector("TYPE_UNKNOWN")
def decline_under_a_name() -> Files:
    return resealed_assent(lambda value: value["predicate"].update(decision="decline"))


@vector("LETTER_MISMATCH")
def assent_to_another_letter() -> Files:
    return resealed_assent(lambda value: value["predicate"].update(letter=f"{HOST}/l/another"))


@vector("DUPLICATE_STATEMENT")
def statement_logged_twice() -> Files:
    letter = answered()
    letter.append_entry(letter.entries[1])
    return finish(letter)


@vector("HEAD_FROM_FUTURE")
def head_from_the_future() -> Files:
    return resealed_assent(lambda value: value["predicate"]["head"].update(size=40))


@vector("HEAD_FORKED")
def head_of_another_history() -> Files:
    letter = answered()
    root = _another_history().frontier.root()
    letter.answer(signatory(3), alter=lambda statement: replace(statement, head=Head(4, root)))
    return finish(letter)


# 7. letter


@vector("COORDINATOR_UNKNOWN")
def letter_by_a_stranger() -> Files:
    letter = LetterBuilder()
    own = (STRANGER.public,)
    letter.version(key=STRANGER, alter=lambda statement: replace(statement, coordinators=own))
    return letter.bundle()


@vector("SIGNATURE_BAD")
def letter_signature_damaged() -> Files:
    letter = opened()
    damaged = broken_signature(letter.entries[0])
    letter = LetterBuilder(files=letter.files)
    letter.append_entry(damaged)
    return letter.bundle()


@vector("PREV_BROKEN")
def version_out_of_sequence() -> Files:
    letter = answered()
    letter.version(alter=lambda statement: replace(statement, prev="0" * 64))
    letter.versions.pop()
    return finish(letter)


@vector("PREV_BROKEN")
def version_asking_for_less() -> Files:
    letter = LetterBuilder()
    letter.version(alter=lambda statement: replace(statement, min_level=2))
    letter.version()
    return letter.bundle()


@vector("PREV_BROKEN")
def version_after_closing() -> Files:
    letter = closed()
    letter.version({"en": letter_text(words="Other words.")})
    return letter.bundle()


@vector("TEXT_FILE_MISMATCH")
def word_of_the_letter_changed() -> Files:
    files = closed().bundle()
    files["letter/1.en.md"] = files["letter/1.en.md"].replace(b"water", b"wafer")
    return files


@vector("TEXT_UNSAFE")
def letter_with_a_direction_override() -> Files:
    letter = LetterBuilder()
    text = LetterFile.from_bytes(letter_text())
    letter.version({"en": replace(text, body=text.body.replace("ask", "as\u202ek")).to_bytes()})
    letter.answer(signatory(0))
    return finish(letter)


@vector("KEY_WEAK")
def letter_with_a_weak_attestor() -> Files:
    spki = bytes.fromhex("302a300506032b6570032100") + b"\x01" + bytes(31)
    text = f"-----BEGIN PUBLIC KEY-----\n{b64encode(spki).decode()}\n-----END PUBLIC KEY-----\n"
    weak = PublicKey("spki:" + sha256(spki).hexdigest(), "ed25519", text)
    letter = LetterBuilder()
    letter.version(alter=lambda statement: replace(statement, attestor=weak))
    return letter.bundle()


@vector("KEY_NAME")
def letter_with_a_misnamed_attestor() -> Files:
    misnamed = PublicKey(STRANGER.name, "ed25519", ATTESTOR.public.public_key)
    letter = LetterBuilder()
    letter.version(alter=lambda statement: replace(statement, attestor=misnamed))
    return letter.bundle()


@vector("KEY_TYPE")
def letter_with_an_unknown_scheme() -> Files:
    unknown = replace(ATTESTOR.public, scheme="rsa")
    letter = LetterBuilder()
    letter.version(alter=lambda statement: replace(statement, attestor=unknown))
    return letter.bundle()


# 9. assent


@vector("LETTER_UNKNOWN")
def assent_before_the_letter() -> Files:
    source = opened()
    letter = LetterBuilder(versions=source.versions, files=source.files)
    letter.answer(signatory(0))
    return letter.bundle()


@vector("KEY_MISMATCH")
def assent_signed_by_another_known_key() -> Files:
    letter = answered()
    payload = Envelope.from_bytes(_loose_assent(letter)).payload
    letter.append_entry(seal(payload, ATTESTOR.name, COORDINATOR.private.sign))
    return finish(letter)


@vector("KEY_UNBOUND")
def assent_by_a_stranger() -> Files:
    letter = answered()
    letter.answer(signatory(3), key=STRANGER)
    return finish(letter)


@vector("KEY_REVOKED")
def assent_by_a_replaced_attestor() -> Files:
    letter = opened()
    letter.answer(signatory(0))
    letter.version(alter=lambda statement: replace(statement, attestor=STRANGER.public))
    letter.answer(signatory(3))
    return finish(letter)


@vector("SIGNATURE_BAD")
def assent_signature_damaged() -> Files:
    letter = answered()
    letter.append_entry(broken_signature(_loose_assent(letter)))
    return finish(letter)


@vector("LEVEL_BELOW_POLICY")
def assent_below_the_level_asked_for() -> Files:
    letter = LetterBuilder()
    letter.version(alter=lambda statement: replace(statement, min_level=3))
    letter.answer(signatory(0))
    return finish(letter)


@vector("VERSION_UNKNOWN")
def assent_to_a_version_to_come() -> Files:
    letter = answered()
    letter.answer(signatory(3), alter=lambda statement: replace(statement, version=2))
    return finish(letter)


@vector("TEXT_MISMATCH")
def assent_to_other_words() -> Files:
    letter = answered()
    other = (Subject.of("1.en.md", letter_text(words="Other words.")),)
    letter.answer(signatory(3), alter=lambda statement: replace(statement, subject=other))
    return finish(letter)


@vector("PREV_BROKEN")
def assent_out_of_its_chain() -> Files:
    letter = answered()
    letter.answer(signatory(0), "withdraw", alter=lambda statement: replace(statement, prev=None))
    return finish(letter)


# 10. close


@vector("CLOSE_UNSIGNED")
def closing_by_the_service_alone() -> Files:
    letter = answered()
    letter.close(key=ATTESTOR)
    return letter.bundle()


@vector("CLOSE_STALE")
def closing_over_an_older_state() -> Files:
    letter = answered()
    frontier = letter.frontier
    names = letter.signatories()
    letter.answer(signatory(3))
    head = Head(frontier.size, frontier.root())
    letter.close(names=names, alter=lambda statement: replace(statement, head=head))
    return letter.bundle()


@vector("PREV_BROKEN")
def edition_out_of_sequence() -> Files:
    letter = answered()
    letter.close(alter=lambda statement: replace(statement, edition=7))
    return letter.bundle()


@vector("VERSION_UNKNOWN")
def closing_of_an_old_version() -> Files:
    letter = answered()
    letter.version({"en": letter_text(words="Other words.")})
    letter.close(alter=lambda statement: replace(statement, version=1))
    return letter.bundle()


@vector("PDF_MISMATCH")
def pdf_changed() -> Files:
    files = closed().bundle()
    files["pdf/en.pdf"] += b"\n"
    return files


@vector("PDF_MISMATCH")
def pdf_of_an_earlier_edition_missing() -> Files:
    files = two_editions()
    del files["editions/1/pdf/en.pdf"]
    return files


@vector("LIST_FILE_MISMATCH")
def list_changed_after_closing() -> Files:
    files = closed().bundle()
    files["signatories.json"] = files["signatories.json"].replace(b"Person 0", b"Person 9")
    return files


@vector("LIST_FILE_MISMATCH")
def list_not_canonical() -> Files:
    letter = answered()
    letter.close(list_file=letter.signatories().to_bytes() + b"\n")
    return letter.bundle()


@vector("LIST_EXTRA")
def name_added_to_the_list() -> Files:
    letter = answered()
    names = letter.signatories()
    extra = ListedName(signatory(3), 3, None)
    letter.close(names=SignatoryList((*names.listed, extra)))
    return letter.bundle()


@vector("LIST_EXTRA")
def lapsed_approval_listed() -> Files:
    letter = answered()
    names = letter.signatories()
    letter.version({"en": letter_text(words="Other words.")})
    letter.answer(signatory(0))
    again = letter.signatories().listed[0]
    letter.close(names=SignatoryList((again, names.listed[1])))
    return letter.bundle()


@vector("LIST_MISSING")
def name_left_off_the_list() -> Files:
    letter = answered()
    letter.close(names=SignatoryList(letter.signatories().listed[:1]))
    return letter.bundle()


@vector("LIST_NAME_MISMATCH")
def name_reworded_on_the_list() -> Files:
    letter = answered()
    first, *rest = letter.signatories().listed
    reworded = replace(first, signatory=replace(first.signatory, listed_as="Reworded"))
    letter.close(names=SignatoryList((reworded, *rest)))
    return letter.bundle()


@vector("CONFIDENTIAL_COUNT")
def confidential_overcounted() -> Files:
    letter = answered()
    letter.close(alter=lambda statement: replace(statement, confidential=5))
    return letter.bundle()


def spell(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "base64:" + b64encode(data).decode()
    return text if not text.startswith("base64:") else "base64:" + b64encode(data).decode()


def generate(out: Path) -> None:
    base = closed().bundle()
    for name, data in base.items():
        path = out / "base" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (out / "trust.json").write_bytes(trust_of().to_bytes())
    (out / "trust-witness.json").write_bytes(trust_of(policy=WITNESS_LINE).to_bytes())
    for name, about in VECTORS.items():
        files = about["make"]()
        changes = {at: spell(data) for at, data in sorted(files.items()) if base.get(at) != data}
        changes |= dict.fromkeys(sorted(base.keys() - files.keys()))
        value = {key: about[key] for key in ("expect", "exit", "trust")} | {"files": changes}
        (out / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    generate(parser.parse_args().out)
