"""Reading Marathon's JSON in tests, from plain data."""

import json
from typing import Any

from isomorph.model.application import Definition
from isomorph.model.normalise import normalise
from isomorph.model.workload import Container, Workload
from isomorph.platforms.context import Source
from isomorph.platforms.marathon.reader import read
from isomorph.platforms.marathon.writer import write
from isomorph.platforms.platform import WriteOptions, Written
from tests.memory_context import memory_context

IMAGE = {"container": {"type": "DOCKER", "docker": {"image": "nginx:1"}}}


def read_data(data: Any, **files: Any) -> Definition:
    """Read one definition."""
    texts = {"marathon.json": json.dumps(data), **{name: json.dumps(value) for name, value in files.items()}}
    return normalise(read(Source("marathon.json"), memory_context(texts)))


def read_app(**said: Any) -> Workload:
    """Read one application that says something."""
    return read_data({"id": "/web", **IMAGE, **said}).application.workloads["web"]


def read_container(**said: Any) -> Container:
    """Read one application's container."""
    return read_app(**said).containers["web"]


def read_text(text: str) -> Definition:
    """Read a text as it is."""
    return read(Source("marathon.json"), memory_context({"marathon.json": text}))


def write_again(definition: Definition, **options: Any) -> Written:
    """Write a definition."""
    return write(definition, WriteOptions(**options))


def root_of(written: Written) -> Any:
    """Give what the main file says."""
    return json.loads(written.files[0].content)


def read_back(written: Written) -> Definition:
    """Read what was written, all its files at hand."""
    context = memory_context({file.path: file.content for file in written.files})
    return normalise(read(Source(written.files[0].path), context))
