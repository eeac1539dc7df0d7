"""Words put together from pairs of letters are what HarfBuzz makes of the whole words, in the text faces."""

from __future__ import annotations

import random

import pytest

from signing.adapters.typeset import fonts

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
def test_a_word_from_pairs_is_the_whole_word(role: str) -> None:
    chance = random.Random(role)
    known = fonts.style_of(role).cuts[0].face.characters
    words = [*_WORDS.split(), *("".join(chance.choices(_LETTERS, k=chance.randint(1, 9))) for _ in range(600))]
    for language in ("", "tr", "ca", "nl", "ro", "sr", "bg"):
        style = fonts.style_of(role, language=language)
        for word in words:
            if not known.issuperset(word):
                continue
            put, whole = style._run(style.cuts[0], word, False), style._shaped_run(style.cuts[0], word, False)
            for part in ("plain", "advance", "count", "says", "text"):
                assert getattr(put, part) == getattr(whole, part), (word, language, part)


def test_most_words_are_put_together_and_ligatures_are_not() -> None:
    letters = fonts.style_of(fonts.REGULAR)._letters
    assert letters is not None
    assert None not in [letters[pair] for pair in zip("Rights", "ights ", strict=True)]
    assert letters["f", "i"] is None


def test_only_faces_that_say_so_are_put_together() -> None:
    style = fonts.style_of(fonts.REGULAR)
    assert [cut.face.pairwise for cut in style.cuts].count(frozenset()) == len(style.cuts) - 1
    assert fonts.style_of(fonts.REGULAR, small_caps=True)._letters is None
