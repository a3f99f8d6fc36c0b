"""Read every trap of the tables and compare the rows with what they should be.

timeline_traps.py PROGRAM WORK TABLE...

A line of a table is TRAP, KIND, INPUT, ROWS between tabs; "#" begins a comment.
KIND is the word for --kind, or "-".  INPUT is "FORM: TEXT", where FORM says what
is made around TEXT (see the functions form_*), with \\n, \\r, \\t, \\0, \\xHH, \\\\
for bytes that a table cannot hold.  ROWS are the rows it must give, all of them
and in order, each "event" or "quarantine" and the members that are looked at,
between " || ": "event status=200; bytes_read=-" where "-" is a member that must
not be there, and "~text" one that must hold the text.  "none": no row at all.

Shares no code with the program.  For every row the bytes it names are cut out
and hashed, and the bytes of all rows and the filler must be the whole input.
"""
import hashlib
import json
import os
import re
import subprocess
import sys

HEAD = {
    "storage": '"time":"2024-05-01T10:00:00.1234567Z","category":"StorageRead",'
               '"operationName":"GetBlob","protocol":"HTTPS"',
    "activity": '"time":"2024-05-01T10:00:00.1234567Z","category":"Write",'
                '"operationName":"MICROSOFT.STORAGE/STORAGEACCOUNTS/WRITE"',
    "lastorage": '"TimeGenerated":"2024-05-01T10:00:00.1234567Z",'
                 '"Type":"StorageBlobLogs","OperationName":"GetBlob",'
                 '"Protocol":"HTTPS"',
    "laactivity": '"TimeGenerated":"2024-05-01T10:00:00.1234567Z",'
                  '"Type":"AzureActivity","OperationNameValue":'
                  '"MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION"',
    "nta": '"TimeGenerated":"2024-05-01T11:00:00Z","Type":"NTANetAnalytics",'
           '"SubType":"FlowLog","FlowStartTime":"2024-05-01T10:00:00Z",'
           '"FlowEndTime":"2024-05-01T10:09:00Z","L4Protocol":"T"',
    "cl": '"TimeGenerated":"2024-05-01T11:00:00Z",'
          '"Type":"AzureNetworkAnalytics_CL","SubType_s":"FlowLog",'
          '"FlowStartTime_t":"2024-05-01T10:00:00Z",'
          '"FlowEndTime_t":"2024-05-01T10:09:00Z","L4Protocol_s":"T"',
}
FIELDS = {"1.0": 30, "2.0": 38}


def with_head(form, text):
    """The usual members and the trap's, which come last and replace them."""
    head = HEAD[form]
    for name in re.findall(r'(?:^|,)"(\w+)":', text):
        head = re.sub(rf',?"{name}":"[^"]*"', "", head, count=1).lstrip(",")
    return "{" + ",".join(part for part in (head, text) if part) + "}"


def form_nsg(text):
    """One NSG record of these tuples, separated by blanks."""
    return json.dumps({
        "time": "2024-08-19T18:00:06.8944384Z", "macAddress": "6045BDEC2532",
        "category": "NetworkSecurityGroupFlowEvent",
        "resourceId": "/SUBSCRIPTIONS/S1/RESOURCEGROUPS/R/PROVIDERS/"
                      "MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/N",
        "operationName": "NetworkSecurityGroupFlowEvents",
        "properties": {"Version": 2, "flows": [
            {"rule": "UserRule_a", "flows": [
                {"mac": "6045BDEC2532", "flowTuples": text.split()}]}]}})


def form_vnet(text):
    """One virtual network record of these tuples, separated by blanks."""
    return json.dumps({
        "flowLogVersion": 4, "macAddress": "6045BDEC2532",
        "category": "FlowLogFlowEvent", "flowLogResourceID": "/F",
        "targetResourceID": "/t", "operationName": "FlowLogFlowEvent",
        "flowRecords": {"flows": [{"aclID": "unspecified", "flowGroups": [
            {"rule": "PlatformRule", "flowTuples": text.split()}]}]},
        "time": "2024-08-19T18:00:06Z"})


def form_classic(text):
    """A classic line: VERSION, then N=FIELD for the fields that matter."""
    version, *given = text.split(" ")
    fields = ["" for _ in range(FIELDS[version])]
    fields[:6] = [version, "2014-06-19T22:59:23.1967767Z", "GetBlob",
                  "Success", "200", "17"]
    for one in given:
        number, field = one.split("=", 1)
        fields[int(number) - 1] = field.replace("_", " ")
    return ";".join(fields) + "\n"


