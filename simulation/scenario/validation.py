"""From pydantic's complaints to the one line that a user reads.

Called by `scenario` (values replaced from Python or the command line) and `scenario.file` (values read from YAML); the
latter says where a value came from through the `locate` callback.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from simulation.errors import Refusal

Location = tuple[str | int, ...]
Locate = Callable[[Location], tuple[str, int]]

CODE_WORDS = "a letter, then letters, digits, _ or -, at most 24 in all"
NOUNS = {float: "a number", int: "a whole number", bool: "true or false", str: "text", list: "a list"}
SWITCH_WORDS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
PROBLEMS = {
    "missing": "missing", "finite_number": "not a finite number", "literal_error": "unknown value",
    "greater_than": "out of range", "greater_than_equal": "out of range",
    "less_than": "out of range", "less_than_equal": "out of range",
    "string_pattern_mismatch": "not a code", "string_too_long": "not a code",
    "too_short": "empty", "invalid_key": "a key that is not text",
}


class Spot(NamedTuple):
    """What the records say about a place in a scenario: its path, type and limits, and the record that it lies in."""

    path: Location
    annotation: Any
    metadata: tuple[Any, ...]
    holder: type[BaseModel] | None

    def field(self, name: str) -> FieldInfo:
        """The field of this name in the record that holds it. Raises KeyError if there is none."""
        if self.holder is None:
            raise KeyError(name)
        return self.holder.model_fields[name]


def validated[R: BaseModel](record: type[R], data: Any, origin: Mapping[str, Any] | None = None,
                            locate: Locate | None = None) -> R:
    """`data` as a record; raises `Refusal` with the first problem, unknown keys before all others.

    Parameters
    ----------
    origin : replaced paths, to name the path as the user wrote it (with its wildcard) where a replacement is at fault.
    locate : gives file and line of a location; without it the refusal names none.
    """
    try:
        return record.model_validate(data)
    except Refusal as incoherence:
        raise placed(incoherence, tuple(incoherence.path.split(".")), origin, locate) from None
    except ValidationError as error:
        path, refusal = problems(record, data, error)[0]
        raise placed(refusal, path, origin, locate) from None


def placed(refusal: Refusal, path: Location, origin: Mapping[str, Any] | None = None,
           locate: Locate | None = None) -> Refusal:
    """The refusal with its path as the user wrote it, and with file and line where they are known."""
    refusal.path = _as_written(path, origin or {})
    if locate is not None:
        refusal.file, refusal.line = locate(path)
    return refusal


def problems(record: type[BaseModel], data: Any, error: ValidationError) -> list[tuple[Location, Refusal]]:
    """All problems with their locations, unknown keys first: a misspelt key is the cause of the missing one."""
    found = []
    for item in error.errors(include_url=False):
        spot = spot_at(record, item["loc"], data)
        if spot is not None:
            key = item.get("ctx", {}).get("key") if item["type"] == "incoherent" else None
            path = (*spot.path, key) if key else spot.path
            found.append((item["type"] != "extra_forbidden", path, _refusal(record, spot, dict(item))))
    return [(path, refusal) for _, path, refusal in sorted(found, key=lambda entry: entry[0])]


def _refusal(record: type[BaseModel], spot: Spot, error: dict[str, Any]) -> Refusal:
    """One complaint of pydantic's in plain words; its path is filled in by `placed`."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    noun, allowed = noun_of(spot.annotation), allowed_at(spot)
    if kind == "extra_forbidden":
        return unknown_key(str(spot.path[-1]), spot.holder.model_fields if spot.holder else (), record, spot.holder)
    if kind == "missing":
        return Refusal("missing", allowed=allowed)
    if kind == "incoherent":
        return Refusal(error["msg"], found=context["found"], allowed=context["allowed"])
    if kind == "string_type" and error["loc"][-1] == "[key]":
        kind = "invalid_key"
    if kind in ("invalid_key", "string_pattern_mismatch", "string_too_long"):
        allowed = CODE_WORDS
    if kind == "too_short":
        least = context.get("min_length", 1)
        return Refusal("empty" if not value else "too few", found=shown(value) if value else "",
                       allowed="at least one" if least == 1 else f"at least {least}")
    if value is None and kind != "invalid_key":
        return Refusal(f"null where {noun} is needed", allowed=allowed)
    if kind not in PROBLEMS and allowed == noun:
        allowed = ""
    return Refusal(PROBLEMS.get(kind, f"not {noun}"), found=shown(value), allowed=allowed,
                   suggestion=_meant(value, spot.annotation))


