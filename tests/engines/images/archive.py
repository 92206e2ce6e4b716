"""Images as one archive in Docker's format, for a runtime that has no registry and no builder beside it."""

import hashlib
import io
import json
import platform
import shlex
import tarfile
from pathlib import Path
from typing import IO, Any

from tests.engines.build import find_engine
from tests.engines.images import Image

#: The kernel's names of what images name otherwise.
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
LISTS = {"ENTRYPOINT": "Entrypoint", "CMD": "Cmd"}


def settings_of(image: Image) -> dict[str, Any]:
    """Give an image's settings as its configuration says them; raises ValueError for one that is not known here."""
    settings: dict[str, Any] = {}
    for change in image.changes:
        word, _, rest = change.partition(" ")
        if word == "ENV":
            settings.setdefault("Env", []).append(rest)
        elif word == "VOLUME":
            settings["Volumes"] = {path: {} for path in shlex.split(rest)}
        elif word in LISTS:
            settings[LISTS[word]] = json.loads(rest)
        else:
            raise ValueError(f"{change}: not known here")
    return settings


def layer_of(image: Image) -> bytes:
    """Give the layer of the files that an image adds to the root file system."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as archive:
        for source, target in image.files.items():
            path = find_engine(source) if isinstance(source, str) else source
            archive.add(str(path), target.lstrip("/"))
    return layer.getvalue()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def write_archive(stream: IO[bytes], root: Path, images: dict[str, Image]) -> None:
    """Write images of these names, the root file system under all of them once; the stream needs no seeking."""
    base = _digest(root)
    manifest = []
    with tarfile.open(fileobj=stream, mode="w|") as archive:
        archive.add(str(root), f"{base}/layer.tar")
        for name, image in images.items():
            layers = [base]
            if image.files:
                content = layer_of(image)
                layers.append(hashlib.sha256(content).hexdigest())
                _add(archive, f"{layers[-1]}/layer.tar", content)
            configuration = json.dumps({
                "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
                "os": "linux",
                "config": settings_of(image),
                "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer}" for layer in layers]},
            }).encode()  # fmt: skip
            described = f"{hashlib.sha256(configuration).hexdigest()}.json"
            _add(archive, described, configuration)
            manifest.append({
                "Config": described,
                "RepoTags": [name],
                "Layers": [f"{layer}/layer.tar" for layer in layers],
            })  # fmt: skip
        _add(archive, "manifest.json", json.dumps(manifest).encode())
