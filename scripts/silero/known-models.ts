import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** The package that Silero's models come from. */
const PACKAGE = "@ricky0123/vad-web";

/** SHA-256 of each file that the packer knows. Another file may be another network: it must be measured first. */
const SHA256 = {
  5: "2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f",
  6: "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3",
} as const;

/** Versions of Silero that can be packed. */
export type SileroVersion = keyof typeof SHA256;
/** All of them. */
export const SILERO_VERSIONS = [5, 6] as const satisfies readonly SileroVersion[];

/**
 * The `.onnx` file of a version, out of the installed package.
 *
 * @throws Error naming package, file and hash, if it is not the file that is known.
 */
export async function readKnownModel(version: SileroVersion): Promise<Uint8Array> {
  const file = `dist/silero_vad_v${version}.onnx`;
  const bytes = await readFile(createRequire(import.meta.url).resolve(`${PACKAGE}/${file}`));
  requireKnown(bytes, version, file);
  return bytes;
}

/** @throws Error naming package, file and hash, if `bytes` are not those of the known file. */
export function requireKnown(bytes: Uint8Array, version: SileroVersion, file: string): void {
  const hash = createHash("sha256").update(bytes).digest("hex");
  if (hash === SHA256[version]) return;
  throw new Error(
    `${PACKAGE} has a ${file} that is not known: SHA-256 ${hash} instead of ${SHA256[version]}. Install the version of ` +
      "the package that package-lock.json names, or measure the new model (npm run bench) and enter its hash in " +
      "scripts/silero/known-models.ts",
  );
}