def unknown_key(key: str, here: Iterable[str], record: type[BaseModel],
                holder: type[BaseModel] | None = None) -> Refusal:
    """An unknown key with what was meant: the same key deeper down, a similar one here, or the same one elsewhere.

    `here` are the keys allowed beside it, `holder` is the record that it stands in, `record` the outermost one.
    """
    here = list(here)
    suggestion = (holder and _path_to(key, holder)) or nearest(key, here) or _path_to(key, record)
    return Refusal("unknown key", allowed=listed(here, len(here)), suggestion=suggestion)


def _path_to(key: str, record: type[BaseModel]) -> str:
    return next((path for path in paths_of(record) if path.split(".")[-1] == key), "")


def _meant(value: Any, annotation: Any) -> str:
    """What a text was probably meant to be: a name from the list, a switch, or nothing that is known."""
    if not isinstance(value, str):
        return ""
    if bool in _arms(annotation):
        return SWITCH_WORDS.get(value.lower(), nearest(value, ("true", "false")))
    names = [str(name) for arm in _arms(annotation) if get_origin(arm) is Literal for name in get_args(arm)]
    return nearest(value, names)


def _as_written(path: Location, origin: Mapping[str, Any]) -> str:
    """The dotted path; where it lies under a replaced path, with that path's own wildcards."""
    for pattern in reversed(list(origin)):
        keys = pattern.split(".")
        forms = [keys]
        if keys[:2] == ["weak_states", "*"]:
            forms.append(["population", *keys[2:]])
        for form in forms:
            if len(path) >= len(form) and all(key in ("*", str(name)) for key, name in zip(form, path, strict=False)):
                return dotted((*keys, *path[len(form):]))
    return dotted(path)


# ---- words -----------------------------------------------------------------------------------------------------------


def dotted(path: Iterable[str | int]) -> str:
    """Keys joined by dots; a key with blanks or unprintable characters is shown in quotes."""
    keys = [str(key) for key in path]
    return ".".join(key if key.isprintable() and " " not in key else repr(key) for key in keys)


def nearest(word: str, words: Iterable[str]) -> str:
    """The allowed spelling nearest to `word`, or an empty string if none is near."""
    by_folded = {candidate.casefold(): candidate for candidate in words}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else ""


def listed(words: Iterable[str], most: int = 12) -> str:
    """Words for a message: at most `most` of them, then how many were left out."""
    words = list(words)
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def shown(value: Any) -> str:
    """A value as a user would recognise it: `null` for None, true and false for booleans, long texts cut."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return f"a mapping ({listed(map(str, value), 3)})" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, int) and abs(value) >= 10**50:
        return "a whole number of more than 50 digits"
    text = repr(value) if isinstance(value, str) else str(value)
    if not isinstance(value, str | int | float):
        text += f" ({type(value).__name__})"
    return text if len(text) <= 60 else text[:57] + "..."


def allowed_range(metadata: Iterable[Any]) -> str:
    """The range in a field's metadata in words, such as "0 to 1" or "above 0, at most 1"; empty if it has none."""
    metadata = tuple(metadata)
    limits = {name: _plain(getattr(item, name)) for name in ("ge", "gt", "le", "lt") for item in metadata
              if getattr(item, name, None) is not None}
    if "ge" in limits and "le" in limits:
        return f"{limits['ge']} to {limits['le']}"
    words = {"ge": "{} or more", "gt": "above {}", "le": "at most {}", "lt": "below {}"}
    return ", ".join(words[name].format(limit) for name, limit in limits.items())


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def noun_of(annotation: Any) -> str:
    """What a value of this type is called: "a number", "true or false", "a mapping"."""
    return " or ".join("a distribution" if len(_arms(annotation)) > 1 and _is_record(arm) else NOUNS.get(
        get_origin(arm) or arm, "one of the names" if get_origin(arm) is Literal else "a mapping")
        for arm in _arms(annotation))


