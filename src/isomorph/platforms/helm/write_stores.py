"""ConfigMaps and Secrets in templates: files of a chart, short settings as values, secrets in values of their own."""

import re
from typing import Any

from isomorph.platforms.helm.write_lift import Lift, Views, all_same, pick, to_camel, union_keys, values_path
from isomorph.platforms.helm.write_nodes import Guarded, Inline, Node, Pair, quote_argument
from isomorph.platforms.helm.write_objects import Place, write_object
from isomorph.platforms.helm.write_rows import ROWS, Row
from isomorph.platforms.helm.write_values import ABSENT, Path, Values

FILES = "files"
"""The folder of a chart that holds the contents of its ConfigMaps."""

SECRETS, SECRET_BYTES = "secrets", "secretBytes"
_KEEP = {"helm.sh/resource-policy": "keep"}
_SAFE = re.compile(r"[A-Za-z0-9_][-._A-Za-z0-9]*\Z")
_MARK = "\ufeff"
"""A byte order mark, which Helm removes from files."""


class Stores:
    """What ConfigMaps and Secrets bring along: files by their paths in the chart, and the values of secrets.

    `named` has the name of the Secret of each of these.
    """

    def __init__(self, environments: tuple[str, ...]) -> None:
        self.files: dict[str, str] = {}
        self.secrets = Values(environments)
        self.named: dict[Path, str] = {}


def write_config_map(lift: Lift, place: Place, views: Views, stores: Stores, name: str) -> dict[str, Node]:
    """Give the template of a ConfigMap: what has several lines is a file of the chart, what has one a value."""
    data = pick(views, "data")
    rest = {env: {key: value for key, value in each.items() if key != "data"} for env, each in views.items()}
    written = write_object(lift, place, rest)
    texts = {env: dict(each) if isinstance(each, dict) else {} for env, each in data.items()}
    if not any(texts.values()):
        return written
    entries: dict[str, Node] = {}
    for key in union_keys(texts):
        given = list(pick(texts, key).values())
        if all_same(given) and _is_file(name, key, given[0]):
            path = f"{FILES}/{name}/{key}"
            stores.files[path] = given[0]
            entries[key] = Inline(f".Files.Get {quote_argument(path)} | quote")
            for each in texts.values():
                del each[key]
    if any(texts.values()):
        root = lift.values.put(
            ("config", to_camel(name)), texts, Row(f"What the ConfigMap {name} says.", ROWS["config"].schema)
        )
        if entries:
            entries["\0more"] = _loop(root)
        else:
            written["data"] = Guarded(f"if {values_path(root)}", {"\0more": _loop(root)})
    if entries:
        written["data"] = entries
    return written  # fmt: skip


def _loop(path: Path) -> Guarded:
    """Give the loop over a mapping of texts."""
    return Guarded(f"range $key, $value := {values_path(path)}", Pair("$key | quote", "$value | quote"))


def _is_file(name: str, key: str, value: Any) -> bool:
    return (
        isinstance(value, str)
        and "\n" in value.rstrip("\n")
        and not value.startswith(_MARK)
        and _SAFE.match(name) is not None
        and _SAFE.match(key) is not None
        and ".." not in key
    )


def write_secret(lift: Lift, place: Place, views: Views, stores: Stores, name: str) -> tuple[dict[str, Node], str]:
    """Give the template of a Secret, and the condition under which it is there: only with values.

    An upgrade without them must not take the Secret away, so Helm is told to keep it.
    """
    rest: Views = {}
    for env, each in views.items():
        metadata = dict(each.get("metadata") or {})
        metadata["annotations"] = {**(metadata.get("annotations") or {}), **_KEEP}
        rest[env] = {key: value for key, value in each.items() if key not in ("stringData", "data")}
        rest[env]["metadata"] = metadata
    written = write_object(lift, place, rest)
    groups = (("stringData", SECRETS), ("data", SECRET_BYTES))
    given = {field: {env: _texts(each.get(field)) for env, each in views.items()} for field, _ in groups}
    conditions: list[str] = []
    for field, group in groups:
        if any(given[field].values()):
            path = _place_secret(lift, stores, (group, to_camel(name)), given[field], name)
            written[field] = {"\0more": _loop(path)}
            conditions.append(values_path(path))
    if len(conditions) > 1:  # The object is there for either of them.
        for (field, _), condition in zip(groups, conditions, strict=True):
            written[field] = Guarded(f"if {condition}", written[field])
    return written, f"{'or ' if len(conditions) > 1 else ''}{' '.join(conditions)}"


def _place_secret(lift: Lift, stores: Stores, path: Path, given: Views, name: str) -> Path:
    keys = ", ".join(union_keys(given))
    said = "in base64, " if path[0] == SECRET_BYTES else ""
    row = Row(
        f"The Secret {name}, {said}with {keys}; without values it is expected to be there.", ROWS["secrets"].schema
    )
    path = lift.values.put(path, {env: {} for env in lift.values.environments}, row)
    hidden = {env: given.get(env) or ABSENT for env in lift.values.environments}
    stores.secrets.put(path, hidden, Row("", ROWS["secrets"].schema))
    stores.named[path] = name
    return path


def _texts(values: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in values.items()} if isinstance(values, dict) else {}
