"""What the state of a project says was provisioned: an environment's part of it, a resource, its outputs in a template."""

from typing import Any

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.model.origin import Origin
from isomorph.project.shape_checks import did_you_mean
from isomorph.provisioning.state import EnvironmentState, ResourceState, State
from isomorph.provisioning.state_file import STATE_FILE


def choose_environment(state: State, name: str | None) -> EnvironmentState:
    """Give the named environment of a state, or its only one; raises UsageError that lists those there are."""
    known = list(state.environments)
    if not known:
        raise UsageError(
            f"nothing was provisioned yet: {STATE_FILE} is not there, or empty (isomorph generate writes it)"
        )
    if name is None:
        if len(known) > 1:
            raise UsageError(f"the state has several environments: say which with --env: {', '.join(known)}")
        return state.environments[known[0]]
    if name not in state.environments:
        raise UsageError(f"the state has no environment {name!r}; {did_you_mean(name, known)}")
    return state.environments[name]


def find_resource(environment: EnvironmentState, uid: str) -> ResourceState:
    """Give a resource by its uid; raises UsageError that names the nearest there is."""
    found = environment.resources.get(uid)
    if found is None:
        raise UsageError(f"there is no resource {uid!r}; {did_you_mean(uid, list(environment.resources))}")
    return found


def render_outputs(template: str, outputs: dict[str, Any], platform: str) -> str:
    """Give a Go template's text for outputs, which are its `.`; ends in a line end, as the reference tools have it."""
    from gotpl.errors import TemplateError

    from isomorph.provisioning.template import Compiler, describe_failure, place_of
    from isomorph.syntax.gotemplate.bounds import TIME_LIMIT, TookTooLong, limit_time

    try:
        with limit_time():
            text: str = Compiler(platform).compile(template, "--format").render(outputs)
    except TemplateError as error:
        line, column = place_of(error)
        message = f"the template failed: {describe_failure(error)}"
        raise InvalidInput(message, Origin("--format", line or 1, column or 1)) from None
    except TookTooLong:
        raise InvalidInput(f"the template took longer than {TIME_LIMIT:g} seconds", Origin("--format")) from None
    return text if text.endswith("\n") else f"{text}\n"
