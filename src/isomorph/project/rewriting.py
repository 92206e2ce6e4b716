"""Several files rewritten as one change: each whole or not at all, and where one cannot be written, none is."""

import os

from isomorph.model.errors import UsageError
from isomorph.project.fixing import Changed
from isomorph.provisioning.atomic import read_if_there, write_atomically


def rewrite(files: tuple[Changed, ...]) -> None:
    """Write files anew, with their modes; raises UsageError where one has changed meanwhile or cannot be written."""
    for file in files:
        if read_if_there(file.path) != file.old.encode():
            raise UsageError(f"{file.path} has changed meanwhile, and nothing was written: run it again")
    done: list[Changed] = []
    try:
        for file in files:
            done.append(file)
            write_atomically(file.path, file.new.encode(), os.stat(file.path).st_mode & 0o7777)
    except BaseException:
        for file in done:
            if read_if_there(file.path) == file.new.encode():
                write_atomically(file.path, file.old.encode(), os.stat(file.path).st_mode & 0o7777)
        raise
