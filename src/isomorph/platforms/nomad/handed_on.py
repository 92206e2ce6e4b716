"""A job that stands in a definition of another platform, as text."""

from isomorph.model.application import Definition
from isomorph.platforms.context import Context, Handed
from isomorph.platforms.nomad.reader import read_text


def read_handed(handed: Handed, context: Context) -> Definition:
    """Read a job; its places are counted from where its text begins."""
    lines = "\n" * (handed.origin.line - 1)
    return read_text(f"{lines}{handed.text}".encode(), handed.origin.file, handed.source, context)
