"""What a command line of `generate` comes to: a run for a platform, or one for each environment that was named."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from isomorph.model.errors import Diagnostic, UsageError
from isomorph.platforms.context import Context
from isomorph.platforms.platform import OutputFile, WriteOptions
from isomorph.platforms.table import PLATFORMS, find_platform
from isomorph.project.builds import place_builds
from isomorph.project.definitions import NamedDefinition
from isomorph.project.delivery import (
    check_folder,
    check_targets,
    find_folder,
    is_in_files,
    list_definitions,
    list_files,
    mark_generated,
    remove_stale,
    settle_folders,
    take_env_file,
)
from isomorph.project.generation import Generated
from isomorph.project.given import Given
from isomorph.project.inputs import Places, Run, Surroundings
from isomorph.project.placing import place_files
from isomorph.project.project_file import Listed, Project, ProjectEnvironment, find_project, read_project, target_of
from isomorph.project.publishing import Publish
from isomorph.project.root import open_context
from isomorph.project.run import preview_generation, run_generation
from isomorph.project.shared_charts import SharedChart, find_shared, list_blank_values
from isomorph.provisioning.contract import Provisioner
from isomorph.provisioning.files import SUFFIX
from isomorph.provisioning.state_file import STATE_FILE, read_state

if TYPE_CHECKING:
    from isomorph.provisioning.patches import PatchTemplate

SECRET_MODE = 0o600
"""Permission bits of a file with secrets."""

CheckFiles = Callable[[Sequence[OutputFile], str], None]
"""Refuses files that cannot be written to an output, before anything is."""

WriteFiles = Callable[[Sequence[OutputFile], str], str]
"""Writes files to an output; gives the path of the main one, or nothing where it went to standard output."""

ReplaceFile = Callable[[str, bytes, int | None], None]
"""Writes one file whole, with these permission bits or those that it has."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asked for: either a platform, or an environment by name, or (neither) all of them.

    `env_file` is where variables of a Compose project go; empty: `.env` beside the output.
    """

    scores: tuple[NamedDefinition, ...] = ()
    platform: str | None = None
    environment: str | None = None
    given: Given = Given()
    publish: tuple[Publish, ...] = ()
    options: WriteOptions = WriteOptions()
    output: str = "-"
    env_file: str = ""
    apply: bool = False
    prune: bool = False
    allow_commands: bool = False


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One run, where its output goes, and the environment of the project that it is for."""

    run: Run
    output: str
    environment: ProjectEnvironment | None = None
    guarded: bool = False  # what stands there is replaced only where it was generated
    chart: SharedChart | None = None  # written once all its environments are generated


def run_all(asked: Asked, check: CheckFiles, write: WriteFiles, put: ReplaceFile) -> Iterator[Generated]:
    """Do what was asked, run by run; raises what reading, provisioning and writing raise."""
    root = find_project() or "."
    context = _open(asked, root)
    project = read_project(root, context)
    plans = list(_share(_plan(asked, project, root, context), asked, project, context))
    _check_places(plans, root, context)
    for plan in plans:
        yield _carry_out(plan, asked, project, root, context, _Tools(check, write, put))


def preview_files(project: Project, name: str, context: Context) -> tuple[Generated, list[tuple[str, OutputFile]]]:
    """Give what `generate --env NAME` would make now, and where its files would be; nothing is written, no program runs."""
    asked = Asked(environment=name)
    (plan,) = _plan(asked, project, project.root, context)
    nothing = _Tools(lambda files, output: None, lambda files, output: "", lambda path, content, mode: None)
    reach = _Reach(plan, asked, project, project.root, context, nothing)
    around = Surroundings(
        root=project.root,
        context=context,
        open_provisioners=reach.open_provisioners,
        open_patches=reach.open_patches,
        check=lambda generated: None,
        write=lambda generated: "",
    )
    generated = preview_generation(plan.run, around)
    files = list_files(generated)
    several = sum(file.alike for file in files) > 1
    # A file that was written by hand may hold what is generated as several: they stand in a folder in its place.
    output = f"{plan.output.rstrip('/')}/" if several else plan.output
    placed = list(zip(place_files(files, output), files, strict=True))
    return generated, [*placed, *list_blank_values(project.environment_of(name), context)]


def _open(asked: Asked, root: str) -> Context:
    further = [root, *asked.given.overrides]
    return open_context(asked.scores, further)


