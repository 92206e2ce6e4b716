"""Several files rewritten as one change: each whole or not at all, and where one cannot be written, none is."""

import os

from isomorph.model.errors import UsageError
from isomorph.project.fix.fixing import Changed
from isomorph.provisioning.atomic import read_if_there, write_atomically


def rewrite(files: tuple[Changed, ...]) -> None:
    """Write files anew, with their modes; raises UsageError where one has changed meanwhile or cannot be written."""
    for file in files:
        if (read_if_there(file.path) or b"") != file.old.encode():
            raise UsageError(f"{file.path} has changed meanwhile, and nothing was written: run it again")
    done: list[Changed] = []
    try:
        for file in files:
            done.append(file)
            write_atomically(file.path, file.new.encode(), _mode_of(file.path))
    except BaseException:
        for file in done:
            if read_if_there(file.path) == file.new.encode():
                if file.old:
                    write_atomically(file.path, file.old.encode(), _mode_of(file.path))
                else:
                    os.unlink(file.path)
        raise


def _mode_of(path: str) -> int:
    """Give the permission bits of a file, of one that is not there yet those that nobody has taken away."""
    if os.path.exists(path):
        return os.stat(path).st_mode & 0o7777
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask
