"""A real headless Chromium, spoken to over a pipe in the DevTools protocol; and axe-core, which finds what some cannot use.

    python -m tests.engines.chromium        fetches axe-core with npm, once

Source of the protocol: https://chromedevtools.github.io/devtools-protocol/. Messages are JSON that ends with a zero byte; the
browser reads them from descriptor 3 and writes to 4.
"""

import base64
import fcntl
import hashlib
import json
import os
import select
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.engines.build import engines_folder

AXE = ("axe-core", "4.14.1")
AXE_INTEGRITY = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
"""The SHA-512 of the package, in base64 as npm writes it."""
PATIENCE = 120
"""Seconds for an answer: the machine may be busy."""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--remote-debugging-pipe",
)
KEYS = {"ArrowDown": 40, "ArrowUp": 38, "ArrowRight": 39, "ArrowLeft": 37, "Enter": 13, "Escape": 27}


def find_chromium() -> str | None:
    """Give the program, or None."""
    return shutil.which("chromium")


def axe_file() -> Path:
    """Give the path of axe-core's script, there or not."""
    return engines_folder() / f"{AXE[0]}-{AXE[1]}.min.js"


def fetch_axe() -> bool:
    """Fetch axe-core with npm unless it is there; tell whether it is there afterwards."""
    target = axe_file()
    npm = shutil.which("npm")
    if target.exists() or npm is None:
        return target.exists()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".axe-") as scratch:
        command = [npm, "pack", "--silent", f"{AXE[0]}@{AXE[1]}"]
        done = subprocess.run(command, cwd=scratch, check=False, capture_output=True, text=True, timeout=600)
        archives = list(Path(scratch).glob("*.tgz"))
        if done.returncode or not archives:
            print(f"axe-core: npm ended with {done.returncode}\n{done.stderr[-2000:]}", file=sys.stderr)
            return False
        digest = base64.b64encode(hashlib.sha512(archives[0].read_bytes()).digest()).decode()
        if digest != AXE_INTEGRITY:
            print(f"axe-core: is not what was pinned ({digest})", file=sys.stderr)
            return False
        with tarfile.open(archives[0]) as archive:
            script = archive.extractfile("package/axe.min.js")
            assert script is not None
            made = Path(scratch) / "axe.min.js"
            made.write_bytes(script.read())
        made.replace(target)
    return True


class Page:
    """One page of a browser of its own, and what a person does with it. `scripts` off: as for who has no JavaScript."""

    def __init__(self, folder: Path, *, scripts: bool = True) -> None:
        program = find_chromium()
        assert program is not None
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()
        apart = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_read, to_write)]

        def place() -> None:
            os.dup2(apart[0], 3)
            os.dup2(apart[1], 4)

        self._process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"],
            pass_fds=(3, 4),
            preexec_fn=place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for end in (to_read, to_write, *apart):
            os.close(end)
        self._received = b""
        self._number = 0
        self._session = ""
        self.events: list[dict[str, Any]] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.send(f"{domain}.enable")
        if not scripts:
            self.send("Emulation.setScriptExecutionDisabled", value=True)

    def __enter__(self) -> "Page":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)
        os.close(self._write)

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and give its result; what the browser tells meanwhile is kept in `events`."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _receive(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._received:
            ready, _, _ = select.select([self._read], [], [], max(0.0, end - time.monotonic()))
            chunk = os.read(self._read, 1 << 20) if ready else b""
            assert chunk, "the browser does not answer"
            self._received += chunk
        data, _, self._received = self._received.partition(b"\0")
        message: dict[str, Any] = json.loads(data)
        return message

    def open(self, file: Path, fragment: str = "") -> None:
        """Open a file and wait until it is there."""
        self.events.clear()
        self.send("Page.navigate", url=f"{file.resolve().as_uri()}{fragment}")
        self._wait_for("Page.loadEventFired")

    def _wait_for(self, method: str) -> None:
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self._receive())

    def run(self, expression: str) -> Any:
        """Run JavaScript and give its value, a promise's too."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def settle(self, expression: str, wanted: Any) -> None:
        """Wait until an expression has a value; fails with what it has instead."""
        end = time.monotonic() + PATIENCE / 4
        while (found := self.run(expression)) != wanted:
            assert time.monotonic() < end, f"{expression} is {found!r}, not {wanted!r}"
            time.sleep(0.05)

    def press(self, key: str) -> None:
        """Press a key."""
        code = KEYS.get(key, ord(key[0].upper()))
        text = {"text": "\r" if key == "Enter" else key} if key == "Enter" or len(key) == 1 else {}
        self.send("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def emulate(self, **features: str) -> None:
        """Set media features, `prefers_color_scheme="dark"`, or the medium: `media="print"`."""
        media = features.pop("media", "")
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.send("Emulation.setEmulatedMedia", media=media, features=named)

    def resize(self, width: int, height: int) -> None:
        """Set the size of the window."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def picture(self) -> bytes:
        """Give what is seen, as PNG."""
        return base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"])

    def faults(self) -> list[str]:
        """Give what the page complained of: exceptions, and errors in its log (what its policy forbids is one)."""
        self.run("0")
        told = []
        for event in self.events:
            if event.get("method") == "Runtime.exceptionThrown":
                told.append(str(event["params"]["exceptionDetails"]))
            elif event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
                told.append(event["params"]["entry"]["text"])
        return told

    def requests(self) -> list[str]:
        """Give the addresses that were asked for."""
        self.run("0")
        asked = [each for each in self.events if each.get("method") == "Network.requestWillBeSent"]
        return [each["params"]["request"]["url"] for each in asked]


def main() -> int:
    """Fetch what is missing; what cannot be had is said, and is no failure."""
    if shutil.which("npm") is None:
        print("npm is not installed: pages are not checked with axe-core.")
        return 0
    print(f"axe-core: {'there' if fetch_axe() else 'not to be had'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
