#!/bin/sh
# Goal of this test: a case of a million records has a row for every record, and
# each row is bytes of the package; the memory stays within what is promised.
# RECORDS makes it smaller.
. tests/lib.sh
. tests/timeline_lib.sh
RECORDS=${RECORDS:-1000000}

/usr/bin/python3 - "$T/files" "$RECORDS" <<'MAKE'
import json
import os
import sys
folder, records = sys.argv[1], int(sys.argv[2])
ACCOUNT = ("/subscriptions/570b59fc-0ede-4ccc-a222-11085f66527e/resourceGroups/rg/providers/"
           "Microsoft.Storage/storageAccounts/acct/blobServices/default")
EACH = 10000
for first in range(0, records, EACH):
    hour = first // EACH
    path = os.path.join(folder, "logs/insights-logs-storageread", "resourceId=" + ACCOUNT,
                        f"y=2026/m=03/d={1 + hour // 24:02d}/h={hour % 24:02d}/m=00")
    os.makedirs(path)
    with open(os.path.join(path, "PT1H.json"), "w", encoding="utf-8") as file:
        for n in range(first, min(first + EACH, records)):
            tick = (n - first) * 3600 * 10**7 // EACH
            second = tick // 10**7
            file.write(json.dumps({
                "time": f"2026-03-{1 + hour // 24:02d}T{hour % 24:02d}:{second // 60:02d}:{second % 60:02d}.{tick % 10**7:07d}Z",
                "resourceId": ACCOUNT, "category": "StorageRead", "operationName": "GetBlob",
                "operationVersion": "2021-12-02", "schemaVersion": "1.0", "statusCode": 200, "statusText": "Success",
                "durationMs": n % 90, "callerIpAddress": f"198.51.100.{n % 250}:{1024 + n % 60000}",
                "correlationId": f"00000000-0000-4000-8000-{n:012d}",
                "identity": {"type": "AccountKey", "tokenHash": "key1(" + "A" * 64 + ")"}, "location": "westeurope",
                "properties": {"accountName": "acct", "userAgentHeader": f"agent/{n % 7}", "serviceType": "blob",
                               "objectKey": f"/acct/box/{n}", "responseBodySize": n},
                "uri": f"https://acct.blob.core.windows.net:443/box/{n}", "protocol": "HTTPS",
                "resourceType": "Microsoft.Storage/storageAccounts/blobServices"}) + "\n")
MAKE
ok "records are sealed" seal many "$T/files"
timed_build()
{
	/usr/bin/python3 - "$TIMELINE" build "$(package many)" --out "$T/out" \
	    --trust "$T/signer.pub" <<'TIME'
import resource
import subprocess
import sys
import time
begin = time.monotonic()
code = subprocess.run(sys.argv[1:], check=False).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"# built in {time.monotonic() - begin:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor, "
      f"{used.ru_maxrss // 1024} MiB at most", file=sys.stderr)
sys.exit(code or (1 if used.ru_maxrss > 512 * 1024 else 0))
TIME
}
exits 0 "a timeline is built in 512 MiB" timed_build
sed -n '/^#/p' "$T/.err"
ok "it has a row for each record" test "$(wc -l <"$T/out/data/timeline.jsonl")" -eq "$RECORDS"
mkdir "$T/bag"
ok "tar unpacks the package" tar -C "$T/bag" --zstd -xf "$(package many)"
ok "every row is bytes of the package, by Python's own digests" \
    $LIB resolve "$T/out" "$T/bag" 1
rm -rf "$T/bag" "$T/files"
ok "and by azcustody-verify" "$B/azcustody-verify" timeline "$T/out" \
    --package "$(package many)" --trust "$T/signer.pub"
