"""Headless Chromium by its DevTools protocol, over a pipe: no driver and no WebSocket library is needed."""

import base64
import json
import os
import select
import subprocess
import time
from pathlib import Path

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--remote-debugging-pipe",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
ANSWER_S = 60
PHONE_PX = 600


class Chromium:
    """One browser with one page."""

    def __init__(self, profile: Path, url: str, *, flags=(), size=(1280, 900)):
        read_in, self._out = os.pipe()
        self._in, write_out = os.pipe()
        command = ["chromium", *FLAGS, *flags, f"--user-data-dir={profile}", "about:blank"]
        # Chromium reads its descriptor 3 and writes to 4: the shell puts them there.
        words = ["bash", "-c", f'exec 3<&{read_in} 4>&{write_out}; exec "$@"', "bash", *command]
        self._process = subprocess.Popen(words, pass_fds=(read_in, write_out), stderr=subprocess.DEVNULL)
        os.close(read_in)
        os.close(write_out)
        self._unread, self._last, self._session = bytearray(), 0, None
        self.events = []
        (page,) = [t for t in self.ask("Target.getTargets")["targetInfos"] if t["type"] == "page"]
        self._session = self.ask("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self.ask(f"{domain}.enable")
        self.resize(*size)
        self.ask("Page.navigate", url=url)

    def resize(self, width, height, scale=1):
        """Give the page another size; a narrow one is a phone, whose scroll bars take no room."""
        told = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < PHONE_PX}
        self.ask("Emulation.setDeviceMetricsOverride", **told)

    def ask(self, method, **params):
        """Return what the browser answers; events that come before go to `events`."""
        self._last += 1
        asked = {"id": self._last, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._out, json.dumps(asked).encode() + b"\0")
        while True:
            told = self._message()
            if told.get("id") != self._last:
                self.events.append(told)
                continue
            assert "error" not in told, told["error"]
            return told["result"]

    def evaluate(self, expression):
        """Return the value of a JavaScript expression, awaited, as if a person had just clicked."""
        told = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True
        )
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def wait(self, expression, seconds=30):
        """Return the value of an expression once it is true."""
        end = time.monotonic() + seconds
        while not (found := self.evaluate(expression)):
            assert time.monotonic() < end, f"{expression} is not true: {self.evaluate('document.body.innerText')}"
            time.sleep(0.1)
        return found

    def choose(self, selector, path: Path):
        """Choose a file, as a person does in the dialog that an input opens."""
        root = self.ask("DOM.getDocument")["root"]["nodeId"]
        node = self.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.ask("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    def screenshot(self, path: Path):
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", captureBeyondViewport=True)["data"]))

    def requests(self):
        """Return the address of everything the page has asked for."""
        return [e["params"]["request"]["url"] for e in self.events if e.get("method") == "Network.requestWillBeSent"]

    def close(self):
        os.close(self._out)  # the end of its pipe is the end of the browser
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)

    def _message(self):
        while b"\0" not in self._unread:
            assert select.select([self._in], [], [], ANSWER_S)[0], "Chromium is silent"
            found = os.read(self._in, 1 << 16)
            assert found, "Chromium has ended"
            self._unread += found
        message, _, rest = bytes(self._unread).partition(b"\0")
        self._unread = bytearray(rest)
        return json.loads(message)
