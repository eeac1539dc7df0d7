"""No words reach people without an account past the catalogues: not from templates, scripts, pages or use cases."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from signing.locale import extraction

TEMPLATES = sorted({path for pattern in extraction.TEMPLATES for path in (extraction.ROOT / "templates").glob(pattern)})
SCRIPTS = sorted((extraction.ROOT / "signing/web/static").glob("*.js"))
ENVIRONMENT = jinja2.Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)
SAYING = frozenset({"_", "gettext", "ngettext"})
WORD = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"[^\W\d_]{2,} [^\W\d_]{2,}")
# What readers of screens say, and what a page's scripts show.
SPOKEN_ATTRIBUTES = frozenset({"alt", "aria-description", "aria-label", "content", "data-name", "placeholder", "title"})
# Names of page kinds, which stand in a block of their own; settings of windows and fields; the shape of a short code;
# commands to type; fields of headers; methods of requests.
KINDS = frozenset({"contact", "public"})
SETTINGS = frozenset({"width=device-width, initial-scale=1", "light dark", "XXXX-XXXX-XXXX", "username webauthn"})
COMMANDS = re.compile(r"^ {4}signing .*$", re.MULTILINE)
HEADERS = frozenset({"Subject", "From", "To", "Date", "GET"})
# Said to machines, to operators, or to nobody: a mail that is out of date is not sent.
SILENT_ROOMS = frozenset({"witness"})
SILENT_CALLS = frozenset({"Outdated", "ValueError", "critical", "error", "warning", "info"})
OPERATORS = re.compile(r"^(SIGNING_|The database file |[A-Z]{2,} )")  # and databases
# The words of what coordinators may not do stand in one table with those for contacts, who are looked after elsewhere.
TABLES = frozenset({"letter"})


class Words(HTMLParser):
    """Text and spoken attributes of a page, without what is set as code."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._coded = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._coded += tag in ("code", "style")
        self.found += [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self._coded -= tag in ("code", "style")

    def handle_data(self, data: str) -> None:
        if not self._coded:
            self.found.append(data)


def plain_words(source: str, *, is_html: bool) -> list[str]:
    """What stands in a template as it is, outside what Jinja fills in."""
    around = "".join(
        value if kind == "data" else "\ufffc" if kind.endswith("_begin") else ""
        for _line, kind, value in ENVIRONMENT.lex(source)
    )
    if is_html:
        page = Words()
        # Attributes that a macro writes alone are inside no tag yet: in one, they are read as what they are.
        page.feed(re.sub(r"^[^<>\n]*=\"[^<>\n]*$", r"<p \g<0>>", around, flags=re.MULTILINE))
        page.close()
        parts = page.found
    else:
        parts = COMMANDS.sub("", around).splitlines()
    bare = (part.replace("\ufffc", " ").strip() for part in parts)
    return [part for part in bare if WORD.search(part) and part not in KINDS | SETTINGS]


def filled_in_words(source: str) -> list[str]:
    """Words within what Jinja fills in that are not looked up: a label given as it is, a word of a table."""
    tree = ENVIRONMENT.parse(source)
    said = {id(each) for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name)
            and call.node.name in SAYING for each in call.find_all(nodes.Const)}
    found = (each.value for each in tree.find_all(nodes.Const) if isinstance(each.value, str) and id(each) not in said)
    return [words for words in found
            if (re.search(r"[A-Z][^\W\d_]+", words) or SENTENCE.search(words))
            and words not in HEADERS | SETTINGS]


def sentences(source: str) -> Iterator[str]:
    """Words in a program, but for docstrings, reasons of assertions and what is said to nobody."""
    tree = ast.parse(source)
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(id(node.value))
        elif isinstance(node, ast.ClassDef) and node.name in extraction.REFUSALS_OF_COORDINATORS:
            silent |= {id(each) for each in ast.walk(node)}
        elif isinstance(node, ast.Assert) and node.msg:
            silent |= {id(each) for each in ast.walk(node.msg)}
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            if name in SILENT_CALLS:
                silent |= {id(each) for each in ast.walk(node)}
    for node in ast.walk(tree):
        if (isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
                and re.match(r"[A-Z“]", node.value) and SENTENCE.search(node.value)):
            yield node.value


def rooms() -> list[Path]:
    found = {*extraction.ROOT.glob(extraction.USE_CASES), *extraction.ROOT.glob(extraction.PAGES),
             *(extraction.ROOT / name for name in extraction.ROOMS)}
    return sorted(path for path in found if path.stem not in extraction.OF_ACCOUNTS | SILENT_ROOMS | TABLES)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_templates_say_nothing_that_is_not_looked_up(path: Path) -> None:
    source = path.read_text("utf-8")
    assert plain_words(source, is_html=path.suffix == ".html") == []
    assert filled_in_words(source) == []


def test_pages_and_use_cases_say_nothing_that_is_not_gathered() -> None:
    gathered = {form for message in extraction.template_catalogue() if message.id
                for form in (message.id if isinstance(message.id, tuple) else (str(message.id),))}
    said = [(path.name, words) for path in rooms() for words in sentences(path.read_text("utf-8"))]
    assert len(said) > 150
    assert [each for each in said if each[1] not in gathered and not OPERATORS.search(each[1])] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_hold_no_words(path: Path) -> None:
    code = re.sub(r"^\s*//.*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
    strings = re.findall(r"[\"'`]([A-Z][^\W\d_]+[^\"'`\n]*)[\"'`]", code)
    assert [each for each in strings if SENTENCE.search(each)] == []


@pytest.mark.parametrize(("source", "found"), [
    ("<p>Good morning {{ _('you') }}</p>", ["Good morning"]),
    ('<a title="Go on" href="{{ here }}">{{ _("x") }}</a>', ["Go on"]),
    ('<p{% if a %} class="b"{% endif %}>{% if c %}Yes{% else %}{{ _("No") }}{% endif %}</p>', ["Yes"]),
    ("<p><code>signing verify</code> {{ _('x') }} · <b>{{ y }}</b></p>{# Only for us. #}", []),
])
def test_words_that_stand_in_a_page_are_found(source: str, found: list[str]) -> None:
    assert plain_words(source, is_html=True) == found


def test_words_that_stand_in_a_text_mail_or_are_given_to_a_field_are_found() -> None:
    assert plain_words("{{ _('a') }}\nKind regards\n    signing verify {{ b }}\n", is_html=False) == ["Kind regards"]
    assert filled_in_words('{{ form.line("a", "Your name", hint=_("b c")) }}{{ "Yes" if a else _("No") }}') == [
        "Your name", "Yes",
    ]
    assert filled_in_words('{% set a = {"b": _("Bee")} %}{{ _("%(c)s d", c=" checked") }}{{ " ok" if b }}') == []


def test_sentences_of_a_program_are_found() -> None:
    source = '"""Only for us."""\nlog.error("Not this one")\nx = Faulty(f"Not {y} good")\ny = "Please come back."\n'
    assert list(sentences(source)) == ["Please come back."]
