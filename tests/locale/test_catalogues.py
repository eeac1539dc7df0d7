"""Every catalogue says everything the English says, with the same names in it, and nothing that is no longer said."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from pathlib import Path
from unicodedata import category

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from signing.domain import letter
from signing.domain.errors import Refusal
from signing.domain.letter import LetterAction
from signing.locale import FOLDER, SOURCE, catalogues, extraction, preferred, read_catalogue, spoken, translations
from signing.web import app, refusals

TAGS = sorted(catalogues())
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}|%")
# Controls, marks of direction and of joining, private characters, line and paragraph separators.
INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# What is typed into a machine runs from the left in every language, its signs at both ends too.
COMMAND = re.compile("\u200e[!-~\u200e]+\u200e")
# In some languages a letter begins with a colon where English has a comma.
GREETINGS = ("Dear %(contact)s,", "Dear Sir or Madam,", "Hello,")
HAN = "[\u4e00-\u9fff]"
in_each_language = pytest.mark.parametrize("tag", TAGS)


def catalogue(tag: str) -> Catalog:
    with catalogues()[tag].open("rb") as file:
        return read_po(file, locale=tag)


def template() -> Catalog:
    with (FOLDER / "messages.pot").open("rb") as file:
        return read_po(file)


def ids(words: Catalog) -> set[str]:
    return {str(message.id) for message in words if message.id}


def forms(words: str | Sequence[str] | None) -> tuple[str, ...]:
    return tuple(words) if isinstance(words, tuple | list) else (str(words or ""),)


def pairs(tag: str) -> list[tuple[str, str]]:
    """The English beside what is said for it; of what is counted the forms for most numbers."""
    return [(forms(message.id)[-1], forms(message.string)[-1]) for message in catalogue(tag) if message.id]


def spoken_forms(tag: str) -> list[str]:
    return [form for message in catalogue(tag) if message.id for form in forms(message.string)]


def test_english_and_four_more_are_spoken() -> None:
    assert TAGS == ["ar", "es", "fr", "zh"]


def test_gathering_the_words_again_changes_nothing() -> None:
    gathered = extraction.template_catalogue()
    assert extraction.written(gathered) == (FOLDER / "messages.pot").read_bytes()
    for tag, path in catalogues().items():
        assert extraction.updated(path, tag, gathered) == path.read_bytes(), f"{tag}: run make messages"


def test_the_files_name_no_day_no_line_and_no_machine() -> None:
    for path in (FOLDER / "messages.pot", *catalogues().values()):
        text = path.read_text("utf-8")
        assert not re.search(r"-Date:|^#: (.*:\d|[/.])|^#~", text, re.MULTILINE), path


@in_each_language
def test_everything_is_translated_and_nothing_else(tag: str) -> None:
    said = catalogue(tag)
    assert len(ids(said)) > 200
    assert ids(said) == ids(template())
    assert [each.id for each in said if each.id and (not all(forms(each.string)) or each.fuzzy)] == []
    assert not said.obsolete


@in_each_language
def test_what_is_counted_has_a_form_for_every_number_of_the_language(tag: str) -> None:
    said = catalogue(tag)
    assert (said.num_plurals, said.plural_expr) == (Catalog(locale=tag).num_plurals, Catalog(locale=tag).plural_expr)
    assert [each.id for each in said if each.pluralizable and len(forms(each.string)) != said.num_plurals] == []


@in_each_language
def test_names_and_numbers_stand_in_both(tag: str) -> None:
    for english, said in pairs(tag):
        assert sorted(PLACEHOLDER.findall(said)) == sorted(PLACEHOLDER.findall(english)), english
    for message in catalogue(tag):
        known = set(PLACEHOLDER.findall("".join(forms(message.id))))
        # Forms for one and two may leave their number out.
        assert not message.id or all(set(PLACEHOLDER.findall(form)) <= known for form in forms(message.string))


@in_each_language
def test_translations_are_words_and_never_markup(tag: str) -> None:
    assert [said for said in spoken_forms(tag) if re.search(r"[<>&]", said)] == []


@in_each_language
def test_nothing_invisible_is_in_them_and_nothing_around_them(tag: str) -> None:
    assert [said for said in spoken_forms(tag) if INVISIBLE & set(map(category, COMMAND.sub("", said)))] == []
    assert [said for said in spoken_forms(tag) if said != said.strip() or "  " in said] == []


@in_each_language
def test_sentences_questions_and_labels_end_as_in_english(tag: str) -> None:
    for english, said in pairs(tag):
        # A colon asks for something to follow it, a full stop for nothing: whoever sets the page relies on that.
        assert (english[-1] == ":") is said.endswith((":", "：")) or english in GREETINGS, said
        assert (english[-1] == ".") is said.endswith((".", "。")) or said.endswith(("！", "!")), said


def test_french_punctuation_never_begins_a_line() -> None:
    for _english, said in pairs("fr"):
        assert not re.search(r" [:;?!»]|« |\w[;?!]|'(?!à')(?!\s)", said.replace("'à' HH:mm", "")), said


def test_arabic_punctuation_is_arabic() -> None:
    for _english, said in pairs("ar"):
        assert not re.search(r"[؀-ۿ]\s*[?,;]|[“”\"]", said), said


def test_spanish_punctuation_opens_what_it_closes() -> None:
    for _english, said in pairs("es"):
        assert not re.search(r" [:;?!»]|« |[“”\"]|\.\.\.", said), said
        assert not re.search(r"'(?!de' )(?! (MMMM|y))", said), said
        for opening, closing in ("¿?", "¡!", "«»"):
            assert said.count(opening) == said.count(closing), said


def test_chinese_punctuation_is_wide_and_stands_without_blanks() -> None:
    for _english, said in pairs("zh"):
        said = re.sub(r"%\((day|city)\)s|y年M月d日|(?<= )`[^`]*`", lambda found: "X" if "`" in found[0] else "", said)
        assert not re.search(rf"{HAN}\s*[,;:?!()\"]|[,;:?!(]\s*{HAN}|{HAN}\.|…\.|\.\.\.|[—「」]", said), said
        assert not re.search(r"\s[，。；：？！、（）《》“”]|[，。；：？！、（）《》]\s", said), said
        # Latin words and numbers are set off by a blank, the names of people and organisations by punctuation.
        assert not re.search(rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}", said), said
        names = "organisation|contact|person|role|title|before|after|colleague|reviewer|signatory|language"
        assert not re.search(rf"{HAN}\s*%\(({names})\)s|%\(({names})\)s\s*{HAN}", said), said


@pytest.mark.parametrize(("tag", "plain", "polite"), [
    ("es", r"\b(tú|tu|tus|ti|vosotros|vuestr\w+|tienes|puedes|quieres)\b", r"\b(usted|su)\b"),
    ("zh", "你(?!们)", "您|贵组织"),
])
def test_contacts_are_addressed_politely(tag: str, plain: str, polite: str) -> None:
    said = [form.lower() for form in spoken_forms(tag)]
    assert [form for form in said if re.search(plain, form)] == []
    assert sum(bool(re.search(polite, form)) for form in said) > 100


def test_names_in_a_line_from_the_right_are_kept_apart() -> None:
    said = translations("ar").gettext("What does %(organisation)s answer?") % {"organisation": "A (B)!"}
    assert "\u2068A (B)!\u2069" in said
    assert "\u2068" not in "".join(words for _english, words in pairs("ar"))


def test_numbers_in_a_counted_line_from_the_right_are_kept_apart_too(tmp_path: Path) -> None:
    counted = Catalog(locale="ar", charset="utf-8")
    counted.add(("%(count)s yes", "%(count)s yeses"), ("لا شيء", "واحد", "اثنان", *["%(count)s موافقات"] * 3))
    path = tmp_path / "messages.po"
    path.write_bytes(extraction.written(counted))
    said = read_catalogue(path, "ar").ngettext("%(count)s yes", "%(count)s yeses", 5)
    assert said % {"count": 5} == "\u20685\u2069 موافقات"


def test_every_refusal_page_is_gathered() -> None:
    answers = [*refusals.ANSWERS.values(), *refusals.BY_STATUS.values(), refusals.PAGE_TOO_OLD,
               *(answer for _kind, answer in refusals.BY_KIND)]
    words = {words for answer in answers for words in (answer.heading, *answer.next_steps)}
    words |= {each for (_state, action), each in letter.REFUSALS.items()
              if action in (LetterAction.ANSWER, LetterAction.WITHDRAW)}
    assert len(words) > 40
    assert words - ids(template()) == set()


def kinds(of: type[Refusal]) -> set[type[Refusal]]:
    return {of}.union(*map(kinds, of.__subclasses__()))


def test_every_kind_of_refusal_that_a_contact_can_meet_is_gathered_by_name() -> None:
    assert app.create_app  # it has imported every room that can raise one
    named = {kind.__name__ for kind in kinds(Refusal)
             if kind.__module__.startswith(("signing.domain", "signing.workflow", "signing.web"))
             # A witness is a server of its own, which no contact meets; other tests may have imported it.
             and kind.__module__ != "signing.workflow.witnessing"}
    assert {"Refusal", "LinkClosed", "PageUsed"} <= named <= extraction.REFUSALS.keys()


def test_no_refusal_is_filled_in_or_translated_before_its_reader_is_known() -> None:
    rooms = [*(FOLDER.parent / "domain").glob("letter.py"), *extraction.ROOT.glob(extraction.USE_CASES),
             *extraction.ROOT.glob(extraction.PAGES)]
    calls = [(room, call) for room in rooms if room.stem not in extraction.OF_ACCOUNTS
             for call in ast.walk(ast.parse(room.read_text("utf-8")))
             if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
             and call.func.id in extraction.REFUSALS and call.args]
    assert len(calls) > 60
    said = ("_", "gettext", "said")
    wrong = [f"{room.name}:{call.lineno}" for room, call in calls for words in call.args[:1]
             if isinstance(words, ast.JoinedStr)
             or (isinstance(words, ast.Call) and isinstance(words.func, ast.Name) and words.func.id in said)]
    assert wrong == []


def test_changed_english_waits_for_its_translator_and_is_english_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "messages.po"
    changed, gone = Catalog(charset="utf-8"), Catalog(locale="fr", charset="utf-8")
    gone.add("Please type your name.", "Saisissez votre nom.", [("a.html", 1)])
    gone.add("Goodbye to all of that", "Adieu à tout cela", [("a.html", 2)])
    path.write_bytes(extraction.written(gone))
    changed.add("Please type your name here.", None, [("a.html", 1)])
    changed.add("Something entirely different", None, [("a.html", 2)])
    path.write_bytes(extraction.updated(path, "fr", changed))
    with path.open("rb") as file:
        words = {str(each.id): each for each in read_po(file, locale="fr") if each.id}
    assert words.keys() == {"Please type your name here.", "Something entirely different"}
    assert words["Please type your name here."].fuzzy
    assert words["Something entirely different"].string == ""
    assert b"Adieu" not in path.read_bytes()
    assert read_catalogue(path, "fr").gettext("Please type your name here.") == "Please type your name here."


@pytest.mark.parametrize(("asked", "answered"), [
    (["fr-CA", "en"], "fr"), (["de", "ar-EG", "fr"], "ar"), (["de", "ru"], "en"), ([], "en"), (["*", "fr"], "fr"),
    (["en-GB", "fr"], "en"), (["FR_be"], "fr"), (["es-MX", "en"], "es"), (["es-419"], "es"), (["zh-CN", "en"], "zh"),
    (["zh-Hans-SG"], "zh"), (["zh-TW", "en"], "zh"), (["zh-Hant-HK"], "zh"), (["pt-BR", "es"], "es"),
])
def test_the_first_language_that_is_spoken_wins(asked: list[str], answered: str) -> None:
    assert preferred(asked) == answered


@given(st.text(max_size=40))
def test_whatever_language_is_asked_for_one_is_spoken(tag: str) -> None:
    assert spoken(tag) in {SOURCE, *TAGS}
    assert translations(tag).gettext("Your answer")
