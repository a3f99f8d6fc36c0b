"""Records whose agents, object names, and identities are hostile strings, and their tests."""

from __future__ import annotations

import csv
import html
import html.parser
import io
import json
import os
import re
import sys

OWN = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", " =1", "\uff1d1", "a;=1", 'a",=1',
       "</script><script>console.log('azcustody-was-here')</script>",
       "<img src=x onerror=console.log('azcustody-was-here')>", "\" onmouseover=\"x", "'><b>",
       "javascript:alert(1)", "${1+1}", "`x`", "\u2028\u2029", "\u202eevil", "\x1b[31mred\x1b]0;t\x07",
       "\x9b31m", "\r\nSet-Cookie: a", "a\u0000b", "\ufeffx", "\u200b", "&lt;&amp;", "+ADw-script+AD4-"]


def strings(blns: str) -> list[str]:
    """Return the hostile strings, each once, that can stand in a JSON text."""
    with open(blns, encoding="utf-8") as file:
        text = file.read()
    found = OWN + (json.loads(text) if text else [])
    return list(dict.fromkeys(s for s in found if s))


def record(number: int, text: str) -> str:
    """Return a storage record that says ${text} where a client can."""
    return json.dumps({
        "time": f"2026-03-02T{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}.0000000Z",
        "resourceId": "/subscriptions/570b59fc-0ede-4ccc-a222-11085f66527e/resourceGroups/rg/providers/"
                      "Microsoft.Storage/storageAccounts/acct/blobServices/default",
        "category": "StorageRead", "operationName": "ListContainers" if number % 3 else "GetBlob",
        "operationVersion": "2021-12-02", "schemaVersion": "1.0", "statusCode": 200, "statusText": "Success",
        "durationMs": 5, "callerIpAddress": f"198.51.100.{number % 250 + 1}:4000",
        "correlationId": f"00000000-0000-4000-8000-{number:012d}",
        "identity": {"type": "OAuth", "tokenHash": "AB", "requester": {"upn": text, "objectId": "x"}},
        "location": "westeurope",
        "properties": {"accountName": "acct", "userAgentHeader": text, "clientRequestId": text,
                       "serviceType": "blob", "objectKey": f"/acct/box/{text}", "responseBodySize": 10},
        "uri": "https://acct.blob.core.windows.net:443/box/x", "protocol": "HTTPS",
        "resourceType": "Microsoft.Storage/storageAccounts/blobServices"}, ensure_ascii=number % 2 == 0)


ACCOUNT = ("/subscriptions/570b59fc-0ede-4ccc-a222-11085f66527e/resourceGroups/rg/providers/"
           "Microsoft.Storage/storageAccounts/acct")


def stamp(number: int) -> str:
    """Return a time of that day."""
    return f"2026-03-02T{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}"


def activity(number: int, text: str) -> str:
    """Return an activity that says ${text} where a caller can."""
    return json.dumps({
        "time": stamp(number) + ".0000000Z", "resourceId": ACCOUNT + "/x/" + text, "category": "Administrative",
        "operationName": "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION", "resultType": "Success",
        "resultSignature": "Succeeded.OK", "callerIpAddress": "198.51.100.7", "correlationId": text,
        "identity": {"claims": {"upn": text, "appid": text}, "authorization": {"evidence": {"role": text}}},
        "resultDescription": text, "properties": {"eventCategory": "Administrative", "statusCode": "OK"}})


def nsg(number: int, text: str) -> str:
    """Return a record of a flow log whose rule somebody named ${text}."""
    return json.dumps({
        "time": stamp(number) + ".0Z", "macAddress": "6045BDEC2532", "category": "NetworkSecurityGroupFlowEvent",
        "resourceId": "/NSG/" + text, "operationName": "NetworkSecurityGroupFlowEvents", "properties": {
            "Version": 2, "flows": [{"rule": text, "flows": [{"mac": "6045BDEC2532", "flowTuples": [
                f"{1772400000 + number},10.0.0.4,203.0.113.{number % 250},5000,443,T,O,A,E,1,2,3,4"]}]}]}})


