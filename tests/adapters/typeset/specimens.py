"""Letters and lists to set: an invented letter with every feature, the real one and real lists where present."""

from __future__ import annotations

import csv
import datetime
import re
import subprocess
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from signing.adapters.typeset import letter_pdf
from signing.domain.letter_text import LetterText
from signing.evidence.signatory import Signatory
from signing.evidence.signatory_list import ListedName, SignatoryList

REAL_LETTERS = Path(__file__).resolve().parents[3] / "../shared/letters"
CHECK_URL = "https://river.example/l/7Q4K-M2ZT"

_BODY = """\
The coalition writes about *clean water* and **fair rules**, as it said in 2019[^a], in “[the first \
call](https://river.example/calls/2019?x=1&y=2)” and again[^b]. A second sentence makes the paragraph long \
enough for several lines, with EU-China and non-governmental words in ***bold italics, too***, and a [link with \
**bold words** that runs over the end of a line somewhere](https://river.example/long).

## What we ask

We ask three things:

1. Publish the figures:
   - of the upper river, where the water is taken before anybody has measured it and where nobody may look;
   - of the lower river:
     - at Ōtaki,
     - at Łódź.
2. Meet us.

   A second paragraph of the same item, long enough to show that it hangs below the words.
3. Answer before 1 May 2031.

> “No river belongs to one bank.”\\
> — an old saying, which goes on for so long that it needs two lines on the page to be told in full
>
> And a second paragraph of it.

### A smaller heading

Ελληνικά: Η ποταμιά ανήκει σε όλους. Українська: ріка належить усім. Việt: dòng sông thuộc về mọi người. \
Marks: m̂ ẍ̂ p̣. Kept: 10\u00a0km, non\u2011stop, & < > "quoted" 'too' 50 % – done — so.

[^a]: First call, *River Journal*, 2019.
[^b]: Second call.
"""


def river_letter(**changes: Any) -> LetterText:
    """The invented letter, with fields changed as a test needs."""
    fields: dict[str, Any] = {
        "title": "An open letter on the river that belongs to both its banks and to nobody’s factory alone",
        "date": "2031-03-04",
        "date_line": "4 March 2031",
        "language": "en",
        "addressees": (("Ms Ada Example", "Minister of Water", "1 Bank Street"), ("Mr Bo Example", "Mayor")),
        "body": _BODY,
        "salutation": "Dear Minister, dear Mayor,",
        "closing": "Sincerely,",
        "place": "Rivertown",
        "reference": "Ref. W/31-7",
    }
    return LetterText(**(fields | changes))


def real_letter() -> LetterText:
    """The letter to the EU of 2023, its links without an address."""
    _, header, body = (REAL_LETTERS / "joint-letter-eu-china.md").read_text().split("---\n", 2)
    fields = yaml.safe_load(header)
    return LetterText(
        title=fields["title"],
        date=str(fields["date"]),
        date_line="15 February 2023",
        language=fields["language"],
        addressees=tuple(tuple(block) for block in fields["addressees"]),
        body=re.sub(r"\[(\w+)\]\(#\)", r"\1", body),
        salutation=fields["salutation"],
    )


def signatory(listed_as: str, acronym: str | None = None) -> Signatory:
    """An organisation that signed, its id its name."""
    return Signatory(
        acronym=acronym,
        listed_as=listed_as,
        native_name=None,
        org=listed_as,
        person="Kim Example",
        role="Director",
        sort_name=None,
    )


def listing(
    names: Sequence[Signatory], *, confidential: int = 0, groups: Mapping[str, str] | None = None
) -> SignatoryList:
    """The list of these names: group by group in the order of the mapping (from id to heading), those of no group
    before all."""
    headings = [None, *dict.fromkeys((groups or {}).values())]
    listed = [ListedName(name, index, (groups or {}).get(name.org)) for index, name in enumerate(names)]
    return SignatoryList(tuple(sorted(listed, key=lambda name: headings.index(name.group))), confidential)


def real_names(sheet: str) -> list[str]:
    """The names of one of the real signatory lists."""
    with (REAL_LETTERS / "shapes" / sheet).open(newline="") as rows:
        return [row["name"] for row in csv.DictReader(rows)]


PHRASE = "abandon ability able about above absent absorb abstract absurd abuse access accident"


def set_letter(text: LetterText | None = None, **changes: Any) -> bytes:
    """The PDF of a letter, with arguments changed as a test needs."""
    text = text or river_letter()
    names = changes.pop("signatories", [signatory("Amis de la Loire"), signatory("Friends of the Rhine", "FR")])
    confidential, groups = changes.pop("confidential", 0), changes.pop("groups", None)
    if names is not None:
        changes.setdefault("listing", listing(names, confidential=confidential, groups=groups))
    arguments: dict[str, Any] = {
        "listing": None,
        "version": 3,
        "text_sha256": text.sha256,
        "phrase": PHRASE,
        "document_date": datetime.date.fromisoformat(text.date),
        "check_url": CHECK_URL,
    }
    return letter_pdf(text, **(arguments | changes))


def poppler_text(pdf: bytes, *options: str) -> str:
    """What `pdftotext` reads."""
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def words(text: str) -> list[str]:
    """The words of a text in order, spelt one way: composed, no-break spaces as spaces, marks of notes as `[1]`,
    without the bullets that stand before list items."""
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda mark: f"[{unicodedata.normalize('NFKC', mark[0])}]", text)
    text = unicodedata.normalize("NFC", text).replace("\u00a0", " ")
    return re.sub(r"(?m)^\s*[•–·]\s", " ", text).split()
