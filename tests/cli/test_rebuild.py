"""`signing verify --rebuild`: documents and list made again from the bundle alone. A coordinator who has another PDF
or another order signed is found out by name; without the option the same bundle is proved."""

from __future__ import annotations

import datetime
import io
import json
import subprocess
import sys
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner

from signing.adapters import typeset
from signing.adapters.collation import IcuCollation
from signing.adapters.typeset.unpacked import same_content
from signing.cli.rebuild import rebuild
from signing.cli.verify import verify
from signing.domain.letter_text import LetterText
from signing.evidence import Report, bundle, verify_bundle
from signing.evidence.phrase import phrase, words_digest
from signing.evidence.signatory_list import ListedName, SignatoryList, compile_list
from signing.evidence.statement import CloseStatement, Collation
from signing.release import release
from tests.evidence.builders import HOST, LetterBuilder, commitment, signatory, trust_of
from tests.installation import ROOT
from tests.web.installation import letter_text

NAMES = {"Éveil des Sources": "Networks", "Rivers China": None, "Valley Watch": "Networks", "Zebra Union": "Networks"}
TEXT = letter_text(title="Open letter")


def listing(letter: LetterBuilder, collation: IcuCollation) -> SignatoryList:
    groups = {f"org-{number}": group for number, group in enumerate(NAMES.values())}
    return compile_list(letter.ledger(), groups=groups, sort_key=collation.sort_key("en", ignore_article=False))


def recorded(**changes: Any) -> Callable[[CloseStatement], CloseStatement]:
    usual = {"collation": Collation(False, "en", IcuCollation().version()), "release": release()}
    return lambda statement: replace(statement, **(usual | changes))


def closed(
    forge: Callable[[bytes], bytes] = bytes, collation: IcuCollation | None = None, *,
    texts: tuple[LetterText, ...] = (TEXT,), names: Callable[[SignatoryList], SignatoryList] = lambda listing: listing,
    said: Mapping[str, Any] | None = None, again: bool = False, **printed: Any,
) -> dict[str, bytes]:  # fmt: skip
    """The bundle of a closed letter; what is `printed`, or recorded as `said`, may be other than it should."""
    letter = LetterBuilder()
    letter.version({text.language: text.to_bytes() for text in texts})
    for number, name in enumerate(NAMES):
        letter.answer(replace(signatory(number), listed_as=name, acronym=None))
    letter.answer(commitment(9))
    listed = listing(letter, collation or IcuCollation())
    usual = {
        "listing": names(listed), "version": 1, "document_date": datetime.date(2026, 11, 24),
        "phrase": phrase(words_digest({text.language: text.sha256 for text in texts})),
        "check_url": f"https://{HOST}/check",
    }  # fmt: skip
    pdfs = {
        text.language: forge(typeset.letter_pdf(**({"text": text, "text_sha256": text.sha256} | usual | printed)))
        for text in texts
    }
    letter.close(names=listed, pdfs=pdfs, alter=recorded(**(said or {})))
    if again:
        letter.answer(replace(signatory(2), listed_as="Valley Watch", acronym=None), "withdraw")
        letter.close(names=listing(letter, IcuCollation()), pdfs=pdfs, alter=recorded())
    return letter.bundle()