def _plan(asked: Asked, project: Project | None, root: str, context: Context) -> list[_Plan]:
    if asked.platform is not None:
        environment = project.environments.get(asked.platform) if project is not None else None
        keeps = project is not None or os.path.isfile(os.path.join(root, STATE_FILE))
        run = _to_run(asked, asked.platform, asked.platform, project, environment, asked.output, keeps)
        return [_Plan(run=run, output=asked.output, environment=environment)]
    if project is None:
        raise UsageError("there is no isomorph.yaml here, whose environments could be generated (isomorph init)")
    names = [asked.environment] if asked.environment is not None else list(project.environments)
    if not names:
        raise UsageError(f"{project.file} has no environments yet")
    plans = []
    for name in names:
        environment = project.environment_of(name)
        definition, platform = target_of(environment, context)
        guarded, output = asked.output == "-", asked.output
        if guarded:
            output = find_folder(definition.path, platform)
        elif asked.environment is None:
            output = f"{asked.output.rstrip('/')}/{name}/"
        run = _to_run(asked, name, platform, project, environment, output, True)
        plans.append(_Plan(run=run, output=output, environment=environment, guarded=guarded))
    return plans


def _share(
    plans: list[_Plan],
    asked: Asked,
    project: Project | None,
    context: Context,
) -> Iterator[_Plan]:
    """Put all environments of a chart in the place of each that is generated into it: it is written for all at once."""
    written: set[str] = set()
    for plan in plans:
        chart = None
        if plan.guarded and plan.environment is not None and project is not None:
            chart = find_shared(plan.environment, project, context)
        if chart is None or project is None:
            yield plan
        elif chart.folder not in written:
            written.add(chart.folder)
            for name in chart.values:
                environment = project.environment_of(name)
                run = _to_run(asked, name, plan.run.platform, project, environment, f"{chart.folder}/", True)
                yield _Plan(run=run, output=f"{chart.folder}/", environment=environment, guarded=True, chart=chart)


def _check_places(plans: Sequence[_Plan], root: str, context: Context) -> None:
    """Raise UsageError where a person wrote what stands in the place of an output, before anything is written for another."""
    guarded = [plan for plan in plans if plan.guarded]
    state = read_state(root, context.environment) if guarded else None
    for plan in guarded:
        kept = state.environments.get(plan.run.environment) if state is not None else None
        known = tuple(map(Places(root).from_state, kept.outputs if kept is not None else ()))
        if plan.chart is not None:
            plan.chart.check()
        elif plan.output.endswith("/") or os.path.isdir(plan.output):
            check_folder(plan.output.rstrip("/"), plan.run.platform, known)
        else:
            check_targets([plan.output], known)


def _to_run(
    asked: Asked,
    name: str,
    platform: str,
    project: Project | None,
    environment: ProjectEnvironment | None,
    output: str,
    keeps: bool,
) -> Run:
    options = asked.options
    _check_style(options.style, platform)
    if options.name is None and project is not None and project.name:
        options = replace(options, name=project.name)
    if options.namespace is None and environment is not None and environment.namespace:
        options = replace(options, namespace=environment.namespace)
    return Run(
        platform=platform,
        environment=name,
        scores=asked.scores or _list_scores(project, environment),
        given=asked.given,
        overrides=_paths(environment.overrides if environment is not None else ()),
        builds=place_builds(environment.builds if environment is not None else (), output),
        is_whole=not asked.scores,
        publish=asked.publish,
        options=options,
        prune=asked.prune,
        apply=asked.apply,
        is_project=keeps,
    )


def _list_scores(project: Project | None, environment: ProjectEnvironment | None) -> tuple[NamedDefinition, ...]:
    """Give the Score files that a project names, for an environment or for none."""
    if project is None:
        return ()
    paths = project.workloads if environment is None else project.workloads_of(environment)
    return tuple(NamedDefinition(path, platform="score") for path in paths)


def _check_style(style: str, platform: str) -> None:
    row = find_platform(platform)
    if style not in row.styles and style != WriteOptions().style:  # What nobody chose is each platform's usual.
        titles = " and ".join(each.title for each in PLATFORMS if style in each.styles)
        raise UsageError(
            f"--format {style} is a form of {titles} definitions; {row.title} is written as {', '.join(row.styles)}"
        )


def _paths(listed: Sequence[Listed]) -> tuple[str, ...]:
    return tuple(each.text for each in listed)


def _carry_out(
    plan: _Plan, asked: Asked, project: Project | None, root: str, context: Context, tools: "_Tools"
) -> Generated:
    reach = (_Reach if plan.chart is None else _ChartReach)(plan, asked, project, root, context, tools)
    around = Surroundings(
        root=root,
        context=context,
        open_provisioners=reach.open_provisioners,
        open_patches=reach.open_patches,
        check=reach.check,
        write=reach.write,
        replace=reach.replace if plan.chart is None else None,
        fingerprint=reach.fingerprint,
        list_outputs=reach.list_outputs,
        output=plan.output,
    )
    generated = run_generation(plan.run, around)
    if reach.messages:
        generated = replace(generated, messages=(*generated.messages, *reach.messages))
    if project is None or not project.diagnostics:
        return generated
    told: tuple[Diagnostic, ...] = project.diagnostics
    return replace(generated, diagnostics=(*told, *generated.diagnostics))


