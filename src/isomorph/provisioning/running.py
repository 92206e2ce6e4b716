"""Running a program with bytes in and bytes out, for so long and with so much output and no more."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping
from typing import IO, Any

import msgspec


class Run(msgspec.Struct, frozen=True):
    """What a program printed; `trouble` says what went wrong with it, and is empty where nothing did.

    `code` is its exit code where it ended by itself, in trouble or not.
    """

    output: bytes
    errors: bytes
    trouble: str = ""
    code: int | None = None


class _Collected:
    """What one stream gives, up to a limit, taken by a thread of its own so that no pipe fills up."""

    def __init__(self, stream: IO[bytes], limit: int, too_much: Any) -> None:
        self.content = bytearray()
        self.exceeded = False
        self.thread = threading.Thread(target=self._collect, args=(stream, limit, too_much), daemon=True)
        self.thread.start()

    def _collect(self, stream: IO[bytes], limit: int, too_much: Any) -> None:
        try:
            while chunk := os.read(stream.fileno(), 65536):
                room = limit - len(self.content)
                self.content += chunk[:room]
                if len(chunk) > room:
                    self.exceeded = True
                    too_much()
                    return
        except (OSError, ValueError):
            return  # The program is gone, and its pipe with it.


def run_program(
    command: list[str],
    given: bytes,
    *,
    folder: str,
    variables: Mapping[str, str],
    time_limit: float,
    output_limit: int,
    grace: float = 0.0,
) -> Run:
    """Run a program in a process group of its own, which ends with it.

    One that must be stopped is interrupted first where it has `grace` seconds to end by itself.
    """
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return Run(b"", b"", f"could not be started: {error}")
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None

    def stop() -> None:
        _stop(process)

    output = _Collected(process.stdout, output_limit, stop)
    errors = _Collected(process.stderr, output_limit, stop)
    threading.Thread(target=_give, args=(process.stdin, given), daemon=True).start()
    late = False
    try:
        process.wait(time_limit)
    except subprocess.TimeoutExpired:
        late = True
        _interrupt(process, grace)
    except BaseException:  # Whoever runs this interrupts it: the program is in a group of its own and was not told.
        _interrupt(process, grace)
        raise
    finally:
        stop()  # What it left running in its group goes too; a run ends with its program.
        process.wait()
    for stream in (output, errors):
        stream.thread.join(1.0)  # Only what left the group could still hold a pipe open.
    exceeded = output.exceeded or errors.exceeded
    trouble = _describe(process.returncode, time_limit if late else None, output_limit if exceeded else None)
    code = None if late or exceeded or process.returncode < 0 else process.returncode
    return Run(bytes(output.content), bytes(errors.content), trouble, code)


def _describe(code: int, late: float | None, exceeded: int | None) -> str:
    if late is not None:
        return f"took longer than {late:g} seconds and was stopped"
    if exceeded is not None:
        return f"printed more than {exceeded:,} bytes and was stopped"
    if code < 0:
        return f"was ended by signal {-code}"
    return f"failed with exit code {code}" if code else ""


def _give(stream: IO[bytes], given: bytes) -> None:
    try:
        stream.write(given)
        stream.close()
    except OSError:
        return  # It did not want all of it, as a program may.


def _interrupt(process: "subprocess.Popen[bytes]", grace: float) -> None:
    """Ask a program to end, as Ctrl-C does, and wait for it."""
    if grace:
        try:
            process.send_signal(signal.SIGINT)
            process.wait(grace)
        except (OSError, subprocess.TimeoutExpired):
            return


def _stop(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):
        if process.poll() is None:
            process.kill()
