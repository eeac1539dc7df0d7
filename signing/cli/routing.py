"""Commands about who is asked when and until when: stages, deadlines, rules."""

from __future__ import annotations

from datetime import datetime

import click

from signing.bootstrap import services_from_environment
from signing.cli.printing import AS_JSON, print_data
from signing.domain import rhythm
from signing.domain.deadline import shown
from signing.domain.letter import Letter
from signing.domain.stage import Stage, StageOpening
from signing.workflow import letter_policy, staging
from signing.workflow.letter_policy import PolicyForm
from signing.workflow.staging import StageForm, StageView


@click.command()
@click.argument("letter_id", metavar="LETTER")
@click.option("--stage", "number", type=int, help="The stage that the other options are about.")
@click.option("--name", help="What the stage is called.")
@click.option("--opens", type=click.Choice([each.value for each in StageOpening]), help="How the stage opens.")
@click.option("--at", "opens_at", default="", metavar="TIME", help="When, by the letter's clock: 2026-03-31T09:00.")
@AS_JSON
def stages(
    letter_id: str, number: int | None, name: str | None, opens: str | None, opens_at: str, as_json: bool
) -> None:
    """Tell the stages of a letter and how far each has come; or say how one of them opens."""
    services = services_from_environment()
    if number is not None:
        known = {each.number: each.stage for each in staging.routing(services, letter_id).stages}
        old = known.get(number, Stage(letter_id, number))
        kept_at = shown(old.opens_at, staging.routing(services, letter_id).letter.zone) if old.opens_at else ""
        form = StageForm(
            name if name is not None else old.name or "", opens or ("at-time" if opens_at else old.opens.value),
            opens_at or kept_at,
        )  # fmt: skip
        staging.arrange(services, letter_id, number, form)
    elif name is not None or opens is not None or opens_at:
        raise click.UsageError("Say which stage with --stage.")
    routing = staging.routing(services, letter_id)
    rows = [
        {
            "stage": each.number, "name": each.stage.name, "opens": each.stage.opens.value,
            "opens_at": _iso(each.stage.opens_at), "opened_at": _iso(each.stage.opened_at),
            "organisations": each.counts.all, "invited": each.counts.invited, "answered": each.counts.answered,
            "approved": each.counts.approved, "missing": [one.organisation_id for one in each.missing],
        }
        for each in routing.stages
    ]  # fmt: skip
    print_data(
        {"letter": letter_id, "stages": rows},
        as_json,
        *(_line(each, routing.letter) for each in routing.stages),
        *([] if routing.stages else ["Nobody is on the roster yet."]),
    )


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _line(each: StageView, letter: Letter) -> str:
    counts, stage = each.counts, each.stage
    how = (
        "opened" if each.opened
        else f"opens when stage {each.before} has answered" if stage.opens is StageOpening.ANSWERED
        else f"opens at {shown(stage.opens_at, letter.zone)} {letter.zone}" if stage.opens_at is not None
        else "opens by hand"
    )  # fmt: skip
    return (
        f"  {each.number:3} {stage.name or '':24} {counts.approved} approved, {counts.answered} answered, "
        f"{counts.invited} invited of {counts.all}; {how}"
    )


@click.command()
@click.argument("letter_id", metavar="LETTER")
@click.option("--hard", metavar="TIME", help="The last moment for answers, by the letter's clock: 2026-03-31T18:00.")
@click.option("--soft", metavar="TIME", help="What pages and mails ask for; empty for none.")
@click.option("--zone", metavar="AREA/PLACE", help="The letter's clock, such as Africa/Nairobi.")
@AS_JSON
def deadline(letter_id: str, hard: str | None, soft: str | None, zone: str | None, as_json: bool) -> None:
    """Tell a letter's deadlines, or change them; once organisations are invited, only to a later time."""
    services = services_from_environment()
    form = PolicyForm(zone=zone, soft_deadline=soft, hard_deadline=hard)
    done = letter_policy.change(services, letter_id, form) if form != PolicyForm() else None
    letter = done.letter if done else letter_policy.view(services, letter_id).letter
    told = {"told": done.told, "told_later": done.told_later} if done else {}
    data = {"letter": letter_id, "zone": letter.zone, "soft_deadline": _iso(letter.soft_deadline),
            "hard_deadline": _iso(letter.hard_deadline)}  # fmt: skip
    twice = done.twice if done else ()
    print_data(
        data | told,
        as_json,
        f"Please answer by: {_at(letter.soft_deadline, letter)}",
        f"The last moment:  {_at(letter.hard_deadline, letter)}",
        *(f"The hour of {name} comes twice that night: the second is meant." for name in twice),
        *([f"{done.told} organisations are told now, {done.told_later} when a day has passed since their last mail."]
          if done and done.told + done.told_later else []),
    )  # fmt: skip


def _at(at: datetime | None, letter: Letter) -> str:
    return f"{shown(at, letter.zone)} ({letter.zone})" if at is not None else "not set"


@click.command()
@click.argument("letter_id", metavar="LETTER")
@click.option("--confidential/--no-confidential", "confidential", default=None, help="May names be withheld?")
@click.option("--carry/--no-carry", "carry", default=None, help="May a yes cover later changes of typography?")
@click.option("--quorum", type=click.IntRange(0), help="How many must approve before the letter is published.")
@click.option("--remind", metavar="DAYS", help='Reminders: "7,3,1" days before, or "every 3"; empty for none.')
@AS_JSON
def policy(
    letter_id: str, confidential: bool | None, carry: bool | None, quorum: int | None, remind: str | None, as_json: bool
) -> None:
    """Tell a letter's rules, or change them."""
    services = services_from_environment()
    form = PolicyForm(
        allows_confidential=confidential, allows_carry=carry, rhythm=remind,
        quorum=str(quorum) if quorum is not None else None,
    )  # fmt: skip
    changed = form != PolicyForm()
    letter = (
        letter_policy.change(services, letter_id, form).letter if changed
        else letter_policy.view(services, letter_id).letter
    )  # fmt: skip
    print_data(
        {
            "letter": letter_id, "confidential": letter.allows_confidential, "carry": letter.allows_carry,
            "quorum": letter.quorum, "remind": list(letter.rhythm), "shares": letter.shares,
            "mail_links": letter.mail_links, "min_level": letter.min_level, "binders": list(letter.binders),
        },
        as_json,
        "Organisations may withhold their name." if letter.allows_confidential else "Whoever approves is named.",
        "A yes may cover later changes of typography." if letter.allows_carry else "Every change asks everybody again.",
        f"Published only if {letter.quorum} approve." if letter.quorum else "May be published however many approve.",
        f"Reminders: {rhythm.spelled(letter.rhythm)}." if letter.rhythm else "Nobody is reminded by itself.",
    )  # fmt: skip
