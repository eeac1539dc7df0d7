"""Typographic repairs of a letter that is brought: found, proposed, and made where the coordinator says so.

May import `signing.domain` and its own parts `letter_intake_mending_*`. Every proposal says where, what stands there,
what would, and why (DESIGN 8: proposed at import, shown, never after opening). Proposals do not depend on each other:
any choice of them can be made.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from typing import Final

from signing.domain.letter_blocks import Block, Footnotes, Heading, ItemList, Paragraph, Quotation, Run
from signing.domain.letter_runs import settle

from .letter_intake_mending_words import Edit, changed, edits_of

LONGEST_GREETING: Final = 60
_LONGEST_JOINED: Final = 4_000
_SENTENCE_END: Final = frozenset(".!?:;…。！？：；؟")
_ASIDE: Final = "*_\"'”’»)]› "
_JOIN: Final = "join"
_EXCERPT: Final = 34


@dataclass(frozen=True, slots=True)
class Proposal:
    """One repair: `id` is the same whenever the same file is read, `sure` is what is made without being asked.

    `line` is the place in the file, `before` and `after` what stands there and what would.
    """

    id: str
    line: int
    code: str
    before: str
    after: str
    why: str
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Mended:
    """`proposals` are all there are, made or not."""

    blocks: tuple[Block, ...]
    footnotes: Footnotes
    proposals: tuple[Proposal, ...]


def mend(
    blocks: Sequence[Block],
    footnotes: Footnotes,
    places: Sequence[int],
    language: str,
    chosen: Callable[[Proposal], bool],
) -> Mended:
    """Find what can be repaired, and make what is chosen. `places` are the lines of `Body.places`."""
    mending = _Mending(places, language, chosen)
    words = mending.blocks(blocks)
    notes = tuple(mending.runs(runs, f"n{at}", places[-1] if places else 1) for at, runs in enumerate(footnotes, 1))
    joined = mending.join(words, list(blocks))
    proposals = sorted(mending.proposals, key=lambda proposal: proposal.line)
    return Mended(tuple(joined), notes, tuple(proposals))


class _Mending:
    """One pass over one text."""

    def __init__(self, places: Sequence[int], language: str, chosen: Callable[[Proposal], bool]) -> None:
        self._places = places
        self._language = language
        self._chosen = chosen
        self._at = 0
        self.proposals: list[Proposal] = []
        self._lines: dict[int, int] = {}

    def _propose(self, proposal: Proposal) -> bool:
        self.proposals.append(proposal)
        return self._chosen(proposal)

    def blocks(self, blocks: Sequence[Block], *, top: bool = True) -> tuple[Block, ...]:
        """The same blocks with their words repaired."""
        found: list[Block] = []
        for at, block in enumerate(blocks):
            if top:
                self._lines[at] = self._line()
            if isinstance(block, ItemList):
                found.append(replace(block, items=tuple(self.blocks(item, top=False) for item in block.items)))
            elif isinstance(block, Quotation):
                found.append(Quotation(self.blocks(block.blocks, top=False)))
            else:
                runs = self.runs(block.runs, str(self._at), self._line(), one_line=isinstance(block, Heading))
                self._at += 1
                found.append(replace(block, runs=runs))
        return tuple(found)

    def _line(self) -> int:
        return self._places[min(self._at, len(self._places) - 1)] if self._places else 1

    def runs(self, runs: tuple[Run, ...], key: str, line: int, *, one_line: bool = False) -> tuple[Run, ...]:
        made: list[Edit] = []
        text = "".join(run.text if run.footnote is None else "\ufffc" for run in runs)
        for kind in edits_of(text, self._language):
            before, after = _excerpt(text, kind.edits)
            more = "" if len(kind.edits) == 1 else f" ({len(kind.edits)} places)"
            proposal = Proposal(f"{kind.code}-{key}", line, kind.code, before, after, kind.why + more)
            if self._propose(proposal):
                made += kind.edits
        return settle(changed(runs, made), one_line=one_line) if made else runs

    # Paragraphs that a page break cut in two

    def join(self, words: Sequence[Block], as_read: Sequence[Block]) -> list[Block]:
        """Join what was cut; whether it was is judged by the words as they were read."""
        joined: list[Block] = []
        chain = 0
        for at, block in enumerate(words):
            before = as_read[at - 1] if at else None
            length = len(_text(_runs(as_read[at])))
            cut = before is not None and _is_cut(before, as_read[at])
            # What would become longer than any paragraph of a letter was not one.
            chain = (chain or len(_text(_last_runs(before)))) + length if cut and before is not None else 0
            if before is None or not cut or chain > _LONGEST_JOINED:
                chain = 0
                if joined and isinstance(block, ItemList) and self._goes_on(joined[-1], block, as_read, at):
                    last = joined[-1]
                    assert isinstance(last, ItemList)
                    joined[-1] = replace(last, items=(*last.items, *block.items))
                else:
                    joined.append(block)
                continue
            end, begin = _last_runs(before), _runs(as_read[at])
            # After the last item of a list a line in lower case may as well be the paragraph that follows the list.
            follows = as_read[at + 1] if at + 1 < len(as_read) else None
            sure = isinstance(before, Paragraph) or isinstance(follows, ItemList)
            tail, head = _tail(_text(end)), _head(_text(begin))
            proposal = Proposal(
                f"{_JOIN}-{at}", self._lines[at], _JOIN, f"{tail} ¶ {head}", f"{tail} {head}",
                "One paragraph seems to be cut in two, as by a page break.", sure,
            )  # fmt: skip
            if self._propose(proposal):
                joined[-1] = _with_more(joined[-1], _runs(block))
                self._joined_at = at
            else:
                joined.append(block)
        return joined

    _joined_at: int = -2

    def _goes_on(self, last: Block, block: ItemList, as_read: Sequence[Block], at: int) -> bool:
        """Whether a list goes on behind a piece of its last item that was joined to it."""
        return (
            self._joined_at == at - 1
            and isinstance(last, ItemList)
            and last.ordered == block.ordered
            and (not block.ordered or block.start in (1, last.start + len(last.items)))
        )


def _is_cut(before: Block, after: Block) -> bool:
    if not isinstance(after, Paragraph) or isinstance(before, Heading | Quotation):
        return False
    end = _last_runs(before)
    if end is None:
        return False
    text = _text(end)
    words = _text(after.runs).lstrip(_ASIDE + "([“‘«")
    stop = text.rstrip(_ASIDE)
    if isinstance(before, Paragraph) and stop.endswith(",") and len(stop) <= LONGEST_GREETING:
        return False  # "Madame," and what follows in lower case: a greeting, not a cut
    return words[:1].islower() and stop != "" and stop[-1] not in _SENTENCE_END


def _last_runs(block: Block) -> tuple[Run, ...] | None:
    """The words at the end of a paragraph, or of the last item of a list."""
    while isinstance(block, ItemList):
        block = block.items[-1][-1]
    return block.runs if isinstance(block, Paragraph) else None


def _runs(block: Block) -> tuple[Run, ...]:
    return block.runs if isinstance(block, Paragraph | Heading) else ()


def _with_more(block: Block, runs: tuple[Run, ...]) -> Block:
    if isinstance(block, ItemList):
        *items, last = block.items
        return replace(block, items=(*items, (*last[:-1], _with_more(last[-1], runs))))
    return Paragraph(settle([*_runs(block), Run(" "), *runs]))


def _text(runs: Sequence[Run] | None) -> str:
    return "".join(run.text for run in runs or ())


def _excerpt(text: str, edits: Sequence[Edit]) -> tuple[str, str]:
    """The first place with some words around it, as it is and as it would be."""
    begin = max(0, edits[0].begin - _EXCERPT)
    end = min(len(text), edits[0].end + _EXCERPT)
    if begin:  # from the next word on
        begin = min(text.find(" ", begin) + 1 or begin, edits[0].begin)
    if end < len(text):
        end = max(text.rfind(" ", begin, end), edits[0].end)
    within = [edit for edit in edits if edit.end <= end]
    end = max(end, within[-1].end)
    before, after, at = text[begin:end], "", begin
    for edit in within:
        after += text[at : edit.begin] + edit.text
        at = edit.end
    after += text[at:end]
    left, right = "… " if begin else "", " …" if end < len(text) else ""
    shown = (f"{left}{' '.join(each.replace('￼', '').split(' '))}{right}" for each in (before, after))
    first, second = (each.replace("\n", " ") for each in shown)
    return first, second


def _head(text: str) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= _EXCERPT else text[:_EXCERPT].rpartition(" ")[0] + " …"


def _tail(text: str) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= _EXCERPT else "… " + text[-_EXCERPT:].partition(" ")[2]


def choice(mending: bool | Container[str]) -> Callable[[Proposal], bool]:
    """What is made: what is sure (True), nothing (False), or the proposals of these ids."""
    if isinstance(mending, bool):
        return lambda proposal: mending and proposal.sure
    return lambda proposal: proposal.id in mending


class _Everything:
    def __contains__(self, proposal: object) -> bool:
        return True


EVERYTHING: Final[Container[str]] = _Everything()
