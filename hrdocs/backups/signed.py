"""Signatures (Ed25519) beside what stands in the folder of backups: whoever may only write there can't put another in its place.

The private half signs on the server; the public half is kept where backups are brought back. OpenSSL checks a signature too.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)  # fmt: skip

from hrdocs.refusal import Refused


def new_signer(path: Path) -> Path:
    """Make a key, write its private half where its owner alone may read it, and its public half beside it."""
    key, public = Ed25519PrivateKey.generate(), public_of(path)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return public


def public_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.pub")


def signature_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sig")


def sign(path: Path, signer: str) -> None:
    """Sign a file as it stands; without a signer nothing vouches for it, and no older signature is left to seem to."""
    signature = signature_of(path)
    if not signer:
        signature.unlink(missing_ok=True)
        return
    try:
        key = load_pem_private_key(signer.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Refused("BACKUP_SIGNER is no key that signs. Make one with manage.py backup_signer FILE, and set "
                      "BACKUP_SIGNER_FILE=FILE.")  # fmt: skip
    new = signature.with_name(f"{signature.name}.new")
    with new.open("wb") as file:
        file.write(key.sign(path.read_bytes()))
        file.flush()
        os.fsync(file.fileno())
    new.replace(signature)


def verify(path: Path, public: Path) -> None:
    """Raise Refused where a file is not as the holder of the private half signed it."""
    try:
        key = load_pem_public_key(public.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise Refused(f"{public} is no public half of a signer. Name the .pub file that manage.py backup_signer wrote.")
    try:
        key.verify(signature_of(path).read_bytes(), path.read_bytes())
    except FileNotFoundError:
        raise Refused(f"{path} is not there, or has no signature beside it. Take one that was signed; of one that was made "
                      "before there was a signer, say --unsigned.") from None  # fmt: skip
    except InvalidSignature:
        raise Refused(f"{path} is not as the server signed it: somebody put another in its place, or the signer is another "
                      "one. Open nothing of it.") from None  # fmt: skip
