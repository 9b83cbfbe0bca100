"""YAML text in, values with line numbers out, and back.

The only module that knows PyYAML; only `scenario.file` uses it. The rules are those of the YAML 1.2 core schema, which
PyYAML's own loader does not follow: ``NO``, ``on`` and ``12:30`` are text, ``1e-3`` is a number, ``017`` is 17. What
makes a file hard to read or its lines hard to point at is refused: tags, anchors, aliases, merge keys, a key given
twice, several documents.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml

from simulation.errors import Refusal
from simulation.scenario.validation import Location, dotted, shown

Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BaseDumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

DEEPEST = 40
INSTEAD_OF_ALIASES = "values written out; extends and the defaults blocks save repeating"
LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
UNPRINTABLE = re.compile("[^\t\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
WORDS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".nan": math.nan, ".NaN": math.nan, ".NAN": math.nan,
} | {sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")}

NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...] = (
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+"), functools.partial(int, base=0)),
    (re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"), float),
)


@dataclass(frozen=True)
class Node:
    """A value with the file and line that it comes from.

    `value` is a dictionary of nodes, a list of nodes, or a scalar; the line is that of the key, or of the list's item.
    """

    value: Any
    file: str
    line: int

    def plain(self) -> Any:
        """The value without its marks."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def locate(self, location: Location) -> tuple[str, int]:
        """File and line of what lies at `location`, or of the innermost thing around it if nothing does."""
        node = self
        for key in location:
            try:
                node = node.value[key]
            except (KeyError, IndexError, TypeError):
                break
        return node.file, node.line


def scalar(text: str) -> Any:
    """The value of a plain scalar by the YAML 1.2 core schema. ValueError for more digits than Python reads."""
    if text in WORDS:
        return WORDS[text]
    return next((read(text) for form, read in NUMBERS if form.fullmatch(text)), text)


def parsed(text: str, file: str = "") -> Node | None:
    """The one document in `text`, or None if there is none. Raises `Refusal` with line and path."""
    lines = LINE_BREAK.split(text)
    for number, line in enumerate(lines, 1):
        if strange := UNPRINTABLE.search(line):
            raise Refusal("a character that no text should hold", found=repr(strange.group()), file=file, line=number)
    try:
        return _Reader(iter(yaml.parse(text, Loader=Parser)), file).document()
    except yaml.MarkedYAMLError as error:
        raise _unreadable(error, lines, file) from None


class _Reader:
    """Nodes from the parser's events."""

    def __init__(self, events: Iterator[yaml.Event], file: str) -> None:
        self.events = events
        self.file = file

    def document(self) -> Node | None:
        root = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self.refuse("more than one document", event, (), allowed="one document, without a second ---")
                root = self.node(next(self.events), ())
        return root

    def node(self, event: yaml.Event, path: Location, line: int = 0) -> Node:
        """The node that starts with `event`; `line` is that of its key, if it has one."""
        line = line or _line_of(event)
        self.refuse_extras(event, path)
        if len(path) > DEEPEST:
            self.refuse("nested too deeply", event, (), allowed=f"at most {DEEPEST} levels")
        if isinstance(event, yaml.MappingStartEvent):
            return Node(self.mapping(path), self.file, line)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(self.sequence(path), self.file, line)
        assert isinstance(event, yaml.ScalarEvent), "what is left of what can start a node"
        return Node(self.scalar(event, path), self.file, line)

    def mapping(self, path: Location) -> dict[str, Node]:
        nodes: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.key(event, path)
            if key in nodes:
                self.refuse(f"key given twice, first on line {nodes[key].line}", event, (*path, key))
            nodes[key] = self.node(next(self.events), (*path, key), _line_of(event))
        return nodes

    def sequence(self, path: Location) -> list[Node]:
        nodes: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            nodes.append(self.node(event, (*path, len(nodes))))
        return nodes

    def key(self, event: yaml.Event, path: Location) -> str:
        self.refuse_extras(event, path)
        if not isinstance(event, yaml.ScalarEvent):
            self.refuse("a key that is not text", event, path, "a mapping or a list", "text")
        key = self.scalar(event, path)
        if not isinstance(key, str):
            self.refuse("a key that is not text", event, path, event.value or "nothing", "text; put it in quotes")
        if key == "<<" and event.implicit[0]:
            self.refuse("a merge key", event, path, "<<", INSTEAD_OF_ALIASES)
        return key

    def scalar(self, event: yaml.ScalarEvent, path: Location) -> Any:
        if not event.implicit[0]:
            return event.value
        try:
            return scalar(event.value)
        except ValueError:
            self.refuse("a number with too many digits", event, path, shown(event.value))

    def refuse_extras(self, event: yaml.Event, path: Location) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.refuse("an alias", event, path, f"*{event.anchor}", INSTEAD_OF_ALIASES)
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor is not None:
            self.refuse("an anchor", event, path, f"&{anchor}", INSTEAD_OF_ALIASES)
        if tag is not None:
            self.refuse("a tag", event, path, tag, "values without tags")

    def refuse(self, problem: str, event: yaml.Event, path: Location, found: str = "", allowed: str = "") -> NoReturn:
        raise Refusal(problem, dotted(path), found, allowed, file=self.file, line=_line_of(event))


