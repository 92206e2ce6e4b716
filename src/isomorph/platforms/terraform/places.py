"""Where each field of the model is written in a configuration: as Kubernetes has it, in the words of its provider.

`…` stands for `spec.template.spec`, which every path into a Pod begins with.
What the provider's own resources have no word for stands in a `kubernetes_manifest`, as Kubernetes calls it.
"""

import re

from isomorph.platforms.kubernetes.places import PLACES as KUBERNETES
from isomorph.platforms.terraform.kubernetes_names import MANIFEST, RESOURCES, fields_of

FILES = "resources or variables"

_PATH = re.compile(r"[A-Za-z]\w*(?:\[\])?(?:\.\w+(?:\[\])?)+")
_KIND = re.compile(r"kind = (\w+)")
_BY_KIND = {each.kind: name for name, each in reversed(RESOURCES.items()) if each.of == each.kind and "_v" in name}


def _write_place(place: str) -> str:
    """Say a place of Kubernetes in the provider's words, path by path."""
    said = _PATH.sub(lambda match: _write_path(match.group()), place)
    return _KIND.sub(lambda match: _BY_KIND[match.group(1)], said)


def _write_path(path: str) -> str:
    kind, *keys = path.split(".") if path[0].isupper() else ("Deployment", *path.split("."))
    if kind not in _BY_KIND:
        return f"{MANIFEST}.manifest.{'.'.join(keys)}"
    of, words = RESOURCES[_BY_KIND[kind]].of, []
    for key in keys:
        field = fields_of(of).get(key.removesuffix("[]")) if of else None
        if field is None and of:
            return f"{MANIFEST}.manifest.{'.'.join(keys)}"
        words.append(field.word if field else key)
        of = field.of if field else ""
    if words[:3] == ["spec", "template", "spec"] and len(words) > 3:
        return f"{_BY_KIND[kind]} … {'.'.join(words[3:])}"
    return ".".join((_BY_KIND[kind], *words))


PLACES: dict[str, str] = {
    **{field: _write_place(place) for field, place in KUBERNETES.items()},
    "dependency": "the resource or module itself, such as aws_db_instance",
}
