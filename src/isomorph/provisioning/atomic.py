"""Files written whole or not at all, below a folder that no link leads out of."""

import os

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.model.origin import Origin


def write_atomically(path: str, content: bytes, mode: int = 0o600) -> bool:
    """Replace a file's content: written beside it, flushed to the disk, renamed over it; tell whether it changed.

    Whoever reads at the same time, and whoever reads after a power failure, sees the old content or the new. A link at
    `path` is replaced, not followed. Raises UsageError where the folder cannot be written.
    """
    import tempfile

    if read_if_there(path) == content:
        return False
    folder, name = os.path.split(path)
    beside = ""
    try:
        os.makedirs(folder or ".", exist_ok=True)
        descriptor, beside = tempfile.mkstemp(prefix=f".{name}.", dir=folder or ".")
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(beside, path)
        _flush_folder(folder or ".")
    except BaseException as error:
        if beside and os.path.lexists(beside):
            os.unlink(beside)
        if isinstance(error, OSError):
            raise UsageError(f"{path} cannot be written: {error.strerror}") from None
        raise
    return True


def _flush_folder(folder: str) -> None:
    """Make a rename last: POSIX promises it only once the folder itself is flushed."""
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_if_there(path: str, limit: int = 256 * 1024 * 1024) -> bytes | None:
    """Give the content of a regular file that is no link, or None where nothing is there; `limit` is in bytes."""
    import stat

    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        reason = "is a link" if os.path.islink(path) else f"cannot be read: {error.strerror}"
        raise InvalidInput(f"{path} {reason}", Origin(path), "put the file itself there") from None
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise InvalidInput(f"{path} is not a regular file", Origin(path))
        content = file.read(limit + 1)
    if len(content) > limit:
        raise InvalidInput(f"the file is larger than {limit} bytes", Origin(path))
    return content


def path_in_project(root: str, relative: str) -> str:
    """Give the path of a file of ours in a project; raises UsageError where a link leads its folder out of the project."""
    real = os.path.realpath(root)
    folder = os.path.realpath(os.path.dirname(os.path.join(real, relative)))
    if folder != real and not folder.startswith(real.rstrip(os.sep) + os.sep):
        raise UsageError(f"{relative} leads out of the project to {folder}: replace the link by a folder")
    return os.path.join(folder, os.path.basename(relative))
