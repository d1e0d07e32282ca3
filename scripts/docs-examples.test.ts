import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

/** Where the sources of each entry begin, by the name that users import. */
function entryPaths(): Record<string, [string]> {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
  return Object.fromEntries(
    Object.entries(exports).flatMap(([name, entry]) => {
      if (typeof entry === "string") return [];
      const source = entry.types.replace(/^\.\/dist\/types\/(.*)\.d\.ts$/, "$1.ts");
      return [[name.replace(/^\./, "vivavoce"), [resolve(source)]] as const];
    }),
  );
}

/** What the compiler says about a guide's blocks of TypeScript, each a module of its own. */
function complaintsAbout(guide: string): string {
  const folder = mkdtempSync(join(tmpdir(), "vivavoce-guide-"));
  folders.push(folder);
  const blocks = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  expect(blocks.length).toBeGreaterThan(0);
  for (const [index, code] of blocks.entries()) writeFileSync(join(folder, `example-${index + 1}.ts`), code);
  const compilerOptions = {
    lib: ["ES2023", "ESNext.Disposable", "DOM", "DOM.Iterable"],
    moduleDetection: "force",
    paths: { ...entryPaths(), "livekit-client": [resolve("node_modules/livekit-client")] },
  };
  const project = { extends: resolve("tsconfig.base.json"), compilerOptions, include: ["*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
  const compiler = resolve("node_modules/typescript/bin/tsc");
  const { stdout, stderr } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
  return stdout + stderr;
}

test.each(["docs/agents.md", "docs/livekit.md"])("the TypeScript of %s compiles as it stands", (path) => {
  expect(complaintsAbout(readFileSync(path, "utf8"))).toBe("");
});

test("an example that does not compile would be found", () => {
  const guide = '```ts\nimport { cascade } from "vivavoce/agent";\ncascade({ respond: 7 });\n```\n';
  expect(complaintsAbout(guide)).toMatch(/example-1\.ts.*not assignable/);
});
