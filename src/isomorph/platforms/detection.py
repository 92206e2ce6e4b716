"""Which platform a definition is of, by its content: a table of what only that platform's definitions say at the top."""

import re

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context
from isomorph.platforms.table import find_family

_HEAD = 1 << 20  # Bytes of a file that are looked at; a top-level key further down is not a head.
_MOST_FILES = 200
_ENDINGS = (".yaml", ".yml", ".json", ".nomad", ".hcl", ".tf")
_STACKS = frozenset(("stack.yaml", "stack.yml", "docker-stack.yaml", "docker-stack.yml"))
_CHART = "Chart.yaml"
_GZIPPED = b"\x1f\x8b\x08"
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def _key(name: str) -> str:
    return rf"""^(?:- )?["']?{name}["']?\s*:"""


_OPENSHIFT = (
    r"""^ {0,4}(?:- )?["']?apiVersion["']?\s*:\s*["']?(?:[a-z0-9-]+\.)*openshift\.io/"""
    r"""|^(?:- )?["']?kind["']?\s*:\s*["']?(?:DeploymentConfig|ImageStream|BuildConfig)\b"""
)

# A configuration's blocks, or what `terraform show -json` and a state file have at the top.
_TERRAFORM = (
    r"""^(?:resource[ \t]+"[^"\n]+"[ \t]+"|(?:module|variable|provider|output)[ \t]+"[^"\n]+"[ \t]*\{)"""
    r"""|^(?:terraform|locals)[ \t]*\{"""
    rf"""|{_key("terraform_version")}"""
)

# A Score file is told by its API version, so it is asked first: Kubernetes objects have an apiVersion too.
# OpenShift's is one that has any object of its groups; before 3.6 its kinds had none.
_SIGNS: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...] = (
    ("score", (re.compile(_key("apiVersion") + r"""\s*["']?score\.dev/""", re.MULTILINE),)),
    ("openshift", (re.compile(_OPENSHIFT, re.MULTILINE),)),
    ("kubernetes", (re.compile(_key("apiVersion"), re.MULTILINE), re.compile(_key("kind"), re.MULTILINE))),
    ("compose", (re.compile(_key("(?:services|include)"), re.MULTILINE),)),
    (
        "marathon",
        (
            re.compile(r"\A\{"),  # Marathon takes JSON only.
            re.compile(_key("(?:id|apps|groups)"), re.MULTILINE),
            re.compile(_key("(?:apps|groups|pods|containers?|cmd|args|instances|cpus|mem)"), re.MULTILINE),
        ),
    ),
    ("nomad", (re.compile(rf"""^job[ \t]+(?:"[^"\n]+"|[A-Za-z0-9_-]+)\s*\{{|{_key("TaskGroups")}""", re.MULTILINE),)),
    ("terraform", (re.compile(_TERRAFORM, re.MULTILINE),)),
)


def detect_platform(path: str, context: Context) -> str:
    """Tell the platform of a file, a folder or standard input (`-`).

    Raises InvalidInput where the content is no platform's, UsageError where a folder holds definitions of several.
    """
    if path != "-" and context.files.is_folder(path):
        return _detect_folder(path, context)
    if path.rpartition("/")[2] == _CHART:
        return "helm"
    platform = detect_content(context.read_input(path))
    if platform is None:
        raise InvalidInput(
            "the content is no definition that is known here", Origin(path), f"say which platform: {_examples(path)}"
        )
    # A stack file has the form of a Compose file; what is called a stack is one.
    return "swarm" if platform == "compose" and path.rpartition("/")[2] in _STACKS else platform


def detect_content(content: bytes) -> str | None:
    """Tell the platform of a text, or None where it is no platform's."""
    if content.startswith(_GZIPPED):
        return "helm"  # Nothing else is packed.
    text = content[:_HEAD].decode("utf-8-sig", "replace")
    if text.lstrip()[:1] in ("{", "["):
        text = _json_head(content)
    for platform, signs in _SIGNS:
        if all(sign.search(text) for sign in signs):
            return platform
    return None


def _json_head(content: bytes) -> str:
    """Write the top-level keys of a JSON text, of the first item of a list, or of the job in it, as lines."""
    import json

    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    if isinstance(data, list):
        data = data[0] if data else None
    if not isinstance(data, dict):
        return ""
    if isinstance(job := data.get("Job"), dict):  # A job of Nomad as its API takes it.
        data = job
    lines = [f"{key}: {value if isinstance(value, str) else ''}" for key, value in data.items()]
    items = data.get("items") if data.get("kind") == "List" else None
    lines += [f"- apiVersion: {item.get('apiVersion')}" for item in items or () if isinstance(item, dict)]
    return "\n".join(("{", *lines))


def _detect_folder(folder: str, context: Context) -> str:
    """Tell the platform of the definitions in a folder: by the files that tools look for, else by every file's content."""
    names = context.files.list_folder(folder)
    if _CHART in names:
        return "helm"
    if any(name in _KUSTOMIZATIONS for name in names):
        return "kubernetes"
    found: dict[str, str] = {}
    for path in _definition_files(folder, names, context):
        platform = detect_content(context.read_input(path))
        if platform == "compose" and path.rpartition("/")[2] in _STACKS:
            platform = "swarm"
        if platform == "terraform" and path.endswith(".hcl"):
            continue  # Terraform reads no such file; variables in one are of Nomad or another tool.
        if platform is not None:
            found.setdefault(platform, path)
    for member in [platform for platform in found if find_family(platform) != platform]:
        found.pop(find_family(member), None)  # A member's definition may hold what its family has.
    if len(found) > 1:
        which = ", ".join(f"{platform} ({path})" for platform, path in found.items())
        raise UsageError(f"{folder} holds definitions of several platforms: {which}; say which: {_examples(folder)}")
    if not found:
        raise InvalidInput("the folder holds no definition that is known here", Origin(folder), "name the file")
    return next(iter(found))


def _definition_files(folder: str, names: list[str], context: Context) -> list[str]:
    """List the files that may hold definitions: of this folder, else of the folders in it, breadth first."""
    pending = [(folder.rstrip("/") or "/", names)]
    while pending:
        files: list[str] = []
        below: list[tuple[str, list[str]]] = []
        for here, entries in pending:
            for name in entries:
                path = f"{here}/{name}"
                if name.endswith(_ENDINGS) and context.files.is_file(path):
                    files.append(path)
                elif not name.startswith(".") and len(below) < _MOST_FILES and context.files.is_folder(path):
                    below.append((path, context.files.list_folder(path)))
        if files:
            return files[:_MOST_FILES]
        pending = below
    return []


def _examples(path: str) -> str:
    named = [platform for platform, _ in _SIGNS if find_family(platform) == platform]
    return " or ".join(f"{platform}:{path}" for platform in named)
