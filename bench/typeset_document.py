"""What every engine of bench/typeset.py sets: one letter, a list, and the code that leads to both."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import segno

from bench.organisations import organisations
from signing.domain.letter_text import LetterText
from signing.evidence.signatory import Signatory
from tests.adapters.typeset.specimens import real_letter, river_letter


@dataclass(frozen=True)
class Document:
    """The letter, its names in printed order, the address in the QR code."""

    text: LetterText
    names: Sequence[Signatory]
    check_url: str

    @property
    def digest(self) -> str:
        """The digest in the verification block."""
        return self.text.sha256


def new_document(names: int, attempt: int, *, real: bool) -> Document:
    """A letter that no engine has met, its CommonMark read, and a list of that many names."""
    text = real_letter() if real else river_letter()
    body = re.sub(r"(?<=\w)(?=[.;:,?!]$)", f" {attempt}", text.body, flags=re.MULTILINE)
    text = replace(text, title=f"{text.title} ({attempt})", body=body)
    assert text.blocks, "reads the CommonMark, once"
    return Document(text, organisations(names, seed=attempt), f"https://river.example/l/{attempt:09d}")


def qr_code(address: str, **more: object) -> bytes:
    """The code as SVG, for engines that draw none of their own."""
    out = io.BytesIO()
    segno.make_qr(address, error="m").save(out, kind="svg", border=0, omitsize=True, **more)
    return out.getvalue()
