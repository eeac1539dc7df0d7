"""What changed between two texts: nothing is lost, what is one paragraph stays one, and people can read it."""

from __future__ import annotations

import itertools
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from signing.domain.errors import Faulty
from signing.domain.letter_blocks import Run
from signing.domain.letter_text import LetterText
from signing.domain.redline import Redline, RedlinePart, Status, compare, compare_runs
from signing.domain.redline_lines import lines_of
from signing.domain.redline_matching import common
from signing.domain.redline_words import segments
from signing.evidence.carry import Change, change_between

SENTENCES = (
    "We write about **three rivers** and the people beside them.",
    "The commission has [reported](https://example.org/report) twice on what it found in the valley.",
    "In March the council heard nobody, although forty people had come to speak.",
    "We ask you to publish the findings, to hear the valley, and to protect those who speak.",
    "我们呼吁理事会立即公布调查结果，并保护证人。",
    "نطلب من المجلس نشر النتائج وحماية الشهود في الوادي.",
    "เราขอให้คณะกรรมการเผยแพร่รายงานและคุ้มครองพยาน",
)

NOTES = {"a": "The first note.", "b": "The second note, about [rivers](https://a.example/)."}


def letter(body: str, **fields: object) -> LetterText:
    """A letter with the notes of the marks that its body has."""
    notes = [f"\n\n[^{name}]: {words}" for name, words in NOTES.items() if f"[^{name}]" in body]
    words: dict[str, object] = {
        "title": "Protect those who speak for rivers",
        "date": "2026-03-02",
        "date_line": "2 March 2026",
        "language": "en",
        "addressees": (("Ms Ada Example", "Commissioner for Waters"),),
        "salutation": "Dear Commissioner,",
        "body": unicodedata.normalize("NFC", body + "".join(notes)),
    }
    return LetterText(**{**words, **fields})  # type: ignore[arg-type]


def shown(part: RedlinePart) -> str:
    """A part as people sign it off by hand: [-removed-], {+added+}, <restyled>."""
    marks = {"same": "{}", "added": "{{+{}+}}", "removed": "[-{}-]", "restyled": "<{}>"}
    return "".join(marks[piece.status].format(piece.text or f"[{piece.footnote}]") for piece in part.pieces)


def changes(redline: Redline) -> list[str]:
    return [shown(part) for part in redline.parts if part.status is not Status.SAME]


def only(redline: Redline) -> RedlinePart:
    (part,) = [part for part in redline.parts if part.status is not Status.SAME]
    return part


def spelled(runs: list[Run]) -> list[Run]:
    """Runs character by character, so that two divisions of one line are equal."""
    return [
        each
        for run in runs
        for each in ([replace(run, text=char) for char in run.text] if run.footnote is None else [run])
    ]


def side(redline: Redline, unwanted: Status) -> list[tuple[object, ...]]:
    """The text that is left when the added (or the removed) pieces are taken away."""
    lines = []
    for part in redline.parts:
        if part.status is not unwanted:
            older = unwanted is Status.ADDED
            setting = part.was if older and part.was else part.setting
            pieces = [piece for piece in part.pieces if piece.status is not unwanted]
            runs = [piece.was if older and piece.was else piece.run for piece in pieces]
            lines.append((setting.kind, setting.level, setting.depth, spelled(runs)))
    return lines


def said(text: LetterText, redline: Redline) -> list[tuple[object, ...]]:
    kinds = {part.kind for part in redline.parts}
    unseen = {"date", "language"} - kinds
    return [
        (line.setting.kind, line.setting.level, line.setting.depth, spelled(list(line.runs)))
        for lines in lines_of(text).values()
        for line in lines
        if line.setting.kind not in unseen
    ]