def altered(pdf: bytes, alter: Callable[[pikepdf.Pdf], object]) -> bytes:
    """The document, altered and packed anew."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        alter(opened)
        opened.save(out, recompress_flate=True, deterministic_id=True)
    assert out.getvalue() != pdf
    return out.getvalue()


def rebuilt(files: Mapping[str, bytes]) -> Report:
    """The report of a bundle that is proved as long as nothing is made again."""
    assert verify_bundle(files, trust_of()).verdict == "PROVED"
    return verify_bundle(files, trust_of(), rebuild=rebuild)


def test_documents_in_every_language_are_made_again_byte_for_byte(tmp_path: Path) -> None:
    bundle.write(tmp_path / "bundle.zip", closed(texts=(TEXT, letter_text(language="fr", title="Lettre"))))
    (tmp_path / "trust.json").write_bytes(trust_of().to_bytes())
    arguments = [str(tmp_path / "bundle.zip"), "--trust", str(tmp_path / "trust.json"), "--rebuild"]
    done = CliRunner().invoke(verify, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["rebuilt"] == ["pdf/en.pdf", "pdf/fr.pdf"]
    told = CliRunner().invoke(verify, arguments).output
    assert "Made again from words and list, byte for byte:\n  pdf/en.pdf" in told


def test_the_paper_is_read_from_the_document() -> None:
    assert rebuilt(closed(paper="letter")).rebuilt == ["pdf/en.pdf"]


def test_the_document_of_a_sealed_pdf_is_made_again_from_the_bundle_in_it() -> None:
    files = closed(texts=(TEXT, letter_text(language="fr", title="Lettre")))
    document = files["pdf/fr.pdf"]
    enclosed = {name: data for name, data in files.items() if not name.startswith("pdf/")}
    report = verify_bundle(enclosed, trust_of(), document=document, rebuild=rebuild)
    assert (report.failures, report.rebuilt) == ([], ["pdf/fr.pdf"])


def test_earlier_editions_are_made_again_from_their_own_list() -> None:
    report = rebuilt(closed(again=True))
    # The second was signed over the document of the first, which still lists who withdrew.
    assert report.rebuilt == ["editions/1/pdf/en.pdf"]
    assert [failure.message.partition(":")[0] for failure in report.failures] == ["pdf/en.pdf"]


def without_valley(listed: SignatoryList) -> SignatoryList:
    return replace(listed, listed=tuple(each for each in listed.listed if each.signatory.org != "org-2"))


def with_stranger(listed: SignatoryList) -> SignatoryList:
    stranger = replace(listed.listed[0].signatory, org="org-77", listed_as="Forest Watchmen", acronym=None)
    return replace(listed, listed=(*listed.listed, replace(listed.listed[0], signatory=stranger)))


def hide_page(pdf: pikepdf.Pdf) -> None:
    """Paints over the first page: its words stay as they are."""
    pdf.pages[0].contents_add(b"1 g 0 0 9999 9999 re f\n")


FORGERIES: dict[str, tuple[dict[str, Any], str]] = {
    "a name left out": ({"names": without_valley}, "differs near “"),
    "a word put in": ({"text": replace(TEXT, closing="Yours never,")}, "others beside them"),
    "a word changed": ({"text": replace(TEXT, body=TEXT.body.replace("rivers", "lakes"))}, "differs near “We write"),
    "another digest": ({"text_sha256": "0" * 64}, "others beside them"),
    "another look": ({"forge": lambda pdf: altered(pdf, hide_page)}, "may look otherwise"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_document_that_is_not_made_from_the_words_and_the_list_is_named(forgery: str) -> None:
    changes, said = FORGERIES[forgery]
    report = rebuilt(closed(**changes))
    assert [(failure.code, failure.entry) for failure in report.failures] == [("REBUILD_DIFFERS", 6)]
    assert report.failures[0].message.startswith("pdf/en.pdf: ")
    assert said in report.failures[0].message
    assert report.rebuilt == []


class Favouring(IcuCollation):
    """Puts one organisation first of its group, whatever its name."""

    def sort_key(self, language: str, *, ignore_article: bool) -> Callable[[Any], Any]:
        key = super().sort_key(language, ignore_article=ignore_article)
        return lambda signatory: (signatory.org != "org-2", key(signatory))


def test_the_same_content_packed_by_another_zlib_is_no_failure() -> None:
    report = rebuilt(closed(forge=lambda pdf: altered(pdf, lambda each: None)))
    assert report.verdict == "PROVED"
    assert [each.code for each in report.warnings if each.code.startswith("REBUILD")] == ["REBUILD_PACKED"]


def test_a_bomb_in_place_of_the_document_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def packed(window: int) -> bytes:
        packer = zlib.compressobj(9, wbits=window)
        with pikepdf.new() as pdf:
            stream = pdf.make_stream(b"")
            stream.write(packer.compress(bytes(4 << 20)) + packer.flush(), filter=pikepdf.Name.FlateDecode)
            pdf.add_blank_page().obj.Contents = stream
            out = io.BytesIO()
            pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
        return out.getvalue()

    assert same_content(packed(9), packed(15))
    assert not same_content(packed(9), packed(15) + bytes(1 << 20)), "far too large to be only packed otherwise"
    monkeypatch.setattr("signing.adapters.typeset.unpacked._LARGEST_STREAM", 1 << 20)
    assert not same_content(packed(9), packed(15))
    monkeypatch.undo()
    assert same_content(packed(9), packed(15)), "the limits are the process's own again"


def test_a_list_in_another_order_is_named_with_the_first_name_astray() -> None:
    report = rebuilt(closed(collation=Favouring()))
    assert [failure.code for failure in report.failures] == ["LIST_ORDER"]
    assert "'Valley Watch'" in report.failures[0].message
    assert report.rebuilt == ["pdf/en.pdf"]


def test_another_version_of_the_collation_may_sort_otherwise() -> None:
    report = rebuilt(closed(collation=Favouring(), said={"collation": Collation(False, "en", "ICU 1/Unicode 1")}))
    assert report.verdict == "PROVED"
    (warning,) = [each for each in report.warnings if each.code == "LIST_ORDER"]
    assert "ICU 1/Unicode 1" in warning.message


def test_an_order_of_no_language_is_left_open() -> None:
    report = rebuilt(closed(said={"collation": Collation(True, "no such_locale!", IcuCollation().version())}))
    assert [each.code for each in report.unproved] == ["REBUILD_NOT_DONE"]


OLDER = {"release": "coalition-signing 0.0.1"}


def test_of_another_release_only_words_are_compared() -> None:
    report = rebuilt(closed(lambda pdf: pdf + b"% older\n", said=OLDER))
    assert report.verdict == "PROVED"
    (said,) = [each.message for each in report.warnings if each.code == "REBUILD_WORDS"]
    assert "made by coalition-signing 0.0.1" in said
    assert said.endswith("They are the same.")


def test_another_release_may_have_said_otherwise_what_is_neither_letter_nor_list() -> None:
    report = rebuilt(closed(said=OLDER, check_url="https://assent.example/look"))
    (said,) = [each.message for each in report.warnings if each.code == "REBUILD_WORDS"]
    assert said.endswith("are all there; some around them differ, this document says more: “look”.")


def test_a_name_beside_the_list_is_shown_whoever_is_said_to_have_made_the_document() -> None:
    report = rebuilt(closed(said=OLDER, names=with_stranger))
    (said,) = [each.message for each in report.warnings if each.code == "REBUILD_WORDS"]
    assert "Forest Watchmen”" in said


def test_a_name_that_another_release_left_out_is_missed() -> None:
    report = rebuilt(closed(said=OLDER, names=without_valley))
    assert [failure.code for failure in report.failures] == ["REBUILD_DIFFERS"]
    assert "Valley Watch" in report.failures[0].message


def test_what_cannot_be_set_here_is_left_open() -> None:
    """A name in a script that this release has no face for, printed by one that had."""
    odd = replace(signatory(0), listed_as="Group \U0001f30a", acronym=None)
    letter = LetterBuilder()
    letter.version({"en": TEXT.to_bytes()})
    index = letter.answer(odd)
    pdf = closed()["pdf/en.pdf"]
    letter.close(names=SignatoryList((ListedName(odd, index, None),)), pdfs={"en": pdf}, alter=recorded(**OLDER))
    report = rebuilt(letter.bundle())
    assert [each.code for each in report.unproved] == ["REBUILD_NOT_DONE"]
    assert "U+1F30A" in report.unproved[0].message


ALONE = """
import sys
class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("reportlab", "icu", "markdown_it"):
            raise ImportError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Wall())
from signing.cli.verify import main
main()
"""


def test_the_verifier_alone_says_that_it_cannot(tmp_path: Path) -> None:
    bundle.write(tmp_path / "bundle.zip", closed())
    (tmp_path / "trust.json").write_bytes(trust_of().to_bytes())
    command = [sys.executable, "-c", ALONE, str(tmp_path / "bundle.zip"), "--trust", str(tmp_path / "trust.json")]
    done = subprocess.run([*command, "--rebuild"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 3, done.stderr
    assert "REBUILD_NOT_DONE" in done.stdout
    assert "is not installed here" in done.stdout
