"""Time stamps (RFC 3161): an authority outside vouches that a file was there by a moment. It is told the SHA-256 alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import urllib.request
from pathlib import Path
from typing import Any

from cryptography import x509
from django.conf import settings
from django.db import transaction
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerificationError, VerifierBuilder, decode_timestamp_response

from sources.choices import CustodyKind
from sources.evidence import keeping
from sources.models import Capture

SECONDS, LARGEST, AT_ONCE = 30, 65_536, 100
_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


class NoStamp(Exception):
    """The authority gave no stamp, or one that does not hold."""


def stamp_what_has_none() -> int:
    """Have copies stamped that are not yet, some at a time; how many were. Raises NoStamp where the authority fails."""
    waiting = Capture.objects.filter(timestamp_token=None).exclude(sha256=None).order_by("pk")
    done = 0
    for pk in waiting.values_list("pk", flat=True)[:AT_ONCE] if settings.TSA_URL else ():
        done += _stamp(pk)
    return done


@transaction.atomic
def _stamp(pk: int) -> bool:
    capture = Capture.objects.select_for_update().get(pk=pk)
    if capture.timestamp_token or not capture.sha256:  # another worker was quicker, or it was erased
        return False
    token = asked_for(capture.sha256)
    capture.timestamp_token, capture.stamped_at = token, holds(token, capture.sha256)
    capture.save()
    keeping.note(capture, CustodyKind.STAMPED, by=None, reason=f"{settings.TSA_URL} {capture.stamped_at:%Y-%m-%d %H:%M:%S} UTC")
    return True


def asked_for(sha256: str) -> bytes:
    """The authority's answer to a request for this checksum, which was found to hold."""
    request = TimestampRequestBuilder().data(b"-").hash_algorithm(HashAlgorithm.SHA256).build()
    # The library takes whole files; the imprint is put in its place, 32 bytes for 32.
    body = request.as_bytes().replace(hashlib.sha256(b"-").digest(), bytes.fromhex(sha256))
    asked = urllib.request.Request(settings.TSA_URL, body, {"Content-Type": "application/timestamp-query"})  # noqa: S310 - the operator's
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
            token = answer.read(LARGEST)
    except OSError as error:
        raise NoStamp(f"{settings.TSA_URL} could not be asked ({type(error).__name__}).") from error
    holds(token, sha256, nonce=request.nonce)
    return bytes(token)


def holds(token: bytes, sha256: str, *, nonce: int | None = None) -> dt.datetime:
    """The moment that a stamp vouches for, once it is found to be one of an authority that we trust, over this checksum."""
    try:
        said = decode_timestamp_response(bytes(token))
        roots, between = _trusted()
        VerifierBuilder(roots=roots, intermediates=between, nonce=nonce).build().verify(said, bytes.fromhex(sha256))
        if said.tst_info.message_imprint.hash_algorithm != _SHA256:
            raise VerificationError("It is over another kind of checksum.")
    except (VerificationError, ValueError) as error:
        raise NoStamp(f"The stamp does not hold: {error}") from error
    return said.tst_info.gen_time


def _trusted() -> tuple[list[x509.Certificate], list[x509.Certificate]]:
    """The certificates of authorities that the operator trusts: those that vouch for themselves, and those between."""
    try:
        found: list[Any] = x509.load_pem_x509_certificates(Path(settings.TSA_CERTIFICATES).read_bytes())
    except (OSError, ValueError) as error:
        raise NoStamp("TSA_CERTIFICATES names no file with certificates (PEM). Take that of the authority's root.") from error
    return ([each for each in found if each.subject == each.issuer], [each for each in found if each.subject != each.issuer])