WORDS = st.sampled_from(
    [*"ab.,-'’“ \n", "the ", "of ", "river ", "12,000 ", "e\u0301", "河", "ก็", "เป็", "👩‍👩‍👧", "🇺🇦", "«", "—"]
)
SPANS = st.builds(
    lambda text, mark, link: f"[{mark}{text}{mark}](https://{link}.example/)" if link else f"{mark}{text}{mark}",
    st.lists(WORDS, min_size=1, max_size=8).map("".join),
    st.sampled_from(["", "", "*", "**"]),
    st.sampled_from(["", "", "a", "b"]),
)
BLOCKS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "", "# ", "## ", "- ", "- ", "1. ", "3. ", "> ", "> - ", "- a\n  - ", "- # "]),
    st.lists(SPANS, min_size=1, max_size=4).map("".join) | st.sampled_from(SENTENCES),
    st.sampled_from(["", "", "", "[^a]", "[^b]"]),
)
BODIES = st.lists(BLOCKS, min_size=1, max_size=7).map("\n\n".join)
VALUES = st.none() | st.lists(WORDS, min_size=1, max_size=5).map("".join)
LETTERS = st.builds(
    letter,
    BODIES,
    title=st.sampled_from(["A title", "Another title"]),
    date=st.sampled_from(["2026-03-02", "2026-03-03"]),
    salutation=VALUES,
    closing=VALUES,
    place=VALUES,
    reference=VALUES,
    addressees=st.lists(st.sampled_from([("Ms Ada",), ("Mr Bo", "Council")]), min_size=1, max_size=3).map(tuple),
)


def readable(text: LetterText) -> bool:
    try:
        return bool(text.blocks)
    except Faulty:
        return False


def check(before: LetterText, after: LetterText) -> Redline:
    """What holds for any two letters."""
    redline = compare(before, after)
    assert side(redline, Status.ADDED) == said(before, redline)
    assert side(redline, Status.REMOVED) == said(after, redline)
    assert redline.changed == (before != after)
    assert redline.summary.unseen == (redline.changed and not changes(redline))
    assert compare(before, after) == redline
    blocks = [part.block for part in redline.parts if part.block is not None]
    assert blocks == sorted(blocks)
    assert set(range(len(after.blocks))) == set(blocks)
    return redline


@settings(max_examples=100, deadline=None)
@given(LETTERS, LETTERS)
def test_without_what_is_added_it_is_the_text_before_without_what_is_removed_the_text_after(before, after):
    assume(readable(before) and readable(after))
    check(before, after)


@settings(max_examples=100, deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=8), st.data())
def test_an_edited_text_is_never_lost_either(blocks, data):
    edited = list(blocks)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(edited) - 1))
        match data.draw(st.sampled_from(["drop", "add", "swap", "edit"])):
            case "drop" if len(edited) > 1:
                del edited[at]
            case "add":
                edited.insert(at, data.draw(BLOCKS))
            case "swap":
                edited.insert(0, edited.pop(at))
            case _:
                edited[at] = edited[at].replace("the ", "this ").replace("We", "We all")
    before, after = (letter("\n\n".join(each)) for each in (blocks, edited))
    assume(readable(before) and readable(after))
    check(before, after)
    redline = compare(before, before)
    assert not redline.changed
    assert changes(redline) == []


def test_a_paragraph_put_on_top_leaves_the_others_alone():
    before = letter("\n\n".join(SENTENCES))
    redline = check(before, letter("\n\n".join(("A word before all others.", *SENTENCES))))
    assert changes(redline) == ["{+A word before all others.+}"]
    assert (only(redline).block, only(redline).kind) == (0, "paragraph")
    assert (redline.summary.paragraphs_added, redline.summary.words_added) == (1, 5)
    assert redline.summary.paragraphs_changed == redline.summary.words_removed == 0


def test_a_changed_paragraph_is_told_from_a_new_one_beside_it():
    first, second = SENTENCES[2], SENTENCES[3]
    redline = check(
        letter(f"{first}\n\n{second}"),
        letter(f"{first}\n\nNothing of this was ever said.\n\n{second.replace('the valley', 'everybody')}"),
    )
    assert changes(redline) == [
        "{+Nothing of this was ever said.+}",
        "We ask you to publish the findings, to hear [-the valley-]{+everybody+}, and to protect those who speak.",
    ]
    assert redline.summary.paragraphs_changed == redline.summary.paragraphs_added == 1


