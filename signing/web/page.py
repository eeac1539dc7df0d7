"""What every page needs: words in the reader's language, dates, fingerprints, addresses of our static files."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask, current_app, g, has_request_context, request, url_for
from markupsafe import Markup

from signing.domain.errors import Faulty, Refusal
from signing.domain.handover import masked
from signing.locale import SOURCE, dates, preferred, text_direction, translations
from signing.web import chosen_language
from signing.web.guards import NEEDS, Persona, editors_send, may_send

STATIC = Path(__file__).with_name("static")
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_IMPORT = re.compile(rb"""(\bfrom |\bimport\()"\./([a-z-]+\.js)\"""")


def language() -> str:
    """The language of the page around the letter: the contact's, once known, else what the browser asks for."""
    if not has_request_context():
        return SOURCE
    if "language" not in g:
        g.language = _asked_for()
    return str(g.language)


def _asked_for() -> str:
    """What was chosen, else Accept-Language, for pages that are translated whole: those of accounts are English."""
    blueprint = current_app.blueprints.get(request.blueprint or "")
    if getattr(blueprint, "persona", Persona.PUBLIC) in NEEDS:
        return SOURCE
    return chosen_language.chosen() or preferred(tag for tag, quality in request.accept_languages if quality > 0)


def _(message: str, **values: object) -> str:
    """`message` in the page's language, with `%(name)s` filled in."""
    words = translations(language()).gettext(message)
    return words % values if values else words


def said(refusal: Refusal) -> str:
    """What a refusal says, in the page's language."""
    return refusal.fill(translations(language()).gettext(refusal.words))


def faults(
    refusal: Refusal | None, fields: Collection[str] | None = None, elsewhere: str = ""
) -> dict[str, str]:
    """What a refused form is told, under the name of the field that it is about: one of `fields`, where they are given.

    What is about no field is told under the name `elsewhere`; without such a name it is not among these.
    """
    field = refusal.field if isinstance(refusal, Faulty) else None
    if not field or (fields is not None and field not in fields):
        field = elsewhere
    return {field: said(refusal)} if refusal is not None and field else {}


def moment(when: datetime, zone: str = "UTC") -> str:
    """A moment in words, in the letter's zone, the zone named."""
    return dates.moment(when, zone, language())


def offset(when: datetime, zone: str = "UTC") -> int:
    """By how many minutes the letter's zone is ahead of UTC at a moment, for a script to compare."""
    ahead = when.astimezone(ZoneInfo(zone)).utcoffset()
    return int(ahead.total_seconds() // 60) if ahead is not None else 0


def day(when: datetime | date, zone: str = "UTC") -> str:
    """A day in words."""
    return dates.day(when, zone, language())


def fingerprint(digest: str | bytes) -> str:
    """Hex in groups of four, so that two people can read it to each other."""
    text = digest.hex() if isinstance(digest, bytes) else digest
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def state_word(state: str) -> str:
    """A letter's state, for people."""
    return {
        "draft": _("Draft"), "open": _("Open"), "closing": _("Closing"), "closed": _("Closed"),
        "published": _("Published"), "abandoned": _("Given up"),
    }[state]


def standing_word(standing: str) -> str:
    """An organisation's standing, for people."""
    return {
        "approved": _("Approved"), "declined": _("Declined"), "lapsed": _("Lapsed, asked again"),
        "mail-failed": _("Mail failed"), "not-invited": _("Not invited"), "silent": _("Silent"),
        "withdrawn": _("Withdrawn"),
    }[standing]


def language_name(tag: str) -> str:
    """What speakers of a language call it."""
    try:
        name = Locale.parse(tag, sep="-").get_display_name()
    except (ValueError, LookupError):
        return tag
    return str(name or tag).capitalize()


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file of ours; its digest is part of its address, so that caches may keep it for ever."""

    name: str
    digest: str
    data: bytes
    gzipped: bytes
    type: str


def static_files() -> dict[str, StaticFile]:
    """Every file of the static folder, by name; a script's imports are given the addresses that caches may keep."""
    files: dict[str, StaticFile] = {}

    def made(name: str) -> StaticFile:
        if name not in files:
            path = STATIC / name
            data = path.read_bytes()
            if path.suffix == ".js":
                data = _IMPORT.sub(lambda found: b'%b"../%b/%b"' % (
                    found[1], made(found[2].decode()).digest.encode(), found[2]
                ), data)
            digest = hashlib.sha256(data).hexdigest()[:16]
            files[name] = StaticFile(name, digest, data, gzip.compress(data, mtime=0), TYPES[path.suffix])
        return files[name]

    for path in sorted(STATIC.iterdir()):
        if path.suffix in TYPES:
            made(path.name)
    return files


def in_address(file: StaticFile) -> str:
    """A small file as an address that holds it, so that nothing has to be asked for."""
    return f"data:{file.type},{quote(file.data, safe=' =:/')}"


def only_read(endpoint: str) -> str:
    """The line in place of a form that this reader may not send; a page says each once."""
    words = (_("You may read here; editors and leads change it.") if editors_send(endpoint)
             else _("You may read here; leads change it."))
    if words in g.setdefault("told_only_read", set()):
        return ""
    g.told_only_read.add(words)
    return Markup('<p class="muted only-read-line">{}</p>').format(words)


def prepare(app: Flask) -> None:
    """Give the templates their filters, their words and the addresses of static files."""
    files: dict[str, StaticFile] = app.config["STATIC_FILES"]
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: translations(language()).gettext(text),
        lambda one, many, number: translations(language()).ngettext(one, many, number),
        newstyle=True,
    )
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(may_send=may_send, only_read=only_read)
    environment.globals["icon"] = in_address(files["icon.svg"])
    environment.filters.update(
        moment=moment, day=day, offset=offset, fingerprint=fingerprint, masked=masked, said=said,
        language_name=language_name,
    )

    def static_url(name: str) -> str:
        # A page that carries a script of ours may run it; no other page may run any (`headers`).
        g.scripted = g.get("scripted", False) or name.endswith(".js")
        return url_for("public.static", digest=files[name].digest, name=name)

    @app.context_processor
    def everywhere() -> dict[str, Any]:
        return {
            "static_url": static_url, "language": language(), "text_direction": text_direction,
            "page_direction": text_direction(language()), "base_url": app.config["BASE_URL"],
            "offered_languages": chosen_language.OFFERED, "state_word": state_word, "standing_word": standing_word,
        }
