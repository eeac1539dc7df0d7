"""In which script an organisation writes its own name, as far as its language or country tells; standard library only.

Where a letter is printed in another script, the name in its own should stand beside it: whoever has it there looks for
it, and two organisations that are spelled alike in Latin letters are told apart.
"""

from __future__ import annotations

import unicodedata
from typing import Final

LATIN: Final = "LATIN"
# By language subtag; Unicode's own word for the script. Languages of two scripts are left out.
OF_LANGUAGES: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb", "ug"), ("ARABIC",)),
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "kk", "ky", "tg", "mn"), ("CYRILLIC",)),
    **dict.fromkeys(("zh", "yue"), ("CJK",)),
    "ja": ("CJK", "HIRAGANA", "KATAKANA"), "ko": ("HANGUL", "CJK"), "el": ("GREEK",), "he": ("HEBREW",),
    "hy": ("ARMENIAN",), "ka": ("GEORGIAN",), "th": ("THAI",), "lo": ("LAO",), "km": ("KHMER",), "my": ("MYANMAR",),
    "am": ("ETHIOPIC",), "ti": ("ETHIOPIC",), "ne": ("DEVANAGARI",), "hi": ("DEVANAGARI",), "bn": ("BENGALI",),
    "bo": ("TIBETAN",), "dz": ("TIBETAN",), "si": ("SINHALA",), "ta": ("TAMIL",),
}  # fmt: skip
# Countries where organisations have their name in one script that is not Latin. Those where many have a Latin one of
# their own (India, Nigeria, Singapore, Hong Kong) are left out: nobody should be asked in vain.
OF_COUNTRIES: Final[dict[str, str]] = {
    **dict.fromkeys((
        "egypt", "jordan", "lebanon", "syria", "iraq", "yemen", "sudan", "libya", "palestine", "saudi arabia", "kuwait",
        "bahrain", "qatar", "oman", "united arab emirates", "eg", "jo", "lb", "sy", "iq", "ye", "sd", "ly", "ps", "sa",
        "kw", "bh", "qa", "om", "ae",
    ), "ar"),
    **dict.fromkeys(("iran", "ir", "afghanistan", "af"), "fa"),
    **dict.fromkeys(("russia", "ru", "belarus", "by", "kazakhstan", "kz", "kyrgyzstan", "kg"), "ru"),
    **dict.fromkeys(("tajikistan", "tj"), "tg"),
    **dict.fromkeys(("ukraine", "ua"), "uk"), **dict.fromkeys(("bulgaria", "bg"), "bg"),
    **dict.fromkeys(("north macedonia", "mk"), "mk"), **dict.fromkeys(("mongolia", "mn"), "mn"),
    **dict.fromkeys(("china", "cn", "taiwan", "tw"), "zh"), **dict.fromkeys(("japan", "jp"), "ja"),
    **dict.fromkeys(("south korea", "korea", "republic of korea", "kr"), "ko"),
    **dict.fromkeys(("greece", "gr", "cyprus", "cy"), "el"), **dict.fromkeys(("israel", "il"), "he"),
    **dict.fromkeys(("armenia", "am"), "hy"), **dict.fromkeys(("georgia", "ge"), "ka"),
    **dict.fromkeys(("thailand", "th"), "th"), **dict.fromkeys(("laos", "la"), "lo"),
    **dict.fromkeys(("cambodia", "kh"), "km"), **dict.fromkeys(("myanmar", "burma", "mm"), "my"),
    **dict.fromkeys(("nepal", "np"), "ne"), **dict.fromkeys(("bangladesh", "bd"), "bn"),
}  # fmt: skip


def scripts_of(language: str | None) -> tuple[str, ...]:
    """The scripts of a language, by its tag: Latin for all that are not known to have another."""
    return OF_LANGUAGES.get((language or "").split("-")[0].lower(), (LATIN,))


def own_language(language: str | None, country: str | None) -> str | None:
    """The language whose script an organisation writes its name in: that of its country, else its contact's own."""
    return OF_COUNTRIES.get((country or "").strip().casefold()) or language


def lacks_native_name(letter_language: str, language: str | None, country: str | None, *printed: str | None) -> bool:
    """Whether an organisation writes itself in another script than the letter's, and nothing that is `printed` of it
    is in that one."""
    own = scripts_of(own_language(language, country))
    if own == scripts_of(letter_language):
        return False
    return not any(_has(text or "", own) for text in printed)


def _has(text: str, scripts: tuple[str, ...]) -> bool:
    return any(unicodedata.name(char, "").startswith(scripts) for char in text if char.isalpha())
