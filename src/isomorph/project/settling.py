"""What is generated for an environment, with what Score files leave open as that environment's own definition has it.

Score files leave to the deploying shell what is secret, and `***` where a secret had no place in them. Where the definition was
written by hand, they leave to it all that Score has no words for too: a writer says there what is usual, and that is no drift.
"""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from isomorph.drift.align import Declared, align, align_containers
from isomorph.drift.facts import View
from isomorph.drift.finding import Environment
from isomorph.model.normalise import map_workload_texts
from isomorph.model.origin import Path
from isomorph.model.secrecy import MASK
from isomorph.model.text import Address, Part, Placeholder, Text, is_unresolved, map_parts, parts_of, print_part
from isomorph.model.workload import Container, Grpc, Probe, Tcp, Workload
from isomorph.project.preview import Preview
from isomorph.project.provided import settle_servers
from isomorph.project.sources import find_folder, find_sources

_UNSAID = (Tcp, Grpc)
"""Checks that Score has no words for."""

_VARIABLE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
"""How a variable of the deploying shell is spelled."""


def settle(own: Environment, generated: Environment, declared: Declared) -> Environment:
    """Give what was generated with what is left open in it settled by an environment's own definition, where that fits."""
    views = View(0, own), View(1, generated)
    keys = {
        theirs: ours
        for ours, theirs in (group.keys for group in align(list(views), declared).groups)
        if ours is not None and theirs is not None
    }
    settling = _Settling(*views, {ours: theirs for theirs, ours in keys.items()})
    application = settle_servers(*views, keys)
    workloads = {
        key: settling.settle(workload, ours) if (ours := keys.get(key)) is not None else workload
        for key, workload in application.workloads.items()
    }
    definition = replace(generated.definition, application=replace(application, workloads=workloads))
    return replace(generated, definition=definition)


class _Settling:
    """An environment and what was generated for it; `keys` gives what workloads of the former are called in the latter."""

    def __init__(self, own: View, generated: View, keys: Mapping[str, str]) -> None:
        self.own = own
        self.generated = generated
        self.keys = keys
        self.by_hand = isinstance(generated.environment, Preview) and generated.environment.by_hand

    def settle(self, workload: Workload, key: str) -> Workload:
        own = self.own.application.workloads[key]
        names = {
            pair.b: pair.a
            for pair in align_containers(own.containers, workload.containers)
            if pair.a is not None and pair.b is not None
        }
        containers = dict(workload.containers)
        for name, ours in names.items():
            containers[name] = self._settle_container(containers[name], own.containers[ours])
            if self.by_hand:
                containers[name] = self._leave_unsaid(containers[name], own.containers[ours])
                files = find_sources(self.own.definition, key, ours, find_folder(self.own.definition))
                bound = {path: own.containers[ours].files[path] for path in files}
                containers[name] = replace(containers[name], files={**containers[name].files, **bound})
        workload = replace(workload, containers=containers)
        if not self.by_hand:
            return workload
        # What Score waits for is a workload, never one of its containers.
        known = self.own.application.workloads
        order = {self._rename(waited): how for waited, how in own.order.items() if waited not in known}
        return replace(workload, networks=own.networks, order={**order, **workload.order})

    def _rename(self, waited: str) -> str:
        """Give a container that is waited for, WORKLOAD/CONTAINER, with the name that its workload has in what is generated."""
        owner, _, container = waited.rpartition("/")
        return f"{self.keys.get(owner, owner)}/{container}"

    def _settle_container(self, container: Container, own: Container) -> Container:
        texts: dict[Path, Text] = {}

        def keep(text: Text, path: Path) -> Text:
            texts[path] = text
            return text

        def change(text: Text, path: Path) -> Text:
            return self._settle_text(text, texts[path]) if path in texts else text

        map_workload_texts(Workload("", containers={"": own}), (), keep)
        return map_workload_texts(Workload("", containers={"": container}), (), change).containers[""]

    def _settle_text(self, text: Text, own: Text) -> Text:
        """Give the environment's own text where it is the generated one but for what that leaves open.

        Where it is not, what is left open does not make it so: it differs in any case.
        """
        if text == own or not any(_is_open(part) for part in parts_of(text)):
            return text
        pattern = "".join(_to_pattern(part, self.generated) for part in parts_of(text))
        spelled = "".join(_spell(part, self.own) for part in parts_of(own))
        if re.fullmatch(pattern, spelled, re.DOTALL):
            return map_parts(own, self._take)
        return text if is_unresolved(own) else map_parts(text, _close)

    def _take(self, part: Part) -> Text:
        if isinstance(part, Address):
            return (replace(part, workload=self.keys.get(part.workload, part.workload)),)
        return part if isinstance(part, str) else (part,)

    def _leave_unsaid(self, container: Container, own: Container) -> Container:
        probes = {
            name: _leave_timing(getattr(container, name), getattr(own, name)) for name in ("liveness", "readiness")
        }
        image = None if own.image is None and own.build is None else container.image
        return replace(container, image=image, security=own.security, startup=own.startup, **probes)


def _leave_timing(probe: Probe | None, own: Probe | None) -> Probe | None:
    """Give a probe with the timing that an environment's own has, and a check that Score has no words for."""
    if own is None:
        return probe
    if probe is None:
        return own if isinstance(own.check, _UNSAID) or own.disabled else None
    return replace(own, check=probe.check)


def _is_open(part: Part) -> bool:
    if isinstance(part, Placeholder):
        return _VARIABLE.fullmatch(part.expression) is not None
    return isinstance(part, str) and MASK in part


def _close(part: Part) -> Text:
    return MASK if _is_open(part) and not isinstance(part, str) else part if isinstance(part, str) else (part,)


def _to_pattern(part: Part, view: View) -> str:
    if isinstance(part, Placeholder) and _is_open(part):
        return ".*"
    return ".*".join(map(re.escape, _spell(part, view).split(MASK)))


def _spell(part: Part, view: View) -> str:
    """Spell a part so that texts of two definitions can be told apart: an address by the common name of its workload."""
    return f"\0{view.called.get(part.workload, part.workload)}\0" if isinstance(part, Address) else print_part(part)
