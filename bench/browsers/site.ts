import { cp, readdir, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createGateway, type Gateway } from "../../gateway/index.ts";
import { staticFiles } from "../../scripts/static-files.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const PAGE = fileURLToPath(new URL("./page", import.meta.url));

/** Page, library and gateway on one port. */
export interface Site extends AsyncDisposable {
  readonly gateway: Gateway;
}

/**
 * Serves `page/` at `/`, a copy of `dist/` (a build may replace it meanwhile) under `/vivavoce/`, and under
 * `/instrumented/` the library's assets with the instruments of `page/instrumented/` in front of worklet and worker.
 * With `isIsolated` every response allows shared memory.
 */
export async function openSite(isIsolated: boolean): Promise<Site> {
  const temporary = new TemporaryFolder("site");
  const copy = temporary.path;
  const library = join(copy, "vivavoce");
  const instrumented = join(copy, "instrumented");
  await cp(DIST, library, { recursive: true });
  await cp(join(DIST, "assets"), instrumented, { recursive: true });
  await cp(join(PAGE, "instrumented"), instrumented, { recursive: true });
  for (const name of await readdir(instrumented)) {
    const [, kind] = /\.(worklet|worker)\.js$/.exec(name) ?? [];
    if (!kind) continue;
    await writeFile(
      join(instrumented, name),
      `import "./${kind}-instruments.js";\nimport "../vivavoce/assets/${name}";\n`,
    );
  }
  const [page, parts] = [staticFiles(PAGE), staticFiles(copy)];
  const fallback = (request: IncomingMessage, response: ServerResponse): void => {
    if (isIsolated) {
      response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
      response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    }
    const isPart = /^\/(vivavoce|instrumented)\//.test(request.url ?? "");
    (isPart ? parts : page)(request, response);
  };
  const gateway = await createGateway({ defaultEngine: "pocketsphinx", fallback });
  return {
    gateway,
    [Symbol.asyncDispose]: async () => {
      await gateway.close();
      await temporary[Symbol.asyncDispose]();
    },
  };
}
