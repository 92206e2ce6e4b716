"""Reading a definition's text as an environment, for tests that change texts."""

from isomorph.drift.finding import Environment
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.table import load_reader
from tests.memory_context import memory_context


def read_environment(name: str, platform: str, file: str, text: str) -> Environment:
    """Read one text through its platform's reader, in memory; a configuration of Terraform is its folder."""
    source = file.rpartition("/")[0] if platform == "terraform" else file
    definition = load_reader(platform)(Source(source), memory_context({file: text}))
    return Environment(name, normalise(definition), ((platform, source),))
