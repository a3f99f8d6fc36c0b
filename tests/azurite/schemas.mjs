// The schemas as functions, compiled by ajv once and kept as code, as that takes seconds and tests are many.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { compileFunction } from "node:vm";

const require = createRequire(import.meta.url);
const END = ".schema.json";

function compile(texts) {
  const Ajv = require("ajv/dist/2020.js");
  const standalone = require("ajv/dist/standalone/index.js");
  const ajv = new Ajv.default({ strict: true, strictRequired: false, code: { source: true } });
  const ids = {};
  for (const [type, text] of texts) {
    const schema = JSON.parse(text);
    ajv.addSchema(schema);
    ids[type.replace(/-/g, "_")] = schema.$id;
  }
  return standalone.default(ajv, ids);
}

// An object with a function for each schema of a folder; their code is kept in another folder.
export function load(folder, cache) {
  const names = readdirSync(folder).filter((name) => name.endsWith(END));
  const texts = names.map((name) => [name.slice(0, -END.length), readFileSync(join(folder, name), "utf8")]);
  const version = require("ajv/package.json").version;
  const digest = createHash("sha256").update(JSON.stringify([version, texts])).digest("hex");
  const path = join(cache, "schemas", `${digest}.cjs`);
  let code;
  try {
    code = readFileSync(path, "utf8");
  } catch {
    code = compile(texts);
    mkdirSync(join(cache, "schemas"), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, code);
    renameSync(`${path}.${process.pid}`, path);
  }
  const module = { exports: {} };
  compileFunction(code, ["module", "exports", "require"])(module, module.exports, require);
  return Object.fromEntries(texts.map(([type]) => [type, module.exports[type.replace(/-/g, "_")]]));
}