def test_a_paragraph_that_moved_is_said_to_have_moved():
    redline = check(letter("\n\n".join(SENTENCES[:4])), letter("\n\n".join((*SENTENCES[1:4], SENTENCES[0]))))
    assert [(part.status, part.moved, part.block) for part in redline.parts if part.status is not Status.SAME] == [
        ("removed", True, 0),
        ("added", True, 3),
    ]
    summary = redline.summary
    assert (summary.paragraphs_moved, summary.paragraphs_added, summary.words_added) == (1, 0, 0)


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        ("We urge the EU.", "We urge the EU and China.", "We urge the EU{+ and China+}."),
        ("Rights and freedoms of all.", "Rights, and freedoms of all.", "Rights{+,+} and freedoms of all."),
        (
            "It is so. We know it.",
            "It is so. We have seen it. We know it.",
            "It is so.{+ We have seen it.+} We know it.",
        ),
        ("The big red cat sat down.", "The small blue cat sat down.", "The [-big red-]{+small blue+} cat sat down."),
        ("About 12,000 people came.", "About 12,500 people came.", "About [-12,000-]{+12,500+} people came."),
        ("So say China's rulers.", "So say China’s rulers.", "So say [-China's-]{+China’s+} rulers."),
        ("in the previous 37 rounds", "in the previous (37) rounds", "in the previous {+(+}37{+)+} rounds"),
        ("It is so. We saw it. We know.", "It is so. We know.", "It is so.[- We saw it.-] We know."),
        ("我们呼吁公布结果。", "我们敦促公布全部结果。", "我们[-呼吁公布-]{+敦促公布全部+}结果。"),
        ("我们呼吁立即公布结果。", "我们敦促立即公布全部结果。", "我们[-呼吁-]{+敦促+}立即公布{+全部+}结果。"),
        ("成立。我们知道。", "成立。我们看到。我们知道。", "成立。{+我们看到。+}我们知道。"),
        ("نطلب نشر النتائج كاملة.", "نطلب نشر التقارير كاملة.", "نطلب نشر [-النتائج-]{+التقارير+} كاملة."),
        ("we say cafe\u0301s", "we say cafes", "we say [-cafés-]{+cafes+}"),
        ("Yes 👩‍👩‍👧 to this", "Yes 👩‍👩‍👦 to this", "Yes [-👩‍👩‍👧-]{+👩‍👩‍👦+} to this"),
    ],
)
def test_what_people_see_of_a_change(before, after, seen):
    assert changes(check(letter(before), letter(after))) == [seen]


def test_a_rewritten_sentence_is_shown_whole_not_in_shreds():
    kept = "We thank you for your letter of last week and for the time you gave us."
    old = "The talks of the last ten years have never led to a change of the law in the country"
    new = "Whoever spoke of reform in public during the summer was sent to a prison in the north"
    redline = check(letter(f"{kept} {old}."), letter(f"{kept} {new}."))
    assert changes(redline) == [f"{kept} [-{old}-]{{+{new}+}}."]


def test_emphasis_and_links_show_without_changed_words():
    before = letter("We ask **you** to read [the report](https://a.example/) twice.")
    redline = check(before, letter("We ask you to read [the report](https://b.example/) *twice*."))
    part = only(redline)
    assert shown(part) == "We ask <you> to read <the report> <twice>."
    assert [(piece.was, piece.href) for piece in part.pieces if piece.status is Status.RESTYLED] == [
        (Run("you", bold=True), None),
        (Run("the report", href="https://a.example/"), "https://b.example/"),
        (Run("twice"), None),
    ]
    assert (redline.summary.paragraphs_changed, redline.summary.words_added) == (1, 0)


def test_another_setting_shows_without_changed_words():
    redline = check(
        letter("## So it is here\n\nAnd all are there.\n\n3. one of them"),
        letter("So it is here\n\n> And all are there.\n\n4. one of them"),
    )
    settings_ = [(part.was.kind, part.kind, part.was.marker) for part in redline.parts if part.was]
    assert settings_ == [("heading", "paragraph", None), ("paragraph", "quotation", None), ("item", "item", "3.")]
    assert all(piece.status is Status.SAME for part in redline.parts for piece in part.pieces)
    assert redline.summary.paragraphs_changed == 3