def _line_of(event: yaml.Event) -> int:
    """Line on which an event begins, from 1; 0 where the parser does not say."""
    return event.start_mark.line + 1 if event.start_mark is not None else 0


def _unreadable(error: yaml.MarkedYAMLError, lines: list[str], file: str) -> Refusal:
    """The parser's complaint in words of our own, which do not depend on which of PyYAML's two parsers made it."""
    context = error.context or ""
    began = error.context_mark.line if error.context_mark is not None else 0
    at = began if "simple key" in context or error.problem_mark is None else error.problem_mark.line
    line = lines[at] if at < len(lines) else ""
    if "\t" in line[:len(line) - len(line.lstrip())]:
        return Refusal("a tab in the indentation", allowed="spaces", file=file, line=at + 1)
    if "quoted scalar" in context and "end of stream" in (error.problem or ""):
        return Refusal("a quotation mark that is never closed", file=file, line=began + 1)
    if "while parsing a flow" in context:
        return Refusal("a bracket that is never closed, or a comma missing", file=file, line=began + 1)
    found = repr(line.strip()[:60]) if line.strip() else "the end of the file"
    return Refusal("not YAML", found=found, allowed=_hint(line), file=file, line=at + 1)


def _hint(line: str) -> str:
    """What usually mends a line that is not YAML."""
    if re.search(r":\s.*:(\s|$)", line):
        return "one ': ' in a line; text that holds another needs quotes"
    if re.search(r":\s+[@`%&*!|>?-]", line):
        return "text that starts with a special character needs quotes"
    return "lines 'key: value', those of one mapping indented alike"


def dumped(data: Any) -> str:
    """`data` as YAML that `parsed` reads back exactly; any other reader of YAML understands it in the same way.

    Keys whose value is None are left out, because a file says nothing by leaving a key out. Order is kept.
    """
    text = yaml.dump(_without_none(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100,
                     default_flow_style=False)
    return str(text)


def _without_none(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _without_none(value) for key, value in data.items() if value is not None}
    if isinstance(data, list | tuple):
        return [_without_none(value) for value in data]
    return data


class _Dumper(BaseDumper):  # type: ignore[misc, valid-type]
    """Quotes what YAML 1.1 readers would take for something else than text (NO, 12:30), and what 1.2 readers would."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


for _form in [form.pattern for form, _ in NUMBERS] + [re.escape(word) for word in WORDS]:
    _Dumper.add_implicit_resolver("tag:yaml.org,2002:core", re.compile(f"(?:{_form})$"), None)
