"""The schemas, the examples and our own parsers agree.

usage: schemas.py DOCUMENT-TOOL SCHEMAS-FOLDER

For each schema: its example is valid under it and parsed by our own parser,
which formats it again to the same bytes.  Then the example is changed at every
place in every way that the schema speaks about (a member removed, of another
type, null, unknown), and the parser must refuse exactly what the schema does.
The parser knows rules that no schema can say, so a few changes that the schema
allows are refused all the same: those are named here, and no others.
"""

import copy
import json
import pathlib
import re
import subprocess
import sys

# Places where the parser is stricter than a schema can be, and why.
STRICTER = {
    ("case", "scope.accounts"): "an own scope is that of one of them",
    ("gap", "name"): "an object has a name",
    ("gap", "name_pct"): "an object has a name",
    ("gap", "source"): "an object has a source",
    ("sources", "credentials.0.sas"): "a SAS has its parameters",
    ("trust", "signers.0.public"): "an Ed25519 signer has its key",
    ("trust", "signers.1.certificate_sha256"): "a CMS signer has its digest",
    ("custody", "archive"): "entry 1 pins the archive",
    ("seal", "counts.gaps"): "counts add up",
    ("seal", "counts.gaps.gone"): "counts add up",
    ("seal", "counts.gaps.elsewhere"): "counts add up",
    ("seal", "group.id"): "a group has the name of its first package",
    ("object", "block_list.sha256"): "a list has a digest",
    ("request", "crc64"): "a digest stands with its check",
    ("request", "digest_check"): "a digest stands with its check",
    ("request", "range.1"): "a range does not end before it begins",
}


class Unknown(Exception):
    """The schema uses a word that this checker does not know."""


def is_type(value, name):
    """Return whether VALUE is of the JSON type NAME."""
    return {
        "string": isinstance(value, str),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "boolean": isinstance(value, bool),
        "null": value is None,
        "object": isinstance(value, dict),
        "array": isinstance(value, list),
    }[name]


def valid(value, schema):
    """Return whether VALUE is valid under SCHEMA, of the words we use."""
    known = {
        "$schema", "$id", "title", "description", "type", "properties",
        "required", "items", "anyOf", "enum", "const", "pattern", "minimum",
        "maximum", "minItems", "maxItems", "maxLength", "additionalProperties",
    }
    if set(schema) - known:
        raise Unknown(set(schema) - known)
    if "anyOf" in schema and not any(valid(value, s) for s in schema["anyOf"]):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if "const" in schema and value != schema["const"]:
        return False
    if "type" in schema and not is_type(value, schema["type"]):
        return False
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            return False
        return len(value) <= schema.get("maxLength", len(value))
    if is_type(value, "integer"):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        return low <= value <= high
    if isinstance(value, list):
        low = schema.get("minItems", 0)
        high = schema.get("maxItems", len(value))
        items = schema.get("items", {})
        return low <= len(value) <= high and all(valid(v, items) for v in value)
    if isinstance(value, dict):
        names = schema.get("properties", {})
        if any(name not in value for name in schema.get("required", [])):
            return False
        if schema.get("additionalProperties") is False and set(value) - set(names):
            return False
        return all(valid(v, names[k]) for k, v in value.items() if k in names)
    return True


def places(value, path=()):
    """Yield the path of every member and element below VALUE."""
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    else:
        return
    for key, inner in pairs:
        yield path + (key,)
        yield from places(inner, path + (key,))


def changed(document, path, change):
    """Return a copy of DOCUMENT in which CHANGE was made at PATH."""
    copied = copy.deepcopy(document)
    parent = copied
    for key in path[:-1]:
        parent = parent[key]
    change(parent, path[-1])
    return copied


def put(value):
    """Return a change that puts VALUE."""
    def change(parent, key):
        parent[key] = value
    return change


def remove(parent, key):
    """A change that removes a member or element."""
    del parent[key]


CHANGES = [("removed", remove)] + [
    (f"as {json.dumps(v)}", put(v))
    for v in (None, True, 7, -7, "", "x", [], {}, ["x"], {"x": 1}, 2**53 + 2)
]


