"""A file somebody brings, uploaded or pasted, and held in the page between looking at it and taking it."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from flask import request

from signing.domain.errors import Faulty
from signing.web.page import _

PASTED = "pasted."


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """Bytes and the name that tells their kind."""

    data: bytes
    name: str

    @property
    def pasted(self) -> bool:
        """Whether it was typed into the page and so is there still."""
        return self.name.startswith(PASTED)

    @property
    def held(self) -> str:
        """What the hidden field of the checking page holds."""
        return base64.b64encode(self.data).decode()


def brought(pasted_as: str | None = None) -> BroughtFile:
    """The file of this request: uploaded, else pasted as `pasted_as`, else held from the page before.

    Raises Faulty when there is none.
    """
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        return BroughtFile(upload.read(), upload.filename)
    pasted = request.form.get("pasted", "")
    if pasted_as and pasted.strip():
        # Browsers send the line ends of mail, whatever was pasted.
        return BroughtFile(pasted.replace("\r\n", "\n").encode(), pasted_as)
    held = request.form.get("held", "")
    if held:
        try:
            return BroughtFile(base64.b64decode(held, validate=True), request.form.get("held_name", ""))
        except (binascii.Error, ValueError):
            raise Faulty(_("The file was damaged on the way. Please choose it again."), field="file") from None
    raise Faulty(_("Choose a file, or paste the text."), field="file")
