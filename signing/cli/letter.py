"""Commands about a letter: import, preview, open, invite, remind, status."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from signing.adapters.letter_intake import EVERYTHING, read_letter
from signing.bootstrap import services_from_environment
from signing.cli.coordinator_signature import Way, obtain, signed_by_coordinator
from signing.cli.printing import AS_JSON, print_data
from signing.cli.routing import deadline, policy
from signing.domain.letter import PAPERS, SHARES, Letter, LetterState
from signing.workflow import coordinator_signing, dashboard, drafting, inviting, printing, reminding, tracking
from signing.workflow.coordinator_signing import Wishes
from signing.workflow.mail_ports import NoticeStatus
from signing.workflow.overview_ports import Choice
from signing.workflow.reminding import LeftOut
from signing.workflow.sealing import seal_state
from signing.workflow.stamps import stamp_state
from signing.workflow.tracking import StatusRow
from signing.workflow.words_ahead import words_ahead

MAIL_WORDS: dict[NoticeStatus | None, str] = {
    NoticeStatus.QUEUED: "  (mail waits to be sent)",
    NoticeStatus.SENDING: "  (mail is being sent)",
}
SHOWN = {
    "nobody": "Organisations see nothing of each other's answers.",
    "count": "Organisations see how many have approved, and no name.",
    "names": "Organisations see who has approved in the open, by printed name; withheld names are counted.",
}
LONGEST_FILE = 5_000_001
MENDING: dict[str | None, bool | Container[str]] = {None: True, "all": EVERYTHING, "none": False}
LEFT_OUT = {
    LeftOut.ANSWERED: "have answered",
    LeftOut.NOT_INVITED: "are not invited yet",
    LeftOut.LINK_ENDED: "have no link that opens",
    LeftOut.STOPPED: "asked for no more reminders",
    LeftOut.REFUSED: "asked never to be written to again",
    LeftOut.MAIL_FAILED: "cannot be reached: their last mail came back",
    LeftOut.TODAY: "had a mail about this letter within a day",
}


@click.group()
def letter() -> None:
    """Draft and open letters."""


letter.add_command(deadline)
letter.add_command(policy)


@letter.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--letter", "letter_id", help="Make the next version, or another language, of this letter.")
@click.option("--language", help="Language tag of a .txt letter, e.g. en.")
@click.option("--deadline", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d"]), help="Hard deadline, UTC.")
@click.option("--paper", type=click.Choice(PAPERS), help="Paper of the PDFs: a4 (if not said), or US letter.")
@click.option("--lead", "leads", multiple=True, metavar="EMAIL", help="Who leads a new letter; repeat. Else everybody.")
@click.option("--title", help="The letter's title, where the file has none.")
@click.option("--date", metavar="YYYY-MM-DD", help="The letter's date, where the file has none.")
@click.option("--mend", "mending", flag_value="all", help="Make every small repair that is proposed.")
@click.option(
    "--as-is", "--no-mend", "mending", flag_value="none",
    help="Make none. Without either, paragraphs are joined that a page break cut (told as a warning).",
)
@AS_JSON
def import_(
    file: Path,
    letter_id: str | None,
    language: str | None,
    deadline: datetime | None,
    paper: str | None,
    leads: tuple[str, ...],
    title: str | None,
    date: str | None,
    mending: str | None,
    as_json: bool,
) -> None:
    """Read FILE (.docx, .md or .txt) as a draft and tell what was noticed, line by line, and what could be repaired."""
    with file.open("rb") as opened:
        data = opened.read(LONGEST_FILE)  # one byte more than any letter may have: the rest need not be read
    draft = read_letter(data, file.name, language=language, mend=MENDING[mending], title=title, date=date)
    result = drafting.import_letter(
        services_from_environment(),
        draft.text,
        letter_id=letter_id,
        deadline=deadline.replace(tzinfo=UTC) if deadline else None,
        file_deadline=draft.deadline,
        paper=paper,
        leads=leads,
    )
    following = f"letter open {letter_id}" if letter_id else f"roster import {result.letter_id} FILE.csv"
    warnings = [{"line": each.line, "code": each.code, "message": each.message} for each in draft.warnings]
    proposals = [{**asdict(each), "made": each.id in draft.made} for each in draft.proposals]
    shown = [each for each in draft.proposals if each.code != "join"]  # joins are told among the warnings
    print_data(
        {"letter": result.letter_id, "version": result.version, "warnings": warnings, "proposals": proposals},
        as_json,
        f"Letter {result.letter_id}, draft of version {result.version}: {draft.text.title}",
        *(f"  {draft.counts} {each['line']}: {each['message']}" for each in warnings),
        *(["Small repairs (--mend makes all of them, --as-is none):"] if shown else []),
        *(
            f"  {draft.counts} {each.line}: {each.before}  ->  {each.after}  "
            f"({'made' if each.id in draft.made else 'not made'}: {each.why})"
            for each in shown
        ),
        f"Next: signing {following}",
    )


@letter.command("list")
@AS_JSON
def list_(as_json: bool) -> None:
    """List all letters, newest first."""
    found = drafting.letters(services_from_environment())
    print_data(
        [
            {"letter": each.id, "title": each.title, "state": each.state, "version": each.version}
            for each in found
        ],
        as_json,
        *(f"{each.id}  {each.state:8} {each.title}" for each in found),
    )


@letter.command()
@click.argument("letter_id", metavar="LETTER")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write."
)
@click.option("--language", help="Language tag; the letter's own when left out.")
def preview(letter_id: str, out: Path, language: str | None) -> None:
    """Write the draft as a PDF, marked as a draft, without a list."""
    out.write_bytes(drafting.preview_pdf(services_from_environment(), letter_id, language))
    click.echo(f"Wrote {out}")


@letter.command("print")
@click.argument("letter_id", metavar="LETTER")
@click.option("--format", "kind", type=click.Choice(list(printing.TYPES)), default="pdf", help="Kind of file: pdf.")
@click.option("--language", help="Language tag; the letter's own when left out.")
@click.option("--edition", type=click.IntRange(1), help="An edition; the newest when left out.")
@click.option("--draft", is_flag=True, help="The newest words, marked as a draft, without a list.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
def print_(
    letter_id: str, kind: str, language: str | None, edition: int | None, draft: bool, out: Path | None
) -> None:
    """Write the letter as a PDF, web page, text or Word file: an edition if it is closed, else the draft."""
    if draft and edition is not None:
        raise click.UsageError("A draft is of no edition: choose --draft or --edition.")
    services = services_from_environment()
    closed = drafting.read(services, letter_id).letter.state.closed
    drafted = draft or not (closed or edition is not None)
    if drafted:
        printed = printing.print_words(services, letter_id, kind, language)
    else:
        found = printing.find_edition(services, letter_id, edition, public=False)
        printed = printing.print_edition(services, found, kind, language)
    out = out or Path(printed.name)
    out.write_bytes(printed.content)
    click.echo(f"Wrote {out}")
    if kind == printing.PDF and not (drafted or printed.sealed):
        click.echo(f"It is not sealed yet, so it proves nothing by itself. See: signing seal {letter_id}")


@letter.command()
@click.argument("letter_id", metavar="LETTER")
@click.option("--shows", type=click.Choice(SHARES), help="What organisations see of the others' approvals.")
@click.option("--links/--no-links", "mail_links", default=None, help="Mails carry a link, or only a short code.")
@AS_JSON
def share(letter_id: str, shows: str | None, mail_links: bool | None, as_json: bool) -> None:
    """Choose what organisations see of the others' answers, and what mails carry; without options, tell it.

    Names shown are the printed ones of organisations that approve in the open; withheld ones are counted. Contacts,
    declines and reasons are never shown. What is changed counts at once, for the next page and the next mail.
    """
    services = services_from_environment()
    if shows is None and mail_links is None:
        found = drafting.read(services, letter_id).letter
    else:
        found = drafting.set_sharing(services, letter_id, shares=shows, mail_links=mail_links)
    print_data(
        {"letter": letter_id, "shares": found.shares, "mail_links": found.mail_links},
        as_json,
        SHOWN[found.shares],
        "Mails carry a link and a short code." if found.mail_links else "Mails carry a short code and no link.",
    )


@letter.command("open")
@click.argument("letter_id", metavar="LETTER")
@click.option("--min-level", type=click.IntRange(1, 4), help="Lowest level of approval: 1 attested … 4 own key.")
@click.option("--binders", help="Who must vouch for a contact's key: attestor, coordinator or attestor,coordinator.")
@click.option("--coordinator", "coordinators", multiple=True, help="Name of a key the version names; repeat.")
@click.option("--rekey", is_flag=True, help="Open the same words again, to name other keys or ask for more.")
@signed_by_coordinator
@AS_JSON
def open_(
    letter_id: str,
    min_level: int | None,
    binders: str | None,
    coordinators: tuple[str, ...],
    rekey: bool,
    way: Way,
    as_json: bool,
) -> None:
    """Freeze the words as a version and begin its log. Nobody is mailed yet."""
    services = services_from_environment()
    wishes = Wishes(
        coordinators=coordinators or None,
        min_level=min_level,
        binders=[name.strip() for name in binders.split(",")] if binders is not None else None,
        rekey=rekey,
        draft_as_is=True,
    )
    if not rekey:
        for text in words_ahead(services, letter_id):
            click.echo(
                f"Warning: the editor holds newer words ({text.language}, saved by {text.saved_by}) that are not in "
                "the draft. They are not opened.", err=True,
            )  # fmt: skip
    opened = obtain(
        services,
        letter_id,
        way,
        "letter",
        prepare=lambda key: coordinator_signing.prepare_opening(services, letter_id, key, wishes=wishes),
        at_once=lambda: drafting.open_letter(services, letter_id, wishes),
        again=f"letter open {letter_id}",
        result=Letter,
    )
    if opened is None:
        return
    print_data(
        {"letter": opened.id, "version": opened.version, "state": opened.state},
        as_json,
        f"Letter {opened.id} is {opened.state} with version {opened.version}.",
        *([f"Next: signing invite {opened.id}"] if opened.state is LetterState.OPEN else []),
    )


@click.command()
@click.argument("letter_id", metavar="LETTER")
@click.option("--stage", type=int, help="Only organisations of this stage.")
@AS_JSON
def invite(letter_id: str, stage: int | None, as_json: bool) -> None:
    """Mail every organisation that has no invitation yet."""
    count = inviting.invite(services_from_environment(), letter_id, stage=stage)
    of_stage = "" if stage is None else f" of stage {stage}"
    told = (
        f"{count} invited. The mails go out while `signing serve` or `signing worker` runs."
        if count
        else f"Nobody is left to invite{of_stage}. To add organisations: signing roster import {letter_id} FILE.csv"
    )
    print_data({"letter": letter_id, "invited": count}, as_json, told)


@click.command()
@click.argument("letter_id", metavar="LETTER")
@click.option("--stage", type=int, help="Only organisations of this stage.")
@AS_JSON
def remind(letter_id: str, stage: int | None, as_json: bool) -> None:
    """Mail a reminder to every organisation that has not answered; at most one mail a day each."""
    done = reminding.remind(services_from_environment(), letter_id, stage=stage)
    print_data(
        {"letter": letter_id, "reminded": done.mailed, "left_out": dict(done.left_out)},
        as_json,
        f"{done.mailed} reminded. The mails go out while `signing serve` or `signing worker` runs."
        if done.mailed
        else "Nobody was reminded.",
        *(f"  {count:4} left out: {LEFT_OUT[why]}" for why, count in done.left_out.items()),
    )


def _in_words(row: StatusRow) -> str:
    """What stands behind an organisation's name: how its mail fares, and whom it waits for."""
    words = MAIL_WORDS.get(row.mail, "")
    if row.speakers.needs_contact:
        words += " (needs another contact)"
    if row.speakers.second is not None and not row.speakers.second.agreed:
        words += f" (waits for its second person, {row.speakers.second.contact})"
    if row.conditions:
        words += " (yes, if: asks for changes)"
    return words


