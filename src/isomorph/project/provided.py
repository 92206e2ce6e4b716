"""Servers that a definition runs itself, and the resources that Score files have in their place.

What is generated runs a server of the provisioner's: it has another name, another password, settings of its own. None of that is
drift as long as the definition still runs the server that was recognised, of the version that was asked for, and its users are
told of it as they were.
"""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from isomorph.drift.align import Declared, align_containers
from isomorph.drift.facts import View
from isomorph.drift.finding import AlignedWorkload, Environment
from isomorph.model.application import Application, Volume
from isomorph.model.image import Image
from isomorph.model.normalise import map_workload_texts
from isomorph.model.origin import Path
from isomorph.model.services import find_service, find_version, is_same_version
from isomorph.model.text import Address, Output, Part, Text, map_parts, parts_of, print_part
from isomorph.model.workload import Container, Workload
from isomorph.platforms.table import load_function
from isomorph.project.output_texts import AUTHENTICATION
from isomorph.project.preview import Preview
from isomorph.project.recognising import Server, find_server
from isomorph.provisioning.uids import parse_uid

_OWN = "own:"
"""What the names of volumes begin with that are an environment's own."""

_PORT = "(?::[0-9]+)?"
_LOGIN = "(?:[^@/]*@)?"


def align_servers(rows: tuple[AlignedWorkload, ...], own: Environment, generated: Environment) -> Declared:
    """Give what a server is called in an environment, and in what is generated for it, by the common name."""
    if not isinstance(generated, Preview):
        return {}
    to_label = load_function("score", "write_workload", "to_label")
    others = generated.definition.application.workloads
    keys = {to_label(row.name): (row.name, key) for row in rows if (key := row.aliases.get(own.name)) is not None}
    aligned: dict[str, dict[str, str]] = {}
    for workload, uid in generated.servers.items():
        found = keys.get(parse_uid(uid).id.rpartition(".")[2])
        if found is not None and found[1] not in others and workload not in own.definition.application.workloads:
            aligned[found[0]] = {own.name: found[1], generated.name: workload}
    return aligned


def settle_servers(own: View, generated: View, keys: Mapping[str, str]) -> Application:
    """Give what is generated with servers, and what is told of them, as an environment has them.

    `keys` gives what the environment calls a generated workload.
    """
    preview, application = generated.environment, generated.application
    if not isinstance(preview, Preview) or preview.score is None or not preview.servers:
        return application
    workloads, volumes = dict(application.workloads), dict(application.volumes)
    calls = {ours: theirs for theirs, ours in keys.items()}
    for key, uid in preview.servers.items():
        ours = keys.get(key)
        server = find_server(own.application, ours, own.application.workloads[ours]) if ours is not None else None
        if ours is None or ours == key or server is None or key not in workloads:
            continue
        settling = _Server(own, server, uid, calls)
        workloads[key] = settling.take_server(workloads[key], own.application.workloads[ours])
        volumes.update(settling.find_volumes(own.application.workloads[ours]))
        for name, score in preview.score.application.workloads.items():
            user = keys.get(name)
            if user is not None and name in workloads and uid in score.dependencies.values():
                workloads[name] = settling.settle_user(workloads[name], own.application.workloads[user], score, key)
    return replace(application, workloads=workloads, volumes=volumes)


