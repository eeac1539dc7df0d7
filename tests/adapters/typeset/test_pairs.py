"""Lines put together from pairs of letters are what HarfBuzz makes of their whole words, in the text faces."""

from __future__ import annotations

import math
import random

import pytest

from signing.adapters.typeset import fonts
from signing.adapters.typeset.textlayer.pairs import in_pairs

_LETTERS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿßāăąćčďđēėęěğģīįıİķĺļľłńņňō"
    "őœŕřśşšţťūůűųźżžơưșțǿẁạảấầẩẫậắằẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹĿŀĳŊŋŠŽÉÖÜŁŻÇÅØÆαβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώΑΔΛΤΥ"
    "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґћђљњџқғңөұүһӣӯАВКТУЯ-–—’‘“”„«».,;:!?()[]&/+'\"%#@*·…§†"
)
_WORDS = (
    "official fjord Reefflicker offfi AVATAR Tyva Łódź İstanbul fiil ffi col·lecció COL·LECCIÓ ĳsland Bíj́na Ștefan "
    "țară (AFFI) W.A.T.E.R. l’Àfrica 1st 2nd 10/12 № 3½ «Ты» Уфа Ґдаля Ελλάς ΑΫΠΝΙΑ -LT- “To” f’ f) f* fï fķ Tʼ"
)


@pytest.mark.parametrize("role", [fonts.REGULAR, fonts.ITALIC, fonts.SEMIBOLD, fonts.CAPTION])
def test_a_line_from_pairs_is_its_whole_words(role: str) -> None:
    chance = random.Random(role)
    known = fonts.style_of(role).cuts[0].face.characters
    words = [*_WORDS.split(), *("".join(chance.choices(_LETTERS, k=chance.randint(1, 9))) for _ in range(600))]
    for language in ("", "tr", "ca", "nl", "ro", "sr", "bg"):
        style = fonts.style_of(role, language=language)
        assert style.pairs is not None
        for word in words:
            if not known.issuperset(word) or math.isinf(style.paired(word)):
                continue
            (whole,) = style.word(word).runs
            letters = [letter for letter in map(style.pairs.__getitem__, in_pairs(word)) if letter]
            codes = [style.cuts[0].face.drawn[letter.says[0]][0] + letter.move for letter in letters]
            assert "".join(codes) == whole.plain, (word, language)
            assert {letter.says for letter in letters} == whole.says, (word, language)
            assert style.pairs.reach(word) == whole.advance, (word, language)
            assert style.pairs.reach(f"{word} Å\u00a0{word}") == 2 * whole.advance + style.pairs.reach(" Å ")


def test_most_words_are_put_together_and_ligatures_are_not() -> None:
    style = fonts.style_of(fonts.REGULAR)
    assert math.isfinite(style.paired("Human Rights – Droits de\u00a0l’Homme"))
    assert math.isinf(style.paired("official"))
    assert math.isinf(style.paired("Ɗ")), "a letter that the face lacks"


def test_only_faces_that_say_so_are_put_together() -> None:
    style = fonts.style_of(fonts.REGULAR)
    assert [cut.face.pairwise for cut in style.cuts].count(frozenset()) == len(style.cuts) - 1
    assert fonts.style_of(fonts.REGULAR, small_caps=True).pairs is None