@click.command()
@click.argument("letter_id", metavar="LETTER")
@AS_JSON
def status(letter_id: str, as_json: bool) -> None:
    """Tell where every organisation stands."""
    services = services_from_environment()
    found = tracking.status(services, letter_id)
    standings = dict(dashboard.chosen(services, letter_id, Choice()))
    stamps = stamp_state(services, letter_id)
    seals = seal_state(services, letter_id)
    rows = [
        {
            "id": row.entry.organisation_id,
            "organisation": row.entry.organisation,
            "state": row.standing,
            "standing": standings.get(row.entry.organisation_id, row.standing),
            "stage": row.entry.stage,
            "needs_contact": row.speakers.needs_contact,
            "two_persons": None if row.speakers.second is None else {"agreed": row.speakers.second.agreed},
            "remarks": row.remarks,
            "conditions": row.conditions,
        }
        for row in found.rows
    ]
    print_data(
        {
            "letter": letter_id,
            "state": found.state,
            "version": found.letter.version,
            "shares": found.letter.shares,
            "mail_links": found.letter.mail_links,
            "organisations": rows,
            "counts": found.counts,
            "remarks": found.remarks,
            "stamps": stamps.to_json(),
            "sealed": [each.to_json() for each in seals.documents],
        },
        as_json,
        f"{found.letter.title} ({found.state}, version {found.letter.version})",
        *([f"Answers until {found.letter.hard_deadline:%Y-%m-%d %H:%M} UTC"] if found.letter.hard_deadline else []),
        *(f"  {row.standing:12} {row.entry.organisation}{_in_words(row)}" for row in found.rows),
        ", ".join(f"{count} {name}" for name, count in found.counts.items() if count) or "No organisations yet.",
        *([f"Remarks: {found.remarks}. Read them on the letter's pages."] if found.remarks else []),
        *([f"Warning: {stamps.warning}. See `signing doctor`."] if stamps.warning else []),
        *(f"Warning: {words}." for words in (seals.warnings if found.letter.published_at else [])),
    )
