"""Sound bundles, and defects of files, checkpoint, tree, other heads and closings (EVIDENCE 4.9, steps 1-4, 10)."""

from dataclasses import replace

from signing.evidence.note import Note
from signing.evidence.receipt import Receipt
from signing.evidence.signatory_list import ListedName, SignatoryList
from signing.evidence.statement import Head
from tests.evidence.builders import (
    ATTESTOR,
    HOST,
    STRANGER,
    LetterBuilder,
    commitment,
    letter_text,
    signatory,
)
from tests.vectors.story import Files, another_history, answered, closed, finish, flipped, opened, vector

# Nothing wrong


@vector(exit_code=0)
def sound() -> Files:
    return closed().bundle()


@vector(exit_code=0, trust="trust-witness")
def sound_witnessed() -> Files:
    letter = closed()
    return letter.bundle(letter.cosign())


@vector(exit_code=0, trust="trust-whole")
def sound_with_all_that_outsiders_can_add() -> Files:
    letter = closed()
    letter.stamp("2026-11-24T00:01:00")
    return letter.bundle(letter.cosign())


@vector(exit_code=0, warns=("EDITION_BEHIND",))
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


@vector("CHECKPOINT_BAD", trust="trust-witness")
def cosignature_beside_a_checkpoint_damaged() -> Files:
    letter = closed()
    newest = letter.cosign()
    letter.checkpoints.pop(5)
    line = letter.cosignatures.pop(5)
    letter.cosignatures[4] = line
    return letter.bundle(newest)


@vector("CHECKPOINT_MALFORMED", trust="trust-witness")
def cosignatures_without_their_checkpoint() -> Files:
    letter = closed()
    newest = letter.cosign()
    letter.checkpoints.pop(5)
    return letter.bundle(newest)


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


@vector("CHECKPOINT_FORKED")
def checkpoint_of_another_history() -> Files:
    letter = closed()
    letter.checkpoints[4] = another_history().checkpoint()
    return letter.bundle()


@vector("RECEIPT_FORKED")
def receipt_of_another_history() -> Files:
    letter = closed()
    letter.receipts["first.tlog-proof"] = another_history().receipt(1)
    return letter.bundle()


@vector("RECEIPT_BAD")
def receipt_path_damaged() -> Files:
    letter = closed()
    receipt = Receipt.from_bytes(letter.receipts["first.tlog-proof"])
    path = (flipped(receipt.path[0], 0), *receipt.path[1:])
    letter.receipts["first.tlog-proof"] = replace(receipt, path=path).to_bytes()
    return letter.bundle()


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


@vector("LIST_EXTRA")
def name_listed_twice() -> Files:
    letter = answered()
    first, *rest = letter.signatories().listed
    letter.close(names=SignatoryList((first, first, *rest)))
    return letter.bundle()


@vector("LIST_FILE_MISMATCH")
def listed_names_overcounted() -> Files:
    letter = answered()
    letter.close(alter=lambda statement: replace(statement, listed=5))
    return letter.bundle()


@vector("PDF_MISMATCH")
def closing_without_a_pdf() -> Files:
    letter = answered()
    letter.close(alter=lambda statement: replace(statement, subject=statement.subject[-1:]))
    return letter.bundle()


@vector("ROOT_MISMATCH")
def entry_added_after_the_checkpoint() -> Files:
    letter = closed()
    checkpoint, tile = letter.checkpoint(), letter.bundle()["log/tile/0/000.p/5"]
    letter.answer(signatory(0), "withdraw")
    files = letter.bundle(checkpoint)
    del files["log/tile/0/000.p/6"]
    return {**files, "log/tile/0/000.p/5": tile}


@vector("LETTER_MISMATCH")
def checkpoint_of_another_letter() -> Files:
    letter = closed()
    letter.checkpoints[4] = replace(another_history(), origin=f"{HOST}/l/another").checkpoint()
    return letter.bundle()


@vector("CHECKPOINT_MALFORMED")
def checkpoint_filed_under_another_size() -> Files:
    letter = closed()
    letter.checkpoints[3] = letter.checkpoints.pop(4)
    return letter.bundle()
