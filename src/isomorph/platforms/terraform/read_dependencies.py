"""Resources and modules that workloads depend on, to the model; and what texts take from them."""

from msgspec.structs import replace

from isomorph.model.application import Application, Dependency
from isomorph.model.normalise import map_workload_texts
from isomorph.model.origin import Path
from isomorph.model.text import Output, Part, Text, map_parts
from isomorph.model.workload import Workload
from isomorph.platforms.terraform.dependencies.gathering import Gathering, to_dependency
from isomorph.platforms.terraform.module import Module
from isomorph.platforms.terraform.reading import Reading, text_at


def read_dependencies(module: Module, reading: Reading) -> dict[str, Dependency]:
    """Give the dependencies of a configuration by their addresses, in the order of their resources.

    An output of the root module that comes from one is an output of that, too: definitions beside it know it by that name.
    """
    gathering = Gathering(module, reading)
    servers = gathering.gather()
    for name, output in module.outputs.items():
        text = text_at(output.value)
        for link in output.links:
            thing = module.find(link.address)
            address = thing.address if thing is not None else link.address
            server = servers.get(gathering.roots.get(address, address))
            if server is not None and text is not None:
                server.outputs.setdefault(name, text)
                reading.origins.setdefault(("dependencies", server.uid, "outputs", name), output.origin)
    reading.words = {
        (address, path): (gathering.roots.get(address, address), word)
        for (address, path), word in gathering.words.items()
    }
    return {uid: to_dependency(server) for uid, server in servers.items()}


def link_outputs(application: Application, module: Module, reading: Reading) -> Application:
    """Turn attributes of dependencies, where texts of workloads use them, into outputs; who uses one depends on it."""
    if not application.dependencies:
        return application
    workloads = {}
    for key, workload in application.workloads.items():
        used: dict[str, str] = {}

        def change(text: Text, _path: Path, used: dict[str, str] = used) -> Text:
            return map_parts(text, lambda part: _to_output(part, application, module, reading, used))

        changed: Workload = map_workload_texts(workload, ("workloads", key), change)
        own = {uid: uid for uid in used if uid not in workload.dependencies.values()}
        workloads[key] = replace(changed, dependencies={**workload.dependencies, **own}) if own else changed
    return replace(application, workloads=workloads)


def _to_output(part: Part, application: Application, module: Module, reading: Reading, used: dict[str, str]) -> Text:
    link = module.attribute_of(part)
    if link is None:
        return part if isinstance(part, str) else (part,)
    path = ".".join(str(step) for step in link.attribute if not isinstance(step, int))
    uid, word = reading.words.get((link.address, path), (link.address, path))
    if uid not in application.dependencies:
        return part if isinstance(part, str) else (part,)
    used[uid] = word
    return (Output(uid, word),)
