"""A definition as jobs of Nomad, one file a workload: what someone who knows Nomad well would write by hand.

A job is the unit that is run, stopped, versioned and rolled back, so that each workload is one, of a single group. What a
job's templates read from Nomad's variables stands beside it where it is known, for `nomad var put`.
"""

from typing import Any

from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.errors import UsageError
from isomorph.model.secrecy import find_secret_value
from isomorph.model.text import SecretValue
from isomorph.model.workload import Kind
from isomorph.platforms.jobs import find_jobs
from isomorph.platforms.nomad.write_extras import write_extras
from isomorph.platforms.nomad.write_job import needs_bridge, write_job
from isomorph.platforms.nomad.write_network import plan_offers, plan_references
from isomorph.platforms.nomad.writing import Names, Peer, Writing, block, safe_name, service_name, with_entries
from isomorph.platforms.platform import OutputFile, WriteOptions, Written
from isomorph.syntax.hcl.emit import Block, Expression, emit_hcl

SECRET_MODE = 0o600


def write(definition: Definition, options: WriteOptions) -> Written:
    """Write a definition as `NAME.nomad.hcl` files; secrets whose values are known as `NAME.nv.hcl`, where that is asked for."""
    if options.finish is not None:
        raise UsageError("patch templates change Compose files and Kubernetes manifests; Nomad's jobs have none")
    writing = Writing(_with_jobs(definition), options)
    _name_peers(writing)
    jobs: dict[str, Block] = {}
    for key, peer in writing.peers.items():
        writing.job = peer
        jobs[key] = write_job(writing, peer)
    _report_shared(writing)
    write_extras(writing)
    files = [
        OutputFile(
            f"{writing.peers[key].name}.nomad.hcl",
            _emit(writing, key, job, options.header if not index else ""),
            alike=True,
        )
        for index, (key, job) in enumerate(jobs.items())
    ]
    files += _write_variables(writing)
    variables = dict.fromkeys(name for each in writing.variables.values() for name in each)
    return Written(tuple(files), tuple(writing.diagnostics), tuple(variables))


def _name_peers(writing: Writing) -> None:
    """Name jobs, services and ports before any text is written, since texts name their peers."""
    jobs, services = Names(), Names()
    for key, workload in writing.application.workloads.items():
        name = jobs.give(safe_name(key))
        if name != key:
            writing.report("renamed", f"workload {key} is job {name}", ("workloads", key))
        wish = next((each for each in workload.names if service_name(each) == each), name)
        service = services.give(service_name(wish))
        writing.peers[key] = Peer(key, workload, name, service, needs_bridge(workload))
    for peer in writing.peers.values():
        plan_offers(writing, peer)
    plan_references(writing)


def _with_jobs(definition: Definition) -> Definition:
    """Give the definition with services that are jobs as such: a service of Nomad's is restarted however it ends."""
    workloads = definition.application.workloads
    jobs = find_jobs(workloads) if definition.platform != "nomad" else set()
    if not jobs:
        return definition
    changed = {key: replace(each, kind=Kind.JOB) if key in jobs else each for key, each in workloads.items()}
    return replace(definition, application=replace(definition.application, workloads=changed))


def _emit(writing: Writing, key: str, job: Block, header: str) -> str:
    variables = writing.variables.get(key, {})
    declared: list[dict[str, Any] | Block] = [block("variable", name, type=Expression("string")) for name in variables]
    return emit_hcl([*declared, job], header=header)


def _write_variables(writing: Writing) -> list[OutputFile]:
    """Write the items of each job's Nomad variable whose values are known, and tell of the others."""
    files: list[OutputFile] = []
    for key, items in writing.items.items():
        peer = writing.peers[key]
        path = f"nomad/jobs/{peer.name}"
        values: dict[str, str] = {}
        unknown: list[str] = []
        for item, (name, inner) in items.items():
            value = find_secret_value(writing.application, SecretValue(name, inner))
            if isinstance(value, str) and writing.options.secrets:
                values[item] = value
            else:
                unknown.append(item)
        if values:
            file = f"{peer.name}.nv.hcl"
            namespace = peer.workload.namespace or writing.application.namespace or writing.options.namespace
            head = {"path": path, **({"namespace": namespace} if namespace else {})}
            text = _to_hcl_1(emit_hcl([head, with_entries("items", values)]))
            files.append(OutputFile(file, text, SECRET_MODE))
            message = f"{key}: before it is run, `nomad var put @{file}` stores its secrets"
            writing.report("assumed", message, ("workloads", key))
        if unknown:
            message = f"{key}: {', '.join(unknown)} of Nomad's variable {path} is to be set before it is run"
            writing.report("assumed", message, ("workloads", key))
    return files


def _to_hcl_1(text: str) -> str:
    """Spell a literal `${` as HCL 1 takes it too, which `nomad var put` reads: `$$` means no `$` there, and `%` nothing.

    Nothing but literals holds such signs, and each is doubled once.
    """
    return text.replace("$${", "\\u0024{").replace("%%{", "\\u0025{")


def _report_shared(writing: Writing) -> None:
    """Tell what volumes say that no job can, and what nothing here provides."""
    for name, volume in writing.application.volumes.items():
        path = ("volumes", name)
        if volume.size is not None and volume.kind != "memory":
            writing.lose("volume.size", path, "size of the volume")
        if volume.storage_class is not None:
            writing.lose("volume.class", path, "storage class of the volume")
        if volume.access and name not in writing.requested:
            writing.lose("volume.access", path, "access to the volume")