def test_an_item_put_into_a_list_renumbers_the_rest_in_silence():
    redline = check(
        letter("1. first of all\n2. then another"), letter("1. first of all\n2. in between\n3. then another")
    )
    assert [(part.status, part.setting.marker, part.block) for part in redline.parts if part.kind == "item"] == [
        ("same", "1.", 0),
        ("added", "2.", 0),
        ("same", "3.", 0),
    ]


def test_a_removed_item_stands_beside_its_list_and_a_removed_ending_beside_the_end():
    redline = check(
        letter("- one of two\n- two of two\n\nThat is all.\n\nGood bye now."), letter("- one of two\n\nThat is all.")
    )
    assert [(part.block, shown(part)) for part in redline.parts if part.status is Status.REMOVED] == [
        (0, "[-two of two-]"),
        (1, "[-Good bye now.-]"),
    ]


def test_a_new_footnote_renumbers_the_others_in_silence():
    before = letter("So they say.\n\nSo it is written.[^b]")
    redline = check(before, letter("So they say.[^a]\n\nSo it is written.[^b]"))
    assert changes(redline) == ["So they say.{+[1]+}", "{+The first note.+}"]
    mark = redline.parts[[part.block for part in redline.parts].index(1)].pieces[-1]
    assert (mark.status, mark.footnote, mark.was) == ("same", 2, Run("", footnote=1))
    assert (redline.summary.footnotes_added, redline.summary.footnotes_changed) == (1, 0)


def test_header_fields_are_compared_by_name():
    before = letter("So it is.", place="Geneva", addressees=(("Ms Ada",), ("Mr Bo", "Council")))
    after = letter(
        "So it is.",
        title="Protect all who speak for rivers",
        date="2026-03-09",
        date_line="9 March 2026",
        closing="Yours sincerely,",
        addressees=(("Mr Bo", "The Council"), ("Ms Cy",)),
    )
    redline = check(before, after)
    assert redline.summary.fields == ("addressees", "place", "date_line", "date", "title", "closing")
    assert [part.kind for part in redline.parts][:2] == ["addressees", "addressees"]
    assert {part.kind: shown(part) for part in redline.parts}[
        "title"
    ] == "Protect [-those-]{+all+} who speak for rivers"
    assert all(part.block is None for part in redline.parts if part.kind != "paragraph")
    assert redline.summary.paragraphs_changed == 0


def test_without_a_text_before_everything_is_added():
    after = letter("# So\n\n- it is[^a]")
    redline = compare(None, after)
    assert redline.changed
    assert {part.status for part in redline.parts} == {"added"}
    assert side(redline, Status.ADDED) == []
    assert (redline.summary.paragraphs_added, redline.summary.footnotes_added) == (2, 1)


def test_markdown_spelled_otherwise_is_a_change_that_nobody_sees():
    redline = check(letter("- so it is\n- and so"), letter("* so it is\n* and so"))
    assert (redline.changed, redline.summary.unseen, redline.summary.typography_only) == (True, True, False)


@settings(max_examples=100, deadline=None)
@given(
    BODIES,
    st.sampled_from(
        [("'", "’"), ('"', "“"), ("-", "–"), (" ", "\u00a0"), (" ", "\n"), ("\n\n", "\n"), ("a", "b"), (".", "")]
    ),
    st.integers(0, 5),
    st.sampled_from(["", "", "", "2026-03-09"]),
)
def test_only_typography_means_what_carrying_means_by_it(body, change, times, date):
    before, after = letter(body), letter(body.replace(*change, times))
    after = replace(after, date=date) if date else after
    assume(readable(before) and readable(after))
    try:
        files = [{"en": text.to_bytes()} for text in (before, after)]
    except Faulty:
        assume(False)
    redline = check(before, after)
    assert redline.summary.typography_only == (change_between(*files) is Change.TYPOGRAPHY)
    outlines = [[line.setting for line in lines_of(text)["body"]] for text in (before, after)]
    if redline.summary.typography_only and outlines[0] == outlines[1]:
        assert (redline.summary.words_added, redline.summary.words_removed) == (0, 0)


