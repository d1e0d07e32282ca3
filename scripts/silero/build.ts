import { mkdir, writeFile } from "node:fs/promises";
import { ensureKernel } from "./compile-kernel.ts";
import { readKnownModel, SILERO_VERSIONS } from "./known-models.ts";
import { packWeights, type Precision } from "./pack-weights.ts";

/*
 * What the build needs of Silero before anything else: the compiled kernel, which the sources import, and the packed
 * weights in the folder that is named first. Precisions follow, `f24` if none: `tsx scripts/silero/build.ts dist/assets f24 f32`
 */

const [folder, ...names] = process.argv.slice(2);
if (folder === undefined) throw new TypeError("Name the folder for the weights");
const precisions = (names.length === 0 ? ["f24"] : names).map(requirePrecision);

await Promise.all([ensureKernel(), mkdir(folder, { recursive: true })]);
for (const version of SILERO_VERSIONS) {
  const model = await readKnownModel(version);
  for (const precision of precisions) {
    await writeFile(`${folder}/silero-v${version}.${precision}.bin`, packWeights(model, version, precision));
  }
}

function requirePrecision(name: string): Precision {
  if (name !== "f24" && name !== "f32") throw new RangeError(`A precision must be f24 or f32, got ${name}`);
  return name;
}
