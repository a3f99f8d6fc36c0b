// Makes a SAS and writes it, without its "?", into a file that only the user can read.

import { chmodSync, writeFileSync } from "node:fs";
import { AccountSASPermissions, AccountSASResourceTypes, AccountSASServices, BlobSASPermissions, ContainerSASPermissions,
  SASProtocol, StorageSharedKeyCredential, generateAccountSASQueryParameters,
  generateBlobSASQueryParameters } from "@azure/storage-blob";
import { loadKeys, options, stop } from "./lib.mjs";

const USAGE = `usage: node sas.mjs --keys FILE --account NAME --out FILE [--container NAME [--blob NAME]]
                    [--permissions rl] [--minutes 60] [--protocol https,http] [--services b] [--types sco]
                    [--ip FROM-TO] [--policy ID] [--snapshot TIME] [--version ID] [--delegation yes]
A service SAS with --container, else an account SAS.  A negative --minutes makes one that has expired.
--policy leaves rights and end to a stored policy.  --delegation signs with a user delegation key, as Azurite makes
them; no Azure would accept it.`;

// What the service would hand to a signed-in user.
async function delegationKey(startsOn, expiresOn) {
  const { getUserDelegationKeyValue } = (await import("azurite/dist/src/blob/utils/utils.js")).default;
  const id = "11111111-2222-3333-4444-555555555555";
  const cut = (date) => date.toISOString().replace(/\.\d+Z$/, "Z");
  return { signedObjectId: id, signedTenantId: id, signedStartsOn: startsOn, signedExpiresOn: expiresOn,
    signedService: "b", signedVersion: "2020-12-06",
    value: getUserDelegationKeyValue(id, id, cut(startsOn), cut(expiresOn), "2020-12-06") };
}

async function make(given, credential, common) {
  if (!given.container)
    return generateAccountSASQueryParameters({ ...common, permissions: AccountSASPermissions.parse(given.permissions),
      services: AccountSASServices.parse(given.services).toString(),
      resourceTypes: AccountSASResourceTypes.parse(given.types).toString() }, credential);
  const permissions = given.blob ? BlobSASPermissions.parse(given.permissions)
    : ContainerSASPermissions.parse(given.permissions);
  const what = { containerName: given.container, blobName: given.blob || undefined,
    snapshotTime: given.snapshot || undefined, versionId: given.version || undefined };
  if (given.policy) return generateBlobSASQueryParameters({ ...what, identifier: given.policy }, credential);
  if (given.delegation === "yes")
    return generateBlobSASQueryParameters({ ...common, ...what, permissions, version: "2020-12-06" },
      await delegationKey(common.startsOn, common.expiresOn), given.account);
  return generateBlobSASQueryParameters({ ...common, ...what, permissions }, credential);
}

async function main() {
  const given = options({ keys: undefined, account: undefined, out: undefined, container: "", blob: "",
    permissions: "rl", minutes: "60", protocol: SASProtocol.HttpsAndHttp, services: "b", types: "sco", ip: "",
    policy: "", snapshot: "", version: "", delegation: "no" }, USAGE);
  const keys = loadKeys(given.keys);
  if (!(given.account in keys)) stop(`sas.mjs: ${given.account}: no key for it`, 1);
  const credential = new StorageSharedKeyCredential(given.account, keys[given.account]);
  const expiresOn = new Date(Date.now() + Number(given.minutes) * 60_000);
  const startsOn = new Date(Math.min(Date.now(), expiresOn.getTime()) - 5 * 60_000);
  const [start, end] = given.ip.split("-");
  const common = { startsOn, expiresOn, protocol: given.protocol, ipRange: start ? { start, end } : undefined };
  writeFileSync(given.out, `${await make(given, credential, common)}\n`, { mode: 0o600 });
  chmodSync(given.out, 0o600);
}

await main();
