// Downloads containers byte for byte: the second client that a collector is compared with.

import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { each, loadKeys, options, service, stop, trust } from "./lib.mjs";

const USAGE = `usage: node download.mjs --endpoint URL --keys FILE --account NAME --out DIR
                         [--container NAME]... [--concurrency 8] [--ca FILE]
Writes DIR/000000.bin ... and DIR/index.jsonl (account, container, name, type, length,
sha256, etag, file); without --container, every container of the account.`;

async function main() {
  const given = options({ endpoint: undefined, keys: undefined, account: undefined, out: undefined,
    container: [], concurrency: "8", ca: "" }, USAGE);
  trust(given.ca);
  const client = service(given.endpoint, given.account, loadKeys(given.keys));
  const names = given.container;
  if (names.length === 0) for await (const found of client.listContainers()) names.push(found.name);
  const items = [];
  for (const container of names.sort()) {
    for await (const blob of client.getContainerClient(container).listBlobsFlat()) items.push({ container, blob });
  }
  await mkdir(given.out, { recursive: true });
  const rows = new Array(items.length);
  await each(items, Number(given.concurrency), async ({ container, blob }, index) => {
    const data = await client.getContainerClient(container).getBlobClient(blob.name).downloadToBuffer();
    const file = `${String(index).padStart(6, "0")}.bin`;
    await writeFile(join(given.out, file), data, { mode: 0o600 });
    rows[index] = { account: given.account, container, name: blob.name, type: blob.properties.blobType,
      length: data.length, sha256: createHash("sha256").update(data).digest("hex"),
      etag: blob.properties.etag, file };
  });
  await writeFile(join(given.out, "index.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const total = rows.reduce((sum, row) => sum + row.length, 0);
  process.stdout.write(`${rows.length} blobs, ${total} bytes\n`);
}

main().catch((e) => stop(`download.mjs: ${e.statusCode ?? ""} ${e.code ?? ""} ${e.message.split("\n")[0]}`, 1));
