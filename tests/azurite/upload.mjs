// Uploads a scenario to a Blob service, block by block and append by append.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { each, loadKeys, options, service, stop, trust } from "./lib.mjs";

const USAGE = `usage: node upload.mjs --endpoint URL --keys FILE --manifest DIR/upload.jsonl
                       [--concurrency 12] [--ca FILE]
Creates the containers and uploads every blob of the manifest.  Exit 0: all are there.`;

/** Return the bytes of ${blob}, cut where its blocks begin. */
async function pieces(folder, blob) {
  const data = await readFile(join(folder, blob.file));
  if (data.length !== blob.length) throw new Error(`${blob.file}: ${data.length} bytes, not ${blob.length}`);
  return blob.cuts.map((first, i) => data.subarray(first, blob.cuts[i + 1] ?? data.length));
}

/** Upload ${parts} as the blocks of one block blob; the last commit makes it visible. */
async function putBlocks(client, parts) {
  const ids = parts.map((_, i) => Buffer.from(`block-${String(i).padStart(6, "0")}`).toString("base64"));
  for (let i = 0; i < parts.length; i++) await client.stageBlock(ids[i], parts[i], parts[i].length);
  await client.commitBlockList(ids, { blobHTTPHeaders: { blobContentType: "application/json" } });
}

/** Upload ${parts} as the appends of one append blob. */
async function putAppends(client, parts) {
  await client.create({ blobHTTPHeaders: { blobContentType: "application/json" } });
  for (const part of parts) if (part.length > 0) await client.appendBlock(part, part.length);
}

async function main() {
  const given = options({ endpoint: undefined, keys: undefined, manifest: undefined, concurrency: "12", ca: "" }, USAGE);
  trust(given.ca);
  const keys = loadKeys(given.keys);
  const blobs = (await readFile(given.manifest, "utf8")).split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const began = process.hrtime.bigint();
  const containers = new Map();
  for (const { account, container } of blobs) {
    const name = `${account}/${container}`;
    if (!containers.has(name)) containers.set(name, service(given.endpoint, account, keys).getContainerClient(container));
  }
  for (const client of containers.values()) await client.createIfNotExists();
  let size = 0;
  await each(blobs, Number(given.concurrency), async (blob) => {
    const client = containers.get(`${blob.account}/${blob.container}`);
    const parts = await pieces(dirname(given.manifest), blob);
    if (blob.type === "block") await putBlocks(client.getBlockBlobClient(blob.name), parts);
    else await putAppends(client.getAppendBlobClient(blob.name), parts);
    size += blob.length;
  });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  process.stdout.write(`${blobs.length} blobs, ${size} bytes, ${seconds.toFixed(1)} s\n`);
}

main().catch((e) => stop(`upload.mjs: ${e.statusCode ?? ""} ${e.code ?? ""} ${e.message.split("\n")[0]}`, 1));
