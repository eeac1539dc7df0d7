"""The text for the press as we write it, in a language of the letter: plain words that a newsroom can take over."""

from __future__ import annotations

from signing.locale import translations
from signing.locale.dates import day, moment
from signing.workflow.press import PressMatter, asks

# So many are named one by one; of more, the number says more.
NAMED = 60


def press_text(matter: PressMatter, language: str) -> str:
    """The whole text, with headings as Markdown has them."""
    gettext, ngettext = translations(language).gettext, translations(language).ngettext
    letter, text = matter.letter, matter.texts[language]
    total = len(matter.names) + matter.withheld
    addressees = "; ".join(", ".join(block[:2]) for block in text.addressees[:3])
    parts = [gettext("For immediate release")]
    if letter.published_at is None and letter.publish_at is not None:
        parts = [
            gettext("Not to be published before %(when)s") % {"when": moment(letter.publish_at, letter.zone, language)}
        ]
    signed = ngettext(
        "%(num)s organisation has signed a joint letter to %(addressees)s.",
        "%(num)s organisations have signed a joint letter to %(addressees)s.",
        total,
    ) % {"num": total, "addressees": addressees}
    if matter.countries > 1:
        signed += " " + ngettext(
            "They come from %(num)s country.", "They come from %(num)s countries.", matter.countries
        ) % {"num": matter.countries}
    dated = letter.published_at or letter.publish_at or matter.at
    parts += [
        f"# {text.title}",
        f"{text.place + ', ' if text.place else ''}{day(dated, letter.zone, language)}. {signed}",
        *asks(text),
    ]
    parts += ["## " + gettext("Who signed"), _who(matter, language)]
    public = f"{letter.base_url}/l/{letter.id}"
    parts += [
        "## " + gettext("The letter"),
        f"{public}/{language}.pdf",
        "## " + gettext("How to check it"),
        gettext(
            "Each name stands there because that organisation approved these exact words. The evidence is public, and "
            "anybody can verify it without us:"
        ),
        f"{public}/evidence.zip\n{letter.base_url}/check",
        "## " + gettext("Contact"),
        "\n".join(matter.contacts) or gettext("The coordinators of the letter"),
    ]
    return "\n\n".join(parts) + "\n"


def as_plain(words: str) -> str:
    """The same without the marks of headings."""
    return "\n".join(line.lstrip("#").strip() if line.startswith("#") else line for line in words.split("\n"))


def _who(matter: PressMatter, language: str) -> str:
    ngettext = translations(language).ngettext
    if len(matter.names) > NAMED:
        number = len(matter.names)
        named = ngettext(
            "%(num)s organisation, named in the letter.", "%(num)s organisations, named in the letter.", number
        ) % {"num": number}
    else:
        named = "; ".join(matter.names)
    if not matter.withheld:
        return named
    more = ngettext(
        "%(num)s more organisation signs without its name.",
        "%(num)s more organisations sign without their names.",
        matter.withheld,
    ) % {"num": matter.withheld}
    # A paragraph of its own: the line before it may end as a sentence or as a name, in any language.
    return f"{named}\n\n{more}" if named else more
