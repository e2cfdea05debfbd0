"""Sealing a text so that two of several custodians must open it together. It knows no model and keeps nothing.

The text is encrypted with a key of its own. For each two custodians that key lies in a box for the one who reads, and
that box in a box for the one who agrees: she opens hers, and what comes out is of use to the other alone. All of it is
libsodium's: XChaCha20-Poly1305, sealed boxes, Argon2id.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

from nacl import pwhash, secret, utils
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

COST = (pwhash.argon2id.OPSLIMIT_MODERATE, pwhash.argon2id.MEMLIMIT_MODERATE)  # about a second and 256 MB for each guess
_STEP = 1024  # texts are filled up to a multiple of it: their length tells nothing


class CannotOpen(Exception):
    """A wrong passphrase, or a box that is not for this; the message says which."""


@dataclass(frozen=True)
class Sealed:
    """A text that nobody reads alone: its ciphertext, and a box for each two, by “who agrees>who reads”."""

    ciphertext: bytes
    boxes: dict[str, str]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.ciphertext).hexdigest()


# ── the keys of custodians ──


def locked(key: PrivateKey, passphrase: str) -> dict[str, str | int]:
    """The private half of a key, as it may be kept: of use to whoever knows the passphrase."""
    salt = utils.random(pwhash.argon2id.SALTBYTES)
    box = secret.SecretBox(_derived(passphrase, salt, *COST)).encrypt(bytes(key))
    return {"salt": _text(salt), "ops": COST[0], "memory": COST[1], "box": _text(bytes(box))}


def unlocked(kept: Mapping[str, str | int], passphrase: str) -> PrivateKey:
    derived = _derived(passphrase, _bytes(str(kept["salt"])), int(kept["ops"]), int(kept["memory"]))
    try:
        return PrivateKey(secret.SecretBox(derived).decrypt(_bytes(str(kept["box"]))))
    except CryptoError:
        raise CannotOpen("This is not the passphrase of the key.") from None


def printed(key: PrivateKey) -> str:
    """The private half of a recovery key, to be printed once: thirteen groups of four letters and digits."""
    text = base64.b32encode(bytes(key)).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def from_paper(text: str, public: bytes) -> PrivateKey:
    """The recovery key as somebody typed it from the paper; it must be the one whose public half is kept."""
    typed = "".join(text.upper().split()).replace("-", "")
    try:
        key = PrivateKey(base64.b32decode(typed + "=" * (-len(typed) % 8)))
    except (ValueError, TypeError, CryptoError):
        raise CannotOpen("A printed key has thirteen groups of letters and the digits 2 to 7. Look for a slip.") from None
    if bytes(key.public_key) != public:
        raise CannotOpen("This is not the printed key that belongs to it. Look for a slip, or for another paper.")
    return key


def fingerprint(public: bytes) -> str:
    """A key in short, to be compared by voice before it is let in."""
    text = hashlib.sha256(public).hexdigest()[:24]
    return " ".join(text[start : start + 4] for start in range(0, 24, 4))


# ── sealing and opening ──


def seal(text: str, about: str, keys: Mapping[int, bytes]) -> Sealed:
    """Seal a text about somebody, named by uid, so that any two of these keys open it together."""
    key, whole = utils.random(secret.Aead.KEY_SIZE), text.encode()
    filled = whole + b"\0" * (-len(whole) % _STEP)
    return Sealed(bytes(secret.Aead(key).encrypt(filled, about.encode())), dict(boxes_for(key, about, keys)))


def boxes_for(key: bytes, about: str, keys: Mapping[int, bytes]) -> Iterator[tuple[str, str]]:
    for agrees, reads, pair in pairs_of(keys):
        inner = SealedBox(PublicKey(keys[reads])).encrypt(_for(about, key))
        yield pair, _text(SealedBox(PublicKey(keys[agrees])).encrypt(_for(about, inner)))


def pairs_of(keys: Iterable[int]) -> Iterator[tuple[int, int, str]]:
    """Each two of these keys: who agrees, who reads, and the name of the box for them."""
    yield from ((agrees, reads, f"{agrees}>{reads}") for agrees, reads in permutations(keys, 2))


def agree(box: str, about: str, agreeing: PrivateKey) -> str:
    """Open the outer box: what comes out is for one reader alone."""
    return _text(_unboxed(_bytes(box), about, agreeing))


def key_in(inner: str, about: str, reading: PrivateKey) -> bytes:
    """Open the inner box: the key of the text."""
    return _unboxed(_bytes(inner), about, reading)


def read(ciphertext: bytes, key: bytes, about: str) -> str:
    try:
        return secret.Aead(key).decrypt(ciphertext, about.encode()).rstrip(b"\0").decode()
    except CryptoError:
        raise CannotOpen(f"The sealed text is not the one that was sealed for {about}: it was damaged or exchanged.") from None


def _for(about: str, content: bytes) -> bytes:
    return about.encode() + b"\n" + content


def _unboxed(box: bytes, about: str, key: PrivateKey) -> bytes:
    try:
        named, _, content = SealedBox(key).decrypt(box).partition(b"\n")
    except CryptoError:
        raise CannotOpen("This box is not for that key, or was damaged.") from None
    if named != about.encode():  # else one could agree to one person, and another would be opened
        raise CannotOpen(f"This box is not about {about}: it was exchanged. Tell the other custodians.")
    return content


def _derived(passphrase: str, salt: bytes, ops: int, memory: int) -> bytes:
    return pwhash.argon2id.kdf(secret.SecretBox.KEY_SIZE, passphrase.encode(), salt, opslimit=ops, memlimit=memory)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
