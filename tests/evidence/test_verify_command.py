"""`signing verify` at the command line: verdict, exit code, and plain words for what cannot be read."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from signing.cli.verify import POOL_FROM, signature_map, verify, with_progress
from signing.evidence import bundle
from signing.evidence.entries import BATCH
from signing.evidence.note import NoteKey

from .builders import COORDINATOR, LOG, ORIGIN, LetterBuilder, closed_letter, signatory, trust_of

LETTER = closed_letter()
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    bundle.write(tmp_path / "bundle.zip", LETTER.bundle())
    bundle.write(tmp_path / "bundle", LETTER.bundle())
    (tmp_path / "trust.json").write_bytes(trust_of().to_bytes())
    (tmp_path / "one.tlog-proof").write_bytes(LETTER.receipt(2))
    return tmp_path


def run(place: Path, *arguments: str) -> Result:
    first = arguments[0] if arguments[0].startswith("-") else str(place / arguments[0])
    result = CliRunner().invoke(verify, [first, *arguments[1:]])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def trusting(place: Path) -> tuple[str, str]:
    return "--trust", str(place / "trust.json")


@pytest.mark.parametrize("name", ["bundle.zip", "bundle"])
def test_a_sound_bundle_is_proved(place, name):
    result = run(place, name, *trusting(place))
    assert result.exit_code == 0
    assert result.output.startswith("PROVED\n")
    assert signatory(0).listed_as in result.output


def test_the_script_gives_the_same_verdict(place):
    script = "from signing.cli.verify import main; main()"
    arguments = [sys.executable, "-c", script, str(place / "bundle.zip"), *trusting(place)]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout.split("\n")[0]) == (0, "PROVED")


def test_without_trust_not_all_is_proved(place):
    assert run(place, "bundle.zip").exit_code == 3
    result = run(place, "bundle.zip", "--json")
    assert result.exit_code == 3
    assert json.loads(result.output)["verdict"] == "NOT ALL PROVED"


def test_keys_can_be_named_at_the_command_line(place):
    key = NoteKey(ORIGIN, 1, LOG.raw).vkey
    assert run(place, "bundle.zip", "--log-key", key, "--coordinator", COORDINATOR.name).exit_code == 0
    assert run(place, "bundle.zip", "--log-key", "nonsense").exit_code == 2


def test_a_changed_byte_is_rejected_by_name(place):
    (place / "bundle" / "pdf" / "en.pdf").write_bytes(b"%PDF-1.7 forged")
    result = run(place, "bundle", *trusting(place), "--json")
    assert result.exit_code == 1
    assert [failure["code"] for failure in json.loads(result.output)["failures"]] == ["PDF_MISMATCH"]


def test_a_bundle_that_breaks_the_rules_is_rejected(place):
    (place / "bundle" / "link").symlink_to("/etc/passwd")
    result = run(place, "bundle", *trusting(place), "--json")
    assert result.exit_code == 1
    assert [failure["code"] for failure in json.loads(result.output)["failures"]] == ["BUNDLE_MALFORMED"]


def test_an_earlier_copy_is_compared(place):
    earlier = LetterBuilder()
    earlier.version()
    earlier.answer(signatory(4))
    bundle.write(place / "earlier.zip", earlier.bundle())
    result = run(place, "bundle.zip", *trusting(place), "--since", str(place / "earlier.zip"))
    assert result.exit_code == 1
    assert "CHECKPOINT_FORKED" in result.output


def test_a_receipt_is_judged_by_itself(place):
    result = run(place, "one.tlog-proof", *trusting(place))
    assert result.exit_code == 3
    assert "SIGNER_NOT_CHECKED" in result.output
    assert run(place, "one.tlog-proof", "--coordinator", "x").exit_code == 2
    (place / "one.tlog-proof").write_bytes(LETTER.receipt(2).replace(b"index 2", b"index 3"))
    assert run(place, "one.tlog-proof", *trusting(place)).exit_code == 1


@pytest.mark.parametrize("content", [b"", b"hello", None])
def test_what_is_no_bundle_ends_in_two_with_a_remedy(place, content):
    if content is not None:
        (place / "thing").write_bytes(content)
    result = run(place, "thing", *trusting(place))
    assert result.exit_code == 2
    assert "BUNDLE_UNREADABLE" in result.output
    as_json = run(place, "thing", "--json")
    assert as_json.exit_code == 2
    assert json.loads(as_json.output)["verdict"] == "UNREADABLE"


@pytest.mark.parametrize("content", [b"", b"[]", b'{"logs":1}', b"x" * 2_000_000])
def test_a_trust_file_that_cannot_be_used_ends_in_two(place, content):
    (place / "trust.json").write_bytes(content)
    assert run(place, "bundle.zip", *trusting(place)).exit_code == 2
    (place / "trust.json").unlink()
    assert run(place, "bundle.zip", *trusting(place)).exit_code == 2


def test_misuse_ends_in_two(place):
    assert run(place, "--nonsense").exit_code == 2


def test_a_long_log_is_shared_out_to_processes_and_a_short_one_is_not():
    with signature_map(POOL_FROM - 1) as alone:
        assert alone is map
    with signature_map(POOL_FROM) as shared:
        assert shared is not map
        assert list(shared(abs, [-1, -2, -3])) == [1, 2, 3]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_whoever_waits_at_a_terminal_sees_how_far_it_is(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert list(with_progress(iter([[""] * BATCH] * 3), 3 * BATCH)) == [[""] * BATCH] * 3
    assert "Checking signatures" in screen.getvalue()
    assert "100%" in screen.getvalue()


def test_a_file_gets_no_progress_bar(capsys):
    assert list(with_progress(iter([[""]]), 1)) == [[""]]
    assert capsys.readouterr().err == ""


def test_a_trust_file_with_something_else_than_a_root_is_a_mistake_of_the_caller(place):
    (place / "trust.json").write_bytes(trust_of(roots=("-----BEGIN CERTIFICATE-----",)).to_bytes())
    result = run(place, "bundle.zip", *trusting(place))
    assert result.exit_code == 2
    assert "TRUST_MALFORMED" in result.output


def test_a_log_read_a_few_batches_ahead_gives_all_of_them_in_order():
    with signature_map(POOL_FROM) as shared:
        assert list(shared(abs, range(-400, 0))) == list(range(400, 0, -1))
