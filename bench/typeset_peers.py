"""The peers of our typesetter: the same letter and list in the input of typst, fpdf2 and WeasyPrint.

Each peer gets what it sets fastest of the forms tried: plain blocks, a name a paragraph, two columns of its own making,
the same faces, 150 mm of measure, no hyphens, page numbers, and the QR code (made by segno, as ours is). A peer is
imported only where it is asked for, so that it weighs on nobody else's memory.
"""

import html
import io
import re
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import uharfbuzz as hb

from bench.typeset_document import Document, qr_code
from signing.adapters.typeset.fonts import FOLDER
from signing.domain.letter_text import Block, Heading, ItemList, Paragraph, Quotation, Run
from signing.evidence.signatory import Signatory

COLUMNS_FROM = 12
_FILES = {"": "SourceSerif4[opsz,wght].ttf", "Italic": "SourceSerif4-Italic[opsz,wght].ttf"}
_kept = tempfile.TemporaryDirectory(prefix="typeset-bench-")


@cache
def static_cuts() -> Path:
    """A folder with our text faces as static fonts: typst needs half as long again for variable ones."""
    folder = Path(_kept.name)
    for slope, file in _FILES.items():
        face = hb.Face(hb.Blob.from_file_path(str(FOLDER / file)))
        for name, weight in (("Regular", 400), ("Semibold", 600)):
            wanted = hb.SubsetInput()
            wanted.keep_everything()
            wanted.pin_axis_location(face, "wght", weight)
            wanted.pin_axis_location(face, "opsz", 11)
            (folder / f"{name}{slope}.ttf").write_bytes(hb.subset(face, wanted).blob.data)
    return folder


# typst

_TYPST_HEAD = """\
#set document(title: "{title}")
#set page(paper: "a4", margin: (left: 30mm, right: 30mm, top: 72pt, bottom: 89pt),
  footer: context text(size: 7.6pt)[Version 3 · sha256 {short} #h(1fr)
    Page #counter(page).display("1 of 1", both: true)])
#set text(font: "{family}", size: 10.6pt, hyphenate: false, lang: "{language}", fill: rgb("1b1b1b"))
#set smartquote(enabled: false)
#set par(leading: 0.55em, spacing: 1em)
#set list(marker: ([•], [–], [·]))
#show link: set text(fill: rgb("2a5599"))
#let grey(it) = text(fill: rgb("5d6470"), it)
"""
_TYPST_MARKS = re.compile(r"""([\\#*_`$<>@=\-+/~\[\]"'])""")


class Typst:
    """One compiler for all letters, its fonts read once. `typst` keeps what it has laid out: a letter it has not met
    is a letter whose paragraphs it has not met."""

    def __init__(self) -> None:
        import typst

        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(static_cuts())])
        (self._family,) = {font.family for font in fonts.fonts()}
        self._compiler = typst.Compiler(b"", font_paths=fonts, ignore_system_fonts=True)

    def prepared(self, document: Document, *, tagged: bool) -> Callable[[], bytes]:
        """The work that is timed: from the source to the file."""
        source = self._source(document)

        def work() -> bytes:
            qr = qr_code(document.check_url).decode()
            image = '#image(bytes("' + qr.replace("\\", "\\\\").replace('"', '\\"') + '"), width: 60pt, alt: "QR code")'
            data = source.replace("QR-CODE", image).encode()
            if tagged:
                made = self._compiler.compile(input=data, format="pdf", pdf_standards=["ua-1"])
            else:
                made = self._compiler.compile(input=data, format="pdf", pdf_tags=False)
            assert isinstance(made, bytes)
            return made

        return work

    def _source(self, document: Document) -> str:
        text = document.text
        head = _TYPST_HEAD.format(
            title=text.title, short=document.digest[:12], family=self._family, language=text.language
        )
        parts = [_escaped("\n".join(block)).replace("\n", " \\\n") for block in text.addressees]
        parts += [_escaped(line) for line in (text.date_line, text.salutation or "")]
        parts.append(f"#heading(level: 1)[{_escaped(text.title)}]")
        parts += [_typst_block(block) for block in text.blocks]
        parts += [f"#super[{number}] {_typst_runs(runs)}" for number, runs in enumerate(text.footnotes, start=1)]
        parts += [_escaped(text.closing or ""), "#heading(level: 2)[SIGNATORIES]"]
        names = "#set par(hanging-indent: 10pt, spacing: 0.86em)\n" + "\n\n".join(map(_typst_name, document.names))
        parts.append(f"#columns(2, gutter: 24pt)[{names}]" if len(document.names) >= COLUMNS_FROM else names)
        parts.append("#line(length: 100%)\nQR-CODE\n\nSHA-256 of the text: " + document.digest)
        parts.append(f'Check this copy at #link("{document.check_url}")')
        return head + "\n\n".join(parts)


