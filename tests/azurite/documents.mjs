// Finds every document of ours below some folders, in packages too, and has ajv validate each.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Ajv from "ajv/dist/2020.js";

const USAGE = `usage: node documents.mjs SCHEMAS TOOL PATH...
A document begins with its format; it stands alone or as a line.  What ajv calls invalid our own parser (TOOL, which is
tests/tools/document) must refuse as well: tests leave broken documents behind on purpose.  Rows of a timeline have no
parser: they count where the manifest beside them still has their digest.  The last line counts; exits with 1 if the two
disagree, or if nothing was found.`;

const FORMAT = /^\{"format":"azcustody\/([a-z]+)\/1",/;
const ROWS = { "timeline.jsonl": "timeline-row", "undated.jsonl": "undated-row" };
const ELSEWHERE = new Set(["config", "state"]); // Those have tests of their own.
const LARGEST = 64 << 20;

const [schemas, tool, ...paths] = process.argv.slice(2);
if (!paths.length) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}

const found = new Map(); // Type to a set of lines.
let left = 0;

function keep(type, line) {
  if (!found.has(type)) found.set(type, new Set());
  found.get(type).add(line);
}

function take(text) {
  for (const line of text.split("\n")) {
    const match = FORMAT.exec(line);
    if (match && !ELSEWHERE.has(match[1])) keep(match[1], line);
  }
}

// Members of the dialect that our packages have: one header each, no links.
function takeTar(bytes) {
  for (let at = 0; at + 512 <= bytes.length && bytes[at]; ) {
    const name = bytes.toString("latin1", at, at + 100).replace(/\0.*/s, "");
    const size = parseInt(bytes.toString("latin1", at + 124, at + 135), 8);
    if (!(size >= 0)) return;
    if (/\.jsonl?$/.test(name) && !name.includes("/data/")) take(bytes.toString("utf8", at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

function takePackage(path) {
  if (path.endsWith(".tar")) return takeTar(readFileSync(path));
  const { stdout } = spawnSync("zstd", ["-dcq", path], { maxBuffer: 1 << 29 });
  takeTar(stdout);
}

function takeRows(path, type) {
  const bytes = readFileSync(path);
  const digest = createHash("sha256").update(bytes).digest("hex");
  const manifest = join(dirname(dirname(path)), "manifest-sha256.txt");
  try {
    if (!readFileSync(manifest, "utf8").includes(`${digest}  data/${basename(path)}\n`)) return;
  } catch {
    return; // Not a timeline that was left as it was made.
  }
  bytes.toString("utf8").split("\n").filter(Boolean).forEach((line) => keep(type, line));
}

function walk(path) {
  const what = lstatSync(path);
  const name = basename(path);
  if (what.isDirectory()) {
    if (!name.startsWith("node_modules")) readdirSync(path).forEach((one) => walk(join(path, one)));
  } else if (!what.isFile() || !/(\.jsonl?|\.tar(\.zst)?)$/.test(name)) {
    return;
  } else if (what.size > LARGEST) {
    left += 1;
  } else if (ROWS[name]) {
    takeRows(path, ROWS[name]);
  } else if (/\.tar(\.zst)?$/.test(name)) {
    takePackage(path);
  } else {
    take(readFileSync(path, "utf8"));
  }
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // Ours refuses it too, or the two disagree.
  }
}

// What our own parser says of each line; null if it knows no such type.
function ask(type, lines) {
  const { status, stdout } = spawnSync(tool, [type], { input: lines.map((l) => `${l}\n`).join(""), maxBuffer: 1 << 29 });
  const answers = stdout.toString("utf8").split("\n").slice(0, -1);
  return status === 0 && answers.length === lines.length ? answers.map((one) => !one.startsWith("refused")) : null;
}

function judge(type, lines) {
  const file = join(schemas, `${type}.schema.json`);
  const ajv = new Ajv.default({ strict: true, strictRequired: false });
  const validate = ajv.compile(JSON.parse(readFileSync(file, "utf8")));
  const parsed = ask(type, lines);
  const counts = { valid: 0, refused: 0, wrong: 0 };
  lines.forEach((line, i) => {
    const good = validate(parse(line));
    const ours = parsed ? parsed[i] : true;
    if (good) counts.valid += 1;
    else if (!ours) counts.refused += 1;
    else {
      counts.wrong += 1;
      console.log(`# ${type}: ${line.slice(0, 300)}\n#   ${ajv.errorsText(validate.errors).slice(0, 400)}`);
    }
  });
  return counts;
}

paths.forEach(walk);
const sum = { valid: 0, refused: 0, wrong: 0 };
for (const [type, lines] of [...found].sort()) {
  const counts = judge(type, [...lines]);
  for (const name of Object.keys(sum)) sum[name] += counts[name];
}
console.log(`${sum.valid} documents of ${found.size} types valid, ${sum.refused} broken ones refused by both, ` +
  `${sum.wrong} otherwise, ${left} too large`);
process.exit(sum.wrong || !sum.valid ? 1 : 0);
