"""Files and volumes of a Score container."""

import binascii

from isomorph.model.application import Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Output, Text, print_text
from isomorph.model.workload import Binary, File, Mount
from isomorph.platforms.score.reading import WorkloadReading
from isomorph.syntax.tree import Mapping, Scalar

_LARGEST = 1024 * 1024


def read_files(reading: WorkloadReading, files: Mapping, path: Path) -> dict[str, File]:
    """Read files by target; raises InvalidInput for a source that is not there or content that is no base64."""
    read: dict[str, File] = {}
    for target, node in files.items():
        if not isinstance(node, Mapping):
            continue
        place = (*path, "files", target)
        reading.record(place, files.keys[target].origin)
        mode = node.get("mode")
        if isinstance(mode, Scalar):
            reading.record((*place, "mode"), mode.origin)
        read[target] = File(
            content=_read_content(reading, node, place),
            mode=int(mode.text, 8) if isinstance(mode, Scalar) else None,
        )
    return read


def _read_content(reading: WorkloadReading, node: Mapping, place: Path) -> Text | Binary:
    literal = node.get("noExpand")
    expand = not (isinstance(literal, Scalar) and literal.value is True)
    for field in ("content", "binaryContent", "source"):
        value = node.get(field)
        if not isinstance(value, Scalar):
            continue
        reading.record((*place, "content"), value.origin)
        if field == "content":
            return reading.expand(value.text, value.origin) if expand else value.text
        if field == "binaryContent":
            return _to_content(_decode(value))
        return _read_source(reading, value, place, expand)
    raise InvalidInput("a file needs content, binaryContent or source", node.origin)


def _to_content(data: bytes) -> str | Binary:
    """Bytes that are text are text, however they were written: other platforms read them so."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return Binary(data)


def _decode(value: Scalar) -> bytes:
    try:
        return binascii.a2b_base64(value.text, strict_mode=True)
    except binascii.Error as error:
        raise InvalidInput(f"binaryContent is not base64: {error}", value.origin) from None


def _read_source(reading: WorkloadReading, value: Scalar, place: Path, expand: bool) -> Text | Binary:
    """Read a file that stands beside the Score file; text is expanded as inline content is, bytes are not."""
    folder = reading.file.rpartition("/")[0] if "/" in reading.file else ""
    file = value.text if value.text.startswith("/") or not folder else f"{folder}/{value.text}"
    try:
        data = reading.context.read_input(file, value.origin, "file")
    except InvalidInput as error:
        raise InvalidInput(error.message, error.origin or value.origin, error.hint) from None
    if len(data) > _LARGEST:
        raise InvalidInput(f"file {file} is larger than {_LARGEST} bytes", value.origin, "mount a volume instead")
    origin = Origin(file).through(value.origin)
    reading.record((*place, "content"), origin)
    content = _to_content(data)
    return reading.expand(content, origin) if expand and isinstance(content, str) else content


def read_volumes(reading: WorkloadReading, volumes: Mapping, path: Path) -> dict[str, Mount]:
    """Read mounts by target. A source that is a resource mounts the dependency by its uid, which is provisioned later."""
    mounts: dict[str, Mount] = {}
    for target, node in volumes.items():
        source = node.get("source") if isinstance(node, Mapping) else None
        if not isinstance(node, Mapping) or not isinstance(source, Scalar):
            continue
        place = (*path, "mounts", target)
        reading.record(place, volumes.keys[target].origin)
        reading.record((*place, "volume"), source.origin)
        text = reading.expand(source.text, source.origin)
        name = _volume_name(text)
        sub_path, read_only = node.get("path"), node.get("readOnly")
        for field, value in (("sub_path", sub_path), ("read_only", read_only)):
            if value is not None:
                reading.record((*place, field), value.origin)
        mounts[target] = Mount(
            volume=name,
            sub_path=(sub_path.text or None) if isinstance(sub_path, Scalar) else None,
            read_only=bool(read_only.value) if isinstance(read_only, Scalar) else None,
        )
        # What kind of storage a resource turns out to be is known once it is provisioned; until then, it is kept.
        reading.volumes.setdefault(name, Volume("persistent", external=isinstance(text, str)))
        reading.record(("volumes", name), source.origin)
    return mounts


def _volume_name(text: Text) -> str:
    """Name a volume by the uid of the resource that it is, else as written."""
    if not isinstance(text, str) and len(text) == 1 and isinstance(text[0], Output) and not text[0].output:
        return text[0].dependency
    return print_text(text)
