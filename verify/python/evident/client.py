"""The judge's side of the protocol: a program that gets cases and gives answers.

It is started when first asked and kept; after a crash, an exit or an overrun it is started again
for the next case. Whatever it does, asking it returns a document.
"""
import json
import os
import selectors
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from types import TracebackType
from typing import Any, Dict, List, Optional, Type

from .adapters import NAMES
from .conventions import Conventions, read_conventions
from .errors import EvidentError, one_line
from .result import FORMAT

_MOST_ANSWER = 1 << 30
_GRACE = 2.0  # seconds from the end of its input to SIGKILL


def command_of(text: str) -> List[str]:
    """The command line of an adapter: a ready one by its name, a Python file, or any command."""
    if text in NAMES:
        return [sys.executable, "-m", "evident.adapters", text]
    if text.endswith(".py") and os.path.isfile(text):
        return [sys.executable, text]
    words = shlex.split(text)
    if not words:
        raise EvidentError("adapter: found nothing, wanted a name, a Python file or a command")
    return words


def require(text: str) -> None:
    """EvidentError unless there is such an adapter, before hours are spent on the others."""
    program = command_of(text)[0]
    if shutil.which(program) is None:
        raise EvidentError(f"adapter: found {one_line(program, 60)}, wanted a ready one "
                           f"({', '.join(NAMES)}), a Python file or a command")


def _environment() -> Dict[str, str]:
    """So that a ready adapter finds this package from any directory, installed or not."""
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    paths = [home] + [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def _shown(line: bytes) -> str:
    return one_line(line.decode("utf-8", "replace"), 80)


class Adapter:
    """One program under judgement. Use as a context manager."""

    def __init__(self, text: str, seconds: float = 60.0):
        self.text, self.command, self.seconds = text, command_of(text), seconds
        self.process: Optional["subprocess.Popen[bytes]"] = None
        self.said = tempfile.TemporaryFile()  # its standard error
        self.starts, self.took, self._rest = 0, 0.0, b""

    def __enter__(self) -> "Adapter":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()
        self.said.close()

    def conventions(self) -> Optional[Conventions]:
        """The card that it prints for --conventions; None if it has none."""
        try:
            done = subprocess.run(self.command + ["--conventions"], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  timeout=self.seconds, env=_environment())
        except (OSError, subprocess.TimeoutExpired):
            return None
        return read_conventions(done.stdout.decode("utf-8", "replace"))

    def ask(self, request: str, name: str) -> Dict[str, Any]:
        """Sends one line (without its newline), gives the answer: a result, or a document with
        "not-run" or "error"."""
        begun = time.monotonic()
        try:
            line = self._exchange(request.encode("utf-8") + b"\n", begun + self.seconds)
            document = json.loads(line.decode("utf-8"))
            if not isinstance(document, dict) or document.get("format") != FORMAT:
                raise EvidentError(f"answered something that is no {FORMAT}: {_shown(line)}")
            if document.get("case", name) != name:
                self.close()  # one answer too many or too few: nothing after it can be trusted
                raise EvidentError(f"answered for another case: {one_line(document['case'], 80)}")
            return document
        except (EvidentError, OSError) as error:
            return {"format": FORMAT, "case": name, "error": one_line(error)}
        except (ValueError, RecursionError):
            return {"format": FORMAT, "case": name,
                    "error": f"answered a line that is no JSON: {_shown(line)}"}
        finally:
            self.took = time.monotonic() - begun

    def close(self) -> None:
        """Closes its input, waits a little, then kills it and what it started."""
        process, self.process, self._rest = self.process, None, b""
        if process is None:
            return
        try:
            assert process.stdin is not None
            process.stdin.close()
        except OSError:
            pass
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            pass
        self._bury(process)

    def _bury(self, process: "subprocess.Popen[bytes]") -> None:
        """Kills what is left of it and closes the pipes."""
        self.process = None
        if process.poll() is None:
            try:
                os.killpg(process.pid, signal.SIGKILL)  # its own group: started as its leader
            except ProcessLookupError:
                pass
            process.wait()
        for pipe in (process.stdin, process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                pass

    def _start(self) -> "subprocess.Popen[bytes]":
        self.said.seek(0)
        self.said.truncate()
        try:
            process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=self.said, start_new_session=True,
                                       env=_environment())
        except OSError as error:
            raise EvidentError(f"cannot start {self.command[0]}: {error.strerror}")
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
        self.process, self._rest, self.starts = process, b"", self.starts + 1
        return process

    def _last_words(self) -> str:
        self.said.seek(0)
        lines = self.said.read().decode("utf-8", "replace").strip().splitlines()
        return f"; its last words: {one_line(lines[-1], 160)}" if lines else ""

    def _ended(self, process: "subprocess.Popen[bytes]") -> EvidentError:
        try:
            code: Optional[int] = process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            code = None
        self._bury(process)
        if code is None:
            return EvidentError("closed its output without an answer" + self._last_words())
        how = f"killed by signal {-code}" if code < 0 else f"ended with status {code}"
        return EvidentError(f"{how} without an answer{self._last_words()}")

    def _exchange(self, request: bytes, deadline: float) -> bytes:
        process = self.process
        if process is not None and process.poll() is not None:
            self._bury(process)
            process = None
        process = process or self._start()
        assert process.stdin is not None and process.stdout is not None
        sent, got = 0, bytearray(self._rest)
        self._rest = b""
        with selectors.DefaultSelector() as ready:
            ready.register(process.stdout, selectors.EVENT_READ)
            ready.register(process.stdin, selectors.EVENT_WRITE)
            while b"\n" not in got:
                left = deadline - time.monotonic()
                if left <= 0:
                    self._bury(process)
                    raise EvidentError(f"no answer within {self.seconds:g} s, killed")
                for key, _ in ready.select(left):
                    if key.fileobj is process.stdin:
                        try:
                            sent += os.write(process.stdin.fileno(), request[sent:sent + 65536])
                        except BrokenPipeError:
                            sent = len(request)
                        if sent == len(request):
                            ready.unregister(process.stdin)
                    else:
                        piece = os.read(process.stdout.fileno(), 1 << 16)
                        if not piece:
                            raise self._ended(process)
                        got += piece
                if len(got) > _MOST_ANSWER:
                    self._bury(process)
                    raise EvidentError(f"an answer of more than {_MOST_ANSWER} bytes, killed")
        line, _, rest = bytes(got).partition(b"\n")
        self._rest = rest
        return line
