"""What a report says beside failures: what is not proved, and what the reader should know (EVIDENCE 4.9, step 12).

May import the rooms here.
"""

from dataclasses import replace

from .auditor import Auditor
from .ledger import Ledger
from .report import Report


def remark(report: Report, ledger: Ledger, auditor: Auditor) -> None:
    """Note in a report what the log's state leaves open, and its warnings."""
    if auditor.coordinators is None:
        report.leave_open(
            "COORDINATOR_NOT_GIVEN",
            "Nobody told this check the coordinator's key: whose letter and list this is, is not proved.",
        )
    if not ledger.live:
        report.leave_open("NOTHING_PROVED", "There is no sound answer of any organisation here.")
    if ledger.unchecked:
        entries = ", ".join(map(str, ledger.unchecked[:10])) + (", …" if len(ledger.unchecked) > 10 else "")
        report.leave_open(
            "SCHEME_NOT_CHECKED",
            f"{len(ledger.unchecked)} signatures of a kind that this installation lacks the judge for were not "
            f"checked (entries {entries}). Install the verifier's optional parts, or check them by hand.",
        )
    for warning in ledger.warnings:
        report.warn(warning.code, warning.message)
    _remark_on_policy(report, ledger)
    if auditor.policy is None:
        report.warn("NO_WITNESS_POLICY", "No witnesses are asked for: the log may have shown others another history.")
    _remark_on_holder(report, auditor.held_by_service)


def _remark_on_policy(report: Report, ledger: Ledger) -> None:
    asked = ledger.versions[-1].statement.min_level if ledger.versions else 1
    below = sum(answer.level < asked for answer in ledger.approvals()) if asked > 1 else 0
    if below:
        report.warn(
            "POLICY_RAISED",
            f"The newest version asks for level {asked}; {below} approvals that carry over to it were given at a lower "
            "level, under an earlier version with the same words.",
        )


def _remark_on_holder(report: Report, held: tuple[str, ...] | None) -> None:
    if held is None:
        report.warn(
            "COORDINATOR_KEY_HOLDER_UNKNOWN",
            "It is not known whether the service holds the coordinator's key. If it does, it could have "
            "signed versions and list alone.",
        )
        return
    report.signers[:] = [replace(signer, held_by_service=signer.key in held) for signer in report.signers]
    if any(signer.held_by_service for signer in report.signers):
        report.warn(
            "COORDINATOR_KEY_HELD_BY_SERVICE",
            "The coordinator's key is held by the service: versions and list rest on the service's word.",
        )
