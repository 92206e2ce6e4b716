"""Running Terraform, or OpenTofu, on a root module: init, plan, apply, output.

It runs with the caller's variables, since credentials of the cloud are there, and only where the caller says so. Nothing
is destroyed unless that is said too. The plan, and the values of secret arguments, are in a folder that only the caller
reads and that is removed at the end.
"""

import os
from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec

from isomorph.model.errors import EngineFailed, UsageError
from isomorph.model.secrecy import mask_text
from isomorph.provisioning.contract import Module
from isomorph.provisioning.disclosure import mask_message
from isomorph.provisioning.running import Run, run_program
from isomorph.provisioning.secrecy import collect_texts, iterate_leaves
from isomorph.provisioning.terraform.applied import AppliedOutput
from isomorph.provisioning.terraform.root_module import list_secret_values, output_name

PROGRAMS = ("terraform", "tofu")

_VARIABLES = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
_CHANGES = 2  # What `plan -detailed-exitcode` ends with where there is something to apply.
_GRACE = 60.0  # Seconds in which it writes down what it has made so far.
_OUTPUT_LIMIT = 256 * 1024 * 1024
_SHOWN = 4_000
_SENSITIVE = "refers to sensitive values"
_SENSITIVE_HINT = "name that output under `sensitive:` in the provisioner"

Find = Callable[[str], str | None]
"""Gives the path of a program, None where it is not installed."""


class TimeLimits(msgspec.Struct, frozen=True):
    """How many seconds each step may take; databases of clouds take their time."""

    init: float = 600.0
    plan: float = 900.0
    apply: float = 7200.0
    output: float = 120.0


def apply_root_module(
    folder: str,
    modules: Mapping[str, Module],
    *,
    variables: Mapping[str, str],
    find: Find | None = None,
    known: Collection[str] = (),
    limits: TimeLimits | None = None,
    destroy: bool = False,
) -> dict[str, dict[str, AppliedOutput]]:
    """Apply the root module in a folder; give the outputs of its modules by block and name.

    `variables` are those of the calling shell, `known` secrets that messages must not show. Without `destroy`, modules
    that are gone from the root module are left as they are, and what would destroy anything else is refused. Raises
    EngineFailed with Terraform's own words, UsageError for a module that may not be applied.
    """
    ready = {name: module for name, module in modules.items() if not module.waiting}
    if not ready and not destroy:
        return {}
    for name, module in sorted(ready.items()):
        if not module.permitted:
            message = (
                f"module {name} ({module.source}) comes from a fetched file, and nobody has allowed it to be applied"
            )
            raise UsageError(f"{message}: look at the file, then say --allow-commands")
    program = _find_program(find, variables)
    limits = limits or TimeLimits()
    import tempfile

    with tempfile.TemporaryDirectory(prefix="isomorph-") as private:
        session = _Session(program, os.path.abspath(folder), private, variables, set(known), limits)
        session.set_secrets(list_secret_values(ready))
        session.run("init", ["init"], limits.init)
        targets = sorted(ready) if len(ready) < len(modules) else []
        if _plan(session, targets, ready, destroy):
            session.run("apply", ["apply", session.plan_file], limits.apply)
        return _read_outputs(session, ready)


def _find_program(find: Find | None, variables: Mapping[str, str]) -> str:
    if find is None:
        from shutil import which

        def find(name: str) -> str | None:
            return which(name, path=variables.get("PATH", ""))

    for name in PROGRAMS:
        program = find(name)
        if program is not None:
            return program
    raise EngineFailed(f"neither {' nor '.join(PROGRAMS)} is installed")


class _Session:
    """One root module, and the program that works on it."""

    def __init__(
        self,
        program: str,
        folder: str,
        private: str,
        variables: Mapping[str, str],
        known: set[str],
        limits: TimeLimits,
    ) -> None:
        self.program = program
        self.folder = folder
        self.plan_file = os.path.join(private, "plan")
        self.values_file = os.path.join(private, "values.tfvars.json")
        self.variables = {**variables, **_VARIABLES}
        self.known = known
        self.limits = limits
        self.values: list[str] = []

    def set_secrets(self, values: Mapping[str, Any]) -> None:
        """Write down the values of secret arguments, where only the caller reads them."""
        if values:
            with open(self.values_file, "wb") as file:
                file.write(msgspec.json.encode(values))
            self.values = [f"-var-file={self.values_file}"]
            self.known |= collect_texts(value for _, value in iterate_leaves(dict(values)))

    def run(self, step: str, args: list[str], limit: float, expected: tuple[int, ...] = (0,)) -> Run:
        """Run one command; raises EngineFailed with the program's own words, without secrets."""
        run = self._run(args, limit)
        if run.code in expected:
            return run
        errors = run.errors.decode("utf-8", "replace")
        secrets = frozenset(self.known | self._find_secrets())
        words = mask_text(mask_message(errors, secrets)).strip()[-_SHOWN:]
        hint = f" ({_SENSITIVE_HINT})" if _SENSITIVE in " ".join(words.split()) else ""
        trouble = run.trouble or f"ended with exit code {run.code}"
        message = f"{os.path.basename(self.program)} {step} {trouble}{hint}"
        raise EngineFailed(f"{message}\n{words}" if words else message)

    def _run(self, args: list[str], limit: float) -> Run:
        command, *rest = args
        return run_program(
            [self.program, command, *([] if command in ("show", "output") else ["-input=false"]), "-no-color", *rest],
            b"",
            folder=self.folder,
            variables=self.variables,
            time_limit=limit,
            output_limit=_OUTPUT_LIMIT,
            grace=_GRACE,
        )

    def _find_secrets(self) -> set[str]:
        """Give the texts that Terraform's state holds as sensitive, so that they are known in messages."""
        run = self._run(["show", "-json"], self.limits.output)
        try:
            state = msgspec.json.decode(run.output)
        except (msgspec.DecodeError, RecursionError):
            return set()
        return collect_texts(_iterate_sensitive(state.get("values") if isinstance(state, dict) else None))


