"""The last pass over the file: dates, title, language in Info and XMP; links as annotations; its identity.

May import pikepdf. Everything written here follows from the arguments; nothing asks the clock.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

PRODUCER = "ReportLab and pikepdf"
CREATOR = "coalition-signing"

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
<xmp:MetadataDate>{moment}</xmp:MetadataDate>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class Link:
    """A rectangle of a page (points, from the lower left) that leads to an address."""

    page: int
    rectangle: tuple[float, float, float, float]
    href: str


def finished(drawn: bytes, *, title: str, language: str, document_date: datetime.date, links: Sequence[Link]) -> bytes:
    """The drawn pages as a finished file, byte for byte the same for the same input."""
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        for link in links:
            page = pdf.pages[link.page].obj
            if Name.Annots not in page:
                page.Annots = Array()
            page.Annots.append(pdf.make_indirect(_annotation(link)))
        moment = f"D:{document_date:%Y%m%d}000000Z"
        pdf.trailer.Info = pdf.make_indirect(
            Dictionary(
                Title=String(title),
                Creator=String(CREATOR),
                Producer=String(PRODUCER),
                CreationDate=String(moment),
                ModDate=String(moment),
            )
        )
        packet = _XMP.format(
            title=escape(title),
            language=escape(language),
            creator=CREATOR,
            producer=PRODUCER,
            moment=f"{document_date:%Y-%m-%d}T00:00:00Z",
        )
        metadata = pdf.make_stream(packet.encode())
        metadata.Type = Name.Metadata
        metadata.Subtype = Name.XML
        pdf.Root.Metadata = metadata
        pdf.Root.Lang = String(language)
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        out = io.BytesIO()
        pdf.save(
            out,
            min_version="1.7",
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return out.getvalue()


def _annotation(link: Link) -> Dictionary:
    return Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([round(edge, 2) for edge in link.rectangle]),
        Border=Array([0, 0, 0]),
        F=4,  # printed with the page, as PDF/A asks
        Contents=String(link.href),
        A=Dictionary(S=Name.URI, URI=String(link.href)),
    )
