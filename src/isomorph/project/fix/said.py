"""What the two sides of a finding say in full: a finding shows a value shortened and masked, an edit needs all of it."""

import msgspec

from isomorph.drift.finding import Environment, Finding, Report, Side
from isomorph.model.text import Text
from isomorph.model.workload import Container, Role, Workload


class Sides(msgspec.Struct, frozen=True):
    """The pair that is compared: where values are taken from, and the environment that is edited, with their report."""

    source: Environment
    target: Environment
    report: Report

    def of(self, finding: Finding) -> tuple[Side, Side]:
        """Give a finding's sides: the one to take from, the one to edit."""
        named = {side.environment: side for side in finding.sides}
        return named.get(self.source.name, Side(self.source.name)), named.get(self.target.name, Side(self.target.name))

    def workload(self, environment: Environment, finding: Finding) -> tuple[str, Workload] | None:
        """Give an environment's own workload that a finding is about, with its key."""
        for row in self.report.workloads:
            if row.name == finding.workload:
                key = row.aliases.get(environment.name, "")
                workload = environment.definition.application.workloads.get(key)
                return None if workload is None else (key, workload)
        return None

    def containers(self, environment: Environment, finding: Finding) -> list[tuple[str, Container]]:
        """Give the containers that a finding may be about: the one of its name, else the main ones."""
        found = self.workload(environment, finding)
        if found is None:
            return []
        containers = found[1].containers
        if finding.container in containers:
            return [(finding.container, containers[finding.container])]
        return [(name, each) for name, each in containers.items() if each.role is Role.MAIN] or list(containers.items())

    def variable(self, environment: Environment, finding: Finding) -> Text | None:
        """Give a variable's value as the model has it."""
        texts = (each.variables.get(finding.subject) for _, each in self.containers(environment, finding))
        return next((text for text in texts if text is not None), None)

    def content(self, environment: Environment, finding: Finding) -> str | None:
        """Give the text of a file without references in it."""
        for _, container in self.containers(environment, finding):
            file = container.files.get(finding.subject)
            if file is not None and isinstance(file.content, str):
                return file.content
        return None
