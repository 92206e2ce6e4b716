"""The variables that a definition may use: those of the calling shell, then those of the project's env files."""

from collections.abc import Mapping

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Text
from isomorph.platforms.compose.dotenv import Entry, parse_env_file
from isomorph.platforms.context import Context

Found = tuple[Text, Origin | None]


class Environment:
    """Variables in layers: the shell's win over those of env files."""

    def __init__(self, shell: Mapping[str, str], entries: Mapping[str, Entry] | None = None) -> None:
        self.shell = shell
        self.entries: dict[str, Entry] = dict(entries or {})

    def find(self, name: str) -> Found | None:
        """Give a variable's value, and where it is written unless the shell has it.

        What stands in a marked block is a secret, whoever gives its value.
        """
        value = self.shell.get(name)
        entry = self.entries.get(name)
        if value is not None:
            return (entry.value if value and entry is not None and entry.secret is not None else value), None
        return (entry.value, entry.origin) if entry is not None else None

    def text(self, name: str) -> str | None:
        """Give a variable that must be plain, as the names of the project and its profiles."""
        found = self.find(name)
        return found[0] if found is not None and isinstance(found[0], str) else None


def read_environment(
    context: Context, folder: str, named: tuple[str, ...], outer: Environment | None = None
) -> Environment:
    """Read the env files that are named, else `.env` in the folder where there is one.

    `outer` is the environment of the file that includes this one: it wins.
    """
    environment = Environment(context.environment)
    paths = list(named)
    if not named:
        default = f"{folder}/.env" if folder not in ("", ".") else ".env"
        if _is_file(context, default):
            paths.append(default)
    for path in paths:
        content = context.read_input(path, None, "env file")
        environment.entries.update(parse_env_file(content, path, (outer or environment).find).entries)
    if outer is not None:
        environment.entries.update(outer.entries)
    return environment


def _is_file(context: Context, path: str) -> bool:
    try:
        return context.files.is_file(path)
    except InvalidInput:
        return False
