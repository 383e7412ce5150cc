# SPDX-License-Identifier: MIT
"""The program `evident serve`, kept running: cases, proven results and verdicts, a line each."""
import atexit
import json
import os
import subprocess
from typing import Any, Dict, List, Optional, Union

from .errors import EvidentError, one_line
from .judge import find_evident

Document = Dict[str, Any]
Named = Union[str, Document]  # an address, a file, or a case as JSON has it


class Service:
    """One process `evident serve`. For one thread; `with Service() as judge:` ends it."""

    def __init__(self, evident: Optional[str] = None, digits: int = 17):
        command = [evident or find_evident(), "serve", "--digits", str(digits)]
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE,
                                             stdout=subprocess.PIPE)
        except OSError as error:
            raise EvidentError(f"{command[0]}: {error.strerror}")

    def ask(self, line: Union[str, Document]) -> Document:
        """The answer to one line. EvidentError if it is an error of the line."""
        text = line if isinstance(line, str) else json.dumps(line)
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(text.replace("\n", " ").encode("utf-8") + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except OSError:
            answer = b""
        if not answer.endswith(b"\n"):
            raise EvidentError(f"evident serve: ended with status {self._process.wait()}")
        got: Document = json.loads(answer)
        if got.get("error"):
            raise EvidentError(one_line(got["error"].partition(": ")[2] or got["error"]))
        return got

    def case(self, name: str) -> Document:
        """The document of a case."""
        return self.ask({"case": name, "want": "case"})

    def result(self, case: Named) -> Document:
        """What is proven of a case, an evident-result-1 document."""
        return self.ask({"case": case})

    def verdict(self, case: Named, answers: List[Document],
                conventions: Optional[Document] = None) -> Document:
        """What the judge says of answers to a case, an evident-verdict-1 document; answers[k] is
        to the case with its step halved k times."""
        line: Document = {"case": case, "answer": answers}
        if conventions is not None:
            line["conventions"] = conventions
        return self.ask(line)

    def close(self) -> None:
        """Ends it."""
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            try:
                stream.close()
            except OSError:
                pass
        self._process.wait()

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_shared: Dict[int, Service] = {}


def shared() -> Service:
    """The one of this process, started when it is first asked for."""
    here = os.getpid()
    if here not in _shared:
        _shared.clear()  # after a fork: that of the parent is not ours to talk to
        _shared[here] = Service()
        atexit.register(_shared[here].close)
    return _shared[here]
