"""What the sealing increment may do to the unsealed PDF: add the attachment and the seal, and no more.

May import pikepdf and its siblings. pyHanko judges what comes after a certification; what comes with it is
judged here, against a service that seals a file whose first bytes were signed and whose last ones show something else.
qpdf reads both, so a second parser sees the same file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

import pikepdf
from pikepdf import Dictionary, Name, Object, Stream

from signing.adapters.seal.judging import Finding
from signing.adapters.seal.names import ATTACHMENT
from signing.adapters.seal.places import is_tiled

_ADDED_TO_CATALOG: Final = frozenset({"/AF", "/Names", "/Perms", "/AcroForm"})
# What a section of cross-references says of itself; the rest of a trailer is about the document.
_OF_THE_SECTION: Final = frozenset(
    {"/Type", "/Size", "/Index", "/W", "/Prev", "/ID", "/Length", "/Filter", "/DecodeParms"}
)
_OF_THE_FILE: Final = frozenset({"/Type", "/Subtype", "/Filter", "/Params", "/Length"})
_OF_THE_SEAL: Final = frozenset(
    {"/Type", "/Filter", "/SubFilter", "/Contents", "/ByteRange", "/M", "/Reason", "/Reference"}
)
# Catalog and field once more; the attachment, its description, the seal, the cross-references.
_WRITTEN: Final = 6


def check_increment(document: bytes, sealed: bytes, seal_number: int) -> list[Finding]:
    """Compare every object of the document with the one the sealed file has in its place."""
    with (
        pikepdf.open(io.BytesIO(document), attempt_recovery=False) as before,
        pikepdf.open(io.BytesIO(sealed), attempt_recovery=False) as after,
    ):
        changed = set(_changed(before, after))
        field = _field(after, seal_number)
        if changed - {before.Root.objgen[0], field.objgen[0]}:
            return [_extended("The sealing changed the document itself.")]
        if not _same(before.get_object(field.objgen), field, {"/V"}):
            return [_extended("The sealing changed more of its field than its value.")]
        if not _same(before.trailer, after.trailer, _OF_THE_SECTION):
            return [_extended("The sealing gave the document another title, author or date.")]
        if (
            not _same(before.Root, after.Root, _ADDED_TO_CATALOG)
            or not _catalog_is_sound(before, after, seal_number)
            or not field.V.keys() <= _OF_THE_SEAL
            or not is_tiled(sealed, len(document), after, _WRITTEN)
        ):
            return [_extended("The sealing added more than the evidence and the seal.")]
    return []


def _extended(message: str) -> Finding:
    return Finding("failure", "SEAL_EXTENDED", message)


def _changed(before: pikepdf.Pdf, after: pikepdf.Pdf) -> Iterator[int]:
    """The numbers of objects that are others now. Those that nothing defined are null, and must stay so."""
    for old in before.objects:
        if not _equal(old, after.get_object(old.objgen)):
            yield old.objgen[0]


def _equal(old: Object, new: Object) -> bool:
    if isinstance(old, Stream) != isinstance(new, Stream):
        return False
    if isinstance(old, Stream) and old.read_raw_bytes() != new.read_raw_bytes():
        return False
    return old.unparse(resolved=True) == new.unparse(resolved=True)


def _field(after: pikepdf.Pdf, seal_number: int) -> Object:
    fields = [each for each in after.Root.AcroForm.Fields if each.get("/V") is not None]
    [field] = [each for each in fields if each.V.objgen[0] == seal_number]
    return field


def _same(old: Any, new: Any, but: frozenset[str] | set[str]) -> bool:
    return _without(old, but) == _without(new, but)


def _without(dictionary: Any, but: frozenset[str] | set[str]) -> bytes:
    kept = {key: value for key, value in dictionary.items() if key not in but}
    return Dictionary(kept).unparse()


def _catalog_is_sound(before: pikepdf.Pdf, after: pikepdf.Pdf, seal_number: int) -> bool:
    old, new = before.Root, after.Root
    names: Any = old.get("/Names", {})
    described = new.AF[0]
    return (
        "/AF" not in old
        and "/Perms" not in old
        and "/EmbeddedFiles" not in names
        and len(new.AF) == 1
        and _same(names, new.Names, {"/EmbeddedFiles"})
        and set(new.Names.EmbeddedFiles.keys()) == {"/Names"}
        and len(new.Names.EmbeddedFiles.Names) == 2
        and new.Names.EmbeddedFiles.Names[1].objgen == described.objgen
        and set(described.keys()) == {"/Type", "/F", "/UF", "/Desc", "/AFRelationship", "/EF"}
        and described.AFRelationship == Name.Data
        and {str(described.F), str(described.UF)} == {ATTACHMENT}
        and set(described.EF.keys()) == {"/F", "/UF"}
        and described.EF.F.objgen == described.EF.UF.objgen
        and described.EF.F.keys() <= _OF_THE_FILE
        and set(new.Perms.keys()) == {"/DocMDP"}
        and new.Perms.DocMDP.objgen[0] == seal_number
        and _same(old.AcroForm, new.AcroForm, {"/SigFlags"})
        and int(new.AcroForm.SigFlags) == 3
    )
