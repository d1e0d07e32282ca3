import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { constants as os, homedir, setPriority } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** Longest time that making the program may take, in ms: 2 min are usual on two cores, downloads included. */
export const BUILD_LIMIT_MS = 600_000;

/** Outlives the checkout, as Go's own cache beside it does. */
const CACHE_FOLDER = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "vivavoce");
const MODULE_FILES = ["go.mod", "go.sum"].map((file) => join(import.meta.dirname, file));
const PACKAGE = "github.com/livekit/livekit-server/cmd/server";
/** Neither C nor another Go than the machine's, and no debug symbols: what makes the build slow or needs more than there is. */
const ENVIRONMENT = { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOWORK: "off", GOFLAGS: "-mod=readonly" };
const FLAGS = ["-trimpath", "-ldflags=-s -w"];

const POLL_MS = 200;

const execute = promisify(execFile);

/**
 * Finds LiveKit's server: named by `LIVEKIT_SERVER`, or `livekit-server` on the path, or built by Go from the module here.
 * @throws Error with one line that says why there is none.
 */
export async function livekitServerProgram(): Promise<string> {
  const named = process.env["LIVEKIT_SERVER"];
  if (named) {
    if (await isProgram(named)) return named;
    throw new Error(`LIVEKIT_SERVER is no program: ${named}`);
  }
  const built = await builtProgramPath();
  const found = (await onPath("livekit-server")) ?? ((await isProgram(built)) ? built : undefined);
  if (found !== undefined) return found;
  const go = await onPath("go");
  if (go === undefined) throw new Error("there is neither LIVEKIT_SERVER, nor livekit-server nor go on the path");
  await buildOnce(go, built);
  return built;
}

/** Builds, or waits for another process that does. */
async function buildOnce(go: string, program: string): Promise<void> {
  await mkdir(CACHE_FOLDER, { recursive: true });
  const lock = `${program}.lock`;
  while (!(await takes(lock))) {
    await sleep(POLL_MS);
    if (!(await isHeld(lock))) await rm(lock, { force: true });
  }
  try {
    if (!(await isProgram(program))) await build(go, program);
  } finally {
    await rm(lock, { force: true });
  }
}

/** Whether this process has the lock now. */
async function takes(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Whether the process that took the lock still lives. */
async function isHeld(lock: string): Promise<boolean> {
  try {
    return process.kill(Number(await readFile(lock, "utf8")), 0);
  } catch {
    return false;
  }
}

/** Another version of the module, or of what it needs, is another program. */
async function builtProgramPath(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of MODULE_FILES) hash.update(await readFile(file));
  return join(CACHE_FOLDER, `livekit-server-${hash.digest("hex").slice(0, 16)}`);
}

/** Builds beside the place and renames, so that the program is whole if it is there at all. */
async function build(go: string, program: string): Promise<void> {
  const draft = await mkdtemp(`${program}.`);
  try {
    const output = join(draft, "livekit-server");
    const building = execute(go, ["build", ...FLAGS, "-o", output, PACKAGE], {
      cwd: import.meta.dirname,
      env: { ...process.env, ...ENVIRONMENT },
      timeout: BUILD_LIMIT_MS,
    });
    // Tests that run meanwhile have their sound to play.
    if (building.child.pid !== undefined) setPriority(building.child.pid, os.priority.PRIORITY_LOW);
    await building;
    await rename(output, program);
  } catch (cause) {
    throw new Error(`go cannot build it: ${reasonOf(cause)}`, { cause });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function onPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (await isProgram(join(folder, name))) return join(folder, name);
  }
  return undefined;
}

function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The line that says most. */
function reasonOf(cause: unknown): string {
  const { killed, stderr, message } = cause as { killed?: boolean; stderr?: string; message: string };
  if (killed) return "it took too long";
  const lines = (stderr || message).split("\n").filter((line) => line.trim() !== "");
  return lines.find((line) => !/^go: downloading|^#/.test(line)) ?? message;
}
