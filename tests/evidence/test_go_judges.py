"""Go's own log library opens our checkpoints and finds our entries in our tiles, and in no others."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from signing.evidence import bundle
from signing.evidence.checkpoint import Checkpoint
from signing.evidence.note import ALG_ED25519, NoteKey, cosignature_line
from tests.go_judge import judge, needs_go

from .builders import LOG, ORIGIN, STRANGER, WITNESS, WITNESS_KEY, Key, LetterBuilder, signatory

pytestmark = needs_go

VKEY = NoteKey(ORIGIN, ALG_ED25519, LOG.raw).vkey
# Beyond 65,536 entries a third level of tiles begins: nothing then is new, and no test should take that long.
SIZES = (1, 2, 3, 255, 256, 257, 1_031)


def cosigned(letter: LetterBuilder, key: Key = WITNESS) -> bytes:
    note = letter.checkpoint()
    text = note.partition(b"\n\n")[0] + b"\n"
    return note + cosignature_line(text, WITNESS_KEY.name, WITNESS.raw, 1_795_478_400, key.private.sign)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The bundle of one letter at each size, with every earlier size's checkpoint in it."""
    folder = tmp_path_factory.mktemp("grown")
    letter = LetterBuilder()
    letter.version()
    for size in SIZES:
        while len(letter.entries) < size:
            letter.answer(signatory(len(letter.entries)))
        bundle.write(folder / str(size), letter.bundle(cosigned(letter)))
        letter.keep_checkpoint()
    return {size: folder / str(size) for size in SIZES}


@pytest.mark.parametrize("size", SIZES)
def test_go_opens_the_checkpoint_and_proves_every_entry_and_every_earlier_checkpoint(
    grown: dict[int, Path], size: int
) -> None:
    judged = judge(VKEY, grown[size], WITNESS_KEY.vkey)
    assert judged.returncode == 0, judged.stderr
    earlier = SIZES.index(size)
    assert judged.stdout == f"size {size}, entries {size}, earlier checkpoints {earlier}, cosignatures 1\n"


def spoilt(grown: dict[int, Path], tmp_path: Path, spoil: Callable[[Path], None]) -> subprocess.CompletedProcess[str]:
    folder = tmp_path / "bundle"
    subprocess.run(["cp", "-r", grown[257], folder], check=True)
    assert judge(VKEY, folder, WITNESS_KEY.vkey).returncode == 0
    spoil(folder)
    return judge(VKEY, folder, WITNESS_KEY.vkey)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def other_history(folder: Path) -> None:
    """A checkpoint of another tree, signed by the real log key: what an equivocating log shows somebody else."""
    (folder / "checkpoints" / "255").write_bytes(Checkpoint(ORIGIN, 255, b"x" * 32).sign(LOG.raw, LOG.private.sign))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: flip(folder / "log/tile/0/000"),
        lambda folder: flip(folder / "log/tile/1/000.p/1"),
        lambda folder: flip(folder / "log/tile/0/001.p/1"),
        lambda folder: (folder / "log/tile/0/000").unlink(),
        lambda folder: flip(folder / "entries/000123.dsse.json"),
        lambda folder: (folder / "entries/000123.dsse.json").rename(folder / "entries/000124.dsse.json"),
        lambda folder: flip(folder / "log/checkpoint"),
        other_history,
    ],
    ids=["leaf", "root of a tile", "partial tile", "tile missing", "entry", "entry moved", "checkpoint", "forked"],
)
def test_go_finds_whatever_was_changed(
    grown: dict[int, Path], tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    assert spoilt(grown, tmp_path, spoil).returncode == 1


def test_go_knows_whose_keys_have_signed(grown: dict[int, Path], tmp_path: Path) -> None:
    stranger = NoteKey(ORIGIN, ALG_ED25519, STRANGER.raw).vkey
    assert judge(stranger, grown[3]).returncode == 1
    absent = NoteKey("witness.example/w2", 4, STRANGER.raw).vkey
    assert judge(VKEY, grown[3], WITNESS_KEY.vkey, absent).returncode == 1
    letter = LetterBuilder()
    letter.version()
    bundle.write(tmp_path / "forged", letter.bundle(cosigned(letter, STRANGER)))
    assert judge(VKEY, tmp_path / "forged", WITNESS_KEY.vkey).returncode == 1
    assert judge(VKEY, tmp_path / "forged").returncode == 0
