"""The script a text is written in, the language it is most likely in, and how far apart its lines are set.

May import icu and the standard library. A guess is for readers that speak the words; nothing else hangs on it.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import icu  # type: ignore[import-untyped]

_NO_SCRIPT = frozenset({"Zyyy", "Zinh", "Zzzz"})
# How much further apart than those of Latin the lines of a script are set.
_LOOSENESS = {
    "Arab": 1.22, "Deva": 1.12, "Hang": 1.08, "Hani": 1.08, "Jpan": 1.08, "Khmr": 1.25, "Laoo": 1.15, "Mymr": 1.25,
    "Thai": 1.15, "Tibt": 1.25,
}  # fmt: skip
_LANGUAGES = {
    "Arab": "ar", "Deva": "hi", "Grek": "el", "Hang": "ko", "Hani": "zh", "Hebr": "he", "Hira": "ja", "Kana": "ja",
    "Tibt": "bo", "Thai": "th", "Armn": "hy", "Geor": "ka", "Khmr": "km", "Laoo": "lo", "Mymr": "my",
}  # fmt: skip
# Letters that one language of a script has and its larger neighbours do not.
_TELLING = (
    ("Arab", "ug", "ۆۈۇېەڭۋ"),
    ("Arab", "ur", "ٹڈڑےں"),
    ("Arab", "fa", "پچژگیک"),
    ("Cyrl", "uk", "іїєґ"),
    ("Cyrl", "kk", "әғқңөұүһ"),
)


def of_text(text: str) -> str:
    """The script (ISO 15924, as `Latn`) of most letters; `Zyyy` where there are none, `Jpan` for Japanese."""
    found: Counter[str] = Counter()
    for character, times in Counter(text).items():
        if (script := _script(character)) not in _NO_SCRIPT:
            found[script] += times
    if found["Hira"] + found["Kana"]:
        return "Jpan"
    return found.most_common(1)[0][0] if found else "Zyyy"


def looseness(text: str) -> float:
    """How much further apart than Latin lines those of this text are set."""
    return _LOOSENESS.get(of_text(text), 1.0)


def likely_language(text: str) -> str | None:
    """The language tag a text in this script most likely has; only its script where several are as likely, and None
    for Latin letters, which say nothing."""
    script = of_text(text)
    if script in ("Latn", "Zyyy"):
        return None
    if script == "Jpan":
        return "ja"
    lower = set(text.lower())
    for telling, language, letters in _TELLING:
        if telling == script and not lower.isdisjoint(letters):
            return language
    return _LANGUAGES.get(script, f"und-{script}")


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    return str(icu.Script.getScript(ord(character)).getShortName())
