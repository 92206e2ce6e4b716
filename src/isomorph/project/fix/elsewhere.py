"""What a project finds beyond the pair that is mended: of other pairs, of what Score files generate, of policies.

Nothing is generated again whose files did not change: an edit is tried often, and is seldom made in a Score file.
"""

from posixpath import normpath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from isomorph.drift.finding import Environment, Report
from isomorph.drift.image_facts import ImageSource
from isomorph.platforms.context import Context, Files
from isomorph.project.comparison import Comparison
from isomorph.project.gate import compare_environments, compare_generated
from isomorph.project.preview import Preview, preview
from isomorph.project.project_file import Project, parse_project

if TYPE_CHECKING:
    from isomorph.project.policy_files import Policies


class RecordedFiles:
    """The files of a machine, with a note of those that were read."""

    def __init__(self, below: Files, read: set[str]) -> None:
        self.below = below
        self.read = read

    def read_bytes(self, path: str) -> bytes:
        """Give a file's content."""
        self.read.add(normpath(path))
        return self.below.read_bytes(path)

    def is_file(self, path: str) -> bool:
        """Tell whether a file is there."""
        return self.below.is_file(path)

    def is_folder(self, path: str) -> bool:
        """Tell whether a folder is there."""
        return self.below.is_folder(path)

    def list_folder(self, path: str) -> list[str]:
        """Give the names in a folder, sorted."""
        return self.below.list_folder(path)


class Elsewhere:
    """The gate without one pair, asked again and again with other texts; knows what was generated from which files."""

    def __init__(
        self,
        project: Project,
        comparison: Comparison,
        policies: "Policies | None",
        image_configs: ImageSource | None = None,
    ) -> None:
        self.project = project
        self.comparison = comparison
        self.policies = policies
        self.image_configs = image_configs
        self.text = b""
        self.generated: dict[str, tuple[dict[str, bytes], Environment | None]] = {}

    def judge(self, environments: list[Environment], source: str, target: Environment, context: Context) -> Report:
        """Give the report of all that an edit of the target may change, but for what differs from the source.

        `environments` are all that there are, the target as it would be.
        """
        pairs = tuple(pair for pair in self.comparison.pairs if target.name in pair and source not in pair)
        report = compare_environments(environments, replace(self.comparison, pairs=pairs), self.image_configs)
        for environment in environments:
            generated = self.generate(environment.name, context)
            if generated is not None:
                report = compare_generated(report, environment, generated)
        return report if self.policies is None else self.policies.add_findings(report, [target])

    def generate(self, name: str, context: Context) -> Environment | None:
        """Give what Score files generate for an environment, from memory where nothing that it read has changed."""
        known = self.generated.get(name)
        if known is not None and all(_read(path, context) == content for path, content in known[0].items()):
            return known[1]
        read: set[str] = set()
        recorded = replace(context, files=RecordedFiles(context.files, read))
        project = self._read_project(recorded)
        generated = preview(project, project.environment_of(name), recorded)
        self.generated[name] = ({path: _read(path, context) for path in read}, generated)
        return generated

    def is_by_hand(self, name: str) -> bool:
        """Tell whether an environment for which something was generated here is written by hand."""
        _, generated = self.generated.get(name, ({}, None))
        return isinstance(generated, Preview) and generated.by_hand

    def _read_project(self, context: Context) -> Project:
        """Give the project as its file says it with other texts: an edit may add overrides."""
        content = context.files.read_bytes(self.project.file) if context.files.is_file(self.project.file) else b""
        self.text = self.text or content
        return self.project if content == self.text else parse_project(content, self.project.root, context)


def _read(path: str, context: Context) -> bytes:
    """Give a file's content, nothing where it cannot be read (standard input)."""
    try:
        return context.files.read_bytes(path)
    except OSError:
        return b""
