// Validates JSON documents by JSON Schemas with ajv.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020.js";

const USAGE = `usage: node validate.mjs SCHEMA FILE...    documents, one a line in a FILE called .jsonl
       node validate.mjs --examples FOLDER  every schema of a folder accepts its example and refuses {}
The schemas themselves are checked in strict mode.  Says how many documents are valid under each part of an anyOf; exits
with 1 if one is not valid, or if there is none.`;

let count = 0;
let bad = 0;

function compile(file) {
  const schema = JSON.parse(readFileSync(file, "utf8"));
  const ajv = new Ajv.default({ strict: true, strictRequired: false, allErrors: true });
  const validate = ajv.compile(schema);
  // Which parts of the schema were seen: a test that never meets one shows nothing about it.
  const parts = schema.$defs && schema.anyOf ? schema.anyOf.map(({ $ref }) => $ref) : [];
  return { ajv, validate, id: schema.$id, seen: new Map(parts.map((part) => [part, 0])) };
}

function judge({ ajv, validate, id, seen }, file) {
  const text = readFileSync(file, "utf8");
  for (const one of file.endsWith("l") ? text.split("\n").slice(0, -1) : [text]) {
    const document = JSON.parse(one);
    count += 1;
    if (!validate(document)) {
      bad += 1;
      console.log(`# ${file}: ${one.slice(0, 300)}\n#   ${ajv.errorsText(validate.errors).slice(0, 600)}`);
    }
    for (const part of seen.keys())
      if (ajv.getSchema(id + part)(document)) seen.set(part, seen.get(part) + 1);
  }
  for (const [part, times] of seen) console.log(`${part} ${times}`);
}

function judgeExamples(folder) {
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".schema.json"))) {
    const example = join(folder, "examples", name.replace(".schema.json", ".json"));
    const compiled = compile(join(folder, name));
    judge(compiled, existsSync(example) ? example : `${example}l`);
    if (compiled.validate({})) bad += 1;
  }
}

const words = process.argv.slice(2);
if (words.length < 2) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}
if (words[0] === "--examples") {
  judgeExamples(words[1]);
} else {
  const compiled = compile(words[0]);
  for (const file of words.slice(1)) judge(compiled, file);
}
console.log(`${count} documents, ${bad} not valid`);
process.exit(bad || !count ? 1 : 0);
