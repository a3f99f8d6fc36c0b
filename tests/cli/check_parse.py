"""Check the output of `azcustody-timeline parse` against the file it read.

check_parse.py FILE OUTPUT EVENTS QUARANTINED EXIT_CODE

Shares no code with the program: the events in the file are counted here from
its JSON, the records are cut out by offset and length and hashed, and what the
summary says must add up to the file's size.
"""
import hashlib
import json
import re
import sys


def count_tuples(record):
    """Events of a record: its flow tuples, or one."""
    if "flowRecords" in record:
        groups = [g for f in record["flowRecords"]["flows"]
                  for g in f["flowGroups"]]
        return sum(len(g["flowTuples"]) for g in groups)
    flows = record.get("properties", {}).get("flows")
    if flows is not None:
        return sum(len(card["flowTuples"]) for rule in flows
                   for card in rule["flows"])
    return 1


def count_events(text):
    """Events of a file, by its own framing."""
    if re.match(r"[12]\.0;", text):
        return len(text.splitlines())
    try:
        whole = json.loads(text)
    except ValueError:
        return sum(count_tuples(json.loads(line))
                   for line in text.splitlines() if line.strip())
    if isinstance(whole, dict) and "records" in whole:
        whole = whole["records"]
    if isinstance(whole, dict):
        whole = [whole]
    return sum(count_tuples(record) for record in whole)


def main():
    path, output, events, quarantined, code = sys.argv[1:]
    with open(path, "rb") as stream:
        content = stream.read()
    with open(output, encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    summary = rows.pop()
    assert summary["type"] == "summary", "the last line is the summary"
    assert all(row["unverified"] is True for row in rows + [summary])
    assert count_events(content.decode()) == int(events), "the table is wrong"
    files = [row for row in rows if row["type"] == "file"]
    rows = [row for row in rows if row["type"] != "file"]
    assert [row["member"] for row in files] == [path]
    for name in ("bytes", "records", "events", "quarantined", "filler_bytes"):
        assert files[0][name] == summary[name], name
    kinds = [row["type"] for row in rows]
    assert kinds.count("event") == int(events) == summary["events"]
    assert kinds.count("quarantine") == int(quarantined)
    assert summary["exit_code"] == int(code)
    spans = set()
    for row in rows:
        begin = row["record_offset"]
        end = begin + row["record_length"]
        digest = hashlib.sha256(content[begin:end]).hexdigest()
        assert digest == row["record_sha256"], row
        assert "reason" not in row or row["text"], "a reason has words"
        spans.add((begin, end))
    covered = sorted(spans)
    for before, after in zip(covered, covered[1:]):
        assert before[1] <= after[0], "spans overlap"
    rest = len(content) - sum(end - begin for begin, end in covered)
    assert rest == summary["filler_bytes"], "bytes are missing"
    assert summary["bytes"] == len(content)
    assert len({row["event_id"] for row in rows if "event_id" in row}) == \
        int(events), "event ids are unique"


if __name__ == "__main__":
    main()
