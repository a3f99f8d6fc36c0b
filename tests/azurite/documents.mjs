// Finds every document of ours below some folders, in packages too, and has ajv validate each.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, lstatSync, openSync, readFileSync, readSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { load } from "./schemas.mjs";

const USAGE = `usage: node documents.mjs all|some SCHEMAS BUILT-TESTS PATH...
A document begins with its format; it stands alone or as a line.  What ajv calls invalid our own parser (tools/document
in BUILT-TESTS) must refuse as well: tests leave broken documents behind on purpose.  What a timeline holds has no
parser: it counts where the manifest beside it still has its digest.  What tests/tools/witness kept is reports, and each
line of them is to be valid.  Of a file with very many lines "some" takes every n-th.  The last line counts; exits with 1
if the two disagree, with 9 if nothing was found.`;

const FORMAT = /^\{"format":"azcustody\/([a-z]+)\/1",/;
const ROWS = { "timeline.jsonl": "timeline-row", "undated.jsonl": "undated-row" };
const BY_NAME = { "attack-layer.json": "attack-layer", "case.jsonld": "case-bundle" }; // No format of ours.
const REPORTS = { verify: "verify-report", collect: "collect-output", timeline: "parse-output" };
const ELSEWHERE = new Set(["config"]); // What is only read, and has a test of its own.
const OURS = /(\.jsonl?|\.jsonld|\.tar(\.zst)?|^state)$/;
const LARGEST = 64 << 20;
const MOST_LINES = 5000; // Of one file, where some are taken.

const [how, schemas, built, ...paths] = process.argv.slice(2);
if (!paths.length) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}

const validators = load(schemas, built);
const found = new Map(); // Type to a set of lines.
let large = 0;
let passed = 0; // Lines.

// A path is its bytes, one a character: not every name is UTF-8.
const at = (path) => Buffer.from(path, "latin1");

function keep(type, line) {
  if (!found.has(type)) found.set(type, new Set());
  found.get(type).add(line);
}

function takeLines(text, typeOf) {
  const ours = text.split("\n").filter((line) => line && typeOf(line));
  const step = how === "all" ? 1 : Math.ceil(ours.length / MOST_LINES) || 1;
  for (let i = 0; i < ours.length; i += step) keep(typeOf(ours[i]), ours[i]);
  passed += ours.length - Math.ceil(ours.length / step);
}

function take(text) {
  takeLines(text, (line) => {
    const match = FORMAT.exec(line);
    return match && !ELSEWHERE.has(match[1]) && match[1];
  });
}

// Members of the dialect that our packages have: one header each, no links.
function takeTar(bytes) {
  for (let i = 0; i + 512 <= bytes.length && bytes[i]; ) {
    const name = bytes.toString("latin1", i, i + 100).replace(/\0.*/s, "");
    const size = parseInt(bytes.toString("latin1", i + 124, i + 135), 8);
    if (!(size >= 0)) return;
    if (/\.jsonl?$/.test(name) && !name.includes("/data/")) take(bytes.toString("utf8", i + 512, i + 512 + size));
    i += 512 + Math.ceil(size / 512) * 512;
  }
}

function takePackage(path) {
  const bytes = readFileSync(at(path));
  if (path.endsWith(".tar")) takeTar(bytes);
  else takeTar(spawnSync("zstd", ["-dcq"], { input: bytes, maxBuffer: 1 << 29 }).stdout);
}

// What a timeline holds and no parser of ours reads.
function takeListed(path, type, cut) {
  const bytes = readFileSync(at(path));
  const digest = createHash("sha256").update(bytes).digest("hex");
  const manifest = join(dirname(dirname(path)), "manifest-sha256.txt");
  try {
    if (!readFileSync(at(manifest), "utf8").includes(`${digest}  data/${basename(path)}\n`)) return;
  } catch {
    return; // Not a timeline that was left as it was made.
  }
  if (cut) takeLines(bytes.toString("utf8"), () => type);
  else keep(type, bytes.toString("utf8"));
}

// Whether a file begins as a document of ours: most of the bytes that tests leave are logs.
function isOurs(path) {
  const file = openSync(at(path));
  const head = Buffer.alloc(64);
  const length = readSync(file, head);
  closeSync(file);
  return FORMAT.test(head.toString("latin1", 0, length));
}

function takeFile(path) {
  const name = basename(path);
  const kept = /^([a-z]+)-[0-9]+\.jsonl$/.exec(name);
  if (kept && dirname(path).endsWith(".witness")) takeLines(readFileSync(at(path), "utf8"), () => REPORTS[kept[1]]);
  else if (ROWS[name]) takeListed(path, ROWS[name], true);
  else if (BY_NAME[name]) takeListed(path, BY_NAME[name], false);
  else if (/\.tar(\.zst)?$/.test(name)) takePackage(path);
  else if (isOurs(path)) take(readFileSync(at(path), "utf8"));
}

function walk(path) {
  const what = lstatSync(at(path));
  const name = basename(path);
  if (what.isDirectory()) {
    if (!name.startsWith("node_modules")) readdirSync(at(path), "latin1").forEach((one) => walk(join(path, one)));
  } else if (what.isFile() && OURS.test(name)) {
    if (what.size > LARGEST) large += 1;
    else takeFile(path);
  }
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // Ours refuses it too, or the two disagree.
  }
}

// Whether our own parser refuses each line; it refuses nothing of a type that it does not know.
function areRefused(type, lines) {
  const input = lines.map((line) => `${line}\n`).join("");
  const { status, stdout } = spawnSync(join(built, "tools", "document"), [type], { input, maxBuffer: 1 << 29 });
  const answers = stdout.toString("utf8").split("\n").slice(0, -1);
  const good = status === 0 && answers.length === lines.length;
  return lines.map((_, i) => good && answers[i].startsWith("refused"));
}

function judge(type, lines) {
  const validate = validators[type];
  if (!validate) {
    console.log(`# ${type}: no schema: ${lines[0].slice(0, 300)}`);
    return { valid: 0, refused: 0, wrong: lines.length };
  }
  const bad = [];
  for (const line of lines) if (!validate(parse(line))) bad.push({ line, why: validate.errors });
  const refused = bad.length ? areRefused(type, bad.map(({ line }) => line)) : [];
  const wrong = bad.filter((_, i) => !refused[i]);
  for (const { line, why } of wrong)
    console.log(`# ${type}: ${line.slice(0, 300)}\n#   ${JSON.stringify(why).slice(0, 400)}`);
  return { valid: lines.length - bad.length, refused: bad.length - wrong.length, wrong: wrong.length };
}

paths.forEach((path) => walk(Buffer.from(path).toString("latin1")));
if (!found.size) process.exit(9);
const sum = { valid: 0, refused: 0, wrong: 0 };
for (const [type, lines] of [...found].sort()) {
  const counts = judge(type, [...lines]);
  for (const name of Object.keys(sum)) sum[name] += counts[name];
}
console.log(
  `${sum.valid} documents of ${found.size} types valid, ${sum.refused} broken ones refused by both, ` +
    `${sum.wrong} otherwise, ${large} files too large, ${passed} lines of long files passed over`,
);
process.exit(sum.wrong || !sum.valid ? 1 : 0);
