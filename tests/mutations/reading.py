"""Reading a definition's text as an environment, for tests that change texts."""

from isomorph.drift.finding import Environment
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.table import load_reader
from tests.memory_context import memory_context


def read_environment(name: str, platform: str, file: str, text: str) -> Environment:
    """Read one text through its platform's reader, in memory."""
    definition = load_reader(platform)(Source(file), memory_context({file: text}))
    return Environment(name, normalise(definition), ((platform, file),))
