"""Texts that open something: made at random, shown once, kept as their hash alone."""

from __future__ import annotations

import hashlib
import secrets

DIGEST_LENGTH = 64


def new_key(prefix: str = "") -> str:
    """256 random bits as a text that fits into an address and a header."""
    return prefix + secrets.token_urlsafe(32)


def digest_of(key: str) -> str:
    """What is kept of a key. Nobody guesses 256 random bits, so that one plain SHA-256 is enough, without salt or stretching."""
    return hashlib.sha256(key.encode()).hexdigest()
