"""Terraform's part of a run: the root module of an environment is written, and applied where that was asked for.

It stands in `terraform/ENVIRONMENT` of the project, where Terraform keeps its state or a backend is configured beside it.
"""

import os
from collections.abc import Callable

from isomorph.model.errors import UsageError
from isomorph.project.generation import Generated
from isomorph.project.inputs import Run, Surroundings
from isomorph.provisioning.atomic import path_in_project, write_atomically
from isomorph.provisioning.state import EnvironmentState, known_secrets

FOLDER = "terraform"


def settle_modules(
    run: Run,
    around: Surroundings,
    generated: Generated,
    again: Callable[[EnvironmentState], Generated],
    save: Callable[[EnvironmentState], None],
) -> Generated:
    """Write the root module, and apply it where that was asked for; then what it gave is in the output.

    `again` generates with another state, `save` keeps a state before anything else can fail. A module whose arguments wait
    for another's outputs is applied after it. Raises EngineFailed with Terraform's own words.
    """
    file = f"{FOLDER}/{run.environment}/main.tf"
    if not generated.fragments.modules and not os.path.isfile(os.path.join(around.root, file)):
        return generated
    from isomorph.provisioning.terraform.applied import record_applied
    from isomorph.provisioning.terraform.applying import apply_root_module
    from isomorph.provisioning.terraform.root_module import collect_modules, write_root_module

    if run.environment in (".", ".."):
        raise UsageError(f"{run.environment!r} is no name for an environment that Terraform provisions")
    path = path_in_project(around.root, file)
    folder = os.path.dirname(path)
    while True:
        modules = collect_modules(generated.realised.values())
        text = write_root_module(modules, around.root, folder)
        write_atomically(path, text.encode(), 0o644)
        if not run.apply:
            return generated
        waiting = {name for name, module in modules.items() if module.waiting}
        applied = apply_root_module(
            folder,
            modules,
            variables=around.context.environment,
            known=known_secrets(generated.environment),
            destroy=run.prune,
        )
        environment = record_applied(generated.environment, generated.realised, applied)
        save(environment)
        generated = again(environment)
        still = {name for name, module in generated.fragments.modules.items() if module.waiting}
        if still >= waiting:
            return generated
