"""Nomad jobs to the model: HCL2 as `nomad job run` takes it, or JSON as the API does; a file, or all jobs of a folder.

Options of a definition: `var` (NAME=VALUE) and `var-file`, as many as wanted; the shell's NOMAD_VAR_NAME count less.
"""

import re

from msgspec.structs import replace

from isomorph.model.application import Application, Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.normalise import link_addresses, map_texts
from isomorph.model.origin import Origin, Origins, Path
from isomorph.model.text import Address, Part, Text, map_parts
from isomorph.model.workload import Workload
from isomorph.platforms.context import Context, Source
from isomorph.platforms.nomad.json_job import to_file_body
from isomorph.platforms.nomad.known import JOB
from isomorph.platforms.nomad.read_job import read_unit
from isomorph.platforms.nomad.read_network import find_ports
from isomorph.platforms.nomad.reading import PLATFORM, Reading, blocks_of
from isomorph.platforms.nomad.references import Cluster, search_domains
from isomorph.platforms.nomad.units import Group, Job, Unit, make_units, read_port_maps
from isomorph.syntax.hcl.body import Body
from isomorph.syntax.hcl.read import read_body
from isomorph.syntax.hcl.scope import Given, Scope, given_by_argument, given_by_environment

ENVIRONMENT = "NOMAD_VAR_"

_ENDINGS = (".nomad", ".hcl", ".json")
_JOB = re.compile(rb'^[ \t]*job[ \t]+"', re.MULTILINE)
_JSON_JOB = re.compile(rb'"TaskGroups"\s*:', re.IGNORECASE)


def read(source: Source, context: Context) -> Definition:
    """Read a job, or the jobs of a folder; raises InvalidInput with the position of what Nomad would refuse."""
    paths = _find_files(source.path, context)
    reading = Reading()
    scope = _read_scope(source, context)
    jobs: list[Job] = []
    for path in paths:
        content = context.read_input(path, what="job")
        jobs += _read_jobs(content, "<stdin>" if path == "-" else path, scope, reading)
    _tell_unset(scope, reading)
    sources = tuple("<stdin>" if path == "-" else path for path in paths)
    return read_jobs(jobs, reading, sources)


def read_text(content: bytes, file: str, source: Source, context: Context) -> Definition:
    """Read a job that is given as text, and what is given to its variables by the options of a source."""
    reading = Reading()
    scope = _read_scope(source, context)
    jobs = _read_jobs(content, file, scope, reading)
    _tell_unset(scope, reading)
    return read_jobs(jobs, reading, ())


def _tell_unset(scope: Scope, reading: Reading) -> None:
    for name, origin in scope.unset.items():
        reading.say("unset-variable", f"variable {name} has no value; what depends on it is unresolved", origin)


def read_jobs(jobs: list[Job], reading: Reading, sources: tuple[str, ...]) -> Definition:
    """Read jobs: first what they offer to each other, then each workload."""
    units = make_units(jobs)
    for unit in units:
        read_port_maps(unit)
    find_ports(units)
    cluster = Cluster(units)
    cluster.domains = search_domains(units)
    workloads = {unit.key: read_unit(reading, unit, cluster) for unit in units}
    definition = Definition(
        application=Application(
            name=jobs[0].name if len(jobs) == 1 else None,
            namespace=_find_namespace(workloads),
            workloads=workloads,
            volumes=reading.volumes,
            secrets=reading.secrets,
            configurations=reading.configurations,
        ),
        platform=PLATFORM,
        sources=sources,
        origins=Origins(reading.origins),
        extras=tuple(reading.extras),
        diagnostics=reading.finish(),
    )
    if len(jobs) == 1:
        reading.origins["name",] = jobs[0].origin
    return _land_static_ports(definition, units)


def _find_namespace(workloads: dict[str, Workload]) -> str | None:
    said = {workload.namespace for workload in workloads.values()}
    return said.pop() if len(said) == 1 else None


def _land_static_ports(definition: Definition, units: list[Unit]) -> Definition:
    """Give addresses the container's port where a text names the machine's, which leads to it.

    The model's number of a port is the container's own here, since the one that Nomad picks is not known.
    """
    statics = {
        (unit.key, said.static): target
        for unit in units
        for label, said in unit.ports.items()
        if said.static and (target := unit.target_of(label)) not in (None, said.static)
    }
    if not statics:
        return definition
    definition = link_addresses(definition)

    def land(part: Part) -> Text:
        if isinstance(part, Address) and part.port is not None:
            return (replace(part, port=statics.get((part.workload, part.port), part.port)),)
        return part if isinstance(part, str) else (part,)

    def change(text: Text, _path: Path) -> Text:
        return text if isinstance(text, str) else map_parts(text, land)

    return replace(definition, application=map_texts(definition.application, change))


