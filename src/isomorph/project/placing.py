"""Where the files of an output go: under the name that was given, or all of them into a folder."""

import os
from collections.abc import Sequence

from isomorph.model.errors import UsageError
from isomorph.platforms.platform import OutputFile


def place_files(files: Sequence[OutputFile], output: str) -> list[str]:
    """Give the path of each file: the main one under the name given, the others beside it; or all in a folder.

    A folder is what ends in `/` or is one, and where the main file has or is in a folder of its own. Raises UsageError where
    a file would leave it, and where one name was given for several files of which none is the main one.
    """
    if output.endswith("/") or os.path.isdir(output) or "/" in files[0].path or files[0].in_folder:
        return [_place(output, file.path) for file in files]
    several = [file.path for file in files if file.alike]
    if len(several) > 1:
        names = ", ".join(several[:4]) + (", …" if len(several) > 4 else "")
        raise UsageError(
            f"the result is {len(several)} definitions, each a file of its own ({names}), and {output!r} is one:"
            " name a folder, which ends in /"
        )
    return [output, *(_place(os.path.dirname(output), file.path) for file in files[1:])]


def _place(folder: str, path: str) -> str:
    """Give the place of a file below a folder; a path that leaves it is refused, since names in it came from input."""
    if os.path.isabs(path) or ".." in path.split("/"):
        raise UsageError(f"the file {path!r} would be written outside {folder or '.'}")
    return os.path.join(folder, path)