def _iterate_sensitive(state: Any) -> Any:
    """Give the sensitive values of a state in Terraform's JSON: of outputs, and of the resources of all modules."""
    if not isinstance(state, dict):
        return
    for output in state.get("outputs", {}).values():
        if output.get("sensitive"):
            yield from (value for _, value in iterate_leaves({"": output.get("value")}))
    modules = [state.get("root_module", {})]
    while modules:
        module = modules.pop()
        modules += module.get("child_modules", [])
        for resource in module.get("resources", []):
            yield from _select(resource.get("values"), resource.get("sensitive_values"))


def _select(values: Any, marks: Any) -> Any:
    """Give the leaves of a value that the same place of `marks` says are sensitive."""
    if marks is True:
        yield from (value for _, value in iterate_leaves({"": values}))
    elif isinstance(marks, dict) and isinstance(values, dict):
        for key, mark in marks.items():
            yield from _select(values.get(key), mark)
    elif isinstance(marks, list) and isinstance(values, list):
        for value, mark in zip(values, marks, strict=False):
            yield from _select(value, mark)


def _plan(session: _Session, targets: list[str], ready: Mapping[str, Module], destroy: bool) -> bool:
    """Plan, and tell whether there is something to apply; what the plan would destroy is refused."""
    if not _run_plan(session, targets):
        return False
    if destroy:
        return True
    doomed = _list_doomed(session)
    if not targets and any(_block_of(address) not in ready for address in doomed):
        if not _run_plan(session, sorted(ready)):
            return False
        doomed = _list_doomed(session)
    if doomed:
        listed = ", ".join(doomed[:5]) + (f" and {len(doomed) - 5} more" if len(doomed) > 5 else "")
        raise EngineFailed(
            f"{os.path.basename(session.program)} would destroy {listed}; nothing was applied"
            f" (look at it with {os.path.basename(session.program)} -chdir={session.folder} plan)"
        )
    return True


def _run_plan(session: _Session, targets: list[str]) -> bool:
    args = ["plan", "-detailed-exitcode", f"-out={session.plan_file}", *session.values]
    args += [f"-target=module.{name}" for name in targets]
    return session.run("plan", args, session.limits.plan, (0, _CHANGES)).code == _CHANGES


def _list_doomed(session: _Session) -> list[str]:
    """Give the addresses of what the plan destroys, or destroys and makes anew."""
    run = session.run("show", ["show", "-json", session.plan_file], session.limits.plan)
    plan = _decode(session, run)
    return [
        str(each.get("address"))
        for each in plan.get("resource_changes", [])
        if "delete" in each.get("change", {}).get("actions", [])
    ]


def _block_of(address: str) -> str:
    """Give the root module's block that an address is in, nothing for one that is in none."""
    words = address.split(".")
    return words[1].partition("[")[0] if words[0] == "module" else ""


def _read_outputs(session: _Session, modules: Mapping[str, Module]) -> dict[str, dict[str, AppliedOutput]]:
    run = session.run("output", ["output", "-json"], session.limits.output)
    said = _decode(session, run)
    applied: dict[str, dict[str, AppliedOutput]] = {}
    for name, module in modules.items():
        outputs = applied[name] = {}
        for output in module.outputs:
            found = said.get(output_name(name, output), {})
            sensitive = bool(found.get("sensitive")) or output in module.sensitive
            outputs[output] = AppliedOutput(found.get("value"), sensitive)
    return applied


def _decode(session: _Session, run: Run) -> dict[str, Any]:
    try:
        data = msgspec.json.decode(run.output)
    except (msgspec.DecodeError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise EngineFailed(f"{os.path.basename(session.program)} answered something that is no JSON object")
    return data