class _Server:
    """One server of an environment, and the resource in its place."""

    def __init__(self, own: View, server: Server, uid: str, calls: Mapping[str, str]) -> None:
        self.own = own
        self.server = server
        self.uid = uid
        self.calls = calls  # what is generated for a workload of the environment
        self.words = {output: word for word, output in server.told.outputs.items() if output}

    def take_server(self, generated: Workload, own: Workload) -> Workload:
        """Give the environment's own server in place of the generated one, but for its image where that is another version."""
        (made,) = generated.containers.values()
        (container,) = own.containers.values()
        image = container.image if self._is_version(container.image, made.image) else made.image
        mounts = {path: replace(each, volume=_OWN + each.volume) for path, each in container.mounts.items()}
        taken = replace(
            own,
            name=generated.name,
            names=own.names,
            containers={name: replace(container, image=image, mounts=mounts) for name in own.containers},
            order={self.calls.get(waited, waited): how for waited, how in own.order.items()},
        )
        return map_workload_texts(taken, (), lambda text, _: map_parts(text, self._take))

    def find_volumes(self, own: Workload) -> dict[str, Volume]:
        """Give the volumes of the environment's own server, by names that nothing generated has."""
        (container,) = own.containers.values()
        names = {each.volume for each in container.mounts.values()}
        return {_OWN + name: volume for name, volume in self.own.application.volumes.items() if name in names}

    def _is_version(self, own: Image | None, made: Image | None) -> bool:
        """Tell whether the generated server is of the version that the environment's own has, as far as its tag tells it."""
        theirs = find_service(made)
        if own is None or made is None or theirs is None or theirs.type != self.server.service.type:
            return True
        version = self.server.version
        told = find_version(theirs, made.tag) if isinstance(made.tag, str) else None
        return version is None or told is None or is_same_version(version, told)

    def settle_user(self, workload: Workload, own: Workload, score: Workload, key: str) -> Workload:
        """Give a user of the server that is told of it, and waits for it, as the environment's own does."""
        order = {waited: how for waited, how in workload.order.items() if waited != key}
        if self.server.key in own.order:
            order[key] = own.order[self.server.key]
        names = {pair.b: pair.a for pair in align_containers(own.containers, workload.containers)}
        told = {pair.b: pair.a for pair in align_containers(score.containers, workload.containers)}
        containers = dict(workload.containers)
        for name, container in workload.containers.items():
            ours, theirs = names.get(name), told.get(name)
            if ours is not None and theirs is not None:
                containers[name] = self._settle_container(container, own.containers[ours], score.containers[theirs])
        return replace(workload, containers=containers, order=order)

    def _settle_container(self, container: Container, own: Container, score: Container) -> Container:
        texts, said = _list_texts(own), _list_texts(score)

        def change(text: Text, path: Path) -> Text:
            mine, theirs = texts.get(path), said.get(path)
            if mine is None or theirs is None or not any(map(self._is_output, parts_of(theirs))):
                return text
            spelled = "".join(_spell(part, self.own) for part in parts_of(mine))
            found = re.fullmatch(self._to_pattern(theirs), spelled, re.DOTALL | re.IGNORECASE)
            return map_parts(mine, self._take) if found else text

        return map_workload_texts(Workload("", containers={"": container}), (), change).containers[""]

    def _is_output(self, part: Part) -> bool:
        return isinstance(part, Output) and part.dependency == self.uid

    def _take(self, part: Part) -> Text:
        if isinstance(part, Address):
            return (replace(part, workload=self.calls.get(part.workload, part.workload)),)
        return part if isinstance(part, str) else (part,)

    def _to_pattern(self, text: Text) -> str:
        """Give what the environment's own text looks like where the Score file's has outputs of the resource."""
        pattern = "".join(map(self._to_piece, parts_of(text)))
        pattern = pattern.replace("{username}:{password}@", _LOGIN).replace(":{port}", _PORT)
        asked = re.escape(AUTHENTICATION)
        pattern = pattern.replace(rf"\?{asked}\&", r"\?").replace(rf"\?{asked}", "")
        name = re.escape(self.server.told.values.get("name", ""))
        if self.server.told.slash_is_default:
            pattern = pattern.replace("/{name}", "/[^?]*")
        host = "|".join([f"\0{re.escape(self.own.called[self.server.key])}\0", *map(re.escape, self.server.names)])
        for word, piece in {
            "host": f"(?:{host})",
            "port": "[0-9]+",
            "username": re.escape(self.server.told.values.get("username", "")) or ".*",
            "password": ".*",
            "name": name or ".*",
        }.items():
            pattern = pattern.replace(f"{{{word}}}", piece)
        return pattern

    def _to_piece(self, part: Part) -> str:
        if isinstance(part, str):
            return re.escape(part)
        if isinstance(part, Output) and part.dependency == self.uid:
            return f"{{{self.words.get(part.output, part.output)}}}"
        return ".*"


def _list_texts(container: Container) -> dict[Path, Text]:
    texts: dict[Path, Text] = {}

    def keep(text: Text, path: Path) -> Text:
        texts[path] = text
        return text

    map_workload_texts(Workload("", containers={"": container}), (), keep)
    return texts


def _spell(part: Part, view: View) -> str:
    return f"\0{view.called.get(part.workload, part.workload)}\0" if isinstance(part, Address) else print_part(part)