def _escaped(text: str) -> str:
    return _TYPST_MARKS.sub(r"\\\1", text)


def _typst_name(name: Signatory) -> str:
    listed_as = _escaped(name.listed_as)
    return f"{listed_as}~#grey[({name.acronym})]" if name.acronym else listed_as


def _typst_runs(runs: Sequence[Run]) -> str:
    parts = []
    for run in runs:
        part = _escaped(run.text).replace("\n", " \\\n")
        if run.footnote is not None:
            part = f"#super[{run.footnote}]"
        for wanted, function in ((run.bold, "strong"), (run.italic, "emph")):
            part = f"#{function}[{part}]" if wanted else part
        parts.append(f'#link("{run.href}")[{part}]' if run.href else part)
    return "".join(parts)


def _typst_block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return _typst_runs(block.runs)
    if isinstance(block, Heading):
        return f"#heading(level: {block.level})[{_typst_runs(block.runs)}]"
    if isinstance(block, Quotation):
        return "#quote(block: true)[" + "\n\n".join(map(_typst_block, block.blocks)) + "]"
    items = ", ".join("[" + "\n\n".join(map(_typst_block, item)) + "]" for item in block.items)
    return f"#enum(start: {block.start}, {items})" if block.ordered else f"#list({items})"


# WeasyPrint

_CSS = """
@page {{ size: A4; margin: 72pt 30mm 89pt; @bottom-right {{ content: "Page " counter(page) " of " counter(pages) }} }}
@font-face {{ font-family: face; src: url("{folder}/Regular.ttf") }}
body {{ font: 10.6pt/14.9pt face; color: #1b1b1b; hyphens: none }}
.names {{ columns: 2; column-gap: 24pt }} .names p {{ margin: 0 0 3.4pt 10pt; text-indent: -10pt }}
p i {{ color: #5d6470; font-style: normal }} svg {{ width: 60pt }}
"""


class WeasyPrint:
    """Its font configuration is kept from letter to letter."""

    def __init__(self) -> None:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration

        self._page = HTML
        self._fonts = FontConfiguration()
        self._css = CSS(string=_CSS.format(folder=static_cuts().as_uri()), font_config=self._fonts)

    def prepared(self, document: Document, *, tagged: bool) -> Callable[[], bytes]:
        """The work that is timed: from the page to the file."""
        page = _html(document)

        def work() -> bytes:
            whole = page.replace("QR-CODE", qr_code(document.check_url, xmldecl=False).decode())
            options = {"pdf_variant": "pdf/ua-1"} if tagged else {}
            made = self._page(string=whole).write_pdf(stylesheets=[self._css], font_config=self._fonts, **options)
            assert isinstance(made, bytes)
            return made

        return work


