"""The evidence bundle of a letter: the log as it is committed now, and what outsiders have signed about it.

EVIDENCE 4.7. The full edition holds every entry. The public edition withholds declines that nothing builds upon:
who refused is nobody's business, and even when they did can tell too much. Openings go along only when they are
asked for by name, for an auditor who was given them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from signing.domain.errors import NotFound
from signing.domain.letter import Letter, Version
from signing.domain.organisation import RosterEntry
from signing.evidence import bundle
from signing.evidence.keyring import raw_from_pem
from signing.evidence.note import ALG_ED25519, NoteKey
from signing.evidence.policy import log_policy
from signing.evidence.statement import LIST_FILE, AssentStatement, parse, payload_digest
from signing.workflow.appending import checkpoint_note, payload_of, sound_head
from signing.workflow.evidence_ports import Cosignature, TimeStamp
from signing.workflow.letters import letter_files, letter_of, texts_of
from signing.workflow.ports import Edition, LoggedEntry, Services


class BundleEdition(StrEnum):
    """Who a bundle is for."""

    FULL = "full"
    PUBLIC = "public"


def bundle_files(
    services: Services,
    letter_id: str,
    edition: BundleEdition = BundleEdition.FULL,
    *,
    with_openings: bool = False,
    with_documents: bool = True,
) -> dict[str, bytes]:
    """The files of the evidence bundle; without documents it is the one that goes into a sealed PDF.

    Raises NotFound for a letter that was never opened.
    """
    with services.unit_of_work() as uow:
        letter = letter_of(uow, letter_id)
        versions = uow.letters.versions(letter_id)
        entries = uow.log.entries(letter_id)
        editions = uow.editions.all(letter_id)
        stamps = uow.time_stamps.of_letter(letter_id)
        cosignatures = uow.cosignatures.of_letter(letter_id)
        history = [each.history for each in uow.bindings.of_letter(letter_id) if each.history is not None]
        roster = uow.roster.entries(letter_id) if with_openings else []
    if not entries:
        raise NotFound("This letter was never opened, so there is nothing to prove.", code="letter-unknown")
    sound_head(services, letter)
    sizes = {stamp.size for stamp in stamps} | {each.size for each in cosignatures}
    notes = _notes(services, letter, entries, sizes | {len(entries)})
    lines = _lines_by_size(cosignatures)
    return bundle.build(
        entries=[logged.entry for logged in entries],
        checkpoint=notes[len(entries)] + lines.get(len(entries), b""),
        policy=_policy(services, letter),
        letter_files=letter_files(versions) | _plain_texts(versions),
        editions=[_evidence_edition(each, with_documents) for each in editions],
        checkpoints={size: notes[size] for size in sorted(sizes)},
        history={f"{payload_digest(receipt)[:32]}.tlog-proof": receipt for receipt in history},
        openings=_openings(roster),
        outsiders=_outsiders(services, stamps, lines),
        withheld=_withheld(entries) if edition is BundleEdition.PUBLIC else (),
    )


def _notes(
    services: Services, letter: Letter, entries: Sequence[LoggedEntry], sizes: Iterable[int]
) -> dict[int, bytes]:
    # Each entry keeps the root of the tree that ends with it, and Ed25519 gives the same note again.
    return {size: checkpoint_note(services, letter.origin, size, entries[size - 1].root) for size in sizes}


def _lines_by_size(cosignatures: Sequence[Cosignature]) -> dict[int, bytes]:
    lines: dict[int, bytes] = {}
    for each in cosignatures:
        lines[each.size] = lines.get(each.size, b"") + each.line
    return lines


def _outsiders(services: Services, stamps: Sequence[TimeStamp], lines: Mapping[int, bytes]) -> bundle.Outsiders:
    used = {stamp.authority for stamp in stamps}
    return bundle.Outsiders(
        cosignatures=lines,
        stamps={(stamp.size, stamp.authority): stamp.token for stamp in stamps},
        roots={name: pem for name, pem in services.installation.tsa_roots.items() if name in used},
    )


def _policy(services: Services, letter: Letter) -> str:
    """The log's key and the witnesses asked for; the auditor's own trust file decides, this is for comparison."""
    key = NoteKey(letter.origin, ALG_ED25519, raw_from_pem(services.log_key.public.public_key))
    witnesses = services.installation.witness_policy
    if not witnesses.strip():
        return log_policy([key])
    return f"log {key.vkey}\n" + "".join(
        f"{line}\n" for line in witnesses.splitlines() if line.split()[:1] != ["log"]
    )


def _withheld(entries: Sequence[LoggedEntry]) -> set[int]:
    """Declines that no later statement follows on: without them every chain that is left is whole."""
    statements = [(logged.index, payload_of(logged.entry)) for logged in entries if logged.kind == "assent"]
    read = [(index, parse(payload), payload_digest(payload)) for index, payload in statements]
    followed = {said.prev for _, said, _ in read if isinstance(said, AssentStatement)}
    return {
        index
        for index, said, digest in read
        if isinstance(said, AssentStatement) and said.decision == "decline" and digest not in followed
    }


def _openings(roster: Sequence[RosterEntry]) -> dict[str, bytes]:
    # A decline's opening is nobody's but the organisation's own.
    approvals = [entry.opening for entry in roster if entry.confidential and entry.answer.value == "approved"]
    return {f"{payload_digest(opening)}.json": opening for opening in approvals if opening is not None}


def _plain_texts(versions: Sequence[Version]) -> dict[str, bytes]:
    return {
        f"{version.number}.{language}.txt": text.to_plain_text().encode()
        for version in versions
        if version.opened_at is not None
        for language, text in texts_of(version).items()
    }


def _evidence_edition(edition: Edition, with_documents: bool) -> bundle.Edition:
    pdfs = {name.removesuffix(".pdf"): data for name, data in edition.files.items() if name.endswith(".pdf")}
    return bundle.Edition(edition.number, edition.files[LIST_FILE], pdfs if with_documents else {})