def allowed_at(spot: Spot) -> str:
    """What may stand at a place, in words: a range, the names, or the keys."""
    if any(getattr(item, "pattern", None) for item in spot.metadata):
        return CODE_WORDS
    return allowed_range(spot.metadata) or " or ".join(_allowed_as(arm) for arm in _arms(spot.annotation))


def _allowed_as(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return listed(str(name) for name in get_args(annotation))
    if get_origin(annotation) is dict:
        return "codes with their values" if _is_record(get_args(annotation)[1]) else "a mapping"
    if _is_record(annotation):
        return f"a mapping with keys {listed(annotation.model_fields, len(annotation.model_fields))}"
    return noun_of(annotation)


# ---- walking through the records -------------------------------------------------------------------------------------


def spot_at(record: type[BaseModel], location: Location, data: Any = None) -> Spot | None:
    """What the records say about `location`, in which pydantic names the arms of unions.

    None if the location lies in an arm that is not the one which `data` was meant for: a mapping where a number or a
    distribution may stand is a distribution gone wrong, anything else a number gone wrong.
    """
    spot = Spot((), record, (), None)
    for key in location:
        arms = _arms(spot.annotation)
        if len(arms) > 1 and any(_names(key, arm) for arm in arms):
            arm = next(arm for arm in arms if _is_record(arm) == isinstance(data, Mapping))
            if not _names(key, arm):
                return None
            spot = spot._replace(annotation=arm if key != location[-1] else spot.annotation)
        elif key == "[key]":
            spot = spot._replace(annotation=str, metadata=())
        else:
            spot = _step(spot, key)
            data = _under(data, key)
    return spot


def walked(record: type[BaseModel], path: Location) -> Spot:
    """What the records say about a path as a user writes it, without names of arms."""
    spot = Spot((), record, (), None)
    for key in path:
        spot = _step(spot, key)
    return spot


def _names(key: str | int, arm: type) -> bool:
    """Whether pydantic means this arm; one with a validator is called ``function-after[check(), Name]``."""
    return str(key) == arm.__name__ or str(key).endswith(f", {arm.__name__}]")


def _step(spot: Spot, key: str | int) -> Spot:
    path = (*spot.path, key)
    for arm in _arms(spot.annotation):
        if _is_record(arm):
            field = arm.model_fields.get(str(key))
            if field is None:
                return Spot(path, None, (), arm)
            return Spot(path, field.annotation, tuple(field.metadata), arm)
        if get_origin(arm) in (dict, list):
            annotation, metadata = get_args(arm)[-1], ()
            if get_origin(annotation) is Annotated:
                annotation, *extra = get_args(annotation)
                # the limits of `Field` lie inside it, those of `StringConstraints` on it
                metadata = tuple(part for item in extra for part in getattr(item, "metadata", [item]))
            return Spot(path, annotation, metadata, None)
    return Spot(path, None, (), None)


def _under(data: Any, key: str | int) -> Any:
    try:
        return data[key]
    except (KeyError, IndexError, TypeError):
        return None


def paths_of(record: type[BaseModel], under: str = "") -> Iterator[str]:
    """Dotted paths of all fields of a record, those of inner records after it, with `*` for codes."""
    for name, field in record.model_fields.items():
        yield under + name
        for arm in _arms(field.annotation):
            if _is_record(arm):
                yield from paths_of(arm, f"{under}{name}.")
            elif get_origin(arm) is dict and _is_record(get_args(arm)[1]):
                yield from paths_of(get_args(arm)[1], f"{under}{name}.*.")


def _arms(annotation: Any) -> list[Any]:
    """The types that a value may have, None left out."""
    if get_origin(annotation) in (Union, UnionType):
        return [arm for arm in get_args(annotation) if arm is not NoneType]
    return [annotation]


def _is_record(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
