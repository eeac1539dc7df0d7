"""Public keys and their names, out of whatever people bring (EVIDENCE 4.2); may import `schemes`, `errors`."""

from dataclasses import dataclass
from typing import Any, Final

from .errors import Malformed, Rejected
from .schemes import OpenKey, ed25519, open_key, openpgp, spki, sshsig
from .schemes.p256 import raw_to_der as raw_to_der

OWN_KEY_SCHEMES: Final = (sshsig.NAME, openpgp.NAME)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key as a statement spells it: its name, its scheme, its text."""

    key: str
    scheme: str
    public_key: str

    def to_json(self) -> dict[str, Any]:
        """Give the object that goes into a statement."""
        return {"key": self.key, "scheme": self.scheme, "public_key": self.public_key}

    @classmethod
    def from_json(cls, value: Any) -> "PublicKey":
        """Take the object of a statement, without judging the key yet.

        Raises:
            Malformed: `TYPE_UNKNOWN` when it is not exactly the three texts.
        """
        if (
            not isinstance(value, dict)
            or value.keys() != {"key", "scheme", "public_key"}
            or not all(isinstance(text, str) for text in value.values())
        ):
            raise Malformed("TYPE_UNKNOWN", "A key is an object of key, scheme and public_key.")
        return cls(value["key"], value["scheme"], value["public_key"])

    def open(self) -> OpenKey:
        """Read the key so that it can judge signatures.

        Raises:
            Rejected: `KEY_TYPE`, `KEY_WEAK`, or `KEY_NAME` when name or text is not the key's own.
        """
        opened = open_key(self.scheme, self.public_key)
        if opened.name != self.key or opened.text != self.public_key:
            raise Rejected("KEY_NAME", f"The key {self.key!a} is not the one its text spells.")
        return opened


def public_key_from_text(scheme: str, text: str) -> PublicKey:
    """Name a public key given as text: PEM, one OpenSSH line, or an armoured certificate, as the scheme has it.

    Raises:
        Rejected: `KEY_TYPE` when it is not such a key, `KEY_WEAK` when it would prove nothing.
    """
    opened = open_key(scheme, text)
    return PublicKey(opened.name, scheme, opened.text)


def public_key_from_spki(der: bytes, scheme: str) -> PublicKey:
    """Name a public key given as SubjectPublicKeyInfo, as WebCrypto and `getPublicKey()` of a passkey give it.

    Raises:
        Rejected: `KEY_TYPE` or `KEY_WEAK`.
    """
    return public_key_from_text(scheme, spki.to_pem(der))


def own_key_from_text(text: str) -> PublicKey:
    """Name an own key somebody uploads: an SSH key line or an OpenPGP certificate, told apart by looking.

    Raises:
        Rejected: `KEY_TYPE` or `KEY_WEAK`.
    """
    armoured = text.lstrip().startswith("-----BEGIN PGP")
    return public_key_from_text(openpgp.NAME if armoured else sshsig.NAME, text)


def own_signature(scheme: str, upload: bytes) -> bytes:
    """Give the `sig` bytes for an uploaded signature of an own key, as its tool would have printed them.

    Forms and mail turn line ends round, and gpg writes binary when not asked for armour. Nothing is verified.

    Raises:
        Rejected: `SIGNATURE_BAD` when the file is no such signature, `KEY_TYPE` when the scheme has no such files.
    """
    if scheme == sshsig.NAME:
        return sshsig.armour_again(upload)
    if scheme == openpgp.NAME:
        return openpgp.armour_again(upload)
    raise Rejected("KEY_TYPE", f"Signatures of the scheme {scheme!a} are not uploaded as files.")


def public_key_from_pem(pem: str, scheme: str = ed25519.NAME) -> PublicKey:
    """Name a public key given as PEM text.

    Raises:
        Rejected: `KEY_TYPE` when it is not such a key, `KEY_WEAK` when it would prove nothing.
    """
    return public_key_from_text(scheme, pem)


def public_key_from_raw(raw: bytes) -> PublicKey:
    """Name an Ed25519 public key given as its 32 bytes.

    Raises:
        Rejected: `KEY_TYPE` or `KEY_WEAK`.
    """
    opened = ed25519.open_raw(raw)
    return PublicKey(opened.name, ed25519.NAME, opened.text)


def raw_from_pem(pem: str) -> bytes:
    """Give the 32 bytes of an Ed25519 public key in PEM, as note keys need them.

    Raises:
        Rejected: `KEY_TYPE` or `KEY_WEAK`.
    """
    return ed25519.open_key(pem).raw