@pytest.mark.parametrize("end", [" ", "\u00a0", "\u3000"])
def test_white_space_at_the_very_end_is_typography_as_well(end):
    before, after = letter("So it is."), letter(f"So it is.{end}")
    assert change_between({"en": before.to_bytes()}, {"en": after.to_bytes()}) is Change.TYPOGRAPHY
    assert check(before, after).summary.typography_only


def longest(before, after):
    """The length of a longest common subsequence, by the book."""
    row = [0] * (len(after) + 1)
    for member in before:
        last = row
        row = [0]
        for j, other in enumerate(after):
            row.append(last[j] + 1 if member == other else max(last[j + 1], row[j]))
    return row[-1]


@given(st.text("abc", max_size=12), st.text("abcd", max_size=12))
def test_between_known_pairs_as_much_is_found_as_there_is(before, after):
    pairs = common(before, after, known=())
    assert len(pairs) == longest(before, after)
    assert all(before[i] == after[j] for i, j in pairs)
    assert all(i < k and j < m for (i, j), (k, m) in itertools.pairwise(pairs))


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("It's a cross-border\u00a0 case.", "It's| |a| |cross|-|border|\u00a0 |case|."),
        ("12,000.50 of 3.5%", "12,000.50| |of| |3.5|%"),
        ("हिन्दी में", "हिन्दी| |में"),
        ("می‌خواهم بدانم", "می‌خواهم| |بدانم"),
        ("我们ABC要カ゛、", "我|们|ABC|要|カ|゛|、"),
        ("เก่าน้ำ", "เก่|าน้ำ".replace("|าน้ำ", "า|น้ำ")),
        ("ខ្ញុំ", "ខ្ញុំ"),
        ("မြန်မာ", "မြ|န်|မာ"),
        ("བཀྲ་ཤིས", "བཀྲ|་|ཤིས"),
        ("🇺🇦🇨🇭👍🏽❤️1️⃣", "🇺🇦|🇨🇭|👍🏽|❤️|1️⃣"),
        ("\u0301a \u0301b", "\u0301|a| \u0301|b"),
    ],
)
def test_words_are_cut_as_each_script_is_written(text, cut):
    assert "|".join(segments(text)) == cut


@given(st.text())
@example("a\u200d")
@example("\U0001f1fa\U0001f1e6\U0001f1fa")
def test_no_mark_is_ever_cut_from_its_letter_and_no_character_lost(text):
    parts = list(segments(text))
    assert "".join(parts) == text
    assert not any(unicodedata.category(part[0])[0] == "M" for part in parts[1:])
    assert not any(left.endswith("\u200d") and not right[0].isspace() for left, right in itertools.pairwise(parts))


def _twice(paragraph: str) -> str:
    return "\n\n".join([paragraph] * 2)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n\n".join(f"{n:x}a " * 7 for n in range(800)), "\n\n".join(f"{n:x}b " * 7 for n in range(800))),
        (_twice("a " * 4990), _twice("a b " * 2490)),
        (_twice("a,b;" * 2490), _twice("b,a;" * 2490)),
        (_twice("河水" * 4990), _twice("水河河" * 3300)),
        ("\n\n".join("ab" * 999), "\n\n".join("aab" * 666)),
        ("e" + "\u0316" * 9990, "e" + "\u0317" * 9990),
    ],
)
def test_no_letter_keeps_it_busy(before, after):
    # difflib takes from minutes to hours for most of these.
    before, after = letter(before.strip()), letter(after.strip())
    pieces = [piece for part in compare(before, after).parts if part.block is not None for piece in part.pieces]
    for text, unwanted in ((before, Status.ADDED), (after, Status.REMOVED)):
        words = "".join(piece.text for piece in pieces if piece.status is not unwanted)
        assert words == "".join(line.text for line in lines_of(text)["body"])


def test_a_pasted_paragraph_is_compared_alone():
    found = compare_runs((Run("We urge the "), Run("EU", bold=True)), (Run("We ask the EU now"),))
    assert [(piece.text, piece.status) for piece in found.pieces] == [
        ("We ", "same"),
        ("urge", "removed"),
        ("ask", "added"),
        (" the ", "same"),
        ("EU", "restyled"),
        (" now", "added"),
    ]
    assert (found.words_added, found.words_removed) == (2, 1)
