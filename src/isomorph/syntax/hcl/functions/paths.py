"""Functions of the names of files, which look at no file."""

import posixpath


def _last(path: str) -> str:
    if not path:
        return "."
    return posixpath.basename(path.rstrip("/")) or "/"


def _folder(path: str) -> str:
    return posixpath.normpath(posixpath.dirname(path) or ".").replace("//", "/")


FUNCTIONS = {"basename": _last, "dirname": _folder}
