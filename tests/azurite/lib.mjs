// What the three programs of this folder share: options, keys from files, bounded concurrency.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";

/**
 * Parse "--name value" pairs into an object; ${known} maps each name to its default,
 * undefined for one that must be given, or [] for one that may be repeated.
 * Print the ${usage} and exit 2 on anything else.
 */
export function options(known, usage, argv = process.argv.slice(2)) {
  const given = structuredClone(known);
  for (let i = 0; i < argv.length; i += 2) {
    const name = argv[i].replace(/^--/, "");
    if (!argv[i].startsWith("--") || !(name in known) || i + 1 >= argv.length) stop(usage);
    if (Array.isArray(given[name])) given[name].push(argv[i + 1]);
    else given[name] = argv[i + 1];
  }
  for (const name of Object.keys(known)) if (given[name] === undefined) stop(usage);
  return given;
}

/** Say ${text} on stderr and exit with ${code}. */
export function stop(text, code = 2) {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

/** Start this program again with the certificate ${ca} trusted, which Node reads only at its start. */
export function trust(ca) {
  if (ca === "" || process.env.NODE_EXTRA_CA_CERTS === ca) return;
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: ca };
  const done = spawnSync(process.execPath, process.argv.slice(1), { env, stdio: "inherit" });
  process.exit(done.status ?? 1);
}

/** Return the account keys in the JSON file ${path}: {"name": "base64 key"}. */
export function loadKeys(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Return the service client of ${account} at the path-style ${endpoint}. */
export function service(endpoint, account, keys) {
  if (!(account in keys)) stop(`${account}: no key for it`, 1);
  const credential = new StorageSharedKeyCredential(account, keys[account]);
  const options = { retryOptions: { maxTries: 4, tryTimeoutInMs: 30_000 }, keepAliveOptions: { enable: true } };
  return new BlobServiceClient(`${endpoint.replace(/\/$/, "")}/${account}`, credential, options);
}

/** Run ${work} on every one of ${items}, at most ${limit} at once. */
export async function each(items, limit, work) {
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      await work(items[index], index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
}
