"""Whether a run can do with what has changed since the last one, and what the next one needs to know for that.

Only runs whose resources all come from the catalogue are remembered: what provisioner files make may change by itself, and
may hold a secret that nobody told of.
"""

import os
from time import time_ns

import msgspec
from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.text import Output, Text
from isomorph.platforms.context import Source
from isomorph.platforms.platform import OutputFile
from isomorph.platforms.table import load_function
from isomorph.project.builds import with_builds
from isomorph.project.cache import (
    Cache,
    KnownFile,
    KnownWorkload,
    digest_file,
    digest_request,
    encode_workload,
    find_changed,
    forget_cache,
    look_at,
    read_cache,
    write_cache,
)
from isomorph.project.definitions import NamedDefinition
from isomorph.project.generation import Generated
from isomorph.project.given import supply
from isomorph.project.inputs import Inputs, Places, Run, Surroundings, find_places
from isomorph.provisioning.resolving import Resolution
from isomorph.provisioning.state import EnvironmentState
from isomorph.provisioning.state_file import STATE_FILE

OWN = "isomorph://"
"""How the uri of every provisioner of the catalogue begins."""


def remember(run: Run, around: Surroundings, inputs: Inputs, generated: Generated, output: str) -> None:
    """Keep what the next run needs to do only what has changed by then; forget what was kept where that cannot be known."""
    read, definition = generated.read, generated.definition
    if not output or output == "-" or run.publish or around.open_patches() or read is None or definition is None:
        return forget_cache(around.root, run.environment)
    if any(not one.provisioner.startswith(OWN) for one in generated.realised.values()):
        return forget_cache(around.root, run.environment)
    from isomorph.model.normalise import normalise
    from isomorph.project.quick import can_replace, face_of

    if not can_replace(run.platform, run.options.style):
        return forget_cache(around.root, run.environment)
    places = Places(around.root)
    where = find_places([read], places)
    files = {name: look_at(places.from_state(name)) for name in dict.fromkeys(where.values())}
    written = normalise(definition).application.workloads
    cache = Cache(
        request=_digest(run, around),
        written=time_ns(),
        output=output,
        output_digest=digest_file(output),
        state_digest=digest_file(os.path.join(around.root, STATE_FILE)),
        files={name: known for name, known in files.items() if known is not None},
        workloads={
            key: KnownWorkload(
                where.get(key, ""),
                face_of(read, key) if key in where else b"",
                workload.names,
                encode_workload(workload),
            )
            for key, workload in written.items()
        },
        outputs=_list_outputs(read, generated),
        special=frozenset(key for key, said in inputs.given.items() if said != run.given),
    )
    return write_cache(around.root, run.environment, cache)


def _list_outputs(read: Definition, generated: Generated) -> dict[str, dict[str, Text]]:
    """Give what references to outputs stand for; no secret is among them, since all of the catalogue are references."""
    from isomorph.project.quick import list_references

    resolution = Resolution(generated.realised)
    outputs: dict[str, dict[str, Text]] = {}
    for workload in read.application.workloads.values():
        for part in list_references(workload):
            if isinstance(part, Output):
                outputs.setdefault(part.dependency, {})[part.output] = resolution.resolve(part, None)
    return outputs


def run_quickly(run: Run, around: Surroundings) -> Generated | None:
    """Do a run by writing anew only what has changed; None where all of it must be done."""
    if run.prune or run.apply or run.publish or around.replace is None:
        return None
    cache = read_cache(around.root, run.environment, _digest(run, around))
    if cache is None or digest_file(os.path.join(around.root, STATE_FILE)) != cache.state_digest:
        return None
    places = Places(around.root)
    if not _has_same_files(run, around, cache, places):
        return None
    names = {name: places.from_state(name) for name in cache.files}
    changed = find_changed(cache.files, names, cache.written)
    content = _read_output(cache)
    if changed is None or content is None or len(changed) * 4 > len(cache.files):
        return None
    from isomorph.project.quick import can_replace

    if not can_replace(run.platform, run.options.style):
        return None
    return _replace(run, around, cache, changed, content)


def _replace(run: Run, around: Surroundings, cache: Cache, changed: list[str], content: str) -> Generated | None:
    from isomorph.project.quick import face_of, replace_changed

    fresh = _read_changed(run, around, cache, changed)
    if fresh is None:
        return None
    done = replace_changed(run.platform, run.options, cache, fresh, content)
    if done is None:
        return None
    places = Places(around.root)
    if done.content != content and around.replace is not None:
        around.replace(cache.output, done.content)
    if changed:
        files: dict[str, KnownFile] = dict(cache.files)
        for name in changed:
            known = look_at(places.from_state(name))
            if known is None:
                return None
            files[name] = known
        workloads = dict(cache.workloads)
        for key, workload in done.workloads.items():
            before = workloads[key]
            workloads[key] = KnownWorkload(
                before.file, face_of(fresh[key], key), workload.names, encode_workload(workload)
            )
        after = msgspec.structs.replace(
            cache,
            written=time_ns(),
            output_digest=digest_file(cache.output),
            files=files,
            workloads=workloads,
        )
        write_cache(around.root, run.environment, after)
    total = sum(1 for each in cache.workloads.values() if each.file)
    message = f"{len(fresh)} of {total} workloads changed; the others are as they were"
    return Generated(
        files=(OutputFile(os.path.basename(cache.output), done.content),),
        environment=EnvironmentState(run.platform),
        diagnostics=done.diagnostics,
        messages=(message,),
    )


def _read_changed(run: Run, around: Surroundings, cache: Cache, changed: list[str]) -> dict[str, Definition] | None:
    """Read the changed files; None where they do not hold the workloads that they held."""
    places, inputs = Places(around.root), Inputs(run, around.context)
    held: dict[str, set[str]] = {}
    for key, known in cache.workloads.items():
        held.setdefault(known.file, set()).add(key)
    fresh: dict[str, Definition] = {}
    for name in changed:
        inputs.read((NamedDefinition(places.from_state(name), platform="score"),), run.given)
        definition = supply(inputs.definitions[-1], with_builds(inputs.given, inputs.find_builds(False)))
        keys = set(definition.application.workloads)
        if keys != held.get(name) or keys & cache.special:
            return None
        fresh.update(dict.fromkeys(definition.application.workloads, definition))
    return fresh


def _has_same_files(run: Run, around: Surroundings, cache: Cache, places: Places) -> bool:
    """Tell whether the Score files are those that the cache knows; workloads with settings of their own are not looked for."""
    known, list_files = cache.files.keys(), load_function("score", "reader", "list_files")
    for score in run.scores:
        if score.path == "-":
            return False
        try:
            paths = list_files(Source(score.path), around.context)
        except InvalidInput:
            return False
        if not all(places.to_state(path) in known for path in paths):
            return False
    return True


def _read_output(cache: Cache) -> str | None:
    """Give the output as the last run left it; None where it is gone or was changed."""
    if digest_file(cache.output) != cache.output_digest or not cache.output_digest:
        return None
    with open(cache.output, encoding="utf-8", newline="") as file:
        return file.read()


def _digest(run: Run, around: Surroundings) -> bytes:
    overrides = [(path, digest_file(path)) for path in (*run.overrides, *run.given.overrides)]
    options = replace(run.options, finish=None)
    asked = replace(run, options=options, scores=(), publish=())
    return digest_request([asked, overrides, around.fingerprint(), around.output])
