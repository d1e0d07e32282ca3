import { expect, it, test } from "vitest";
import { resolveOptions } from "./options.ts";

test.each([
  [{ port: 70_000 }, "port must be a whole number in [0, 65535], got 70000"],
  [{ tokenLifetimeMs: 600_001 }, "tokenLifetimeMs must be a whole number in [1000, 600000], got 600001"],
  [{ maxStreams: 0 }, "maxStreams must be"],
  [{ maxStreams: 1, warm: 2 }, "warm must be a whole number in [0, 1], got 2"],
  [{ idleLimitMs: Number.NaN }, "idleLimitMs must be"],
  [{ apiSecret: "" }, "apiSecret must not be empty"],
])("%j is refused at once, by name", (options, message) => {
  expect(() => resolveOptions(options)).toThrow(message);
});

it("every gateway makes up a secret of its own", () => {
  expect(resolveOptions({}).apiSecret).not.toBe(resolveOptions({}).apiSecret);
});
