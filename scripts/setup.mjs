// Installs the system packages that the gateway and the tests need, where it can: as root or with passwordless sudo on
// Debian and Ubuntu. Elsewhere it says in one line what to install. `--test` adds a browser.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

const SPEECH = {
  pocketsphinx: () => hasLibrary("libpocketsphinx.so.3"),
  "pocketsphinx-en-us": () => existsSync("/usr/share/pocketsphinx/model/en-us/en-us"),
  "pocketsphinx-testdata": () => existsSync("/usr/share/pocketsphinx/test/data/goforward.raw"),
  "espeak-ng": () => hasCommand("espeak-ng"),
  // With it comes espeak-ng-data, the voices.
  "libespeak-ng1": () => hasLibrary("libespeak-ng.so.1"),
};
const BROWSER = { chromium: () => hasCommand("chromium") };

/** Makes sure the packages are there; returns false, having said why, if they are not and cannot be installed. */
export function setup({ forTests }) {
  const wanted = Object.entries(forTests ? { ...SPEECH, ...BROWSER } : SPEECH);
  const missing = wanted.filter(([, isThere]) => !isThere()).map(([name]) => name);
  if (missing.length === 0) return true;
  const install = installer();
  if (!install) {
    console.error(
      `Missing: ${missing.join(", ")}. Install ${missing.length === 1 ? "it" : "them"} with your package manager` +
        " (recogniser and voice are needed for the local gateway only: with a gateway or relay of your own, point `url` there).",
    );
    return false;
  }
  console.error(`Installing ${missing.join(", ")} …`);
  return install(["update"], false) && install(["install", "-y", "--no-install-recommends", ...missing], true);
}

function installer() {
  if (!hasCommand("apt-get")) return undefined;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && spawnSync("sudo", ["-n", "true"]).status !== 0) return undefined;
  const [command, ...prefix] = isRoot ? ["apt-get"] : ["sudo", "-n", "apt-get"];
  return (args, mustWork) => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const { status, stdout, stderr } = spawnSync(command, [...prefix, "-q", ...args], {
      env,
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    if (status !== 0) console.error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
    return status === 0 || !mustWork;
  };
}

function hasCommand(name) {
  return (process.env.PATH ?? "").split(":").some((folder) => existsSync(`${folder}/${name}`));
}

function hasLibrary(file) {
  const { stdout } = spawnSync("ldconfig", ["-p"], {
    encoding: "utf8",
    env: { PATH: "/usr/sbin:/sbin:/usr/bin:/bin" },
  });
  return (stdout ?? "").includes(file);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exit(setup({ forTests: process.argv.includes("--test") }) ? 0 : 1);
}
