"""Provisioner files (`*.provisioners.yaml`) as the reference tools write them.

Files are read in the order of their names, those of the project before the default ones; of the provisioners that match
a resource the first wins, so their order is all that is decided here.
"""

from collections.abc import Iterable

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Files
from isomorph.platforms.table import find_family
from isomorph.provisioning.command import CommandProvisioner, Commands, read_command_provisioner
from isomorph.provisioning.entry import EntryNode, suggest
from isomorph.provisioning.local_environment import LocalEnvironmentProvisioner, read_local_environment
from isomorph.provisioning.template import Compiler, TemplateProvisioner, read_template_provisioner
from isomorph.provisioning.terraform.provisioner import TerraformProvisioner, read_terraform_provisioner
from isomorph.syntax import tree
from isomorph.syntax.yaml.dialects import Dialect

SUFFIX = ".provisioners.yaml"

SCHEMES = ("template", "cmd", "local-env", "terraform")

FileProvisioner = TemplateProvisioner | CommandProvisioner | LocalEnvironmentProvisioner | TerraformProvisioner


class Loading:
    """What all files of one run share: the platform they serve, what templates see, and how programs run.

    `project` is the folder that the paths of modules are relative to, and do not leave. Without `permits_modules` those
    that the files name are written and not applied.
    """

    def __init__(
        self,
        platform: str,
        commands: Commands | None = None,
        variables: dict[str, str] | None = None,
        project: str = ".",
        permits_modules: bool = True,
    ) -> None:
        self.platform = find_family(platform)
        self.project = project
        self.permits_modules = permits_modules
        self.commands = commands or Commands()
        self.compiler = Compiler(platform, variables)


def read_provisioners(content: str | bytes, file: str, loading: Loading) -> list[FileProvisioner]:
    """Read a provisioner file; raises InvalidInput at the first thing in it that is not understood."""
    from isomorph.syntax.yaml.read import Limits, parse_one

    text = content.decode("utf-8-sig", "replace") if isinstance(content, bytes) else content
    root = parse_one(content, file, Dialect.COMPOSE, limits=Limits(size=4 * 1024 * 1024)).root
    if root is None:
        return []
    if not isinstance(root, tree.Sequence):
        raise InvalidInput("a provisioner file is a list", root.origin, "begin each provisioner with `- uri: …`")
    lines = text.split("\n")
    return [_read_entry(node, lines, loading) for node in root]


def _read_entry(node: tree.Node, lines: list[str], loading: Loading) -> FileProvisioner:
    if not isinstance(node, tree.Mapping):
        raise InvalidInput("a provisioner is a mapping", node.origin, "write `- uri: …`, `type: …` and what it does")
    entry = EntryNode(node, lines)
    uri = entry.require("uri")
    scheme, separator, _ = uri.partition("://")
    if separator and scheme == "template":
        return read_template_provisioner(entry, loading.compiler)
    if separator and scheme == "cmd":
        return read_command_provisioner(entry, loading.platform, loading.commands)
    if separator and scheme == "local-env":
        return read_local_environment(entry, loading.platform)
    if separator and scheme == "terraform":
        return read_terraform_provisioner(entry, loading.project, loading.permits_modules)
    hint = suggest(scheme, SCHEMES) if separator else f"write SCHEME://NAME, with a scheme of {', '.join(SCHEMES)}"
    raise InvalidInput(f"no provisioner is known for {uri!r}", node["uri"].origin, hint)


def load_provisioners(
    files: Files, custom: Iterable[str], default: Iterable[str], loading: Loading
) -> list[FileProvisioner]:
    """Load the files of the project, then the default ones, each in the order of their names."""
    found: list[FileProvisioner] = []
    for group in (custom, default):
        for path in sorted(group, key=_order):
            found += read_provisioners(_read(files, path), path, loading)
    return found


def load_folder(files: Files, folder: str, loading: Loading) -> list[FileProvisioner]:
    """Load every provisioner file of a folder in the order of their names, which puts `zz-default` last."""
    paths = [f"{folder.rstrip('/')}/{name}" for name in files.list_folder(folder) if name.endswith(SUFFIX)]
    return load_provisioners(files, [path for path in paths if files.is_file(path)], (), loading)


def _order(path: str) -> tuple[str, str]:
    return path.rpartition("/")[2], path


def _read(files: Files, path: str) -> bytes:
    try:
        return files.read_bytes(path)
    except OSError as error:
        reason = error.strerror or "it is not there"
        raise InvalidInput(f"the provisioner file cannot be read: {reason}", Origin(path), "check the path") from None
