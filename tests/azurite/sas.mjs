// Makes a SAS and writes it, without its "?", into a file that only the user can read.

import { chmodSync, writeFileSync } from "node:fs";
import { AccountSASPermissions, AccountSASResourceTypes, AccountSASServices, ContainerSASPermissions, SASProtocol,
  StorageSharedKeyCredential, generateAccountSASQueryParameters, generateBlobSASQueryParameters } from "@azure/storage-blob";
import { loadKeys, options, stop } from "./lib.mjs";

const USAGE = `usage: node sas.mjs --keys FILE --account NAME --out FILE [--container NAME]
                    [--permissions rl] [--minutes 60] [--protocol https,http]
A container SAS with --container, else an account SAS for the Blob service.
A negative --minutes makes one that has expired.`;

function main() {
  const given = options({ keys: undefined, account: undefined, out: undefined, container: "", permissions: "rl",
    minutes: "60", protocol: SASProtocol.HttpsAndHttp }, USAGE);
  const keys = loadKeys(given.keys);
  if (!(given.account in keys)) stop(`sas.mjs: ${given.account}: no key for it`, 1);
  const credential = new StorageSharedKeyCredential(given.account, keys[given.account]);
  const expiresOn = new Date(Date.now() + Number(given.minutes) * 60_000);
  const startsOn = new Date(Math.min(Date.now(), expiresOn.getTime()) - 5 * 60_000);
  const common = { startsOn, expiresOn, protocol: given.protocol };
  const sas = given.container
    ? generateBlobSASQueryParameters({ ...common, containerName: given.container,
      permissions: ContainerSASPermissions.parse(given.permissions) }, credential)
    : generateAccountSASQueryParameters({ ...common, permissions: AccountSASPermissions.parse(given.permissions),
      services: AccountSASServices.parse("b").toString(),
      resourceTypes: AccountSASResourceTypes.parse("sco").toString() }, credential);
  writeFileSync(given.out, `${sas}\n`, { mode: 0o600 });
  chmodSync(given.out, 0o600);
}

main();