def encode(document):
    """Return DOCUMENT as our emitter would write it."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def judge(tool, kind, lines):
    """Return what our own parser says about each of LINES."""
    done = subprocess.run(
        [tool, kind], input="\n".join(lines) + "\n", capture_output=True,
        text=True, check=True,
    )
    answers = done.stdout.splitlines()
    if len(answers) != len(lines):
        raise RuntimeError(f"{len(answers)} answers to {len(lines)} lines")
    return answers


def check_example(tool, kind, schema, text):
    """The example is valid, known to the last member, and formatted alike."""
    good = valid(json.loads(text), schema)
    answer = judge(tool, kind, [text.rstrip("\n")])[0]
    if not good or answer != "same":
        print(f"# schema says {good}, the parser says {answer}")
    return good and answer == "same"


def check_unknown(tool, kind, document):
    """An unknown member is reported; a critical one is refused."""
    extra = dict(document, zz_new=1)
    critical = dict(extra, critical=["zz_new"])
    have = judge(tool, kind, [encode(extra), encode(critical)])
    good = have[0] == "unknown zz_new" and have[1].startswith("refused")
    if not good:
        print(f"# {have}")
    return good


def check_changes(tool, kind, schema, document):
    """Every change is refused by both or by none.  Return how many differ."""
    cases = []
    for path in places(document):
        if path[0] in ("format", "facts"):
            continue
        for words, change in CHANGES:
            cases.append((path, words, changed(document, path, change)))
    answers = judge(tool, kind, [encode(c[2]) for c in cases])
    differ = 0
    for (path, words, case), answer in zip(cases, answers):
        place = ".".join(str(p) for p in path)
        wanted = valid(case, schema)
        accepted = not answer.startswith("refused")
        stricter = wanted and not accepted and explain(kind, path, words)
        if wanted != accepted and not stricter:
            differ += 1
            print(f"# {kind} {place} {words}: schema {wanted}, {answer}")
    print(f"# {kind}: {len(cases)} changes")
    return differ if len(cases) > 20 else -1


def explain(kind, path, words):
    """Why the parser may refuse what the schema allows, or None."""
    place = ".".join(str(p) for p in path)
    if (kind, place) in STRICTER:
        return STRICTER[kind, place]
    # A value of the right type that another member contradicts.
    if words in ('as 7', 'as ""', 'as "x"', "as []", "as 9007199254740994"):
        return "members depend on one another"
    if words == "removed" and isinstance(path[-1], int):
        return "members depend on one another"
    return None


def main():
    tool, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    failed = 0

    def report(sentence, good):
        nonlocal failed
        print(f"{'ok' if good else 'not ok'} - {sentence}")
        failed += not good

    schemas = sorted(folder.glob("*.schema.json"))
    examples = {path.stem for path in (folder / "examples").glob("*.json*")}
    named = {path.name.split(".")[0] for path in schemas}
    report("every schema has its example, and every example its schema",
           len(schemas) > 10 and named == examples)
    # What our parsers do not read, or only with its own digest; ajv does, in
    # schemas.sh and elsewhere.
    outside = {f"{name}.schema.json" for name in (
        "attack-layer", "case-bundle", "config", "collect-output", "findings",
        "parse-output", "state", "timeline-row", "undated-row",
        "verify-report")}
    schemas = [path for path in schemas if path.name not in outside]
    for path in schemas:
        kind = path.name.split(".")[0]
        schema = json.loads(path.read_text())
        text = (folder / "examples" / f"{kind}.json").read_text()
        document = json.loads(text)
        report(
            f"the example of {kind} is valid, parsed, and formatted alike",
            check_example(tool, kind, schema, text),
        )
        report(
            f"an unknown member of {kind} is reported, a critical one refused",
            check_unknown(tool, kind, document),
        )
        report(
            f"schema and parser of {kind} refuse the same changes",
            check_changes(tool, kind, schema, document) == 0,
        )
    return 1 if failed else 0


sys.exit(main())
