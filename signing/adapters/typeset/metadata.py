"""What the file says of itself, twice and alike: the information dictionary and the XMP packet.

May import its sibling `pdf_file`. ISO 19005-3, 6.6.2 (metadata, and the description of schemas that are not its own),
ISO 14289-1, 5 (the PDF/UA identifier).
"""

from __future__ import annotations

import datetime
from xml.sax.saxutils import escape

from signing.adapters.typeset.pdf_file import text_string

PRODUCER = "ReportLab"
CREATOR = "coalition-signing"

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" \
xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
<xmp:MetadataDate>{moment}</xmp:MetadataDate>
<pdf:Producer>{producer}</pdf:Producer>
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>{level}</pdfaid:conformance>
</rdf:Description>{accessible}
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""

_ACCESSIBLE = """
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 the file keeps to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>"""


def xmp_packet(*, title: str, language: str, document_date: datetime.date, tagged: bool) -> bytes:
    """The packet. A file with structure is built to level A of PDF/A-3 and to PDF/UA-1; one without it only to
    level U, which asks that every character can be read, not what it belongs to."""
    return _XMP.format(
        title=escape(title),
        language=escape(language),
        creator=CREATOR,
        producer=PRODUCER,
        moment=f"{document_date:%Y-%m-%d}T00:00:00Z",
        level="A" if tagged else "U",
        accessible=_ACCESSIBLE if tagged else "",
    ).encode()


def information(*, title: str, document_date: datetime.date) -> bytes:
    """The information dictionary, saying the same."""
    moment = text_string(f"D:{document_date:%Y%m%d}000000Z")
    entries = (("Title", title), ("Creator", CREATOR), ("Producer", PRODUCER))
    said = b"".join(b"/%b%b" % (name.encode("ascii"), text_string(value)) for name, value in entries)
    return b"<<%b/CreationDate%b/ModDate%b>>" % (said, moment, moment)
