"""JSON Schemas for kubeconform, out of what an API server itself publishes: of one version, and nothing is downloaded."""

import json
from pathlib import Path
from typing import Any

DEFINITIONS = "definitions.json"
LOCATION = "{{.Group}}/{{.ResourceAPIVersion}}/{{.ResourceKind}}.json"
"""Where kubeconform looks for a kind's schema, below the folder; the kind is in lower case there."""

_KINDS = "x-kubernetes-group-version-kind"


def write_schemas(openapi: dict[str, Any], folder: Path) -> str:
    """Write a schema for every kind of an OpenAPI v2 document; give kubeconform's `-schema-location`."""
    definitions = {name: _close(definition) for name, definition in openapi["definitions"].items()}
    (folder / DEFINITIONS).write_text(json.dumps({"definitions": definitions}))
    for name, definition in openapi["definitions"].items():
        for each in definition.get(_KINDS, []):
            # For the core kinds, which have no group, kubeconform takes the version for it.
            path = folder / (each["group"] or each["version"]) / each["version"] / f"{each['kind'].lower()}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            reference = (folder / DEFINITIONS).as_uri() + f"#/definitions/{name}"
            path.write_text(json.dumps({"allOf": [{"$ref": reference}]}))
    return f"{folder}/{LOCATION}"


def _close(schema: Any) -> Any:
    """Refuse properties that a schema does not name, and say what OpenAPI says by formats alone."""
    if isinstance(schema, list):
        return [_close(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "$ref" and isinstance(value, str):
            closed[key] = value  # "#/definitions/…", which is right in the file of definitions
        elif key == "properties":
            closed[key] = {name: _close(each) for name, each in value.items()}
        elif key not in ("description", "format") and not key.startswith("x-"):
            closed[key] = _close(value)
    if schema.get("format") == "int-or-string":
        closed["type"] = ["integer", "string"]
    elif schema.get("description", "").startswith("Quantity is"):
        closed["type"] = ["number", "string"]
    if "properties" in closed and "additionalProperties" not in closed:
        closed["additionalProperties"] = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    return closed
