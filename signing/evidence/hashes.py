"""Many hashes in one piece of memory; imports nothing of ours."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, overload

_BYTES: Final = 32


class Hashes(Sequence[bytes]):
    """Hashes of 32 bytes in a row: as objects of their own they would take twice the room."""

    def __init__(self, hashes: Iterable[bytes]) -> None:
        self._data = bytearray()
        for each in hashes:
            self._data += each

    def __len__(self) -> int:
        """Give their number."""
        return len(self._data) // _BYTES

    @overload
    def __getitem__(self, place: int) -> bytes: ...

    @overload
    def __getitem__(self, place: slice) -> list[bytes]: ...

    def __getitem__(self, place: int | slice) -> bytes | list[bytes]:
        """Give one, or a range of them.

        Raises:
            IndexError: when there is none at this place.
        """
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        start = range(len(self))[place] * _BYTES
        return bytes(self._data[start : start + _BYTES])

    def __iter__(self) -> Iterator[bytes]:
        """Give them in order."""
        data = bytes(self._data)
        return (data[start : start + _BYTES] for start in range(0, len(data), _BYTES))
