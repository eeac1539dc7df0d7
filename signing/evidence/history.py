"""Receipts of a key's bind in earlier letters, as a bundle carries them (EVIDENCE 4.2, 4.7); may import the rooms here.

What is proved: the same log once took in a statement that this key speaks for this organisation. Who signed that
statement, the earlier letter's own bundle shows.
"""

from hashlib import sha256

from .auditor import Auditor
from .checkpoint import Checkpoint
from .envelope import Envelope
from .errors import EvidenceError, Rejected
from .key_statement import KeyStatement
from .keyring import PublicKey
from .receipt import Receipt
from .statement import parse


class EarlierLetters:
    """The binds that receipts of earlier letters prove, by the receipt's SHA-256."""

    def __init__(self, origin: str, auditor: Auditor) -> None:
        self._origin = origin
        self._auditor = auditor
        self._binds: dict[str, KeyStatement] = {}
        self._first: dict[tuple[str, PublicKey], str] = {}

    def add(self, data: bytes) -> None:
        """Take a receipt.

        Raises:
            Rejected: `RECEIPT_BAD` when it is no receipt, proves no bind, or is this letter's own; `CHECKPOINT_BAD`
                or `LOG_KEY_UNKNOWN` when this log did not sign it.
        """
        try:
            receipt = Receipt.from_bytes(data)
            checkpoint, note = Checkpoint.from_note(receipt.checkpoint)
            statement = parse(Envelope.from_bytes(receipt.entry).payload)
        except EvidenceError as error:
            raise Rejected("RECEIPT_BAD", error.message) from None
        self._auditor.check_note(checkpoint, note)
        receipt.verify_path(checkpoint, receipt.entry)
        if not isinstance(statement, KeyStatement) or statement.action != "bind":
            raise Rejected("RECEIPT_BAD", "It is a receipt of something else than a bind.")
        if statement.letter != checkpoint.origin or checkpoint.origin == self._origin:
            raise Rejected("RECEIPT_BAD", "It is not a receipt of an earlier letter.")
        self._binds[sha256(data).hexdigest()] = statement
        owner = (statement.signatory.identity, statement.bound)
        self._first[owner] = min(statement.time, self._first.get(owner, statement.time))

    def earlier_bind(self, bind: KeyStatement) -> KeyStatement:
        """Give the bind of an earlier letter that this one continues.

        Raises:
            Rejected: `KEY_UNBOUND` when its receipt is not here, or is about another key or organisation.
        """
        earlier = self._binds.get(bind.history or "")
        if earlier is None:
            raise Rejected("KEY_UNBOUND", "No sound receipt of the key's bind in an earlier letter is here.")
        if earlier.bound != bind.bound or earlier.signatory.identity != bind.signatory.identity:
            raise Rejected("KEY_UNBOUND", "The receipt of an earlier letter binds another key or organisation.")
        return earlier

    def first_time(self, identity: str, key: PublicKey) -> str | None:
        """Give the time of the earliest bind of this key to this organisation in an earlier letter."""
        return self._first.get((identity, key))
