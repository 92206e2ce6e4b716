"""A project's pair of environments, ready to be mended: read again with files replaced in memory, and what may be edited.

Only a file of the project is edited that a person wrote, and only where no other environment says something else for it.
"""

import os
from collections.abc import Mapping
from posixpath import normpath

import msgspec
from msgspec.structs import replace

from isomorph.drift.baseline import Baseline, apply_baseline, parse_baseline
from isomorph.drift.declared import apply_declared
from isomorph.drift.finding import Environment, Finding, Report
from isomorph.drift.image_facts import ImageSource
from isomorph.model.errors import Diagnostic, UsageError
from isomorph.platforms.context import Context
from isomorph.project.delivery import MARK
from isomorph.project.fix.elsewhere import Elsewhere, RecordedFiles
from isomorph.project.fix.first_overrides import FirstOverrides
from isomorph.project.fix.said import Sides
from isomorph.project.fix.translating import Translated, translate
from isomorph.project.fix.trials import Texts, Workshop
from isomorph.project.gate import (
    BASELINE_FILE,
    Step,
    compare_environments,
    compare_with_generated,
    open_comparison,
    read_one,
)
from isomorph.project.preview import GeneratedFiles
from isomorph.project.project_file import Project
from isomorph.project.shape_checks import did_you_mean

