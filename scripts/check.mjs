// `npm run check`: everything that must hold, in one go. Builds first, since the types of demo and package come from
// dist; then two steps at a time. Prints a line per step, the output of those that failed, and vitest's own summary.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LANES = 2;
const folder = mkdtempSync(join(tmpdir(), "vivavoce-check-"));
const report = join(folder, "vitest.json");

const BUILD = { name: "build", command: ["node", "scripts/build.mjs"] };
const UNIT = {
  name: "unit tests",
  command: ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
};
// The longest goes first.
const STEPS = [
  UNIT,
  { name: "package", command: ["node", "scripts/check-package.mjs"] },
  { name: "lint", command: ["oxlint"] },
  { name: "format", command: ["oxfmt", "--check", "."] },
  ...["pure", "browser", "worklet", "worker", "node"].map((world) => ({
    name: `types: ${world}`,
    command: ["tsc", "-p", `tsconfig.${world}.json`],
  })),
  { name: "docs", command: ["node", "scripts/check-docs.mjs"] },
  { name: "size", command: ["node", "scripts/check-size.mjs"] },
];

const began = performance.now();
const build = await carryOut(BUILD);
const results = [build, ...(build.isOk ? await inLanes(STEPS) : STEPS.map(notBuilt))];
for (const { name, output } of results.filter(({ isOk }) => !isOk)) console.log(`\n── ${name}\n${failuresOf(output)}`);

const tests = testCounts();
const units = results.find(({ name }) => name === UNIT.name);
const checks = results.filter((result) => result !== units);
// A run that failed without a failed test (an error outside of any, a file that does not load) counts as one.
const failedTests = tests.failed === 0 && !units.isOk ? 1 : tests.failed;
const passed = checks.filter(({ isOk }) => isOk).length + tests.passed;
const failed = checks.filter(({ isOk }) => !isOk).length + failedTests;
rmSync(folder, { recursive: true });

console.log(`\n${summaryOf(units.output)}`);
console.log(`\nChecked in ${seconds(performance.now() - began)}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function inLanes(steps) {
  const done = [];
  const waiting = steps.entries();
  const lane = async () => {
    for (const [index, step] of waiting) done[index] = await carryOut(step);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return done;
}

function carryOut({ name, command: [command, ...args] }) {
  const start = performance.now();
  const env = { ...process.env, PATH: `node_modules/.bin:${process.env.PATH}`, NO_COLOR: "1", FORCE_COLOR: undefined };
  return new Promise((resolve) => {
    let output = "";
    const keep = (text) => (output += text);
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    child.on("error", (error) => keep(error.message));
    child.on("close", (code) => {
      const isOk = code === 0;
      console.log(`${isOk ? "ok    " : "FAILED"} ${seconds(performance.now() - start).padStart(7)}  ${name}`);
      resolve({ name, isOk, output });
    });
  });
}

function notBuilt({ name }) {
  return { name, isOk: false, output: "not run, since the build failed" };
}

function testCounts() {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8"));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 0 }; // vitest did not get as far as a report
  }
}

/** Of vitest's output what follows the list of files; of any other all. */
function failuresOf(output) {
  const lines = output.trim().split("\n");
  const first = lines.findIndex((line) => /^⎯+ (?:Failed|Unhandled)/.test(line));
  const last = lines.findIndex((line) => line.startsWith(" Test Files"));
  return (first < 0 ? lines : lines.slice(first, last < 0 ? undefined : last)).join("\n").trimEnd();
}

/** The lines at the end of vitest's output: files, tests, times. */
function summaryOf(output) {
  const lines = output.trimEnd().split("\n");
  const first = lines.findIndex((line) => line.startsWith(" Test Files"));
  return first < 0
    ? "no summary of vitest"
    : lines
        .slice(first)
        .filter((line) => !line.startsWith("JSON report"))
        .join("\n");
}

function seconds(ms) {
  return `${(ms / 1_000).toFixed(1)} s`;
}
