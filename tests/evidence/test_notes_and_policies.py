"""Signed notes, checkpoints and witness policies after C2SP: read strictly, written in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.evidence import Malformed, Rejected
from signing.evidence.checkpoint import Checkpoint
from signing.evidence.note import ALG_COSIGNATURE, Note, NoteKey, cosignature_line, sign_note
from signing.evidence.policy import Policy, log_policy

from .builders import LOG, ORIGIN, STRANGER, key_of, refusal

LOG_KEY = NoteKey(ORIGIN, 1, LOG.raw)
CHECKPOINT = Checkpoint(ORIGIN, 3, b"\x05" * 32)
NOTE = CHECKPOINT.sign(LOG.raw, LOG.private.sign)
WITNESSES = [key_of(f"witness {number}") for number in range(4)]
WITNESS_KEYS = [NoteKey(f"w{n}.example", ALG_COSIGNATURE, key.raw) for n, key in enumerate(WITNESSES)]


def cosigned(*numbers: int) -> Note:
    text = Note.from_bytes(NOTE).text
    lines = b"".join(
        cosignature_line(text, f"w{n}.example", WITNESSES[n].raw, 1795478400, WITNESSES[n].private.sign)
        for n in numbers
    )
    return Note.from_bytes(NOTE + lines)


def test_a_note_reads_back_and_names_its_signer():
    note = Note.from_bytes(NOTE)
    assert note.to_bytes() == NOTE
    assert note.verify([LOG_KEY]) == (LOG_KEY,)
    assert Checkpoint.from_note(NOTE)[0] == CHECKPOINT


def test_lines_of_unknown_keys_are_ignored():
    assert cosigned(0, 1).verify([LOG_KEY]) == (LOG_KEY,)
    assert Note.from_bytes(NOTE).verify([NoteKey(ORIGIN, 1, STRANGER.raw)]) == ()


def test_a_known_key_whose_signature_does_not_fit_spoils_the_note():
    changed = NOTE.replace(b"\n3\n", b"\n4\n")
    with pytest.raises(Rejected, match="NOTE_BAD"):
        Note.from_bytes(changed).verify([LOG_KEY])


def test_a_log_signature_is_no_cosignature_and_the_other_way_round():
    as_witness = NoteKey(ORIGIN, ALG_COSIGNATURE, LOG.raw)
    assert Note.from_bytes(NOTE).verify([as_witness]) == ()
    assert as_witness.id != LOG_KEY.id


def test_a_text_with_empty_lines_ends_at_the_last_one():
    signed = sign_note("one\n\ntwo\n", "name", LOG.raw, LOG.private.sign)
    assert Note.from_bytes(signed).text == b"one\n\ntwo\n"


@pytest.mark.parametrize("text", ["no line end", "a\n\n— name AAAAAAAA", "", "tab\t\n", "half \ud800\n"])
def test_a_text_that_cannot_stand_in_a_note_is_refused(text):
    with pytest.raises(Malformed, match="NOTE_MALFORMED"):
        sign_note(text, "name", LOG.raw, LOG.private.sign)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "no\u00a0break"])
def test_a_name_that_cannot_stand_in_a_note_is_refused(name):
    with pytest.raises(Malformed, match="NOTE_MALFORMED"):
        sign_note("text\n", name, LOG.raw, LOG.private.sign)


@pytest.mark.parametrize("size", [b"03", b"+3", b"3 ", b"-1", b"1_0", "３".encode(), b"9" * 17, b""])
def test_a_size_has_one_spelling(size):
    with pytest.raises(Malformed, match="CHECKPOINT_MALFORMED"):
        Checkpoint.from_text(CHECKPOINT.to_text().encode().replace(b"\n3\n", b"\n" + size + b"\n"))


def test_a_checkpoint_has_exactly_three_lines():
    text = CHECKPOINT.to_text().encode()
    for other in (text + b"extension\n", text[:-1], b"\n" + text.split(b"\n", 1)[1], text[:-3] + b"\n"):
        with pytest.raises(Malformed, match="CHECKPOINT_MALFORMED"):
            Checkpoint.from_text(other)


@given(st.data())
def test_a_damaged_note_is_refused_or_reads_back_as_it_is(data):
    at = data.draw(st.integers(0, len(NOTE) - 1))
    damaged = NOTE[:at] + data.draw(st.binary(max_size=2)) + NOTE[at + 1 :]
    refused = refusal(lambda: Note.from_bytes(damaged))
    assert refused in {"", "NOTE_MALFORMED"}
    assert refused or Note.from_bytes(damaged).to_bytes() == damaged


@given(st.binary(max_size=200) | st.text("— \nabc+/=", max_size=60).map(lambda text: text.encode()))
def test_reading_made_up_notes_raises_nothing_but_malformed(data):
    for read in (Note.from_bytes, Checkpoint.from_note, Checkpoint.from_text):
        refused = refusal(lambda read=read: read(data))
        assert refused in {"", "NOTE_MALFORMED", "CHECKPOINT_MALFORMED"}


def test_a_verifier_key_has_one_spelling():
    assert NoteKey.from_vkey(LOG_KEY.vkey) == LOG_KEY
    for other in ("", "name", LOG_KEY.vkey + "=", LOG_KEY.vkey.replace("+", "+0", 1), "x" + LOG_KEY.vkey):
        with pytest.raises(Malformed, match="VKEY"):
            NoteKey.from_vkey(other)


def test_a_weak_verifier_key_is_refused():
    with pytest.raises(Rejected, match="KEY_WEAK"):
        NoteKey.from_vkey(NoteKey("log", 1, b"\x01" + bytes(31)).vkey)


POLICY = f"""# ours
log {LOG_KEY.vkey} https://log.example/
witness A {WITNESS_KEYS[0].vkey}
\twitness  B {WITNESS_KEYS[1].vkey}  https://b.example/
witness C {WITNESS_KEYS[2].vkey}
witness D {WITNESS_KEYS[3].vkey}
group two-of-three 2 A B C

