"""What evidence says when bytes cannot be read or are not proved; imports nothing.

`Malformed` is for whoever made the file, `Rejected` for whoever asked for a proof.
Every refusal carries the code EVIDENCE 4.9 gives it, so that nobody has to read the words to tell two apart.
"""


class EvidenceError(Exception):
    """The only kind of error that leaves this floor."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Malformed(EvidenceError):
    """The bytes cannot be read as what they are said to be."""


class Rejected(EvidenceError):
    """The bytes can be read, but do not prove what they are said to prove."""
