"""Packed charts: a `.tgz` read in memory, with limits, and refused where it would write outside of itself.

Source: Helm's package loader/archive: one folder at the top, at most 100 MiB unpacked, no absolute paths and no `..`.
"""

import msgspec

from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin

LARGEST = 100 * 1024 * 1024
"""Bytes of all files of a chart, those of packed charts in it included; Helm's limit."""

MOST_FILES = 10_000
_MARK = b"\xef\xbb\xbf"


class ChartFile(msgspec.Struct, frozen=True):
    """A file of a chart: its path in the chart, the place to show, and its content without a byte order mark."""

    name: str
    file: str
    data: bytes


class Budget:
    """How many bytes and files may still be read, and what is remarked on the way."""

    __slots__ = ("bytes", "files", "remarks")

    def __init__(self, remarks: list[Diagnostic] | None = None) -> None:
        self.bytes = LARGEST
        self.files = MOST_FILES
        self.remarks = [] if remarks is None else remarks

    def take(self, size: int, file: str) -> None:
        """Count a file; raises InvalidInput where the chart is larger than Helm takes."""
        self.bytes -= size
        self.files -= 1
        if self.bytes < 0:
            raise InvalidInput(
                f"the chart is larger than {LARGEST} bytes", Origin(file), "keep what is no part of it in `.helmignore`"
            )
        if self.files < 0:
            raise InvalidInput(
                f"the chart has more than {MOST_FILES} files",
                Origin(file),
                "keep what is no part of it in `.helmignore`",
            )


def is_archive(data: bytes) -> bool:
    """Tell whether a file is gzipped."""
    return data[:3] == b"\x1f\x8b\x08"


def unpack(data: bytes, file: str, budget: Budget) -> list[ChartFile]:
    """Give the files of a packed chart, without the folder that holds them all."""
    import io
    import tarfile
    import zlib

    if not is_archive(data):
        raise InvalidInput(
            "this is no packed chart: the file is not gzipped", Origin(file), "pack the chart with `helm package`"
        )
    found: list[ChartFile] = []
    try:
        with tarfile.open(fileobj=io.BytesIO(_decompress(data, file, budget)), mode="r:") as archive:
            for member in archive:
                if member.isdir():
                    continue
                name = _check_name(member.name, file)
                if not member.isreg():
                    raise _refuse(f"{member.name} is a link or a device", file)
                content = archive.extractfile(member)
                inner = content.read() if content is not None else b""
                budget.take(len(inner), file)
                found.append(ChartFile(name, f"{file}/{member.name}", inner.removeprefix(_MARK)))
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError) as error:
        raise InvalidInput(
            f"the packed chart is broken: {error}", Origin(file), "pack it anew with `helm package`"
        ) from None
    if not found:
        raise InvalidInput("the packed chart is empty", Origin(file), "pack it anew with `helm package`")
    return found


def _decompress(data: bytes, file: str, budget: Budget) -> bytes:
    """Unpack gzip into memory, but no more than a chart may have."""
    import gzip
    import io

    # Beside its content, a file takes a head and padding of at most 1,023 bytes together.
    most = budget.bytes + 1024 * (budget.files + 2)
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise InvalidInput(
            f"the packed chart unpacks to more than {LARGEST} bytes", Origin(file), "check that it is the right file"
        )
    return content


def _check_name(name: str, file: str) -> str:
    """Give the path in the chart of a path in the archive."""
    parts = name.replace("\\", "/").split("/")
    inner = [part for part in parts[1:] if part not in ("", ".")]
    if name.startswith(("/", "\\")) or ".." in parts or "\0" in name or ":" in parts[0]:
        raise _refuse(f"{name!r} is a path out of the archive", file)
    if not inner:
        if parts[0] == "Chart.yaml":
            raise _refuse("Chart.yaml is not in a folder", file)
        raise _refuse(f"{name!r} is outside of the chart's folder", file)
    return "/".join(inner)


def _refuse(message: str, file: str) -> InvalidInput:
    return InvalidInput(f"the packed chart is refused: {message}", Origin(file), "pack it with `helm package`")
