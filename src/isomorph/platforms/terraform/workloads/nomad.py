"""nomad_job: the job that stands in it, or in a file that it names.

Source: website/docs/r/job.html.markdown of hashicorp/nomad: variables of the job are given by `hcl2 { vars = {} }`, all as texts.
"""

from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.origin import Origin
from isomorph.model.text import print_text
from isomorph.platforms.context import Handed, Source
from isomorph.platforms.terraform.module import Resource, block_of
from isomorph.platforms.terraform.reading import Reading, text_at
from isomorph.platforms.terraform.workloads.open_values import OpenValues
from isomorph.platforms.terraform.workloads.settling import settle_silence
from isomorph.syntax.hcl.body import FileText, Interpolated
from isomorph.syntax.tree import Mapping, Scalar

TYPE = "nomad_job"


def read_job(resource: Resource, reading: Reading) -> Definition | None:
    """Read a job; None where only an apply tells what it is, which is told."""
    node = resource.body.get("jobspec")
    if not isinstance(node, Scalar) or (isinstance(node, Interpolated) and len(node.parts) == 1):
        origin = node.origin if node is not None else resource.origin
        reading.say("known-after-apply", f"the job of {resource.address} is not settled; it was not read", origin)
        return None
    open_values = OpenValues()
    text = open_values.text_of(node)
    begin = _begin_of(node)
    if isinstance(node, FileText):
        begin = Origin(node.file)
        reading.sources.append(node.file)
    handed = Handed(Source("", {"var": _variables(resource, open_values)}), begin, text=text)
    definition = open_values.settle(reading.context.read("nomad", handed))
    definition = replace(definition, application=replace(definition.application, name=None))
    return settle_silence(definition, "nomad")


def _begin_of(node: Scalar) -> Origin:
    """Give where the text of a heredoc begins: in the line after its mark."""
    return Origin(node.origin.file, node.origin.line + ("\n" in node.text))


def _variables(resource: Resource, open_values: OpenValues) -> tuple[str, ...]:
    """Give what is given to the job's variables, but for what is not settled."""
    block = block_of(resource.body, "hcl2")
    given = block.get("vars") if block is not None else None
    found = []
    for name, node in given.items() if isinstance(given, Mapping) else ():
        text = text_at(node)
        if isinstance(text, str):
            found.append(f"{name}={print_text(text)}")
    return tuple(found)