_OF_THE_WHOLE = frozenset(("declaration-unused", "baseline-outdated"))
"""Codes of what is remarked on all environments together."""


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be mended: the environment that values are taken from, the one that is edited, the day (YYYY-MM-DD).

    `with_baseline`: what stands in the baseline is let alone.
    """

    project: Project
    source: str
    target: str
    today: str
    image_configs: ImageSource | None = None
    with_baseline: bool = False


def open_workshop(pair: Pair, context: Context, step: Step = lambda words: None) -> Workshop:
    """Open what mending needs; raises UsageError for an environment that is not there, and what reading raises."""
    opened = _Opened(pair, context, step)
    return Workshop(
        compare=opened.compare,
        read=opened.read_text,
        refuse=opened.refuse,
        shared=opened.find_shared,
        elsewhere=opened.elsewhere,
        translate=opened.translate,
        generated=opened.compare_generated,
        overrides=tuple(each.text for each in pair.project.environments[pair.target].overrides),
        first=opened.first,
        is_by_hand=opened.around.is_by_hand,
    )


class _Opened:
    """The environments of a project as they are read, and the files that each of them reads."""

    def __init__(self, pair: Pair, context: Context, step: Step) -> None:
        self.pair, self.context, self.step = pair, context, step
        for name in (pair.source, pair.target):
            _check_name(pair.project, name)
        if pair.source == pair.target:
            raise UsageError("an environment is not compared with itself: name two")
        comparison, policies = open_comparison(pair.project, context)
        self.comparison = replace(comparison, pairs=((pair.source, pair.target),))
        self.around = Elsewhere(pair.project, comparison, policies, pair.image_configs)
        self.baseline = _read_baseline(pair, context)
        self.files: dict[str, set[str]] = {}
        self.known: dict[str, Environment] = {}
        self.source = self.read_known(pair.source)
        self.refusals: dict[str, str] = {}
        self.first = FirstOverrides(pair.project, pair.target)

    def read_known(self, name: str) -> Environment:
        """Read an environment as it stands, and note which files that took."""
        if name not in self.known:
            files = self.files.setdefault(name, set())
            recorded = replace(self.context, files=RecordedFiles(self.context.files, files))
            self.known[name] = self.read(name, recorded)
        return self.known[name]

    def read(self, name: str, context: Context) -> Environment:
        return read_one(self.pair.project.environments[name], context, self.step)

    def overlay(self, texts: Texts) -> Context:
        """Give a context in which files have other texts."""
        files = {path: text.encode() for path, text in texts.items()}
        return replace(self.context, files=GeneratedFiles(self.context.files, files))

    def among(self, target: Environment) -> list[Environment]:
        """Give all environments as they stand, and the one that is edited as it is by now."""
        environments = self.pair.project.environments
        names = [name for name, each in environments.items() if each.definitions]
        return [target if name == target.name else self.read_known(name) for name in names]

    def compare(self, texts: Texts) -> Sides:
        """Compare the pair with files replaced; names are those that the whole project has in common."""
        target = self.read(self.pair.target, self.overlay(texts))
        report = compare_environments(self.among(target), self.comparison, self.pair.image_configs)
        report = self.declare(report)
        return Sides(self.source, target, replace(report, diagnostics=_of_the_pair(report, self.source, target)))

    def find_shared(self, texts: Texts) -> str:
        """Give the name of another environment that says something else with files replaced, empty where none does."""
        for name, environment in self.pair.project.environments.items():
            if name == self.pair.target or not environment.definitions:
                continue
            known = self.read_known(name)
            if self.files[name].isdisjoint(map(normpath, texts)):
                continue
            if self.read(name, self.overlay(texts)).definition.application != known.definition.application:
                return name
        return ""

    def elsewhere(self, sides: Sides, texts: Texts) -> tuple[Finding, ...]:
        """Give what is found beyond the pair, with files replaced."""
        environments = self.among(sides.target)
        report = self.around.judge(environments, self.pair.source, sides.target, self.overlay(texts))
        return self.declare(report).findings

    def declare(self, report: Report) -> Report:
        """Give a report with what the team declared, and noted."""
        report = apply_declared(report, self.comparison.declared, self.pair.today)
        return report if self.baseline is None else apply_baseline(report, self.baseline)

    def compare_generated(self, sides: Sides, texts: Texts) -> Sides | None:
        """Compare the environment that is edited with what its Score files generate, files replaced."""
        generated = self.around.generate(sides.target.name, self.overlay(texts))
        if generated is None:
            return None
        report = compare_with_generated(sides.report, sides.target, generated)
        return Sides(sides.target, report.environments[1], report)

    def translate(self, sides: Sides) -> Translated | None:
        """Give the source as the target's platform would have it."""
        platform = sides.target.definition.platform
        return translate(sides.source, platform, self.context, self.pair.project.root)

    def read_text(self, path: str) -> str | None:
        """Give a file's text, None where it is no text in UTF-8; nothing is in one that would be made."""
        if path and path == self.first.path:
            return ""
        try:
            content = self.context.files.read_bytes(path)
            return None if content.startswith(b"\xef\xbb\xbf") else content.decode()
        except (OSError, UnicodeDecodeError):
            return None

    def refuse(self, path: str) -> str:
        """Give the reason for which a file is not edited, empty where it is."""
        if path not in self.refusals:
            self.refusals[path] = self.find_refusal(path)
        return self.refusals[path]

    def find_refusal(self, path: str) -> str:
        if path == self.first.path:
            return ""
        root = os.path.realpath(self.pair.project.root)
        real = os.path.realpath(path)
        if os.path.islink(path):
            return "is a link"
        if not os.path.isfile(real):
            return "is no file of its own"
        if not real.startswith(root.rstrip(os.sep) + os.sep):
            return "is outside the project"
        if MARK in (self.read_text(path) or "").partition("\n")[0]:
            return f"is generated: change the Score file, then isomorph generate --env {self.pair.target}"
        if not os.access(real, os.W_OK):
            return "may not be written"
        return "" if self.read_text(path) is not None else "is not a text in UTF-8"


def _read_baseline(pair: Pair, context: Context) -> Baseline | None:
    """Read what is let alone; None where nothing is."""
    file = pair.project.with_path(BASELINE_FILE)
    if not pair.with_baseline or not context.files.is_file(file):
        return None
    return parse_baseline(context.read_input(file, what="baseline"), file)


def _of_the_pair(report: Report, *pair: Environment) -> tuple[Diagnostic, ...]:
    """Give what is remarked on two environments: what a team declared may be about others."""
    others = [each for each in report.environments if each.name not in {member.name for member in pair}]
    foreign = {id(diagnostic) for each in others for diagnostic in each.definition.diagnostics}
    return tuple(each for each in report.diagnostics if id(each) not in foreign and each.code not in _OF_THE_WHOLE)


def _check_name(project: Project, name: str) -> None:
    environments: Mapping[str, object] = project.environments
    if name not in environments:
        hint = did_you_mean(name, list(environments))
        raise UsageError(f"{project.file} has no environment {name!r}{f'; {hint}' if hint else ''}")
    if not project.environments[name].definitions:
        raise UsageError(f"environment {name!r} names no definitions")
