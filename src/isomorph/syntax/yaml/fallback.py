"""PyYAML's parser in Python, for installations without libyaml: the same events, some thirty times slower."""

import re
from typing import Any

from yaml.error import MarkedYAMLError
from yaml.events import ScalarEvent
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

_HALF = re.compile("[\ud800-\udfff]")


class PythonParser(Reader, Scanner, Parser):
    """Events of a text; refuses what libyaml refuses and PyYAML lets pass."""

    def __init__(self, stream: str) -> None:
        stream.encode()  # Raises UnicodeEncodeError for half a character, as the parser in C does.
        Reader.__init__(self, stream)
        Scanner.__init__(self)
        Parser.__init__(self)

    def get_event(self) -> Any:
        event: Any = Parser.get_event(self)  # type: ignore[no-untyped-call]
        if isinstance(event, ScalarEvent) and _HALF.search(event.value):
            mark: Any = event.start_mark
            raise MarkedYAMLError(problem="found invalid Unicode character escape code", problem_mark=mark)
        return event
