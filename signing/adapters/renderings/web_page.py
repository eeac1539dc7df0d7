"""The letter as a web page in one file: no script, nothing fetched, readable without its style, fit to be printed.

May import its siblings, `signing.domain`, `signing.evidence.signatory_list` and `signing.locale`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from html import escape

from signing.adapters.renderings.around import Around, Check, Group, Name, around
from signing.domain import letter_html as words_as_html
from signing.domain.letter_text import LetterText
from signing.evidence.signatory_list import SignatoryList
from signing.locale import text_direction, translations

_STYLE = """\
:root { color-scheme: light dark; }
body { font: 1.06rem/1.5 "Source Serif 4", Georgia, "Times New Roman", serif; max-width: 40rem; margin: 3rem auto;
  padding: 0 1.25rem; color: #1b1b1b; background: #fff; overflow-wrap: break-word; }
address { font-style: normal; margin-block: 1em; } h1, h2, h3 { line-height: 1.25; color: #17365d; }
h1 { font-size: 1.45rem; text-wrap: balance; margin-block: 1.6em .9em; } h2 { font-size: 1.15rem; }
h3 { font-size: 1.05rem; font-style: italic; }
a { color: #2a5599; } blockquote { margin-inline: 1.5em; } li { margin-block: .3em; } li > p { margin-block: .4em; }
.draft { border: 1px solid; padding: .4em .8em; font-weight: 600; } 
.mark { line-height: 0; } .mark a, .back { text-decoration: none; }
.names { columns: 17rem; column-gap: 2.5rem; list-style: none; padding: 0; }
.names li { break-inside: avoid; margin: 0 0 .45em; padding-inline-start: 1em; text-indent: -1em; }
[dir] .names bdi { display: inline-block; text-indent: 0; } .after, .native { color: #5d6470; }
.footnotes, .check { font-size: .9rem; border-block-start: 1px solid #c9ced6; margin-block-start: 2rem; }
.check code { overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #14171c; } h1, h2, h3 { color: #a9c4ee; }
  a { color: #8fb4ee; } .after, .native { color: #a3abb8; } }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 10.6pt; color: #000; background: #fff; }
  a { color: inherit; } h1, h2, h3 { break-after: avoid; color: #17365d; } p, li { orphans: 3; widows: 3; } }
"""
_PAPERS = {"a4": "A4", "letter": "letter"}


def letter_html(
    text: LetterText,
    *,
    listing: SignatoryList | None,
    version: int,
    text_sha256: str,
    phrase: str,
    document_date: datetime.date,
    check_url: str | None,
    draft_for: str | None = None,
    paper: str = "a4",
) -> bytes:
    """The letter as HTML in UTF-8; the arguments are those of `typeset.letter_pdf`."""
    parts = around(
        text, listing=listing, version=version, text_sha256=text_sha256, phrase=phrase, check_url=check_url,
        draft_for=draft_for, document_date=document_date,
    )  # fmt: skip
    lines = [
        "<!doctype html>",
        f'<html lang="{escape(text.language)}" dir="{text_direction(text.language)}">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="dcterms.issued" content="{document_date.isoformat()}">',
        f"<title>{escape(text.title)}</title>",
        f"<style>\n{_STYLE}@page {{ size: {_PAPERS[paper]}; margin: 25mm 30mm; }}\n</style>",
        "</head>",
        "<body>",
        *([f'<p class="draft"{_of_ours(text, parts)}>{escape(parts.draft)}</p>'] if parts.draft else []),
        "<main>",
        "<article>",
        *_letter(text, parts),
        "</article>",
        *_signatories(text, parts),
        "</main>",
        *(_check(text, parts, parts.check) if parts.check else []),
        "</body>",
        "</html>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _letter(text: LetterText, parts: Around) -> Iterator[str]:
    yield "<header>"
    for block in text.addressees:
        first, *others = map(escape, block)
        yield "<address>" + "<br>".join([f"<strong>{first}</strong>", *others]) + "</address>"
    date = escape(text.date_line)
    line = escape(parts.date_line).replace(date, f'<time datetime="{escape(text.date)}">{date}</time>')
    yield f"<p>{line}</p>"
    for more in (text.reference, text.salutation):
        if more:
            yield f"<p>{escape(more)}</p>"
    yield "</header>"
    yield f"<h1>{escape(text.title)}</h1>"
    yield words_as_html.body(text, below=1)
    if text.closing:
        yield f"<p>{escape(text.closing)}</p>"
    notes = words_as_html.footnotes(text)
    if notes:
        back = escape(translations(text.language).gettext("Back to the text"))
        yield '<section class="footnotes" role="doc-endnotes">\n<ol>'
        for number, note in enumerate(notes, start=1):
            place = f"{escape(text.language)}-{number}"
            link = f'<a class="back" href="#mark-{place}" role="doc-backlink" aria-label="{back}">↩</a>'
            yield f'<li id="note-{place}">{note} {link}</li>'
        yield "</ol>\n</section>"


def _signatories(text: LetterText, parts: Around) -> Iterator[str]:
    if not parts.groups and not parts.withheld:
        return
    yield '<section aria-labelledby="signatories">'
    yield f'<h2 id="signatories"{_of_ours(text, parts)}>{escape(parts.heading)}</h2>'
    for group in parts.groups:
        yield from _group(group)
    if parts.withheld:
        yield f"<p{_of_ours(text, parts)}>{escape(parts.withheld)}</p>"
    yield "</section>"


def _group(group: Group) -> Iterator[str]:
    if group.heading:
        yield f"<h3><bdi>{escape(group.heading)}</bdi></h3>"
    yield '<ul class="names">'
    for name in group.names:
        yield f"<li>{_name(name)}</li>"
    yield "</ul>"


def _name(name: Name) -> str:
    shown = f"<bdi>{escape(name.listed_as)}</bdi>"
    if name.after:
        shown += f'<span class="after">{escape(name.after)}</span>'
    if name.native:
        language = f' lang="{escape(name.native_language)}"' if name.native_language else ""
        shown += f'<br><bdi class="native"{language}>{escape(name.native)}</bdi>'
    return shown


def _check(text: LetterText, parts: Around, check: Check) -> Iterator[str]:
    yield f'<footer class="check"{_of_ours(text, parts)}>'
    yield f"<h2>{escape(check.heading)}</h2>"
    yield f'<p>{escape(check.version)} · <time dir="ltr">{check.date}</time></p>'
    if check.address:
        address = escape(check.address)
        yield f'<p>{escape(check.before_address)} <a href="{address}">{address}</a></p>'
    yield f"<p>{escape(check.before_sha256)} <code>{escape(check.sha256)}</code></p>"
    yield f'<p>{escape(check.before_phrase)} <span lang="en" dir="ltr">{escape(check.phrase)}</span></p>'
    yield "</footer>"


def _of_ours(text: LetterText, parts: Around) -> str:
    """What an element with words of ours says where we do not have them in the letter's language."""
    if parts.language.split("-")[0] == text.language.split("-")[0]:
        return ""
    return f' lang="{parts.language}" dir="{text_direction(parts.language)}"'
