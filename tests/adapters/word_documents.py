"""Word documents made of as little as Word reads, for the tests of the letter's intake."""

import io
import zipfile

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType='
    f'"application/xml"/><Override PartName="/word/document.xml" ContentType="{MAIN}"/></Types>'
)
STYLES = "".join(
    f'<w:style w:styleId="{style}"><w:name w:val="{name}"/>{more}</w:style>'
    for style, name, more in (
        ("Title", "Title", ""), ("Heading2", "heading 2", ""), ("Quote", "Quote", ""), ("Mine", "Mine", ""),
        ("Strong", "Strong", "<w:rPr><w:b/></w:rPr>"),
    )
)  # fmt: skip


def run(content, properties=""):
    """A run of words, or of elements."""
    inner = content if content.startswith("<") else f'<w:t xml:space="preserve">{content}</w:t>'
    return f"<w:r><w:rPr>{properties}</w:rPr>{inner}</w:r>"


def paragraph(content, *, style="", item=None, mark=""):
    """A paragraph of words (a `<w:br/>` among them is one) or of elements."""
    if content and not content.startswith("<"):
        words = content.replace("<w:br/>", "</w:t><w:br/><w:t>")
        content = f"<w:r><w:t>{words}</w:t></w:r>"
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if item:
        properties += f'<w:numPr><w:ilvl w:val="{item[1]}"/><w:numId w:val="{item[0]}"/></w:numPr>'
    properties += f"<w:rPr>{mark}</w:rPr>" if mark else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def opening(after_title=""):
    """Four paragraphs: an address, a date, a greeting, a title."""
    return (
        paragraph("Ms Brook<w:br/>Minister") + paragraph("1 March 2026") + paragraph("Dear Minister,")
        + paragraph(run("Clean water for all of us") + after_title, style="Title")
    )  # fmt: skip


def numbered(*levels):
    """A numbering 1 whose levels are of these kinds and begin at these figures."""
    looks = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>'
        f'<w:pPr><w:ind w:left="{400 * (at + 1)}"/></w:pPr></w:lvl>'
        for at, (kind, start) in enumerate(levels)
    )
    return (
        f'<w:abstractNum w:abstractNumId="5">{looks}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>'
    )


def word(body, *, numbering="", comments="", notes=None, links=None, extra=None):
    """A document of this body; `extra` are more parts by name, or other contents of those there are."""
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": _relations({"rId1": ("officeDocument", "word/document.xml", "")}),
        "word/document.xml": _part("document", f"<w:body>{body}</w:body>"),
        "word/styles.xml": _part("styles", STYLES),
        "word/_rels/document.xml.rels": _relations(
            {name: ("hyperlink", target, ' TargetMode="External"') for name, target in (links or {}).items()}
        ),
    }
    if numbering:
        parts["word/numbering.xml"] = _part("numbering", numbering)
    if comments:
        parts["word/comments.xml"] = _part("comments", comments)
    for kind, found in (notes or {}).items():
        inner = "".join(f'<w:{kind[:-1]} w:id="{key}">{content}</w:{kind[:-1]}>' for key, content in found.items())
        parts[f"word/{kind}.xml"] = _part(kind, inner)
    return packed(parts | (extra or {}))


def packed(parts):
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _part(name, inner):
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{name} {SPACES}>{inner}</w:{name}>'


def _relations(found):
    inner = "".join(
        f'<Relationship Id="{name}" Type="{KIND}{kind}" Target="{target}"{mode}/>'
        for name, (kind, target, mode) in found.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'


CLOSED = word(opening() + paragraph("We ask you to act."))
