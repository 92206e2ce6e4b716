"""`cmd://`: a provisioner that is a program, told of the resource in JSON and answering in JSON.

A program is code of whoever wrote the provisioner file, so it runs only where the caller permits it.
"""

import os.path
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from isomorph.model.errors import EngineFailed, InvalidInput
from isomorph.provisioning.contract import Fragments, Request, Result
from isomorph.provisioning.disclosure import collect_secrets, find_disclosures, mask_message
from isomorph.provisioning.entry import SHARED_KEYS, Entry, EntryNode, suggest
from isomorph.provisioning.template import to_relative_path
from isomorph.provisioning.template_data import has_secret_reference, to_program_input

KEYS = ("resource_state", "resource_outputs", "shared_state")
COMPOSE_KEYS = (
    "relative_directories",
    "relative_file_contents",
    "compose_networks",
    "compose_volumes",
    "compose_services",
    "compose_models",
)
KUBERNETES_KEYS = ("manifests",)

_SHOWN = 4_000
"""Characters of a program's errors that a message shows, from the end."""

_JSON_TYPES = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
}


class Commands(msgspec.Struct, frozen=True, kw_only=True):
    """How programs run: whether they may, where, with which variables, how many seconds and how much output each.

    `permit` is asked with the provisioner before each run; without it nothing runs.
    """

    permit: "Callable[[CommandProvisioner], bool] | None" = None
    folder: str = "."
    variables: Mapping[str, str] = {}
    time_limit: float = 120.0
    output_limit: int = 16 * 1024 * 1024


