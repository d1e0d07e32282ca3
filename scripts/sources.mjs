import { readdirSync } from "node:fs";

/** The TypeScript files below `folders` (paths from the repository's root, `/` between names), without tests. */
export function sourceFiles(...folders) {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => `${folder}/${name}`.replaceAll("\\", "/"))
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.includes("/node_modules/"))
      .toSorted(),
  );
}