def _html(document: Document) -> str:
    text, digest = document.text, document.digest
    parts = ["<p>" + "<br>".join(map(html.escape, block)) for block in text.addressees]
    parts += [f"<p>{html.escape(text.date_line)}<p>{html.escape(text.salutation or '')}", f"<h1>{text.title}</h1>"]
    parts += [_html_block(block) for block in text.blocks]
    parts += [f"<p><sup>{number}</sup> {_html_runs(runs)}" for number, runs in enumerate(text.footnotes, start=1)]
    names = "".join(
        f"<p>{html.escape(name.listed_as)}" + (f" <i>({name.acronym})</i>" if name.acronym else "")
        for name in document.names
    )
    kind = "names" if len(document.names) >= COLUMNS_FROM else "few"
    parts.append(f"<p>{text.closing}<h2>SIGNATORIES</h2><div class={kind}>{names}</div>")
    parts.append(f"<hr>QR-CODE<p>SHA-256 of the text: {digest}<p>Check this copy at {document.check_url}")
    return f"<!doctype html><html lang={text.language}><title>{text.title}</title><body>" + "\n".join(parts)


def _html_runs(runs: Sequence[Run]) -> str:
    parts = []
    for run in runs:
        part = html.escape(run.text) if run.footnote is None else f"<sup>{run.footnote}</sup>"
        for wanted, tag in ((run.bold, "strong"), (run.italic, "em")):
            part = f"<{tag}>{part}</{tag}>" if wanted else part
        parts.append(f'<a href="{html.escape(run.href)}">{part}</a>' if run.href else part)
    return "".join(parts)


def _html_block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return f"<p>{_html_runs(block.runs)}</p>"
    if isinstance(block, Heading):
        return f"<h2>{_html_runs(block.runs)}</h2>"
    if isinstance(block, Quotation):
        return "<blockquote>" + "".join(map(_html_block, block.blocks)) + "</blockquote>"
    tag = "ol" if block.ordered else "ul"
    items = "".join("<li>" + "".join(map(_html_block, item)) for item in block.items)
    return f"<{tag}>{items}</{tag}>"


# fpdf2


class Fpdf:
    """Shaped text, one face; it writes no tags. The face is read for each letter: it keeps none."""

    def prepared(self, document: Document, *, tagged: bool) -> Callable[[], bytes]:
        """The work that is timed: from the words to the file."""
        assert not tagged, "fpdf2 writes no tags"

        def work() -> bytes:
            pdf = _fpdf_sheet()
            pdf.set_margins(85, 72)
            pdf.set_auto_page_break(True, 89)
            pdf.add_font("face", fname=static_cuts() / "Regular.ttf")
            pdf.set_font("face", size=10.6)
            pdf.set_text_shaping(True)
            pdf.alias_nb_pages()
            pdf.add_page()
            text = document.text
            for line in (*(line for block in text.addressees for line in block), text.date_line, text.title):
                pdf.multi_cell(0, 14.9, line, align="L", new_x="LMARGIN", new_y="NEXT")
            for words in _plain(text.blocks):
                pdf.multi_cell(0, 14.9, words, align="L", new_x="LMARGIN", new_y="NEXT")
            count = 2 if len(document.names) >= COLUMNS_FROM else 1
            with pdf.text_columns(ncols=count, gutter=24, line_height=1.4) as columns:
                for name in document.names:
                    with columns.paragraph(bottom_margin=3.4) as paragraph:
                        paragraph.write(name.listed_as + (f"\u00a0({name.acronym})" if name.acronym else ""))
            pdf.image(io.BytesIO(qr_code(document.check_url)), w=60)
            pdf.multi_cell(0, 14.9, f"SHA-256 of the text: {document.digest}\n{document.check_url}", align="L")
            return bytes(pdf.output())

        return work


def _fpdf_sheet() -> Any:
    from fpdf import FPDF

    class Sheet(FPDF):
        def footer(self) -> None:
            self.set_y(-60)
            self.cell(0, 10, f"Page {self.page_no()} of {{nb}}", align="R")

    return Sheet(format="A4", unit="pt")


def _plain(blocks: Sequence[Block]) -> list[str]:
    found: list[str] = []
    for block in blocks:
        if isinstance(block, ItemList):
            found += ["• " + words for item in block.items for words in _plain(item)]
        elif isinstance(block, Quotation):
            found += _plain(block.blocks)
        else:
            found.append("".join(run.text for run in block.runs))
    return found