def form_raw(text):
    """The text itself."""
    return text


def make(form, text):
    if form in HEAD:
        return with_head(form, text)
    return globals()["form_" + form](text)


def unescape(text):
    table = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\"}
    out = bytearray()
    at = 0
    while at < len(text):
        if text[at] != "\\":
            out += text[at].encode()
            at += 1
        elif text[at + 1] == "x":
            out.append(int(text[at + 2:at + 4], 16))
            at += 4
        elif text[at + 1] in table:
            out += table[text[at + 1]].encode()
            at += 2
        else:
            out += text[at:at + 2].encode()
            at += 2
    return bytes(out)


def load(paths):
    for path in paths:
        with open(path, encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                if line.startswith("#") or not line.strip():
                    continue
                columns = line.rstrip("\n").split("\t")
                assert len(columns) == 4, f"{path}:{number}: four columns"
                yield columns


def show(value):
    return ",".join(value) if isinstance(value, list) else str(value)


def check_row(row, want):
    kind, _, members = want.strip().partition(" ")
    if row["type"] != kind:
        return f"a {row['type']}, not a {kind}: {row.get('text', '')}"
    for member in filter(None, re.split(r"; (?=[a-z_0-9]+=)", members)):
        name, value = member.split("=", 1)
        value = unescape(value).decode()
        have = "-" if name not in row else show(row[name])
        if value.startswith("~") and value[1:] in have:
            continue
        if have != value:
            return f"{name} is {have!r}, not {value!r}"
    return None


def check_bytes(rows, content):
    """Every row's bytes hash right, and no byte is in two records."""
    spans = set()
    for row in rows:
        begin = row["record_offset"]
        end = begin + row["record_length"]
        if hashlib.sha256(content[begin:end]).hexdigest() != \
                row["record_sha256"]:
            return "the digest is not that of the bytes"
        spans.add((begin, end))
    order = sorted(spans)
    for before, after in zip(order, order[1:]):
        if before[1] > after[0]:
            return "two records share bytes"
    return None


def check(rows, want, content):
    wanted = [] if want == "none" else want.split(" || ")
    if len(rows) != len(wanted):
        return f"{len(rows)} rows, not {len(wanted)}: " + "; ".join(
            row["type"] + " " + row.get("text", "") for row in rows)
    for row, one in zip(rows, wanted):
        wrong = check_row(row, one)
        if wrong:
            return wrong
    return check_bytes(rows, content)


def parse(program, kind, paths):
    """Rows by file, and the summary."""
    command = [program, "parse"] + ([] if kind == "-" else ["--kind", kind])
    run = subprocess.run(command + paths, stdout=subprocess.PIPE, check=False)
    rows = {path: [] for path in paths}
    for line in run.stdout.decode().split("\n")[:-1]:
        row = json.loads(line)
        if row["type"] in ("event", "quarantine"):
            rows[row["member"]].append(row)
    assert row["type"] == "summary" and row["exit_code"] == run.returncode
    return rows, row


def main():
    program, work, *tables = sys.argv[1:]
    bad = 0
    traps = list(load(tables))
    by_kind = {}
    for number, (name, kind, given, want) in enumerate(traps):
        form, _, text = given.partition(": ")
        content = unescape(make(form, text))
        path = os.path.join(work, f"{number:04}")
        with open(path, "wb") as out:
            out.write(content)
        by_kind.setdefault(kind, []).append((path, name, want, content))
    for kind, cases in by_kind.items():
        rows, total = parse(program, kind, [case[0] for case in cases])
        for path, name, want, content in cases:
            wrong = check(rows[path], want, content)
            print("not ok" if wrong else "ok", "-", name)
            if wrong:
                bad = 1
                print("#", ascii(content.decode("utf-8", "replace")[:300]))
                print("#", ascii(wrong))
        wanted = sum(len(case[2].split(" || ")) for case in cases
                     if case[2] != "none")
        assert total["events"] + total["quarantined"] + \
            total["tuples_quarantined"] == wanted or bad, "rows out"
    assert len(traps) >= 120, "the tables lost traps"
    return bad


sys.exit(main())
