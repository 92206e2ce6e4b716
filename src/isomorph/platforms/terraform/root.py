"""A definition to its evaluated module: a folder, a plan or a state, or a folder with what a plan or a state knows."""

from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context, Source
from isomorph.platforms.terraform.after import After, read_after
from isomorph.platforms.terraform.evaluation import Evaluation
from isomorph.platforms.terraform.folder import Declared
from isomorph.platforms.terraform.frame import Frame
from isomorph.platforms.terraform.given import GivenValues, read_given
from isomorph.platforms.terraform.module import Module, Resource, index_addresses
from isomorph.platforms.terraform.names import Known
from isomorph.platforms.terraform.sensitive import Secrets
from isomorph.platforms.terraform.variables import read_variable
from isomorph.syntax.hcl.scope import Given

_WORKSPACE = "TF_WORKSPACE"


def read_module(source: Source, context: Context) -> Module:
    """Read a definition; raises InvalidInput with the position of what Terraform would refuse."""
    secrets = Secrets()
    if source.path == "-" or not context.files.is_folder(source.path):
        return _read_alone(source, context, secrets)
    path = source.path.rstrip("/") or "/"
    folder = "" if path == "." else path.removeprefix("./")
    after = _read_beside(source, context, secrets)
    given = read_given(source, folder, context)
    if after is not None:
        known = {name: Given(node, node.origin, from_environment=True) for name, node in after.variables.items()}
        given.values = {**known, **given.values}
    evaluation = Evaluation(context, folder, context.environment.get(_WORKSPACE) or "default", secrets, after)
    try:
        return _evaluate(evaluation, given)
    except RecursionError:
        hint = "say more of them in one expression"
        raise InvalidInput("values wait for each other in a longer chain than is read", Origin(path), hint) from None


def _read_alone(source: Source, context: Context, secrets: Secrets) -> Module:
    """Read a plan or a state that no configuration stands beside."""
    for option in ("plan", "state", "var", "var-file"):
        if source.options.get(option):
            hint = "name the folder of the configuration: terraform:FOLDER?…"
            raise InvalidInput(f"the option {option} belongs to a folder", Origin(source.path), hint)
    if source.path.endswith((".tf", ".tf.json")):
        folder = source.path.rpartition("/")[0] or "."
        raise InvalidInput("one file of a configuration", Origin(source.path), f"name its folder: terraform:{folder}")
    after = read_after(source.path, context, secrets)
    resources = tuple(after.resources.values())
    return Module(
        resources=resources,
        outputs=after.outputs,
        sources=(after.file,),
        secrets=secrets.values,
        by_address=index_addresses(resources),
    )


def _read_beside(source: Source, context: Context, secrets: Secrets) -> After | None:
    plan, state = source.option("plan"), source.option("state")
    if plan is not None and state is not None:
        raise InvalidInput(
            "both a plan and a state", Origin(source.path), "a plan knows what its state knows: give it alone"
        )
    path = plan if plan is not None else state
    return None if path is None else read_after(path, context, secrets)


def _evaluate(evaluation: Evaluation, given: GivenValues) -> Module:
    folder = evaluation.folder(evaluation.root)

    def argument(name: str, declared: Declared) -> Known | None:
        return read_variable(declared, frame.evaluator(declared.cursor), given.values.get(name))

    frame = Frame(evaluation, folder, "", argument)
    told = given.check(folder.variables)
    frame.evaluate_all()
    after = evaluation.after
    resources = (*evaluation.resources, *_only_after(evaluation.resources, after))
    sources = [*(path for each in evaluation.folders.values() for path in each.sources), *given.sources]
    if after is not None:
        sources.append(after.file)
    return Module(
        resources=resources,
        modules=tuple(evaluation.modules),
        outputs=frame.output_values(),
        variables=frame.variable_values(),
        providers=tuple(evaluation.providers),
        locals=_nodes(frame),
        sources=tuple(sources),
        secrets=evaluation.secrets.values,
        diagnostics=(*told, *evaluation.diagnose()),
        by_address=index_addresses((*resources, *evaluation.modules)),
    )


def _nodes(frame: Frame) -> dict[str, Any]:
    found = {name: frame.local(name).node for name in frame.folder.locals}
    return {name: node for name, node in found.items() if node is not None}


def _only_after(resources: list[Resource], after: After | None) -> list[Resource]:
    """Give the resources of a plan or a state that no configuration says: those of modules that were not read."""
    if after is None:
        return []
    said = {each.address for each in resources}
    return [each for address, each in after.resources.items() if address not in said]
