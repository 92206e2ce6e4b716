"""Two environments across the gap: images on a laptop, and on the way to production what Terraform provisions."""

import json
from typing import Any

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Report
from isomorph.model.application import Definition
from isomorph.model.combine import combine
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.table import load_reader
from isomorph.platforms.terraform.reader import read as read_terraform
from tests.drift.judging import environment, pod
from tests.memory_context import memory_context


def provisioned(text: str, state: dict[str, Any] | None = None, **variables: str) -> Definition:
    """Read a root module of one file, infra/main.tf, perhaps with what a state knows of aws_db_instance.orders."""
    options = {"var": tuple(f"{name}={value}" for name, value in variables.items())} if variables else {}
    files = {"infra/main.tf": text}
    if state is not None:
        resource = {
            "mode": "managed",
            "type": "aws_db_instance",
            "name": "orders",
            "instances": [{"attributes": state}],
        }
        files["state.json"] = json.dumps({"version": 4, "serial": 1, "resources": [resource]})
        options["state"] = ("state.json",)
    return read_terraform(Source("infra", options), memory_context(files))


def laptop(services: str, **variables: str) -> Environment:
    """Write a Compose file: the services beside `web`, whose variables are given."""
    said = "".join(f"      {name}: '{value}'\n" for name, value in variables.items())
    settings = f"    environment:\n{said}" if said else ""
    text = f"services:\n  web:\n    image: shop/web:1\n{settings}{services}"
    return environment("laptop", "compose", text)


def production(
    terraform: str, *, more: str = "", settings: dict[str, str] | None = None, **variables: str
) -> Environment:
    """Write a Deployment `web` with its variables, further documents, and beside it a root module."""
    said = "".join(f"  - {{name: {name}, value: '{value}'}}\n" for name, value in variables.items())
    file = "production.yaml"
    text = pod(f"env:\n{said}" if said else "", more=more)
    workloads = load_reader("kubernetes")(Source(file), memory_context({file: text}))
    definition = combine([normalise(workloads), normalise(provisioned(terraform, None, **(settings or {})))])
    return Environment("production", definition)


def judge(one: Environment, other: Environment) -> Report:
    return compare([one, other])
