"""The command `isomorph`: finds the verb, runs it, and turns what went wrong into one message and an exit code.

Exit codes: 0 done, nothing at or above the threshold; 1 findings at or above it; 2 usage, unreadable or invalid input;
3 an engine, the network or a provisioner failed; 70 a fault of ours; 130 interrupted; 141 nobody reads the output.

What `isomorph version` imports is the floor of every run, so nothing here imports more than it needs.
"""

import gc
import sys

VERBS: dict[str, str] = {
    "generate": "definitions for a platform, out of Score files",
    "convert": "any platform's definitions as any other's",
    "diff": "the drift between definitions",
    "check": "the gate: everything that isomorph.yaml names, compared",
    "baseline": "the drift that is there, noted, so that only new drift fails",
    "fix": "drift mended where it is written, as another environment has it",
    "promote": "an environment given the images and settings of another",
    "policy": "rules of a team, over every platform alike: test, list",
    "show": "what a definition says, with the place of every value",
    "explain": "what a rule or a diagnostic means, why it matters, how to mend it",
    "platforms": "the platforms, and how well each says what",
    "init": "a Score file and an isomorph.yaml to start from",
    "resources": "what was provisioned, and its outputs",
    "provisioners": "what provisions which type of resource",
    "check-version": "whether this is a version that a project needs",
    "completion": "a shell's completion script",
    "version": "the version",
}

GLOBAL_FLAGS = ("-q", "--quiet", "-v", "--verbose")
INTERRUPTED, BROKEN_PIPE, OUR_FAULT = 130, 141, 70


def main(argv: list[str] | None = None) -> int:
    """Run a command line; gives its exit code."""
    if argv is None:
        # A process of our own is short, and its trees hold no cycles, which a collector would search for in vain.
        gc.disable()
        _open_missing_streams()
    try:
        code = run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _leave(BROKEN_PIPE)
    except Exception as error:
        return _leave(report_failure(error))


def run(argv: list[str]) -> int:
    """Find the verb and run it; options for all verbs may stand before it."""
    before: list[str] = []
    rest = list(argv)
    while rest and (rest[0] in GLOBAL_FLAGS or rest[0].startswith("--color")):
        before.append(rest.pop(0))
        if before[-1] == "--color" and rest:
            before.append(rest.pop(0))
    if not rest or rest[0] in ("-h", "--help", "help"):
        print(help_text())
        return 0 if rest else 2
    if rest[0] == "--version":
        rest[0] = "version"
    if rest[0] not in VERBS:
        return _unknown_verb(rest[0])
    from importlib import import_module

    code: int = import_module(f"isomorph.cli.{module_of(rest[0])}").run([*before, *rest[1:]])
    return code


def module_of(verb: str) -> str:
    """Give the name of a verb's module."""
    return verb.replace("-", "_")


def help_text() -> str:
    """Write what `isomorph --help` prints."""
    verbs = "\n".join(f"  {verb:<15}{summary}" for verb, summary in VERBS.items())
    return f"""usage: isomorph VERB …

One model for the definitions of container workloads on every platform, and a judge of the drift between them.

{verbs}

Definitions are named [NAME=][PLATFORM:]PATH[?key=value&…], such as 'compose:docker-compose.yml?profile=dev'.
Options for all verbs: --quiet, -v, --color auto|always|never. isomorph VERB --help tells the rest."""


def report_failure(error: Exception) -> int:
    """Print an error as one message; gives its exit code."""
    from isomorph.model.errors import IsomorphError

    if isinstance(error, IsomorphError):
        _say(f"isomorph: {error}")
        return error.exit_code
    if isinstance(error, OSError) and error.strerror is not None:
        unnamed = "the current folder" if isinstance(error, FileNotFoundError) else "the output cannot be written"
        _say(f"isomorph: {error.filename or unnamed}: {error.strerror}")
        return 2
    from isomorph import __version__

    _say(
        f"isomorph: {_describe_fault(error)}\n"
        f"isomorph: this is a fault of isomorph {__version__}, not of your files; please report it with this message and,"
        " if you can, the definition (ISOMORPH_TRACEBACK=1 prints where it happened)"
    )
    return OUR_FAULT


def _say(message: str) -> None:
    """Print a message on standard error."""
    from isomorph.cli.remarks import print_message

    try:
        print_message(message)
    except OSError:
        return  # Nobody can be told; the exit code says it.


def _describe_fault(error: Exception) -> str:
    """Name a fault of ours and the innermost place in our source; the whole way there only when asked for."""
    import os
    import traceback

    if os.environ.get("ISOMORPH_TRACEBACK"):
        return "".join(traceback.format_exception(error)).rstrip()
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "isomorph" in frame.filename]
    where = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}: {error}"


def _unknown_verb(verb: str) -> int:
    from difflib import get_close_matches

    near = get_close_matches(verb, VERBS, 1)
    meant = f"; did you mean {near[0]}?" if near else ""
    _say(f"isomorph: there is no verb {verb!r}{meant} (isomorph --help lists them)")
    return 2


def _leave(code: int) -> int:
    """Keep the interpreter from complaining when it flushes at exit what cannot be written; gives the exit code."""
    import os

    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
    return code


def _open_missing_streams() -> None:
    """Open the standard streams that the caller closed, lest a file that is opened next becomes one of them.

    Input is then empty, results cannot be written, messages go nowhere.
    """
    if sys.stdin is not None and sys.stdout is not None and sys.stderr is not None:
        return
    import os

    opened = os.open(os.devnull, os.O_RDONLY)
    while opened <= 2:
        if opened == 2:
            os.dup2(os.open(os.devnull, os.O_WRONLY), opened)
        opened = os.open(os.devnull, os.O_RDONLY)
    os.close(opened)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


if __name__ == "__main__":
    sys.exit(main())
