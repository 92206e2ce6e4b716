"""Generating from the corpus's Score files with its own provisioner files, as `isomorph generate` does it in a project."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from isomorph.model.application import Definition
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.local import LocalFiles
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import PLATFORMS, load_reader
from isomorph.project.definitions import NamedDefinition
from isomorph.project.delivery import list_files
from isomorph.project.generation import Generated
from isomorph.project.given import Given
from isomorph.project.inputs import Run, Surroundings
from isomorph.project.root import open_context
from isomorph.project.run import run_generation
from isomorph.provisioning.catalogue import load_catalogue
from isomorph.provisioning.command import Commands
from isomorph.provisioning.contract import Provisioner
from isomorph.provisioning.files import FileProvisioner, Loading, load_provisioners
from tests.memory_context import memory_context

TOOLS = {"compose": "score-compose", "kubernetes": "score-k8s"}
OUTPUTS = {"compose": "compose.yaml", "kubernetes": "manifests.yaml"}

#: Platforms that the catalogue generates for; no reference tool knows the others.
GENERATED = (
    *OUTPUTS,
    *(
        row.name
        for row in PLATFORMS
        if row.name in ("swarm", "minikube", "openshift", "helm", "nomad", "marathon", "terraform")
    ),
)

#: What whoever runs it names besides: a stack's variables are loaded into the shell beforehand.
_BESIDE = (("swarm", "env-file", ".env"), ("helm", "values", "secrets/values.yaml"))

#: The image of containers whose Score file leaves it open.
IMAGE = "example.com/supplied:1"

#: Files of the community that do a type's work in another way than the plain one of their folder.
_VARIANTS = ("-with-netpol", "-for-openai-clients", "-via-")


@cache
def load_files(corpus: Path, platform: str, path: str = "", folder: str = ".") -> tuple[FileProvisioner, ...]:
    """Load the reference tools' default provisioner files, and behind them the community's for types they do not have.

    Programs that provisioner files name are found on `path`, and run in `folder`.
    """
    files = LocalFiles([str(corpus)])
    commands = Commands(permit=lambda _: True, folder=folder, variables={"PATH": path})
    loading = Loading(platform, commands)
    default = str(corpus / f"reference-provisioners/{platform}.provisioners.yaml")
    ours = load_provisioners(files, [], [default], loading)
    known = {one.type for one in ours}
    community = corpus.glob(f"community-provisioners/*/{TOOLS[platform]}/*.provisioners.yaml")
    paths = [str(path) for path in community if not any(part in path.name for part in _VARIANTS)]
    theirs = load_provisioners(files, paths, [], loading)
    return (*ours, *(one for one in theirs if one.type not in known))


@cache
def load_catalogue_of(platform: str) -> tuple[Provisioner, ...]:
    """Load our own catalogue, as it is without a project."""
    return tuple(load_catalogue(platform))


class Project:
    """A folder in which runs of `generate` leave their state; what they would write is kept here instead."""

    def __init__(self, root: Path, platform: str, provisioners: Callable[[], Sequence[Provisioner]]) -> None:
        self.root = root
        self.platform = platform
        self.provisioners = provisioners

    def generate(self, *scores: Path, **changes: Any) -> Generated:
        """Run `generate` with Score files; `changes` are those of `Run`."""
        named = tuple(NamedDefinition(str(path), platform="score") for path in scores)
        options = WriteOptions(name="demo", secrets=True)
        said = {"platform": self.platform, "environment": self.platform, "options": options, **changes}
        around = Surroundings(
            root=str(self.root),
            context=open_context(named, [str(self.root)]),
            open_provisioners=lambda: list(self.provisioners()),
            check=lambda _: None,
            write=lambda _: "",
        )
        return run_generation(Run(scores=named, **said), around)


def list_scores(folder: Path, without: Sequence[str] = ()) -> list[Path]:
    """Give the Score files below a folder, without those whose path in it begins with one of `without`."""
    found = sorted(path for path in folder.rglob("*.yaml") if b"apiVersion: score.dev" in path.read_bytes())
    return [path for path in found if not str(path.relative_to(folder)).startswith((".", *without))]


def texts_of(generated: Generated) -> dict[str, str]:
    """Give the texts of all that a run writes, by path."""
    return {file.path: file.content for file in list_files(generated) if isinstance(file.content, str)}


def read_texts(platform: str, files: dict[str, Any]) -> Definition:
    """Read what was written, its files beside it: the main one, which is the first, or all of the folder."""
    main = "." if platform in ("nomad", "helm", "terraform") else next(iter(files))
    options: dict[str, tuple[str, ...]] = {
        option: (path,) for name, option, path in _BESIDE if name == platform and path in files
    }
    return normalise(load_reader(platform)(Source(main, options), memory_context(files)))


def supplied() -> Given:
    """What the command line says where a Score file leaves an image open."""
    return Given(image=IMAGE)


def randoms_of(generated: Generated) -> set[str]:
    """Give every text that a run's provisioners may have made up: guids, and all of the state that they keep."""
    found: set[str] = set()
    for one in generated.realised.values():
        found |= {one.guid, one.guid[:8]}
        _collect(msgspec.to_builtins(one.result.state), found)
    _collect(generated.environment.shared, found)
    return found


def _collect(value: Any, found: set[str]) -> None:
    if isinstance(value, str):
        found.add(value)
    elif isinstance(value, dict):
        for each in value.values():
            _collect(each, found)
    elif isinstance(value, list):
        for each in value:
            _collect(each, found)