def _find_files(path: str, context: Context) -> list[str]:
    """Give the files of a definition: the one that is named, or all of a folder that hold a job."""
    if path == "-" or not context.files.is_folder(path):
        return [path]
    folder = path.rstrip("/") or "/"
    found = [
        f"{folder}/{name}"
        for name in context.files.list_folder(path)
        if name.endswith(_ENDINGS)
        and context.files.is_file(f"{folder}/{name}")
        and holds_job(context.read_input(f"{folder}/{name}"))
    ]
    if not found:
        raise InvalidInput(f"no file of {path} holds a Nomad job", Origin(path), "check the path")
    return found


def holds_job(content: bytes) -> bool:
    """Tell whether a file of a folder is a job, and not a variable file, a policy or a client's configuration."""
    if content.lstrip()[:1] == b"{":
        return _JSON_JOB.search(content) is not None
    return _JOB.search(content) is not None


def _read_scope(source: Source, context: Context) -> Scope:
    """Gather what is given to variables: by the shell, then by files, then one by one, the later over the earlier."""
    given: dict[str, Given] = given_by_environment(context.environment, ENVIRONMENT)
    for path in source.options.get("var-file", ()):
        for name, node in _read_variable_file(path, context).attributes.items():
            given[name] = Given(node, node.origin)
    for text in source.options.get("var", ()):
        name, value = given_by_argument(text)
        given[name] = value

    def read_file(path: str, origin: Origin) -> bytes:
        folder = "" if origin.file == "<stdin>" else origin.file.rpartition("/")[0]
        named = path if path.startswith("/") or not folder else f"{folder}/{path}"
        return context.read_input(named, origin, "file")

    return Scope(given=given, unknown="keep", read_file=read_file)


def _read_variable_file(path: str, context: Context) -> Body:
    content = context.read_input(path, what="variable file")
    if path.endswith(".json") or content.lstrip()[:1] == b"{":
        from isomorph.platforms.nomad.reading import to_body
        from isomorph.syntax.jsontext import parse_json
        from isomorph.syntax.tree import Mapping

        roots = parse_json(_decode(content, path), path)
        if len(roots) == 1 and isinstance(roots[0], Mapping):
            return to_body(roots[0])
        raise InvalidInput("a variable file in JSON is one mapping", Origin(path), "write names and values in braces")
    return read_body(content, path, Scope())


def _read_jobs(content: bytes, file: str, scope: Scope, reading: Reading) -> list[Job]:
    """Read the one job of a file."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        from isomorph.syntax.jsontext import parse_json

        roots = parse_json(_decode(content, file), file)
        body = to_file_body(roots[0])
    else:
        body = read_body(content, file, scope)
    blocks = [block for block in body.blocks if block.type == "job"]
    for block in body.blocks:
        if block.type != "job":
            raise InvalidInput(
                f"block {block.type} stands outside of a job", block.origin, "a file has one job, variables and locals"
            )
    for name, place in body.keys.items():
        raise InvalidInput(
            f"argument {name} stands outside of a job", place, "a file has one job, variables and locals"
        )
    if len(blocks) != 1:
        where = blocks[1].origin if blocks else Origin(file)
        what = "a file holds one job, and this is the second" if blocks else "the file holds no job"
        raise InvalidInput(what, where, 'write job "NAME" { … }')
    reading.check(blocks[0].body, JOB, "job")
    job = Job(blocks[0])
    if not job.groups:
        raise InvalidInput(f"job {job.name} has no group", job.origin, 'add group "NAME" { task "NAME" { … } }')
    for group in job.groups:
        if not group.tasks and not _is_gateway(group):
            raise InvalidInput(f"group {group.name} has no task", group.origin, 'add task "NAME" { … }')
        if not group.tasks:
            message = f"group {group.name} is a gateway of Consul's mesh, which is not compared"
            reading.say("not-modelled", message, group.origin)
    return [job]


def _is_gateway(group: Group) -> bool:
    """Tell whether a group has no task since Nomad adds one: a gateway of Consul's mesh."""
    connects = [block.body for each in blocks_of(group.body, "service") for block in blocks_of(each.body, "connect")]
    names = {name.lower() for body in connects for name in (*body.attributes, *(block.type for block in body.blocks))}
    return "gateway" in names


def _decode(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidInput("the text is not UTF-8", Origin(file, line), "save it as UTF-8") from None