def vnet(number: int, text: str) -> str:
    """Return a record of a virtual network flow log, likewise."""
    return json.dumps({
        "time": stamp(number) + ".0Z", "flowLogVersion": 4, "macAddress": "6045BDEC2532", "category": "FlowLogFlowEvent",
        "flowLogResourceID": "/FLOWLOG", "targetResourceID": "/net/" + text, "operationName": "FlowLogFlowEvent",
        "flowRecords": {"flows": [{"aclID": text, "flowGroups": [{"rule": text, "flowTuples": [
            f"{1772400000000 + number},10.0.0.4,203.0.113.{number % 250},5000,443,6,O,E,NX,1,2,3,4"]}]}]}})


def analytics(number: int, text: str) -> str:
    """Return a row of Traffic Analytics, likewise."""
    return json.dumps({
        "TimeGenerated": stamp(number) + "Z", "Type": "NTANetAnalytics", "SubType": "FlowLog", "FASchemaVersion": "3",
        "FlowStartTime": stamp(number) + "Z", "FlowEndTime": stamp(number) + "Z", "SrcIP": "10.0.0.4",
        "DestIP": f"203.0.113.{number % 250}", "DestPort": 443, "L4Protocol": "T", "FlowDirection": "Outbound",
        "FlowStatus": "Allowed", "MACAddress": "60-45-BD-EC-25-32", "NSGRule": text, "AclRule": text, "BytesSrcToDest": 2,
        "BytesDestToSrc": 4})


def classic(number: int, text: str) -> str:
    """Return a line of Storage Analytics whose agent, referrer, and object are ${text}."""
    safe = html.escape(text, quote=False).replace('"', "&quot;").replace(";", ";")
    return ";".join(["1.0", stamp(number) + ".0000000Z", "GetBlob", "AnonymousSuccess", "200", "17", "16", "anonymous", "",
                     "acct", "blob", '"https://acct.blob.core.windows.net/c/o"', '"/acct/c/o"',
                     f"00000000-0000-4000-8000-{number:012d}", "0", "198.51.100.9:4362", "2014-02-14", "283", "0", "354",
                     "23", "0", "", "", "", "", "", f'"{safe}"', f'"{safe}"', f'"{safe}"'])


