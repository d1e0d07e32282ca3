import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const ENTRIES = { "vivavoce/stt/livekit": "../stt/livekit/index.ts", "vivavoce/testing": "./index.ts" };

test("the example of docs/testing.md for Node is the test beside this one", () => {
  const guide = readFileSync("docs/testing.md", "utf8");
  const [, example = ""] = /```ts\n([^]*?)```/.exec(guide) ?? [];
  const asHere = Object.entries(ENTRIES).reduce(
    (text, [entry, path]) => text.replace(`"${entry}"`, `"${path}"`),
    example,
  );
  expect(asHere).toBe(readFileSync("src/testing/guide-example.test.ts", "utf8"));
});
