// The one door for `npm start`, `npm test`, `npm run hear`, `bench` and `e2e`: works in a fresh checkout, since it
// installs what is missing before it does anything else.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { setup } from "./setup.mjs";

const TASKS = {
  start: { forTests: false, steps: [["tsx", "scripts/start.ts"]] },
  test: {
    forTests: true,
    steps: [
      ["node", "scripts/check.mjs"],
      ["playwright", "test"],
    ],
  },
  e2e: {
    forTests: true,
    steps: [
      ["node", "scripts/build.mjs"],
      ["playwright", "test"],
    ],
  },
  hear: {
    forTests: true,
    steps: [
      ["node", "scripts/build.mjs"],
      ["tsx", "hear/hear.ts"],
    ],
  },
  bench: {
    forTests: true,
    steps: [
      ["node", "scripts/build.mjs"],
      ["tsx", "bench/bench.ts"],
    ],
  },
  "bench:faults": { forTests: true, steps: [["tsx", "bench/faults/faults.ts"]] },
  "bench:gateway": { forTests: false, steps: [["tsx", "bench/gateway.ts"]] },
  "bench:rooms": {
    forTests: true,
    steps: [
      ["node", "scripts/build.mjs"],
      ["tsx", "bench/rooms.ts"],
    ],
  },
};

const [name, ...args] = process.argv.slice(2);
const task = TASKS[name];
if (!task) throw new Error(`run.mjs knows ${Object.keys(TASKS).join(", ")}, not ${name}`);

// Not `npm ci`: it refuses a lock file that was written where a registry lacks other platforms' optional binaries.
if (!existsSync("node_modules/.package-lock.json")) run("npm", ["install", "--no-save"], "inherit-error");
if (!setup(task)) process.exit(1);
task.steps.forEach(([command, ...given], index) => {
  const isLast = index === task.steps.length - 1;
  run(command, [...given, ...(isLast ? args : [])]);
});

function run(command, given, stdio = "inherit") {
  const env = { ...process.env, PATH: `node_modules/.bin:${process.env.PATH}` };
  const streams = stdio === "inherit" ? "inherit" : ["ignore", process.stderr, process.stderr];
  const { status, signal } = spawnSync(command, given, { stdio: streams, env });
  if (status !== 0) process.exit(status ?? (signal ? 130 : 1));
}
