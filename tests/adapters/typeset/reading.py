"""A reader of tagged files: the words in the order of the structure, as a screen reader takes them."""

from __future__ import annotations

import io
import re
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from .archive_rules import kids

_BLOCKS = {"/P", "/H1", "/H2", "/H3", "/H4", "/Lbl", "/LBody", "/Figure", "/Note"}


def told(pdf: bytes) -> list[tuple[str, str]]:
    """The blocks of a file, each with its tag and its words: /ActualText where there is one, else what the codes of the
    fonts stand for. A figure says what it shows."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        marks = {page.obj.objgen: _texts(page) for page in document.pages}
        blocks: list[tuple[str, str]] = []
        _tell(document.Root.StructTreeRoot.K, marks, blocks)
    return [(tag[1:], words) for tag, words in blocks if words.strip()]


def _tell(element: Any, marks: dict[tuple[int, int], dict[int, str]], blocks: list[tuple[str, str]]) -> None:
    if str(element.S) in _BLOCKS or not blocks:
        blocks.append((str(element.S), ""))

    def say(text: str) -> None:
        blocks[-1] = (blocks[-1][0], blocks[-1][1] + text)

    if Name.ActualText in element or Name.Alt in element:
        say(str(element.get(Name.ActualText, element.get(Name.Alt))))
        return
    for kid in kids(element):
        if not isinstance(kid, Dictionary):
            say(marks[element.Pg.objgen][int(kid)])
        elif kid.get(Name.Type) == Name.MCR:
            say(marks[kid.Pg.objgen][int(kid.MCID)])
        elif Name.S in kid:
            _tell(kid, marks, blocks)


def _texts(page: pikepdf.Page) -> dict[int, str]:
    """What each marked content of a page says."""
    said: dict[int, str] = {}
    mark: int | None = None
    depth: list[str] = []
    codes: dict[bytes, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            properties = operands[1] if name == "BDC" else {}
            if Name.MCID in properties:
                mark = int(properties[Name.MCID])
                said[mark] = ""
                depth.append("mark")
            elif Name.ActualText in properties:
                if mark is not None:
                    said[mark] += str(properties[Name.ActualText])
                depth.append("spelt")
            else:
                depth.append("other")
        elif name == "EMC":
            if depth.pop() == "mark":
                mark = None
        elif name == "Tf":
            codes = _codes(page.resources.Font[str(operands[0])])
        elif name in ("Tj", "TJ") and mark is not None and "spelt" not in depth:
            strings = operands[0] if isinstance(operands[0], Array) else [operands[0]]
            for string in strings:
                if isinstance(string, pikepdf.String):
                    data = bytes(string)
                    said[mark] += "".join(codes[data[at : at + 2]] for at in range(0, len(data), 2))
    return said


def _codes(font: Any) -> dict[bytes, str]:
    """What the codes of a font stand for, by its /ToUnicode."""
    table = font.ToUnicode.read_bytes().decode("ascii")
    found: dict[bytes, str] = {}
    for section in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(r"<(\w+)>\s*<(\w*)>", section):
            found[bytes.fromhex(code)] = bytes.fromhex(text).decode("utf-16-be")
    for section in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", section):
            start = bytes.fromhex(text).decode("utf-16-be")
            for step in range(int(last, 16) - int(first, 16) + 1):
                code = (int(first, 16) + step).to_bytes(2, "big")
                found[code] = start[:-1] + chr(ord(start[-1]) + step)
    return found
