"""Records whose agents, object names, and identities are hostile strings, and their tests."""

from __future__ import annotations

import html.parser
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


def make(blns: str, folder: str) -> int:
    """Write the records, a day before with nothing special and then the strings."""
    path = os.path.join(folder, "logs/insights-logs-storageread/resourceId=/x/y=2026/m=03/d=02/h=00/m=00")
    os.makedirs(path)
    with open(os.path.join(path, "PT1H.json"), "w", encoding="utf-8", newline="\n") as file:
        for number, text in enumerate(strings(blns)):
            file.write(record(number, text) + "\n")
    return 0


def check(blns: str, folder: str) -> int:
    """Every string is an agent of the JSON Lines, U+0000 shown as U+2400."""
    with open(os.path.join(folder, "data", "timeline.jsonl"), encoding="utf-8") as file:
        have = {json.loads(line).get("user_agent") for line in file}
    missing = [s for s in strings(blns) if s.replace("\0", "\u2400") not in have]
    print(f"# {len(have)} agents, {len(missing)} missing", missing[:3])
    return 1 if missing or len(have) < len(OWN) else 0


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
