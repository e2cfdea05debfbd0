"""Files that only the holder of a key can read (age, https://age-encryption.org), written and read in one go, never in clear."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pyrage import DecryptError, IdentityError, RecipientError, decrypt_io, encrypt_io, x25519

from hrdocs.refusal import Refused


def new_key(path: Path) -> str:
    """Make a key, write it where it may be read by its owner alone, and say its public half."""
    key = x25519.Identity.generate()
    public = str(key.to_public())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"# public key: {public}\n{key}\n")
    return public


def recipients(keys: Iterable[str]) -> list[x25519.Recipient]:
    """The public keys that a backup is locked for."""
    try:
        found = [x25519.Recipient.from_str(key.strip()) for key in keys]
    except RecipientError:
        raise Refused("BACKUP_KEYS holds public keys alone, which begin with age1, separated by commas.") from None
    if not found:
        raise Refused("BACKUP_KEYS is empty. Make a key with manage.py backup_key FILE, keep FILE away from this server, and "
                      "set BACKUP_KEYS to the public key that it prints.")  # fmt: skip
    return found


def key_in(path: Path) -> x25519.Identity:
    """The private key that a file holds, as `backup_key` or `age-keygen` wrote it."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return x25519.Identity.from_str(next(line for line in lines if line.startswith("AGE-SECRET-KEY-")))
    except (OSError, StopIteration, IdentityError):
        raise Refused(f"{path} holds no key. Name the file that manage.py backup_key wrote.") from None


def lock(source: IO[bytes], path: Path, keys: list[x25519.Recipient]) -> None:
    """Write all of `source` to a file that these keys open; it is on the disk when this returns."""
    with path.open("xb") as file:
        encrypt_io(source, file, keys)
        file.flush()
        os.fsync(file.fileno())


def lock_what(writes: Callable[[IO[bytes]], Any], path: Path, keys: list[x25519.Recipient]) -> None:
    """The same of what a function writes."""
    with _piped(writes) as source:
        lock(source, path, keys)


@contextmanager
def opened(path: Path, key: x25519.Identity) -> Iterator[IO[bytes]]:
    """What is in a locked file, to be read from the front to the end. A byte that was changed is an error."""

    def unlock(target: IO[bytes]) -> None:
        with path.open("rb") as file:
            try:
                decrypt_io(file, target, [key])
            except DecryptError:
                raise Refused(f"This key does not open {path}. Name the key that the backup was locked for.") from None
            except BrokenPipeError:
                raise
            except OSError:
                raise Refused(f"{path} was damaged or cut short. Take another backup.") from None

    with _piped(unlock) as source:
        yield source


@contextmanager
def _piped(writes: Callable[[IO[bytes]], Any]) -> Iterator[IO[bytes]]:
    """Read what a function writes while it writes it. Its error is raised when the reading is over."""
    end, begin = os.pipe()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with os.fdopen(begin, "wb") as target:
                writes(target)
        except BrokenPipeError:
            pass  # the reader has had enough, and says why
        except BaseException as error:
            failed.append(error)

    writer = threading.Thread(target=work)
    writer.start()
    try:
        with os.fdopen(end, "rb") as source:
            yield source
    finally:
        writer.join()
        if failed:
            raise failed[0]
