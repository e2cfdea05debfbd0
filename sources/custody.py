"""The verbs of custody: sealing an identity, asking for it, agreeing, reading; and the keys that make it possible.

Whoever works here seals; only two custodians together open, one identity at a time. Passphrases are asked for when they
are needed, and kept nowhere.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.utils import timezone
from nacl.public import PrivateKey

from hrdocs import notices
from hrdocs.access import STAFF, Role
from hrdocs.audit import acting_as
from hrdocs.models import User
from hrdocs.refusal import Refused
from sources import boxes
from sources.models import CustodianKey, Identity, Informant, Opening

SHORTEST = 16  # characters of a passphrase


def keys_in_use() -> dict[int, bytes]:
    return {key.pk: bytes(key.public) for key in CustodianKey.objects.in_use()}


# ── identities ──


def seal(informant: Informant, said: dict[str, str], *, by: Any) -> Identity:
    """Seal who an informant is. From here on only two custodians together can tell."""
    if by.role not in STAFF or not by.is_active:
        raise Refused("Identities are entered by analysts, reviewers and managers.")
    if not any(text.strip() for text in said.values()):
        raise Refused("Nothing is entered.")
    keys = keys_in_use()
    if CustodianKey.objects.in_use().exclude(owner=None).count() < 2:
        raise Refused("Nothing can be sealed before the keys of two custodians are in use (/custody/).")
    made = boxes.seal(json.dumps(said, ensure_ascii=False), informant.uid, keys)
    with transaction.atomic(), acting_as(by, "Identity sealed"):
        return Identity.objects.create(
            informant=informant, ciphertext=made.ciphertext, digest=made.digest, boxes=made.boxes, sealed_by=by)  # fmt: skip


def ask(identity: Identity, *, by: Any, reason: str) -> Opening:
    """Ask to read one identity; another custodian must agree."""
    _key_of(by)
    if not reason.strip():
        raise Refused("Say why the identity must be opened.")
    with transaction.atomic(), acting_as(by, reason):
        opening = Opening.objects.create(identity=identity, asked_by=by, reason=reason)
        _tell(opening, notices.Kind.IDENTITY_ASKED, by)
    return opening


def agree(opening: Opening, passphrase: str, *, by: Any) -> None:
    """Agree that the one who asked reads it: what comes out of the box is of use to her alone."""
    with transaction.atomic(), acting_as(by, opening.reason):
        opening = Opening.objects.select_for_update().get(pk=opening.pk)
        if opening.asked_by_id == by.pk:
            raise Refused("Another custodian agrees than the one who asks.")
        if opening.agreed_at or opening.is_over:
            raise Refused("It was agreed to already, or the time is over. Ask anew.")
        mine, hers = _key_of(by), _key_of(opening.asked_by)
        identity = opening.identity
        box = identity.boxes.get(f"{mine.pk}>{hers.pk}")
        if box is None:
            raise Refused("This identity is not sealed for the two of you: seal anew for all keys first.")
        opening.box = boxes.agree(box, identity.informant.uid, boxes.unlocked(mine.locked, passphrase))
        opening.agreed_by, opening.agreed_at = by, timezone.now()
        opening.save()
        _tell(opening, notices.Kind.IDENTITY_AGREED, by)


def read(opening: Opening, passphrase: str, *, by: Any) -> dict[str, str]:
    """What is known of who the informant is: for the one who asked, once another agreed, for a quarter of an hour."""
    with transaction.atomic(), acting_as(by, opening.reason):
        opening = Opening.objects.select_for_update().get(pk=opening.pk)
        if opening.asked_by_id != by.pk:
            raise Refused("Only the custodian who asked reads it.")
        if not opening.box or opening.is_over:
            raise Refused("Nobody has agreed yet, or the time is over. Ask anew.")
        identity, mine = opening.identity, _key_of(by)
        uid, ciphertext = identity.informant.uid, bytes(identity.ciphertext)
        key = boxes.key_in(opening.box, uid, boxes.unlocked(mine.locked, passphrase))
        text = boxes.read(ciphertext, key, uid)
        if boxes.Sealed(ciphertext, {}).digest != identity.digest:
            raise Refused("This is not what history says was sealed. Tell the managers, and check history.")
        if opening.opened_at is None:
            opening.opened_at = timezone.now()
            opening.save()
            _tell(opening, notices.Kind.IDENTITY_OPENED, by)
    return json.loads(text)


def forget_what_is_over() -> None:
    """Empty the boxes of openings whose time is over; with them one custodian alone could read on."""
    over = [opening.pk for opening in Opening.objects.exclude(box="") if opening.is_over]
    Opening.objects.filter(pk__in=over).update(box="")


def _tell(opening: Opening, kind: notices.Kind, by: Any) -> None:
    concerned = User.objects.filter(role__in=(Role.CUSTODIAN, Role.MANAGER), is_active=True)
    notices.tell(opening.identity.informant, kind, by=by, to=concerned)


# ── keys ──


def make_key(passphrase: str, *, by: Any) -> CustodianKey:
    """Give a custodian a key. Somebody else lets it in; identities entered before are sealed for it by two others."""
    if by.role != Role.CUSTODIAN or not by.is_active:
        raise Refused("Keys are for custodians.")
    if len(passphrase) < SHORTEST:
        raise Refused(f"A passphrase has at least {SHORTEST} characters: take five or six words that do not belong together.")
    if CustodianKey.objects.of(by).exists():
        raise Refused("You have a key already. Where its passphrase is lost, have it withdrawn first.")
    key = PrivateKey.generate()
    with transaction.atomic(), acting_as(by, "Key made"):
        return CustodianKey.objects.create(
            owner=by, public=bytes(key.public_key), locked=boxes.locked(key, passphrase), made_by=by)  # fmt: skip


def make_printed_key(*, by: Any) -> tuple[CustodianKey, str]:
    """A recovery key: its private half is told once, to be printed, and kept nowhere."""
    _key_of(by)
    key = PrivateKey.generate()
    with transaction.atomic(), acting_as(by, "Recovery key made"):
        return CustodianKey.objects.create(public=bytes(key.public_key), made_by=by), boxes.printed(key)


def admit(key: CustodianKey, *, by: Any) -> None:
    """Let a key in whose fingerprint was compared with its owner by voice: from now on identities are sealed for it."""
    if by.pk == key.made_by_id or not _may_keep_keys(by):
        raise Refused("A manager, or another custodian whose key is in use, lets a key in.")
    with transaction.atomic(), acting_as(by, "Key let in"):
        key.admitted_by, key.admitted_at = by, timezone.now()
        key.save(update_fields=["admitted_by", "admitted_at"])


def withdraw(key: CustodianKey, *, by: Any) -> None:
    """Take a key out of use, with all boxes for it. Refused where an identity would be lost with it."""
    if not _may_keep_keys(by):
        raise Refused("A manager, or a custodian whose key is in use, takes a key out of use.")
    with transaction.atomic(), acting_as(by, "Key taken out of use"):
        left = set(keys_in_use()) - {key.pk}
        for identity in Identity.objects.select_for_update().exclude(ciphertext=b""):
            kept = {pair: box for pair, box in identity.boxes.items() if str(key.pk) not in pair.split(">")}
            if not any({int(end) for end in pair.split(">")} <= left for pair in kept):
                raise Refused(
                    f"Nobody could open {identity.informant.uid} any more. Let another key in, seal anew, then withdraw."
                )
            if kept != identity.boxes:
                Identity.objects.filter(pk=identity.pk).update(boxes=kept)
        key.withdrawn_by, key.withdrawn_at = by, timezone.now()
        key.save(update_fields=["withdrawn_by", "withdrawn_at"])


def drill(key: CustodianKey, text: str, *, by: Any) -> None:
    """Try whether a printed key is the right one, and note that it was tried."""
    boxes.from_paper(text, bytes(key.public))
    with transaction.atomic(), acting_as(by, "Recovery key tried"):
        key.drilled_at = timezone.now()
        key.save(update_fields=["drilled_at"])


def seal_anew(passphrase: str, second: CustodianKey, secret: str, *, by: Any) -> tuple[int, int]:
    """Make the boxes anew for all keys in use, by two keys at one desk; nothing is shown.

    The second is another custodian's, with her passphrase, or a printed one. Returns how many were sealed anew, and how
    many these two can't open.
    """
    mine, keys, made, left = _key_of(by), keys_in_use(), 0, 0
    if second.pk == mine.pk or second.pk not in keys:
        raise Refused("Choose a second key that is in use and not your own.")
    reading = boxes.unlocked(mine.locked, passphrase)
    printed = second.owner_id is None
    agreeing = boxes.from_paper(secret, bytes(second.public)) if printed else boxes.unlocked(second.locked, secret)
    with transaction.atomic(), acting_as(by, f"Sealed anew with {second}"):
        for identity in Identity.objects.select_for_update().exclude(ciphertext=b"").select_related("informant"):
            box, uid = identity.boxes.get(f"{second.pk}>{mine.pk}"), identity.informant.uid
            if box is None:
                left += 1
                continue
            key = boxes.key_in(boxes.agree(box, uid, agreeing), uid, reading)
            Identity.objects.filter(pk=identity.pk).update(boxes=dict(boxes.boxes_for(key, uid, keys)))
            made += 1
    return made, left


def not_for_all_keys() -> int:
    """How many identities are not sealed for just the keys that are in use: one was let in, or its owner left, since."""
    wanted = {pair for *_, pair in boxes.pairs_of(keys_in_use())}
    held = Identity.objects.exclude(ciphertext=b"").values_list("boxes", flat=True)
    return sum(kept.keys() != wanted for kept in held.iterator())


def _key_of(user: Any) -> CustodianKey:
    key = CustodianKey.objects.in_use().filter(owner=user).first() if user.role == Role.CUSTODIAN else None
    if key is None:
        raise Refused(f"{user} has no custodian's key in use.")
    return key


def _may_keep_keys(user: Any) -> bool:
    if not user.is_active:
        return False
    return user.role == Role.MANAGER or CustodianKey.objects.in_use().filter(owner=user).exists()
