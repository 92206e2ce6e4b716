"""One run at a time: a lock beside the state, held by the system for as long as the run lives.

The lock is the kernel's (flock), so that a run that was killed holds nothing; the file says who holds it, for the
message to whoever comes second.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from isomorph.model.errors import EngineFailed, UsageError


class StateLocked(EngineFailed):
    """Another run holds the project's state; the message says which. Trying again later may succeed."""


class Holder(msgspec.Struct, frozen=True):
    """Who holds a lock: a process, its machine and user, and when it began (UTC, ISO 8601)."""

    process: int
    host: str = ""
    user: str = ""
    since: str = ""

    def __str__(self) -> str:
        user = f" of {self.user}" if self.user else ""
        host = f" on {self.host}" if self.host else ""
        since = f", since {self.since}" if self.since else ""
        return f"process {self.process}{user}{host}{since}"


@contextmanager
def hold_lock(path: str, *, wait: float = 0.0) -> Iterator[Holder]:
    """Hold the lock of a state's path while the block runs; `wait` seconds for another run to end.

    Raises StateLocked, which names the holder, where it does not end; UsageError where no lock can be made.
    """
    from time import monotonic, sleep

    lock = f"{path}.lock"
    deadline = monotonic() + wait
    while (descriptor := _try_lock(lock)) is None:
        if monotonic() >= deadline:
            raise StateLocked(_describe(path, lock))
        sleep(min(0.05, max(deadline - monotonic(), 0.0)))
    try:
        holder = _identify()
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, msgspec.json.encode(holder), 0)
        yield holder
    finally:
        # While it is still held: whoever opened the old file in between sees that it is gone, and tries again.
        try:
            os.unlink(lock)
            os.rmdir(os.path.dirname(lock) or ".")  # Of a run that kept nothing, nothing is left.
        except OSError:
            pass
        finally:
            os.close(descriptor)


def _try_lock(lock: str) -> int | None:
    """Open and lock the file; None where another holds it, or removed it in the meantime."""
    try:
        import fcntl
    except ImportError:
        raise UsageError("this system has no file locks; two runs at once would lose what one of them made") from None
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
    try:
        os.makedirs(os.path.dirname(lock) or ".", exist_ok=True)
        descriptor = os.open(lock, flags, 0o644)
    except FileNotFoundError:
        return None  # The run that ended just now took its folder with it.
    except OSError as error:
        raise UsageError(f"{lock} cannot be made: {error.strerror}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        found = os.stat(lock, follow_symlinks=False)
        if os.path.samestat(found, os.fstat(descriptor)):
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError as error:
        os.close(descriptor)
        raise UsageError(f"{lock} cannot be locked: {error.strerror}") from None
    os.close(descriptor)
    return None


def _identify() -> Holder:
    from datetime import UTC, datetime

    user = os.environ.get("USER") or os.environ.get("LOGNAME") or ""
    return Holder(os.getpid(), os.uname().nodename, user, datetime.now(UTC).isoformat(timespec="seconds"))


def _describe(path: str, lock: str) -> str:
    """Say who holds a lock; the holder's words may be gone or half written by now."""
    try:
        with open(lock, "rb") as file:
            holder = str(msgspec.json.decode(file.read(4096), type=Holder))
    except (OSError, msgspec.DecodeError):
        holder = "another run of isomorph"
    shown = "".join(character if character.isprintable() else "?" for character in holder)
    return f"{path} is in use by {shown}: wait until it ends, then run this again"