class _Tools(msgspec.Struct, frozen=True):
    """What the command line writes with."""

    check: CheckFiles
    write: WriteFiles
    put: ReplaceFile


class _Reach:
    """What one run reaches: provisioners and patches of its environment, and its output."""

    def __init__(
        self, plan: _Plan, asked: Asked, project: Project | None, root: str, context: Context, tools: _Tools
    ) -> None:
        self.plan = plan
        self.asked = asked
        self.project = project
        self.root = root
        self.context = context
        self.tools = tools
        self.known: tuple[str, ...] = ()  # definitions that earlier runs generated
        self.messages: tuple[str, ...] = ()

    def open_provisioners(self) -> list[Provisioner]:
        from isomorph.project.provisioner_sources import open_all

        return open_all(
            self.project,
            self.plan.environment,
            self.plan.run.platform,
            self.root,
            self.context,
            allow_commands=self.asked.allow_commands,
        )

    def open_patches(self) -> "list[PatchTemplate]":
        from isomorph.project.provisioner_sources import list_patch_templates, open_patch_templates

        listed = list_patch_templates(self.project, self.plan.environment)
        if not listed:
            return []
        from isomorph.provisioning.template import Compiler

        compiler = Compiler(self.plan.run.platform, dict(self.context.environment))
        return open_patch_templates(listed, self.root, self.context, compiler)

    def check(self, generated: Generated) -> None:
        files = self._settle(generated)[0]
        self.tools.check(files, self.plan.output)
        self.known = tuple(map(Places(self.root).from_state, generated.environment.outputs))
        if self.plan.guarded:
            check_targets(self._list_definitions(files), self.known)

    def list_outputs(self, generated: Generated) -> tuple[str, ...]:
        if not is_in_files(self.plan.run.platform) or self.plan.output == "-":
            return generated.environment.outputs
        return tuple(map(Places(self.root).to_state, self._list_definitions(self._settle(generated)[0])))

    def write(self, generated: Generated) -> str:
        files, env_file, variables = self._settle(generated)
        settle_folders(generated, self.plan.output)
        if env_file:
            self.tools.put(env_file, variables, SECRET_MODE)
        written = self.tools.write(mark_generated(files) if self.plan.guarded else files, self.plan.output)
        if written and self.known:
            self.messages = remove_stale(self.known, self._list_definitions(files), self.root)
        return written

    def _list_definitions(self, files: list[OutputFile]) -> list[str]:
        return list_definitions(files, self.plan.output, self.plan.run.platform)

    def replace(self, path: str, content: str) -> None:
        self.tools.put(path, content.encode(), None)

    def fingerprint(self) -> bytes:
        return _fingerprint(self.project, self.plan.environment, self.root, self.context)

    def _settle(self, generated: Generated) -> tuple[list[OutputFile], str, bytes]:
        return take_env_file(list_files(generated), self.plan.output, self.asked.env_file, generated.variables)


class _ChartReach(_Reach):
    """What a run for one of a chart's environments reaches: the last of them writes the chart."""

    def check(self, generated: Generated) -> None:
        self.tools.check(list_files(generated), self.plan.output)
        if self.plan.chart is not None:
            self.plan.chart.check()

    def list_outputs(self, generated: Generated) -> tuple[str, ...]:
        return generated.environment.outputs

    def write(self, generated: Generated) -> str:
        chart = self.plan.chart
        if chart is None:
            return super().write(generated)
        name = self.plan.run.environment
        chart.done[name] = generated
        if self.asked.environment not in (None, name):
            self.messages = (f"{name} was generated as well: its chart is the same, {chart.folder}",)
        if chart.is_complete:
            chart.write(self.tools.write)
        return ""


def _fingerprint(project: Project | None, environment: ProjectEnvironment | None, root: str, context: Context) -> bytes:
    """Give what stands for the project file and all provisioner files and patch templates that it names."""
    if project is None:
        return b""
    from hashlib import sha256

    from isomorph.project.provisioner_sources import list_patch_templates, list_sources, open_listed

    digest = sha256(context.read_input(project.file))
    named = [(list_sources(project, environment).listed, SUFFIX), (list_patch_templates(project, environment), "")]
    for listed, suffix in named:
        for each in listed:
            for opened in open_listed(each, root, context, suffix=suffix):
                digest.update(sha256(opened.content).digest())
    return digest.digest()
