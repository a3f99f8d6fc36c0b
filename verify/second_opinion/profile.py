"""JSON as the format allows it, and documents as its schemas describe them."""
from __future__ import annotations

import datetime
import functools
import json
import os
import re
import urllib.parse
from typing import Any

LIMIT = 1 << 53
DEPTH, VALUES, MANY_VALUES = 16, 16384, 131072
MAX_STRING, MAX_ARRAY = 65536, 100000
SCHEMAS = os.path.join(os.path.dirname(os.path.realpath(__file__)),
                       "..", "..", "schemas")
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{7})Z")


class Invalid(Exception):
    """A document that a reader refuses."""


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise Invalid("a name stands twice in an object")
    return result


def integer(text: str) -> int:
    value = int(text)
    if text == "-0" or not -LIMIT <= value <= LIMIT:
        raise Invalid(f"the number {text[:30]}")
    return value


def refuse(text: str) -> None:
    raise Invalid(f"{text[:30]} is no integer")


DECODER = json.JSONDecoder(object_pairs_hook=unique, parse_int=integer,
                           parse_float=refuse, parse_constant=refuse)


def measure(value: Any, depth: int = 0) -> int:
    """How many values there are; refuses what is too deep, long, or odd."""
    if isinstance(value, str):
        check_text(value)
        return 1
    if not isinstance(value, (dict, list)):
        return 1
    if depth >= DEPTH:
        raise Invalid("too many levels")
    if isinstance(value, list):
        if len(value) > MAX_ARRAY:
            raise Invalid("an array is too long")
        return 1 + sum(measure(v, depth + 1) for v in value)
    for name in value:
        check_text(name)
    return 1 + sum(measure(v, depth + 1) for v in value.values())


def check_text(text: str) -> None:
    if "\0" in text:
        raise Invalid("U+0000 in a text")
    try:
        if len(text.encode()) > MAX_STRING:
            raise Invalid("a text is too long")
    except UnicodeEncodeError:
        raise Invalid("half a surrogate pair in a text") from None


def parse(data: bytes, kind: str) -> dict[str, Any]:
    """One document or line, its LF included."""
    prefix = b'{"format":"azcustody/%s/1"' % kind.encode()
    if not data.startswith(prefix + b","):
        raise Invalid("does not begin with its format")
    if not data.endswith(b"\n"):
        raise Invalid("does not end with LF")
    try:
        text = data.decode()
        value, end = DECODER.raw_decode(text)
    except UnicodeDecodeError:
        raise Invalid("is no UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise Invalid(f"is no JSON: {error}") from None
    if text[end:] != "\n":
        raise Invalid("something stands behind its value")
    if measure(value) > (MANY_VALUES if len(data) > 1 << 20 else VALUES):
        raise Invalid("too many values")
    validate(value, schema(kind))
    for name in value.get("critical", ()):
        if name not in schema(kind)["properties"]:
            raise Invalid(f"the critical member {name!r} is not known")
    return value


@functools.lru_cache(maxsize=None)
def schema(kind: str) -> dict[str, Any]:
    with open(os.path.join(SCHEMAS, f"{kind}.schema.json"), "rb") as file:
        return json.load(file)


TYPES = {"object": dict, "array": list, "string": str, "boolean": bool,
         "null": type(None), "integer": int}


def is_a(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and \
        (kind != "integer" or not isinstance(value, bool))


def validate(value: Any, rule: dict[str, Any], where: str = "") -> None:
    """The part of JSON Schema that our schemas use; any other word is an error."""
    for word, argument in rule.items():
        if not KEYWORDS[word](value, argument, rule, where):
            raise Invalid(f"{where or 'it'}: {word}")


def properties(value: Any, argument: dict, _rule: dict, where: str) -> bool:
    if isinstance(value, dict):
        for name, rule in argument.items():
            if name in value:
                validate(value[name], rule, f"{where}.{name}".lstrip("."))
    return True


def items(value: Any, argument: dict, _rule: dict, where: str) -> bool:
    if isinstance(value, list):
        for i, one in enumerate(value):
            validate(one, argument, f"{where}[{i}]")
    return True


def others(value: Any, argument: Any, rule: dict, where: str) -> bool:
    if isinstance(value, dict) and isinstance(argument, dict):
        for name in value.keys() - rule.get("properties", {}).keys():
            validate(value[name], argument, f"{where}.{name}")
    return argument is not False or not isinstance(value, dict) or \
        value.keys() <= rule.get("properties", {}).keys()


def any_of(value: Any, argument: list, _rule: dict, where: str) -> bool:
    for one in argument:
        try:
            validate(value, one, where)
            return True
        except Invalid:
            continue
    return False


def one_type(value: Any, argument: Any, _rule: dict, _where: str) -> bool:
    kinds = [argument] if isinstance(argument, str) else argument
    return any(is_a(value, k) for k in kinds)


def pattern(value: Any, argument: str, _rule: dict, _where: str) -> bool:
    if not isinstance(value, str):
        return True
    if value.endswith("\n") or not re.search(argument, value, re.ASCII):
        return False
    return "T[0-9]" not in argument or moment(value) is not None


def same(value: Any, argument: Any, _rule: dict, _where: str) -> bool:
    return value == argument and isinstance(value, bool) == \
        isinstance(argument, bool)


def nothing(*_: Any) -> bool:
    return True


KEYWORDS = {
    "$schema": nothing, "$id": nothing, "title": nothing, "description": nothing,
    "examples": nothing, "type": one_type, "properties": properties,
    "items": items, "anyOf": any_of, "pattern": pattern, "const": same,
    "additionalProperties": others,
    "propertyNames": lambda v, a, r, w: not isinstance(v, dict) or all(
        validate(n, a, w) is None for n in v),
    "enum": lambda v, a, r, w: any(same(v, x, r, w) for x in a),
    "required": lambda v, a, r, w: not isinstance(v, dict) or set(a) <= v.keys(),
    "minimum": lambda v, a, r, w: not isinstance(v, int) or v >= a,
    "maximum": lambda v, a, r, w: not isinstance(v, int) or v <= a,
    "maxLength": lambda v, a, r, w: not isinstance(v, str) or len(v) <= a,
    "minLength": lambda v, a, r, w: not isinstance(v, str) or len(v) >= a,
    "maxItems": lambda v, a, r, w: not isinstance(v, list) or len(v) <= a,
    "minItems": lambda v, a, r, w: not isinstance(v, list) or len(v) >= a,
}


def moment(text: str | None) -> datetime.datetime | None:
    """A time of the format as a point in time (to the microsecond)."""
    match = TIME.fullmatch(text or "")
    if not match:
        return None
    numbers = [int(g) for g in match.groups()]
    try:
        return datetime.datetime(*numbers[:6], numbers[6] // 10,
                                 tzinfo=datetime.timezone.utc)
    except ValueError:
        return None


def real_name(line: dict[str, Any]) -> bytes:
    """The bytes of a name, if its two spellings agree."""
    pct = line["name_pct"]
    raw = urllib.parse.unquote_to_bytes(pct)
    text = raw.decode("utf-8", "replace").replace("\0", "\ufffd")
    if not 1 <= len(raw) <= 4096 or \
            urllib.parse.quote(raw, safe="-._~/") != pct:
        raise Invalid("name_pct is not what its bytes give")
    if text != line["name"]:
        raise Invalid("name is not what the bytes of name_pct look like")
    return raw