def cells(rows: list[list[str]]) -> str:
    """Return a table."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def portal(found: list[str]) -> str:
    """Return the activity log as the portal exports it, with ${found} as callers and resources."""
    return cells([["Correlation id", "Operation name", "Status", "Event category", "Level", "Time", "Subscription",
                   "Event initiated by", "Resource type", "Resource group", "Resource"]]
                 + [[f"c{i}", "List Storage Account Keys", "Succeeded", "Administrative", "Informational",
                     stamp(i) + ".0Z", "s", t, "Microsoft.Storage/storageAccounts", t, ACCOUNT] for i, t in enumerate(found)])


def plain(found: list[str]) -> list[str]:
    """Return those that can stand in a classic line: no controls, and no blanks at the ends."""
    return [t for t in found if not any(ord(c) < 32 for c in t) and "\x7f" not in t]


# Folder of the logs, and what is written there: file, form, strings, source, and the fields that must have them.
FORMS = {
    "activity": ("insights-activity-logs", activity, lambda found: found, "activity", ("actor", "correlation_id", "role")),
    "nsg": ("insights-logs-networksecuritygroupflowevent", nsg, lambda found: found, "nsg-flow", ("rule",)),
    "vnet": ("insights-logs-flowlogflowevent", vnet, lambda found: found, "vnet-flow", ("rule", "acl")),
    "analytics": ("am-ntanetanalytics", analytics, lambda found: found, "traffic-analytics", ("rule",)),
    "classic": ("$logs", classic, plain, "storage-classic", ("user_agent", "referrer", "client_request_id")),
}


def put(folder: str, container: str, resource: str, content: str) -> None:
    """Write a blob of a log."""
    path = os.path.join(folder, "logs", container, "resourceId=" + resource, "y=2026/m=03/d=02/h=00/m=00")
    os.makedirs(path, exist_ok=True)
    with open(os.path.join(path, "PT1H.json"), "w", encoding="utf-8", newline="") as file:
        file.write(content)


def make(blns: str, folder: str) -> int:
    """Write the strings into every field that somebody under investigation can set, in every format."""
    found = strings(blns)
    put(folder, "insights-logs-storageread", "/x", "".join(record(i, t) + "\n" for i, t in enumerate(found)))
    for container, form, choose, _, _ in FORMS.values():
        put(folder, container, "/x", "".join(form(i, t) + "\n" for i, t in enumerate(choose(found))))
    put(folder, "portal", "/x", portal([t for t in found if "\0" not in t]))
    # Names of blobs and resources, which listings have in XML and the package in its catalogue.
    for number, text in enumerate(t for t in found[:80] if not any(c < " " or c in "/\x7f\ufffe\uffff" for c in t) and len(t.encode()) < 200):
        put(folder, "insights-logs-storagewrite", "/" + text, record(number, text) + "\n")
    with open(folder + ".list.csv", "w", encoding="utf-8", newline="") as file:
        file.write(cells([["ip", "name", "source"]] + [[f"198.51.100.{i % 250 + 1}", t, t] for i, t in enumerate(found)
                                                      if "\0" not in t and len(t.encode()) <= 512]))
    return 0


def check(blns: str, folder: str) -> int:
    """Every string is in every field it was written to, U+0000 shown as U+2400."""
    found, have = strings(blns), {}
    with open(os.path.join(folder, "data", "timeline.jsonl"), encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            for name, value in row.items():
                if isinstance(value, str):
                    have.setdefault((row["source"], name), set()).add(value)
    want = [("storage", f, found) for f in ("user_agent", "client_request_id", "actor")]
    want += [(source, f, choose(found)) for _, _, choose, source, fields in FORMS.values() for f in fields]
    bad = 0
    for source, name, texts in want:
        missing = [t for t in texts if t.replace("\0", "\u2400") not in have.get((source, name), ())]
        bad += len(missing)
        print(f"# {source} {name}: {len(texts)} texts, {len(missing)} missing", missing[:3])
    return 1 if bad or len(found) < len(OWN) else 0


class _Page(html.parser.HTMLParser):
    """Counts what a hostile string would have to make to act."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[dict] = []
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = dict(attrs)
        if tag == "script":
            self.scripts.append(given)
        if tag in ("img", "iframe", "object", "embed", "base", "form", "b", "link", "video", "audio"):
            self.bad.append(tag)
        self.bad += [name for name in given if name.startswith("on") or name in ("src", "srcset")]
        self.bad += [value for name, value in given.items() if name == "href" and not value.startswith("#")]


def check_html(path: str) -> int:
    """Only our two script elements, nothing that loads or handles, and a policy that forbids the rest."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    page = _Page()
    page.feed(text)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    print("#", page.scripts, page.bad[:5], policy and policy[1][:60])
    good = (page.scripts == [{"type": "application/json", "id": "data"}, {}] and not page.bad
            and policy is not None and policy[1].startswith("default-src 'none'"))
    return 0 if good else 1


def check_net(path: str) -> int:
    """The browser's net log names no host that the page asked for."""
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    urls = {u for u in re.findall(r'"url":"([^"]+)"', text) if not u.startswith("file:")}
    own = [u for u in urls if not re.search(r"google|gvt1|chromium|127\.0\.0\.1|localhost|^chrome|^data:", u)]
    print("#", sorted(own)[:5])
    return 1 if own else 0


if __name__ == "__main__":
    VERBS = {"--check": check, "--html": check_html, "--net": check_net}
    if sys.argv[1] in VERBS:
        sys.exit(VERBS[sys.argv[1]](*sys.argv[2:]))
    sys.exit(make(*sys.argv[1:]))