group everybody all two-of-three D
quorum everybody
"""


@pytest.mark.parametrize(
    ("who", "met"),
    [((), False), ((0, 1), False), ((0, 1, 2), False), ((0, 3), False), ((0, 2, 3), True), ((0, 1, 2, 3), True)],
)
def test_a_quorum_is_counted_over_nested_groups(who, met):
    policy = Policy.from_text(POLICY)
    assert policy.logs == (LOG_KEY,)
    assert policy.is_met(cosigned(*who).verify(policy.witnesses.values())) is met


def test_a_single_witness_and_nobody_can_be_the_quorum():
    single = Policy.from_text(f"witness A {WITNESS_KEYS[0].vkey}\nquorum A\n")
    assert single.is_met([WITNESS_KEYS[0]])
    assert not single.is_met([WITNESS_KEYS[1]])
    assert Policy.from_text(log_policy([LOG_KEY])).is_met([])
    assert Policy.from_text(log_policy([LOG_KEY])).logs == (LOG_KEY,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("quorum everybody\n", ""),
        ("quorum everybody\n", "quorum everybody\nquorum A\n"),
        ("quorum everybody", "quorum nobody"),
        ("2 A B C", "4 A B C"),
        ("2 A B C", "0 A B C"),
        ("2 A B C", "02 A B C"),
        ("2 A B C", "2 A B E"),
        ("2 A B C", "2 A A B"),
        ("all two-of-three D", "all two-of-three A"),
        ("group everybody", "group A"),
        ("witness C", "witness none"),
        ("witness C", "witness A"),
        ("all two-of-three D", "all"),
        ("# ours", "# ours\x07"),
        ("# ours", "loge x"),
        (WITNESS_KEYS[2].vkey, WITNESS_KEYS[0].vkey),
        (WITNESS_KEYS[2].vkey, LOG_KEY.vkey),
        (LOG_KEY.vkey, WITNESS_KEYS[2].vkey),
    ],
)
def test_a_policy_that_is_not_sound_is_refused(old, new):
    assert old in POLICY
    with pytest.raises(Malformed, match="POLICY_MALFORMED"):
        Policy.from_text(POLICY.replace(old, new, 1))


@pytest.mark.parametrize(
    "text",
    [
        f"witness A {WITNESS_KEYS[0].vkey}\nwitness A {WITNESS_KEYS[1].vkey}\nquorum A\n",
        f"witness none {WITNESS_KEYS[0].vkey}\nquorum none\n",
        f"witness A {WITNESS_KEYS[0].vkey}\ngroup A any A\nquorum A\n",
        f"witness A {WITNESS_KEYS[0].vkey}\ngroup none any A\nquorum none\n",
        "#" * 100_001 + "\nquorum none\n",
        "".join(f"witness {n} {NoteKey(f'w{n}', ALG_COSIGNATURE, key_of(str(n)).raw).vkey}\ngroup g{n} any {n}\n"
                for n in range(65)) + "quorum none\n",
    ],
)  # fmt: skip
def test_a_policy_with_a_single_fault_is_refused(text):
    with pytest.raises(Malformed, match="POLICY_MALFORMED"):
        Policy.from_text(text)


@pytest.mark.parametrize(
    "data",
    [b"text\n", b"\n\n", NOTE[:-1], NOTE + NOTE.split(b"\n\n")[1] * 64, b"x" * 1_000_001 + NOTE, NOTE + b"\xff"],
)
def test_what_is_no_note_is_refused(data):
    with pytest.raises(Malformed, match="NOTE_MALFORMED"):
        Note.from_bytes(data)


def test_sixteen_signatures_are_read():
    assert len(Note.from_bytes(NOTE + NOTE.split(b"\n\n")[1] * 15).signatures) == 16


@given(st.text("log witness group quorum none any all 12\n\t#", max_size=120))
def test_reading_made_up_policies_raises_nothing_but_evidence_errors(text):
    assert refusal(lambda: Policy.from_text(text)) in {"", "POLICY_MALFORMED", "VKEY"}
