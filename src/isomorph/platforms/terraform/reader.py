"""Terraform to the model: a root module, or what a plan or a state says.

folder --folder--> blocks --frame--> evaluated module --read_*--> model. Options of a definition: `var` (NAME=VALUE), `var-file`,
as many as wanted, and `plan` or `state`, a file that says what is known after an apply.
"""

from isomorph.model.application import Application, Definition, Secret
from isomorph.model.normalise import map_texts
from isomorph.model.origin import Origin, Origins, Path
from isomorph.model.text import SecretValue, Text, references_in
from isomorph.platforms.context import Context, Source
from isomorph.platforms.terraform.module import Module
from isomorph.platforms.terraform.read_dependencies import link_outputs, read_dependencies
from isomorph.platforms.terraform.read_workloads import read_workloads
from isomorph.platforms.terraform.reading import PLATFORM, Reading
from isomorph.platforms.terraform.root import read_module


def read(source: Source, context: Context) -> Definition:
    """Read a configuration; raises InvalidInput with the position of what Terraform would refuse."""
    module = read_module(source, context)
    reading = Reading(context, module)
    reading.folder = source.path
    workloads = read_workloads(module, reading)
    dependencies = read_dependencies(module, reading)
    for resource in module.resources:
        _keep(reading, resource.address, resource.type, resource.origin)
    for called in module.modules:
        if not called.is_read:
            _keep(reading, called.address, called.source, called.origin)
    application = Application(
        namespace=reading.namespace,
        workloads=workloads,
        volumes=reading.volumes,
        secrets=reading.secrets,
        configurations=reading.configurations,
        dependencies=dependencies,
    )
    application = link_outputs(application, module, reading)
    reading.secrets |= _find_secrets(application, module)
    return Definition(
        application=application,
        platform=PLATFORM,
        sources=tuple(dict.fromkeys((*module.sources, *reading.sources))),
        origins=Origins(reading.origins),
        extras=tuple(reading.extras),
        diagnostics=tuple(reading.diagnostics),
    )


def _find_secrets(application: Application, module: Module) -> dict[str, Secret]:
    """Give the sensitive values that the model refers to; nobody needs the others."""
    found: dict[str, Secret] = {}

    def note(text: Text, _path: Path) -> Text:
        for part in references_in(text):
            if isinstance(part, SecretValue) and part.name in module.secrets:
                found[part.name] = Secret({**module.secrets[part.name]})
        return text

    map_texts(application, note)
    return found


def _keep(reading: Reading, address: str, kind: str, origin: Origin) -> None:
    """Keep the address of what says nothing about workloads or what they depend on; its arguments may be secret."""
    if address not in reading.read:
        reading.keep((), ("resources", address), kind, origin)