class CommandProvisioner(Entry, kw_only=True):
    """A provisioner that is a program; `<mode>` among its arguments stands for what is done, `provision`."""

    platform: str
    commands: Commands
    args: tuple[str, ...] = ()

    def provision(self, request: Request) -> Result:
        """Run the program; raises EngineFailed where it may not run, fails, or answers what is no answer."""
        commands = self.commands
        if commands.permit is None or not commands.permit(self):
            raise EngineFailed(self._say("the program is not permitted to run", ""))
        program = find_program(self.uri, commands)
        if program is None:
            raise EngineFailed(self._say(f"the program {program_of(self.uri)} is not installed", ""))
        from isomorph.provisioning.running import run_program

        given = to_program_input(request)
        args = ["provision" if arg == "<mode>" else arg for arg in self.args]
        run = run_program(
            [program, *args],
            msgspec.json.encode(given),
            folder=commands.folder,
            variables=commands.variables,
            time_limit=commands.time_limit,
            output_limit=commands.output_limit,
        )
        known = collect_secrets(request.state, request.shared, request.resource.parameters)
        if run.trouble:
            errors = mask_message(run.errors.decode("utf-8", "replace"), known)
            raise EngineFailed(self._say(f"the program {run.trouble}", errors))
        return self._read_answer(run.output, request)

    def _say(self, message: str, errors: str) -> str:
        """Give a message with the place of the provisioner, and the end of what the program said."""
        text = f"{self.origin}: {self.uri}: {message}"
        shown = errors.strip()[-_SHOWN:]
        return f"{text}\n{shown}" if shown else text

    def _read_answer(self, output: bytes, request: Request) -> Result:
        try:
            answer: Any = msgspec.json.decode(output)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self._refuse(f"no JSON: {error}" if output.strip() else "nothing") from None
        if not isinstance(answer, dict):
            raise self._refuse(f"{_JSON_TYPES.get(type(answer), 'null')}, not an object")
        self._check_keys(answer)
        state = self._object(answer, "resource_state")
        shared = self._object(answer, "shared_state")
        outputs = self._object(answer, "resource_outputs")
        fragments = self._read_fragments(answer)
        secrets = collect_secrets(state, shared, outputs, request.resource.parameters)
        return Result(
            outputs=outputs,
            state=state,
            shared=shared,
            fragments=fragments,
            diagnostics=find_disclosures(request, fragments, secrets, self.origin),
        )

    def _check_keys(self, answer: dict[str, Any]) -> None:
        here, other = (COMPOSE_KEYS, KUBERNETES_KEYS) if self.platform == "compose" else (KUBERNETES_KEYS, COMPOSE_KEYS)
        known = (*KEYS, *here)
        for key in answer:
            if key not in known:
                hint = f"it is not for {self.platform}" if key in other else suggest(key, known)
                raise self._refuse(f"the unknown key {key!r} ({hint})")

    def _refuse(self, what: str) -> EngineFailed:
        return EngineFailed(self._say(f"the program answered {what}", ""))

    def _object(self, answer: dict[str, Any], key: str) -> dict[str, Any]:
        value = answer.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self._refuse(f"{_JSON_TYPES[type(value)]} for {key!r}, which must be an object")
        return value

    def _read_fragments(self, answer: dict[str, Any]) -> Fragments:
        if self.platform != "compose":
            return Fragments(manifests=self._manifests(answer))
        return Fragments(
            services=self._parts(answer, "compose_services"),
            networks=self._parts(answer, "compose_networks"),
            volumes=self._parts(answer, "compose_volumes"),
            models=self._parts(answer, "compose_models"),
            folders=self._paths(answer, "relative_directories", bool, "true or false"),
            files=self._paths(answer, "relative_file_contents", (str, type(None)), "a string or null"),
        )

    def _parts(self, answer: dict[str, Any], key: str) -> dict[str, Any]:
        parts = self._object(answer, key)
        for name, part in parts.items():
            if part is not None and not isinstance(part, dict):
                raise self._refuse(f"{_JSON_TYPES[type(part)]} for {name!r} in {key!r}, which must be an object")
        return {name: part or {} for name, part in parts.items()}

    def _paths(self, answer: dict[str, Any], key: str, kind: Any, wanted: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path, value in self._object(answer, key).items():
            if not isinstance(value, kind):
                raise self._refuse(f"something for {path!r} in {key!r} that is not {wanted}")
            try:
                found[to_relative_path(path)] = value
            except ValueError as error:
                raise self._refuse(f"a path in {key!r} that may not be: {error}") from None
        return found

    def _manifests(self, answer: dict[str, Any]) -> tuple[dict[str, Any], ...]:
        manifests = answer.get("manifests")
        if manifests is None:
            return ()
        if not isinstance(manifests, list) or not all(isinstance(manifest, dict) for manifest in manifests):
            raise self._refuse("manifests that are not a list of objects")
        if has_secret_reference(manifests):
            raise self._refuse("a manifest with a secret reference, which only outputs can carry")
        return tuple(manifests)


def program_of(uri: str) -> str:
    """Give what a uri says of its program, without the fragment that tells it from others."""
    return uri.removeprefix("cmd://").partition("#")[0]


def find_program(uri: str, commands: Commands) -> str | None:
    """Give the path of a uri's program, or None where there is none that can be run.

    A name alone is looked for on PATH; `.` and `..` begin paths relative to the folder, `~` to the home folder.
    """
    host, slash, path = program_of(uri).partition("/")
    if not slash:
        from shutil import which

        return which(host, path=commands.variables.get("PATH", ""))
    roots = {
        "": "/",
        ".": commands.folder,
        "..": os.path.join(commands.folder, ".."),
        "~": commands.variables.get("HOME"),
    }
    root = roots[host]
    program = os.path.abspath(os.path.join(root, path)) if root else ""
    return program if os.path.isfile(program) and os.access(program, os.X_OK) else None


def read_command_provisioner(entry: EntryNode, platform: str, commands: Commands) -> CommandProvisioner:
    """Read an entry whose scheme is `cmd`; raises InvalidInput for unknown keys and for a uri that names no program."""
    entry.check_keys((*SHARED_KEYS, "args"), {})
    head = entry.head()
    host, slash, path = program_of(head["uri"]).partition("/")
    place = entry.node["uri"].origin
    if any(mark in host + path for mark in "?@:"):
        message = "a cmd:// uri has no user, port or query"
        raise InvalidInput(message, place, "write cmd://PROGRAM, cmd://./PATH or cmd:///PATH, then #NAME")
    if slash and host not in ("", ".", "..", "~"):
        message = f"a program on PATH has no path after it: {head['uri']}"
        raise InvalidInput(message, place, "begin a relative path with cmd://./")
    if not host and not path:
        raise InvalidInput("the uri names no program", place, "write cmd://PROGRAM")
    return CommandProvisioner(**head, platform=platform, commands=commands, args=entry.strings("args") or ())
