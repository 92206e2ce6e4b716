"""One chart for several environments of a project: all of them are generated, and then it is written once.

Each environment's definition names the same folder, and a values file of its own: `helm:deploy/chart?values=deploy/prod.yaml`.
The one that names none, else the first, has the chart's own `values.yaml`; each file of the others holds what differs. So an
environment alone cannot be generated: what it changes in the templates would be the others' as well.
"""

import os
from collections.abc import Callable, Sequence
from posixpath import normpath

from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.combine import combine
from isomorph.model.errors import InvalidInput
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Context
from isomorph.platforms.platform import OutputFile, WriteOptions, Written
from isomorph.platforms.table import load_function
from isomorph.project.definitions import NamedDefinition
from isomorph.project.delivery import MARK, check_targets, mark_content
from isomorph.project.generation import Generated
from isomorph.project.project_file import Project, ProjectEnvironment, target_of

PLATFORM = "helm"
VALUES = "values"
"""The option of a definition that names a values file."""

MAIN, OWN_VALUES, TEMPLATES, TESTS = "Chart.yaml", "values.yaml", "templates", "templates/tests"
_MARKED = (".yaml",)

WriteFiles = Callable[[Sequence[OutputFile], str], str]


class SharedChart:
    """A chart and the environments of a project that it is for, the one whose values are its own first.

    `values` has the path of each environment's values file, relative to the current folder; empty: the chart's own.
    """

    def __init__(self, folder: str, values: dict[str, str]) -> None:
        self.folder = folder
        self.values = values
        self.done: dict[str, Generated] = {}

    @property
    def is_complete(self) -> bool:
        """Tell whether all environments are generated, so that it can be written."""
        return self.done.keys() == self.values.keys()

    def check(self) -> None:
        """Raise UsageError where something stands in its place that nobody generated."""
        named = [path for path in self.values.values() if path]
        check_targets([f"{self.folder}/{MAIN}", f"{self.folder}/{OWN_VALUES}", *named], ())

    def write(self, files: WriteFiles) -> None:
        """Write the chart and all values files, and remove templates of what is generated no more."""
        written = self._make()
        inside: list[OutputFile] = []
        outside: list[tuple[str, OutputFile]] = []
        names = load_function(PLATFORM, "writer", "values_file")
        own = {names(name): path for name, path in self.values.items() if path}
        for file in written.files:
            marked = replace(file, content=mark_content(file.content)) if _is_marked(file) else file
            if file.path in own:
                outside.append((own.pop(file.path), marked))
            else:
                inside.append(marked)
        # Whoever has the chart's own values says nothing otherwise.
        outside += [(path, OutputFile(OWN_VALUES, mark_content("{}\n"))) for path in own.values()]
        files(inside, f"{self.folder}/")
        for path, file in outside:
            files([replace(file, path=os.path.basename(path))], path)
        self._remove_stale({file.path for file in written.files})

    def _make(self) -> Written:
        definitions: dict[str, Definition] = {}
        options: dict[str, WriteOptions] = {}
        for name in self.values:
            generated = self.done[name]
            if generated.definition is not None and generated.options is not None:
                definitions[name] = normalise(combine([generated.definition]), resolve_configurations=False)
                options[name] = generated.options
        written: Written = load_function(PLATFORM, "writer", "write_chart")(definitions, options)
        return written

    def _remove_stale(self, now: set[str]) -> None:
        for folder in (TEMPLATES, TESTS):
            place = os.path.join(self.folder, folder)
            for name in sorted(os.listdir(place)) if os.path.isdir(place) else ():
                path = os.path.join(place, name)
                if f"{folder}/{name}" in now or not name.endswith(_MARKED) or os.path.islink(path):
                    continue
                if os.path.isfile(path) and _was_generated(path):
                    os.unlink(path)


def _was_generated(path: str) -> bool:
    with open(path, "rb") as file:
        return MARK.encode() in file.read(256)


def _is_marked(file: OutputFile) -> bool:
    """Tell whether a file can say where it comes from: the contents of files that containers see cannot."""
    folder, _, _ = file.path.rpartition("/")
    return folder in ("", TEMPLATES, TESTS) and file.path.endswith(_MARKED)


def find_shared(environment: ProjectEnvironment, project: Project, context: Context) -> SharedChart | None:
    """Give the chart that an environment's definition names, with all environments that it is for; None for no chart.

    Raises InvalidInput where nothing tells the values of two environments apart.
    """
    definition, platform = target_of(environment, context)
    if platform != PLATFORM:
        return None
    folder = _folder(definition)
    values: dict[str, str] = {}
    places: dict[str, str] = {}
    for name, other in project.environments.items():
        if not other.definitions:
            continue
        target, platform = _find_target(other, context)
        if platform != PLATFORM or target is None or _folder(target) != folder:
            continue
        path = _values_of(target, other)
        if path == f"{folder}/{OWN_VALUES}":
            path = ""
        if path in places:
            what = f"the values file {path}" if path else "no values file of its own"
            message = f"environments {places[path]} and {name} share the chart {folder}, and both have {what}"
            hint = f"let one name another, as in helm:{folder}?values={folder}/values-{name}.yaml"
            raise InvalidInput(message, other.places[0], hint)
        places[path] = name
        values[name] = path
    return SharedChart(folder, _order(values))


def list_blank_values(environment: ProjectEnvironment, context: Context) -> list[tuple[str, OutputFile]]:
    """Give empty values files in the place of those that an environment's chart is read with: one made for it alone has all."""
    definition, platform = target_of(environment, context)
    if platform != PLATFORM:
        return []
    named = [normpath(path) for path in definition.options.get(VALUES, ())]
    own = f"{_folder(definition)}/{OWN_VALUES}"
    return [(path, OutputFile(path, "{}\n")) for path in named if path != own]


def _order(values: dict[str, str]) -> dict[str, str]:
    """Put the environment first that has the chart's own values."""
    own = next((name for name, path in values.items() if not path), next(iter(values)))
    return {own: values[own], **values}


def _find_target(environment: ProjectEnvironment, context: Context) -> tuple[NamedDefinition | None, str]:
    try:
        return target_of(environment, context)
    except InvalidInput:  # Told when that one is generated.
        return None, ""


def _folder(definition: NamedDefinition) -> str:
    path = normpath(definition.path)
    return path.removesuffix(f"/{MAIN}")


def _values_of(definition: NamedDefinition, environment: ProjectEnvironment) -> str:
    named = [normpath(path) for path in definition.options.get(VALUES, ())]
    if len(named) > 1:
        message = f"environment {environment.name} names {len(named)} values files, and its chart is generated with one"
        raise InvalidInput(message, environment.places[0], "name the one that holds what differs")
    return named[0] if named else ""
