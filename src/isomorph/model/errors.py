"""The two channels for trouble.

*Cannot continue* is an exception of this small tree:

    IsomorphError              exit code 70 unless a subclass says otherwise
    ├── InvalidInput           a definition that cannot be read: file:line:column and what to do (exit code 2)
    │   └── InvalidInputs      several of them at once, as a schema check finds them
    ├── UsageError             a command line or option that means nothing (exit code 2)
    └── EngineFailed           a named engine, the network or a provisioner failed (exit code 3)

*Went on, but lost or assumed something* is a `Diagnostic` with a code of the closed set below.
"""

import msgspec

from isomorph.model.origin import Origin, Path


class IsomorphError(Exception):
    """What the command line reports as one message, without a traceback."""

    exit_code = 70


class InvalidInput(IsomorphError):
    """Input that cannot be read: what is wrong, where, and what to do about it."""

    exit_code = 2

    def __init__(self, message: str, origin: Origin | None = None, hint: str = "") -> None:
        self.message = message
        self.origin = origin
        self.hint = hint
        super().__init__(message)

    def __str__(self) -> str:
        text = f"{self.origin}: {self.message}" if self.origin else self.message
        return f"{text} ({self.hint})" if self.hint else text


class InvalidInputs(InvalidInput):
    """Several faults of one input, in the order of their positions."""

    def __init__(self, faults: list[InvalidInput]) -> None:
        self.faults = faults
        super().__init__(faults[0].message, faults[0].origin, faults[0].hint)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class UsageError(IsomorphError):
    """A command line, option or definition name that means nothing."""

    exit_code = 2


class EngineFailed(IsomorphError):
    """A named engine (kubectl, helm, terraform) is missing where it is needed, or failed."""

    exit_code = 3


class Diagnostic(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that a reader, writer or the judge could not carry, assumed, or wants to be known.

    `code` is one of CODES; `path` is the place in the model, where there is one.
    """

    code: str
    message: str
    origin: Origin | None = None
    path: Path = ()


CODES: dict[str, str] = {
    # Said by readers.
    "not-modelled": "A part of the definition has no place in the model; it is kept beside it for the same platform.",
    "unknown-field": "The platform does not know this field; it was passed over.",
    "unknown-kind": "An object of a kind that says nothing about workloads; it is kept beside the model.",
    "unset-variable": "A variable without a value or default; what depends on it is unresolved.",
    "known-after-apply": "Only an apply tells this; what depends on it is unresolved.",
    "missing-file": "A file that the definition names is not there; what it would say is unresolved.",
    "missing-reference": "The definition refers to something that it does not define.",
    "image-supplied-later": "The image is to be supplied when the workload is deployed.",
    "selects-nothing": "A Service, autoscaler or route points at no workload of this definition.",
    "ambiguous": "Several things match and none was chosen.",
    "ignored": "The platform itself ignores this setting.",
    "deprecated": "An old form that was read as its successor.",
    "engine-missing": "An engine that this input needs is not installed; the input was not read.",
    "engine-failed": "An engine refused this input; the input was not read.",
    "rendered": "The templates of a chart were rendered, by helm or by the built-in engine.",
    "detected": "The platform was not named and was detected from the content.",
    # Said by writers.
    "lost": "The target platform cannot say this; it is not in the output.",
    "approximated": "The target platform says this only approximately.",
    "assumed": "A value that the target platform requires was not given; a default was written.",
    "refused": "The target platform, as it is usually set up, does not run this; the message says what it takes.",
    "renamed": "A name was changed to what the target platform allows.",
    "extra-dropped": "A setting of the source platform that no other platform understands is not in the output.",
    # Said by provisioning.
    "secret-in-clear": "A provisioner gives a secret without saying that it is one; it is in the output in plain text.",
    "workload-changed": "A workload was moved, renamed or removed since it was generated last; the state follows.",
    "unused-resource": "No workload uses this resource any more; it stays in the state until `--prune` drops it.",
    # Said by the judge.
    "ambiguous-alignment": "Several workloads could be the counterpart of one; none was chosen.",
    "suppression-expired": "A suppression of isomorph.yaml has ended, and what it hid is told again.",
    "declaration-unused": "An expectation or suppression of isomorph.yaml fits no finding any more.",
    "baseline-outdated": "The baseline holds findings that are gone.",
    "image-config": "What only the image knows was taken from the given image configuration or Dockerfile.",
}
