"""`isomorph init`: an isomorph.yaml, made or added to, and what belongs to it. Nothing that is there is overwritten.

All that can fail comes first: what is named is read, fetched and weighed, and only then is anything written.
"""

import os
import os.path
from collections.abc import Callable, Mapping
from posixpath import basename, normpath
from typing import Any

import msgspec
from msgspec.structs import replace

from isomorph.model.errors import Diagnostic, InvalidInput, UsageError
from isomorph.platforms.context import Context
from isomorph.platforms.platform import OutputFile
from isomorph.project.adopt.adopted_drift import find_aligned, tell_aligned, tell_drift
from isomorph.project.adopt.adoption import Adopted, adopt
from isomorph.project.adopt.score_files import read_known, to_score
from isomorph.project.adopt.starter import SCORE, project_text
from isomorph.project.gate import open_comparison, read_one
from isomorph.project.project_file import Project, parse_project, platform_of
from isomorph.project.project_shape import PROJECT_NAME
from isomorph.project.root import PROJECT_FILE
from isomorph.project.shape_checks import did_you_mean
from isomorph.provisioning.atomic import path_in_project, write_atomically
from isomorph.provisioning.digests import digest_content
from isomorph.provisioning.sources import FileSource, parse_source, take_source
from isomorph.provisioning.state import EnvironmentState
from isomorph.provisioning.state_file import STATE_FILE, lock_state, read_state, write_state
from isomorph.syntax.encoding import decode
from isomorph.syntax.yaml import edit

COPIES_FOLDER = "provisioners"
"""Where files from outside the project are copied to."""

_FEW = 6
"""Files that are told of one by one."""

