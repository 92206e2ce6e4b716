"""What a run remembers so that the next one needs to do only what has changed: never a secret, never needed.

A cache that is missing, old or of another request is none, and all is done anew. It holds, for every Score file, what it was,
and for every workload what became of it; secrets stand in that as references.
"""

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import msgspec

from isomorph import __version__
from isomorph.model.text import Text
from isomorph.model.workload import Workload
from isomorph.provisioning.atomic import path_in_project, read_if_there, write_atomically

FOLDER = ".isomorph/cache"
_RACE = 2_000_000_000
"""Nanoseconds in which a file may change again without its time telling."""


class KnownFile(msgspec.Struct, frozen=True, array_like=True):
    """A file as it was: size in bytes, when it was changed (in nanoseconds), and the digest of its content."""

    size: int
    changed: int
    digest: bytes


class KnownWorkload(msgspec.Struct, frozen=True, array_like=True):
    """What became of a workload: its file, what others see of it, its names, and itself with outputs resolved."""

    file: str
    face: bytes
    names: tuple[str, ...]
    resolved: msgspec.Raw


class Cache(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """All of it. `request` is a digest of what was asked for; `output` is where the main file stands.

    `outputs` are what references to outputs stand for, by uid and output. `special` are workloads of which something else
    was said than of the others.
    """

    version: str = __version__
    request: bytes
    written: int
    output: str
    output_digest: bytes
    state_digest: bytes
    files: dict[str, KnownFile]
    workloads: dict[str, KnownWorkload]
    outputs: dict[str, dict[str, Text]]
    special: frozenset[str] = frozenset()


def read_cache(root: str, environment: str, request: bytes) -> Cache | None:
    """Give what the last run of a request left; None where there is none that counts."""
    content = read_if_there(_path(root, environment))
    if content is None:
        return None
    try:
        cache = msgspec.msgpack.decode(content, type=Cache)
    except msgspec.MsgspecError:
        return None
    return cache if cache.version == __version__ and cache.request == request else None


def write_cache(root: str, environment: str, cache: Cache) -> None:
    """Keep a cache; its folder tells version control to leave it out."""
    write_atomically(path_in_project(root, f"{FOLDER}/.gitignore"), b"*\n", 0o644)
    write_atomically(_path(root, environment), msgspec.msgpack.encode(cache))


def forget_cache(root: str, environment: str) -> None:
    """Remove what an earlier run left, since it is not true any more."""
    path = _path(root, environment)
    if os.path.isfile(path):
        os.unlink(path)


def _path(root: str, environment: str) -> str:
    return path_in_project(root, f"{FOLDER}/{sha256(environment.encode()).hexdigest()[:16]}.msgpack")


def digest_request(parts: Iterable[Any]) -> bytes:
    """Give a digest of what a run was asked for, the contents of files that it names among it."""
    return sha256(msgspec.msgpack.encode([msgspec.to_builtins(part, str_keys=True) for part in parts])).digest()


def digest_file(path: str) -> bytes:
    """Give the digest of a file's content; nothing where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return sha256(file.read()).digest()
    except OSError:
        return b""


def look_at(path: str) -> KnownFile | None:
    """Give a file as it is now; None where it cannot be read."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return KnownFile(found.st_size, found.st_mtime_ns, digest_file(path))


def find_changed(files: Mapping[str, KnownFile], places: Mapping[str, str], written: int) -> list[str] | None:
    """Give the files whose content is not what it was; None where one is gone. `places` are their paths now.

    Size and time tell, but for a file that was changed just before the cache was written: its content is looked at.
    """
    changed = []
    for name, known in files.items():
        try:
            found = os.stat(places[name])
        except OSError:
            return None
        same = found.st_size == known.size and found.st_mtime_ns == known.changed
        if same and known.changed < written - _RACE:
            continue
        if digest_file(places[name]) != known.digest:
            changed.append(name)
    return changed


def encode_workload(workload: Workload) -> msgspec.Raw:
    """Give a workload as the cache keeps it: it is read back only where it is needed."""
    return msgspec.Raw(msgspec.msgpack.encode(workload))


def decode_workload(raw: msgspec.Raw) -> Workload:
    """Read a workload that the cache kept."""
    return msgspec.msgpack.decode(raw, type=Workload)
