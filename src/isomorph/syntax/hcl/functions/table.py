"""Every function: where it is, and what it takes.

A letter for each argument: `s`tring, `n`umber, whole number (`i`), `b`ool, `l`ist, `m`ap, `a`nything; `?` after what may be left
out, `*` after what may be repeated (or left out). Sources as in the package's docstring.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

import msgspec


class Row(msgspec.Struct, frozen=True):
    """One function; where it is `shallow`, the elements of its arguments need not be settled."""

    name: str
    module: str
    takes: str
    shallow: bool = False

    def load(self) -> Callable[..., Any]:
        """Give the function itself."""
        found: Callable[..., Any] = import_module(f"{__package__}.{self.module}").FUNCTIONS[self.name]
        return found

    def shape(self) -> tuple[int, str, str]:
        """Give how many arguments it needs, the letters of all that it knows, and the letter of those that repeat."""
        return _shape(self.takes)


@cache
def _shape(takes: str) -> tuple[int, str, str]:
    rest = takes[-2] if takes.endswith("*") else ""
    fixed = takes[:-2] if rest else takes
    letters = fixed.replace("?", "")
    return len(letters) - fixed.count("?"), letters, rest


_NUMBERS = "abs:n ceil:n floor:n max:n* min:n* pow:nn log:nn parseint:si signum:n sum:l"
_TEXT = (
    "join:sl* split:ss format:sa* formatlist:sa* replace:sss lower:s upper:s title:s "
    "trim:ss trimprefix:ss trimsuffix:ss trimspace:s substr:sii strlen:s indent:is chomp:s strrev:s reverse_string:s "
    "startswith:ss endswith:ss strcontains:ss nonsensitive:a sensitive:a"
)
_PATTERNS = "regex:ss regexall:ss regex_replace:sss"
_COLLECTIONS = (
    "distinct:l index:aa setintersection:l* setunion:l* setsubtract:ll setsymmetricdifference:l* sethaselement:la sort:l "
    "chunklist:li alltrue:l anytrue:l contains:la range:nn?n? matchkeys:lll transpose:m coalesce:a*"
)
_SHALLOW = (
    "concat:l* element:li flatten:l keys:m values:m length:a lookup:msa? merge:a* reverse:a reverselist:l setproduct:l* "
    "slice:lii? zipmap:ll compact:l coalescelist:l* list:a* map:a* one:l"
)
_ENCODING = (
    "jsonencode:a jsondecode:s yamlencode:a yamldecode:s base64encode:s base64decode:s urlencode:s csvdecode:s md5:s sha1:s "
    "sha256:s sha512:s uuidv5:ss base64sha256:s base64sha512:s textencodebase64:ss textdecodebase64:ss"
)
_CONVERSION = "tostring:a tonumber:a tobool:a tolist:a toset:a tomap:a type:a"
_TIME = "formatdate:ss timeadd:ss timecmp:ss"
_NETWORK = "cidrhost:si cidrnetmask:s cidrsubnet:sii cidrsubnets:si*"
_PATHS = "basename:s dirname:s"
_FILES = (
    "file:s filebase64:s filemd5:s filesha1:s filesha256:s filesha512:s fileexists:s filebase64sha256:s filebase64sha512:s "
    "fileset:ss"
)


def _rows(module: str, entries: str, *, shallow: bool = False) -> dict[str, Row]:
    rows = (entry.split(":") for entry in entries.split())
    return {name: Row(name, module, takes, shallow) for name, takes in rows}


TABLE: dict[str, Row] = {
    **_rows("numbers", _NUMBERS),
    **_rows("text", _TEXT),
    **_rows("patterns", _PATTERNS),
    **_rows("collections", _COLLECTIONS),
    **_rows("collections", _SHALLOW, shallow=True),
    **_rows("encoding", _ENCODING),
    **_rows("conversion", _CONVERSION),
    **_rows("time", _TIME),
    **_rows("network", _NETWORK),
    **_rows("paths", _PATHS),
    **_rows("files", _FILES),
}

TERRAFORM: dict[str, Row] = {
    "coalesce": Row("coalesce_not_empty", "collections", "a*"),
    "index": Row("position", "collections", "la"),
    "replace": Row("replace_or_regex", "patterns", "sss"),
}
"""What Terraform means by names that mean something else to Nomad.

`coalesce` passes over empty strings, `index` finds a value, `replace` knows `/regex/`.
"""

_UNSETTLED = (
    "timestamp plantimestamp uuid uuidv4 bcrypt rsadecrypt templatefile templatestring abspath pathexpand issensitive "
    "ephemeralasnull base64gzip"
)
UNSETTLED = frozenset(_UNSETTLED.split())
"""Functions whose value depends on the hour, on chance, on the machine, or on more of the engine than its language."""
