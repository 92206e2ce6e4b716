"""Where an environment's provisioners come from, in the order in which they are asked.

First what the environment names, then what the project names, then the catalogue of isomorph itself, unless the project
says `default-provisioners: false`. Files of the project are read where they are; what was fetched is read as it was pinned,
and no network is used. A folder stands for its `*.provisioners.yaml` in the order of their names, as the reference tools
take them.

Programs (`cmd://`) of the project's own files may run wherever the caller runs programs at all; those of fetched files only
where the lock file says so. The same goes for what templates see of the environment's variables.
"""

from collections.abc import Iterator

import msgspec

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.platforms.context import Context
from isomorph.project.project_file import Listed, Project, ProjectEnvironment
from isomorph.provisioning import sources
from isomorph.provisioning.command import CommandProvisioner, Commands
from isomorph.provisioning.contract import Provisioner
from isomorph.provisioning.digests import read_pins
from isomorph.provisioning.files import SUFFIX, Loading, read_provisioners
from isomorph.provisioning.patches import PatchTemplate
from isomorph.provisioning.sources import FileSource, WebSource, parse_source
from isomorph.provisioning.template import Compiler


class Sources(msgspec.Struct, frozen=True):
    """The provisioner files of an environment, in order, and whether the catalogue comes after them."""

    listed: tuple[Listed, ...] = ()
    catalogue: bool = True


class Opened(msgspec.Struct, frozen=True):
    """A source's content, what messages call it, and whether its programs may run."""

    content: bytes
    name: str
    trusted: bool


def list_sources(project: Project | None, environment: ProjectEnvironment | None) -> Sources:
    """Give where provisioners come from; without a project, from the catalogue alone."""
    if project is None:
        return Sources()
    own = environment.provisioners if environment is not None else ()
    return Sources((*own, *project.provisioners), project.default_provisioners)


def list_patch_templates(project: Project | None, environment: ProjectEnvironment | None) -> tuple[Listed, ...]:
    """Give the patch templates in the order in which they are applied: the project's, then the environment's."""
    own = environment.patch_templates if environment is not None else ()
    return (*(project.patch_templates if project is not None else ()), *own)


def open_all(
    project: Project | None,
    environment: ProjectEnvironment | None,
    platform: str,
    root: str,
    context: Context,
    *,
    allow_commands: bool = False,
) -> list[Provisioner]:
    """Open an environment's provisioners for a run that may run programs; `allow_commands` notes those of fetched files."""
    found = list_sources(project, environment)
    if allow_commands:
        allow_fetched_commands(found.listed, root)
    commands = Commands(permit=lambda _: True, folder=root, variables=context.environment)
    return open_provisioners(found, platform, root, context, commands)


def open_provisioners(
    found: Sources, platform: str, root: str, context: Context, commands: Commands | None = None
) -> list[Provisioner]:
    """Read all provisioners of some sources for a platform, in order; without `commands` none of their programs runs.

    Raises InvalidInput at the place in the project file for a source that was never fetched, and in the files themselves.
    """
    commands = commands or Commands(folder=root)
    trusted = Loading(platform, commands, dict(commands.variables), project=root)
    refusing = msgspec.structs.replace(commands, permit=_refuse_command if commands.permit else None)
    untrusted = Loading(platform, refusing, project=root, permits_modules=False)
    provisioners: list[Provisioner] = []
    for listed in found.listed:
        for opened in open_listed(listed, root, context):
            loading = trusted if opened.trusted else untrusted
            provisioners += read_provisioners(opened.content, opened.name, loading)
    if found.catalogue:
        from isomorph.provisioning.catalogue import load_catalogue

        provisioners += load_catalogue(platform)
    return provisioners


def open_patch_templates(
    listed: tuple[Listed, ...], root: str, context: Context, compiler: Compiler
) -> list[PatchTemplate]:
    """Read patch templates; those of fetched files see nothing of the environment's variables."""
    bare = Compiler(compiler.platform)
    return [
        PatchTemplate(opened.content.decode("utf-8-sig", "replace"), opened.name, compiler if opened.trusted else bare)
        for each in listed
        for opened in open_listed(each, root, context, suffix="")
    ]


def open_listed(listed: Listed, root: str, context: Context, suffix: str = SUFFIX) -> Iterator[Opened]:
    """Give the content of a source; of a folder, that of each of its files that end in `suffix`, by name."""
    source = parse_source(listed.text)
    if isinstance(source, FileSource):
        try:
            for path in _list_files(source.path, context, suffix):
                yield Opened(sources.open_source(FileSource(path), root, context)[0], path, True)
        except InvalidInput as fault:
            raise InvalidInput(fault.message, listed.origin, fault.hint) from None
        return
    if source.name not in read_pins(root).sources:
        shown = "with it" if isinstance(source, WebSource) and "?" in source.url else f"'{source.name}'"
        message = f"{source.name} was never fetched for this project"
        raise InvalidInput(message, listed.origin, f"run isomorph init --provisioners {shown}")
    content, pin = sources.open_source(source, root, context)
    yield Opened(content, source.name, pin is not None and pin.commands)


def _list_files(path: str, context: Context, suffix: str) -> list[str]:
    if not suffix or not context.files.is_folder(path):
        return [path]
    names = [name for name in context.files.list_folder(path) if name.endswith(suffix)]
    return [file for name in names if context.files.is_file(file := f"{path.rstrip('/')}/{name}")]


def allow_fetched_commands(listed: tuple[Listed, ...], root: str) -> tuple[str, ...]:
    """Note in the lock file that programs of fetched sources may run, until their content changes; gives their names."""
    names = []
    for each in listed:
        source = parse_source(each.text)
        if not isinstance(source, FileSource):
            sources.allow_commands(source, root)
            names.append(source.name)
    return tuple(names)


def _refuse_command(provisioner: CommandProvisioner) -> bool:
    raise UsageError(
        f"{provisioner.origin}: {provisioner.uri}: a fetched file names this program, and nobody has allowed it to run;"
        " look at the file, then say --allow-commands"
    )
