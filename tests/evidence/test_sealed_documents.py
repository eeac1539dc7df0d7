"""A bundle out of a sealed PDF: the one document takes its place, and what was not seen is said."""

from __future__ import annotations

from signing.evidence import verify_bundle
from signing.evidence.report import Report

from .builders import LetterBuilder, letter_text, signatory, trust_of

FIRST, SECOND, FRENCH = b"%PDF-1.7 first", b"%PDF-1.7 second", b"%PDF-1.7 premier"


def letter(*, languages: tuple[str, ...] = ("en",), editions: int = 1) -> LetterBuilder:
    made = LetterBuilder()
    made.version({language: letter_text(language=language) for language in languages})
    for edition, pdf in zip(range(editions), (FIRST, SECOND), strict=False):
        made.answer(signatory(edition))
        made.close(pdfs={"en": pdf} | ({"fr": FRENCH} if "fr" in languages else {}))
    return made


def judged(made: LetterBuilder, document: bytes, **extra: bytes) -> Report:
    files = {name: data for name, data in made.bundle().items() if "pdf/" not in name}
    return verify_bundle(files | extra, trust_of(), document=document)


def codes(report: Report) -> tuple[list[str], list[str]]:
    return [each.code for each in report.failures], [each.code for each in report.warnings]


def test_one_language_is_proved_and_named() -> None:
    report = judged(letter(), FIRST)
    assert report.verdict == "PROVED"
    assert "LANGUAGES_NOT_SEEN" not in codes(report)[1]
    assert report.to_json()["document"]["name"] == "en.pdf"
    assert "This document: en.pdf, edition 1." in report.to_text()
    assert "PAGES_AS_SIGNED" in codes(report)[1]


def test_of_several_languages_one_is_proved_and_the_others_are_said_not_to_be_seen() -> None:
    report = judged(letter(languages=("en", "fr")), FRENCH)
    assert report.verdict == "PROVED"
    [warning] = [each for each in report.warnings if each.code == "LANGUAGES_NOT_SEEN"]
    assert "Only fr.pdf was seen. en.pdf" in warning.message


def test_an_earlier_edition_is_proved_as_what_it_is() -> None:
    report = judged(letter(editions=2), FIRST)
    assert report.verdict == "PROVED"
    assert "EDITION_BEHIND" in codes(report)[1]
    assert report.document is not None
    assert report.document["edition"] == 1


def test_a_document_that_nobody_signed_is_a_mismatch() -> None:
    for document in (b"%PDF-1.7 forged", b"", letter().bundle()["signatories.json"]):
        report = judged(letter(), document)
        assert codes(report)[0] == ["PDF_MISMATCH"]
        assert report.document is None


def test_a_document_in_the_bundle_beside_is_judged_as_ever() -> None:
    report = judged(letter(languages=("en", "fr")), FIRST, **{"pdf/fr.pdf": b"%PDF-1.7 forged"})
    assert codes(report)[0] == ["PDF_MISMATCH"]


def test_a_letter_that_was_never_closed_proves_no_document() -> None:
    made = LetterBuilder()
    made.version()
    made.answer(signatory(0))
    assert "NOT_CLOSED" in [each.code for each in judged(made, FIRST).unproved]
