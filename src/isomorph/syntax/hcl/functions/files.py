"""Functions of the content of files, which they reach through the scope only: what may be read is decided there."""

from base64 import b64encode
from collections.abc import Callable

from isomorph.model.errors import InvalidInput
from isomorph.syntax.hcl.functions.encoding import digest
from isomorph.syntax.hcl.values import HclFault

Read = Callable[[str], bytes]


def _text(read: Read, path: str) -> str:
    try:
        return read(path).decode()
    except UnicodeDecodeError:
        raise HclFault("the file is no text in UTF-8", "use filebase64(…)") from None


def _exists(read: Read, path: str) -> bool:
    try:
        read(path)
    except (InvalidInput, FileNotFoundError):
        return False
    return True


FUNCTIONS: dict[str, Callable[[Read, str], object]] = {
    "file": _text,
    "filebase64": lambda read, path: b64encode(read(path)).decode(),
    "fileexists": _exists,
    "filemd5": lambda read, path: digest("md5", read(path)),
    "filesha1": lambda read, path: digest("sha1", read(path)),
    "filesha256": lambda read, path: digest("sha256", read(path)),
    "filesha512": lambda read, path: digest("sha512", read(path)),
}
