"""JSON Schemas made from Marathon's published RAML types: `python -m tests.conformance.marathon_schemas FOLDER` writes them anew.

The types are those of github.com/mesosphere/marathon at 90619da, docs/docs/rest-api/public/api/v2/types, Apache License 2.0.
A property with a default need not be said, as Marathon's own generated code has it (the type of a container, the container's
port: the descriptions say so). Objects are closed, which RAML leaves open: a field that Marathon does not know has no effect.
"""

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

SCHEMAS = Path(__file__).resolve().parent / "data" / "marathon" / "schemas.json"
APP, POD, GROUP = "app.App", "pod.Pod", "group.GroupUpdate"
COMMENT = (
    "Made by tests/conformance/marathon_schemas.py from the RAML types of github.com/mesosphere/marathon at 90619da. "
    "Copyright Mesosphere, Inc.; Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0"
)
FACETS = ("enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "uniqueItems")
SIMPLE = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean", "nil": "null",
          "datetime": "string", "object": "object", "array": "array"}  # fmt: skip

Type = dict[str, Any]


class Library:
    """All types by `file.Name`, and what each file calls the others."""

    def __init__(self, folder: Path) -> None:
        self.types: dict[str, Any] = {}
        self.uses: dict[str, dict[str, str]] = {}
        for path in sorted(folder.glob("*.raml")):
            data = yaml.safe_load(path.read_text())
            self.uses[path.stem] = {alias: Path(file).stem for alias, file in (data.get("uses") or {}).items()}
            for name, said in (data.get("types") or {}).items():
                self.types[f"{path.stem}.{name}"] = said

    def name(self, word: str, file: str) -> str:
        """Give the full name of a type that a file names."""
        alias, dot, name = word.partition(".")
        return f"{self.uses[file][alias]}.{name}" if dot else f"{file}.{word}"

    def children(self, full: str) -> list[str]:
        """Give the types that extend a type with a discriminator."""
        file = full.partition(".")[0]
        found = [name for name, said in self.types.items() if name.startswith(f"{file}.") and isinstance(said, dict)]
        return [name for name in found if self.name(str(self.types[name].get("type", "")), file) == full]


class Converter:
    """Converts types to JSON Schema; `needed` are those that are referred to."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.needed: list[str] = []

    def refer(self, word: str, file: str) -> Type:
        """Give the schema of a type by its expression: a name, `X[]`, `A | B`."""
        word = word.strip()
        if word.startswith("(") and word.endswith(")"):
            word = word[1:-1].strip()
        if "|" in word:
            return {"anyOf": [self.refer(part, file) for part in word.split("|")]}
        if word.endswith("[]"):
            return {"type": "array", "items": self.refer(word[:-2], file)}
        if word.rstrip("?") in SIMPLE:
            return {"type": SIMPLE[word.rstrip("?")]}
        full = self.library.name(word, file)
        if full not in self.needed:
            self.needed.append(full)
        return {"$ref": f"#/$defs/{full}"}

    def convert(self, said: Any, file: str) -> Type:
        """Give the schema of a declaration."""
        if said is None:
            return {"type": "string"}
        if isinstance(said, str):
            return self.refer(said, file)
        kind = said.get("type", "object" if "properties" in said else "string")
        if "properties" in said:
            return self._object(said, kind, file)
        schema = self.refer(str(kind), file)
        facets = {key: said[key] for key in FACETS if key in said}
        if "items" in said:
            facets["items"] = self.convert(said["items"], file)
        return {**schema, **facets} if "$ref" not in schema else {"allOf": [schema, facets]} if facets else schema

    def _object(self, said: Type, kind: str, file: str) -> Type:
        properties = dict(said["properties"])
        if kind != "object":  # What a type extends is written out, so that the object can be closed.
            base = self.library.types[self.library.name(kind, file)]
            properties = {**base.get("properties", {}), **properties}
        schema: Type = {"type": "object", "properties": {}, "additionalProperties": False}
        required: list[str] = []
        for name, declared in properties.items():
            if name.startswith("/") and name.endswith("/"):
                schema.setdefault("patternProperties", {})[name[1:-1].replace("?$", "$")] = self.convert(declared, file)
                continue
            plain = name.removesuffix("?")
            schema["properties"][plain] = self.convert(declared, file)
            optional = isinstance(declared, dict) and ("default" in declared or declared.get("required") is False)
            if plain == name and not optional:
                required.append(name)
        if required:
            schema["required"] = required
        return schema


def make_schemas(folder: Path) -> Type:
    """Convert all types that applications, pods and groups are made of."""
    library = Library(folder)
    converter = Converter(library)
    converter.needed = [APP, POD, GROUP]
    definitions: Type = {}
    for full in converter.needed:  # Grows while it is walked.
        said, file = library.types[full], full.partition(".")[0]
        if isinstance(said, dict) and "discriminator" in said:
            children = [child.partition(".")[2] for child in library.children(full)]
            definitions[full] = {"anyOf": [converter.refer(child, file) for child in children]}
        else:
            definitions[full] = converter.convert(said, file)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": COMMENT,
        "$defs": dict(sorted(definitions.items())),
    }


def print_schemas(schemas: Type) -> str:
    """Write schemas as they are kept."""
    return json.dumps(schemas, indent=1) + "\n"


@cache
def validator(name: str) -> Any:
    """Give the validator of a type."""
    schemas = json.loads(SCHEMAS.read_text())
    return jsonschema_rs.validator_for({**schemas, "$ref": f"#/$defs/{name}"})


def faults(content: str | bytes) -> list[str]:
    """Give what is wrong with a definition's text: a group, a pod, an application, or a list of these."""
    data = json.loads(content)
    found: list[str] = []
    for item in data if isinstance(data, list) else [data]:
        kind = GROUP if "apps" in item or "groups" in item else POD if "containers" in item else APP
        found += [
            f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in validator(kind).iter_errors(item)
        ]
        found += [f"{key} is no field of a group" for key in _unknown_in_groups(item) if kind == GROUP]
    return found


def _unknown_in_groups(group: Type) -> list[str]:
    """Give the fields of groups that are no group's; Marathon's own answers have some that are not in the type."""
    known = {"id", "apps", "groups", "dependencies", "scaleBy", "version", "enforceRole"}
    return [key for key in group if key not in known] + [
        key for inner in group.get("groups", ()) for key in _unknown_in_groups(inner)
    ]


if __name__ == "__main__":
    SCHEMAS.parent.mkdir(parents=True, exist_ok=True)
    SCHEMAS.write_text(re.sub(r"[ \t]+\n", "\n", print_schemas(make_schemas(Path(sys.argv[1])))))