_REFERENCE_PLATFORMS = ("compose", "kubernetes")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asked for."""

    file: str = "score.yaml"
    sample: bool = True
    name: str = ""
    provisioners: tuple[str, ...] = ()
    patch_templates: tuple[str, ...] = ()
    default_provisioners: bool = True
    definitions: tuple[str, ...] = ()
    environment: str = ""


class Initialised(msgspec.Struct, kw_only=True):
    """What was done, in the order in which it was, and what was remarked."""

    messages: list[str] = []
    diagnostics: list[Diagnostic] = []
    losses: list[Diagnostic] = []  # what Score files cannot say of what was taken over
    scores: list[str] = []  # Score files of the project, for what to say next
    environments: list[str] = []
    states: bool = False  # a reference tool's project goes on
    differs: bool = True  # environments from each other, or from what their Score files generate


def initialise(wanted: Wanted, context: Context, variables: Mapping[str, str], today: str) -> Initialised:
    """Make the current folder a project, or add to the one that it is. `today` is a date, YYYY-MM-DD."""
    if wanted.name and not PROJECT_NAME.fullmatch(wanted.name):
        raise UsageError(f"--project {wanted.name!r} is no name: use a-z, 0-9, '_' and '-', first a letter or digit")
    return _Initialisation(wanted, context, variables, today).run()


class _Initialisation:
    """One run: the text of the project file as it grows, and the files to write once it is clear that all is well."""

    def __init__(self, wanted: Wanted, context: Context, variables: Mapping[str, str], today: str) -> None:
        self.wanted = wanted
        self.today = today
        self.context = context
        self.variables = variables
        self.done = Initialised()
        self.files: list[OutputFile] = []
        self.told: list[str] = []
        self.is_new = not os.path.lexists(PROJECT_FILE)
        self.before = "" if self.is_new else decode(context.read_input(PROJECT_FILE), PROJECT_FILE)
        self.text = self.before
        self.project = self.parse()

    def parse(self) -> Project:
        return parse_project(self.text.encode(), ".", self.context)

    def run(self) -> Initialised:
        wanted, done = self.wanted, self.done
        adopted = adopt(list(wanted.definitions), self.project, self.context)
        done.diagnostics += adopted.diagnostics
        if self.is_new:
            self.text = project_text(self.choose_name(adopted.name))
        known = set(map(normpath, self.project.workloads))
        self.add_environments(adopted)
        fresh = [path for path in self.choose_scores(adopted) if normpath(path) not in known]
        if fresh:
            self.change(edit.add_items, ("workloads",), fresh)
        name = self.choose_name(adopted.name)
        if name != self.parse().name:
            self.change(edit.set_value, ("name",), name)
        if not wanted.default_provisioners and self.project.default_provisioners:
            self.change(edit.set_value, ("default-provisioners",), False)
        self.project = self.parse()
        self.add_sources(wanted.provisioners, "provisioners")
        self.add_sources(wanted.patch_templates, "patch-templates")
        self.add_aligned(adopted)
        self.write(adopted)
        done.messages += self.told
        self.project = self.parse()
        if adopted.environments and not adopted.states:  # What a reference tool generates may not be there yet.
            told, done.differs = tell_drift(self.project, self.context, self.today)
            done.messages += told
        done.scores = [path for path in self.project.workloads if os.path.exists(path)]
        done.environments = list(self.project.environments)
        done.states = bool(adopted.states)
        return done

    def choose_scores(self, adopted: Adopted) -> list[str]:
        """Give the Score files for the project file, those that are to be written included."""
        wanted = self.wanted
        if adopted.workloads:
            return adopted.workloads
        fresh = [name for name in adopted.environments if name not in self.project.environments]
        if wanted.sample and self.list_known() and fresh and not adopted.states:
            return self.write_scores(fresh)
        there = [path for path in (wanted.file, *self.project.workloads) if os.path.exists(path)]
        if wanted.sample and not os.path.lexists(wanted.file):
            if not wanted.definitions:
                self.files.append(OutputFile(wanted.file, SCORE))
                return [wanted.file]
            if adopted.environments and not adopted.states and not there:
                return self.write_scores(list(adopted.environments))
        return [wanted.file] if self.is_new and (there or not wanted.definitions) else []

    def list_known(self) -> list[str]:
        """Give the Score files that the project has, those of single environments included."""
        paths = [*self.project.workloads]
        paths += [path for each in self.project.environments.values() for path in each.workloads]
        return [path for path in dict.fromkeys(paths) if os.path.exists(path)]

    def write_scores(self, names: list[str]) -> list[str]:
        """Make Score files of environments that were taken over, and give those that are of all environments."""
        known = read_known(self.list_known(), self.context)
        project = self.parse()
        environments = [read_one(project.environments[name], self.context) for name in names]
        comparison, _ = open_comparison(project, self.context)
        written = to_score(environments, comparison.align, self.wanted.file, known)
        self.files += written.files
        self.done.losses += written.losses
        self.told += written.messages
        for name, entry in written.entries.items():
            for key, said in entry.items():
                self.change(edit.add_entry, ("environments", name, key), said)
        return written.workloads

    def change(self, make: Callable[..., str], path: edit.Path, value: Any, **how: bool) -> None:
        """Change the text of the project file; raises UsageError that says what to write where it cannot be changed."""
        try:
            self.text = make(self.text, path, value, **how)
        except edit.CannotEdit as error:
            what = f"{'.'.join(path)}: {edit.print_flow(value)}"
            raise UsageError(f"{PROJECT_FILE} cannot be changed, since {error}: write into it {what}") from None

    def add_environments(self, adopted: Adopted) -> None:
        for name, entry in adopted.environments.items():
            path = ("environments", name)
            if name in self.project.environments:
                for key, items in entry.items():
                    self.change(edit.add_items, (*path, key), items)
            else:
                self.change(edit.add_entry, path, entry)

    def add_aligned(self, adopted: Adopted) -> None:
        """Write into `align` which workloads are one under names that do not show it."""
        if not adopted.environments:
            return
        aligned = find_aligned(self.project, self.context)
        for name, keys in aligned.items():
            self.change(edit.add_entry, ("align", name), keys)
        self.told += tell_aligned(aligned)

    def choose_name(self, found: str) -> str:
        """Give the project's name: the one that was asked for, else the one that it has, else one that was found."""
        return self.wanted.name or self.project.name or (found if PROJECT_NAME.fullmatch(found) else "")

    def add_sources(self, texts: tuple[str, ...], key: str) -> None:
        """Fetch or copy what is not in the project, and add sources, the new ones before the old, to the project file."""
        places: dict[tuple[str, ...], list[str]] = {}
        for text in texts:
            named, content = self.take(text, key)
            for path in self.places_of(named, content, key):
                places.setdefault(path, []).append(named)
        for path, names in places.items():
            known = self.listed_at(path)
            fresh = [name for name in dict.fromkeys(names) if name not in known]
            if fresh:
                self.change(edit.add_items, path, fresh, first=True)

    def take(self, text: str, key: str) -> tuple[str, bytes | None]:
        """Give a source as the project file names it, and its content; None for a folder."""
        source = parse_source(text)
        if not isinstance(source, FileSource):
            content = take_source(source, ".", self.context)
            self.done.messages.append(f"{source.name} fetched and pinned")
            return text, content
        path = source.path
        if path != "-":
            outside = os.path.relpath(os.path.realpath(path), os.path.realpath(".")).startswith("..")
            if not outside:
                path = normpath(os.path.relpath(path))
                folder = self.context.files.is_folder(path)
                return path, None if folder else take_source(FileSource(path), ".", self.context)
        content = take_source(source, ".", self.context)
        suffix = ".provisioners.yaml" if key == "provisioners" else ".tpl"
        name = basename(path) if path != "-" else f"input-{digest_content(content)[7:15]}{suffix}"
        copy = f"{COPIES_FOLDER if key == 'provisioners' else key}/{name}"
        if os.path.lexists(copy) and take_source(FileSource(copy), ".", self.context) != content:
            raise UsageError(f"{copy} is there, and is not what {path} holds: give that file another name")
        self.files.append(OutputFile(copy, content))
        return copy, content

    def places_of(self, name: str, content: bytes | None, key: str) -> list[tuple[str, ...]]:
        """Give where a source belongs: into the environment that was named; into those of the platform that it is for,
        where it is for one only; else it is the project's."""
        if self.wanted.environment:
            if self.wanted.environment not in self.project.environments:
                raise UsageError(
                    f"there is no environment {self.wanted.environment!r};"
                    f" {did_you_mean(self.wanted.environment, list(self.project.environments))}"
                )
            return [("environments", self.wanted.environment, key)]
        if content is None or key != "provisioners":
            return [(key,)]
        platforms = _platforms_of(name, content)
        if len(platforms) == 1:
            fitting: list[tuple[str, ...]] = [
                ("environments", each, key) for each in self.project.environments if self.is_for(each, platforms[0])
            ]
            if fitting:
                return fitting
        return [(key,)]

    def is_for(self, environment: str, platform: str) -> bool:
        try:
            return platform_of(self.project.environments[environment], self.context) == platform
        except InvalidInput:
            return False

    def listed_at(self, path: tuple[str, ...]) -> set[str]:
        """Give the sources that the project file names at a place."""
        owner = self.project.environments[path[1]] if len(path) == 3 else self.project
        found = owner.provisioners if path[-1] == "provisioners" else owner.patch_templates
        return {each.text for each in found}

    def write(self, adopted: Adopted) -> None:
        if self.is_new or self.text != self.before:
            write_atomically(path_in_project(".", PROJECT_FILE), self.text.encode(), 0o644)
            self.done.messages.append(f"{PROJECT_FILE} {'written' if self.is_new else 'added to'}")
        else:
            self.done.messages.append(f"{PROJECT_FILE} is there and was left as it is")
        files = [*self.files, *adopted.files]
        for file in files:
            self.write_file(file, is_told=len(files) <= _FEW)
        if len(files) > _FEW:
            folders = dict.fromkeys(f"{file.path.partition('/')[0]}/" for file in files)
            self.done.messages.append(f"{len(files)} files written below {' and '.join(folders)}")
        if adopted.states:
            self.write_states(adopted.states, self.parse().name)

    def write_file(self, file: OutputFile, is_told: bool) -> None:
        if os.path.lexists(file.path):
            self.done.messages.append(f"{file.path} is there and was left as it is")
            return
        content = file.content.encode() if isinstance(file.content, str) else file.content
        named = file.path == self.wanted.file
        write_atomically(file.path if named else path_in_project(".", file.path), content, 0o644)
        if is_told:
            self.done.messages.append(f"{file.path} written")

    def write_states(self, states: dict[str, EnvironmentState], name: str) -> None:
        """Take environments into the state that it does not know yet; their passwords are sealed."""
        with lock_state("."):
            state = read_state(".", self.variables)
            fresh = {key: each for key, each in states.items() if key not in state.environments}
            for key, each in fresh.items():
                state = state.with_environment(key, each)
            if fresh:
                write_state(".", replace(state, project=state.project or name), self.variables)
        for key, each in states.items():
            if key in fresh:
                count = len(each.resources)
                what = f"{count} resource{'' if count == 1 else 's'}" if count else "no resources"
                self.done.messages.append(f"{STATE_FILE} took over {what} of {key}, their secrets sealed")
            else:
                self.done.messages.append(f"{STATE_FILE} has {key} already and was left as it is")


def _platforms_of(name: str, content: bytes) -> list[str]:
    """Give the reference tools' platforms that can use a provisioner file; raises InvalidInput where none can."""
    from isomorph.provisioning.files import Loading, read_provisioners

    found: list[str] = []
    faults: list[InvalidInput] = []
    for platform in _REFERENCE_PLATFORMS:
        try:
            read_provisioners(content, name, Loading(platform))
            found.append(platform)
        except InvalidInput as fault:
            faults.append(fault)
    if not found:
        raise faults[0]
    return found
