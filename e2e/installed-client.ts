import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const CACHE_FOLDER = join(import.meta.dirname, "../node_modules/.cache/vivavoce");
const INSTALL = [
  "install",
  // No package's script runs, and TypeScript, which one of them would like to have, stays away.
  ...["--ignore-scripts", "--omit=peer"],
  ...["--no-package-lock", "--no-audit", "--no-fund", "--prefer-offline"],
  // Without a network npm would try for minutes.
  ...["--fetch-retries=1", "--fetch-retry-mintimeout=2000"],
];

/** Longest time that the installation may take, in ms; 20 s are usual. */
export const INSTALL_LIMIT_MS = 300_000;

const execute = promisify(execFile);

/**
 * Makes sure that somebody else's client is installed, and that it loads.
 *
 * @param name The folder here that has its `package.json`, its `client.js` and whatever that needs.
 * @returns The folder that it is in.
 * @throws Error with one line that says why it cannot be.
 */
export async function installClient(name: string): Promise<string> {
  const source = join(import.meta.dirname, name);
  const { dependencies } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const folder = join(CACHE_FOLDER, `${name}-${Object.values(dependencies).join("-")}`);
  if (!existsSync(folder)) await install(source, folder);
  cpSync(source, folder, { recursive: true });
  return folder;
}

/** Installs beside the folder and renames, so that the folder is whole if it is there at all. */
async function install(source: string, folder: string): Promise<void> {
  mkdirSync(CACHE_FOLDER, { recursive: true });
  const draft = mkdtempSync(`${folder}.`);
  try {
    cpSync(source, draft, { recursive: true });
    await execute("npm", [...INSTALL, "--prefix", draft], { cwd: draft, timeout: INSTALL_LIMIT_MS });
    await execute(process.execPath, ["client.js"], { cwd: draft, timeout: 60_000 });
    renameSync(draft, folder);
  } catch (cause) {
    throw new Error(reasonOf(cause), { cause });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The line that says most. */
function reasonOf(cause: unknown): string {
  const { killed, stderr, message } = cause as { killed?: boolean; stderr?: string; message: string };
  if (killed) return "it took too long";
  const lines = (stderr ?? message).split("\n").filter((line) => line.trim() !== "");
  return lines.find((line) => /error/i.test(line)) ?? lines[0] ?? message;
}
