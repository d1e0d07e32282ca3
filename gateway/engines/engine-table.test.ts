import { expect, it, test } from "vitest";
import type { Engine, StreamOutput } from "./engine.ts";
import { EngineTable } from "./engine-table.ts";

const output: StreamOutput = { send: () => undefined, fail: () => undefined, drop: () => undefined };

/** The engine and the model that a name leads to, as `engine:model`. */
async function resolve(model: string | undefined, defaultEngine?: string): Promise<string> {
  let opened = "";
  const engine = (name: string): Engine => ({
    open: async ({ model: within }) => {
      opened = `${name}:${within}`;
      return { push: () => undefined, finalize: async () => "answered", close: () => undefined };
    },
    close: async () => undefined,
  });
  const engines = { pocketsphinx: engine("pocketsphinx"), script: engine("script") };
  const modelAliases = { "deepgram/nova-3": "pocketsphinx/en-us", "deepgram/nova-3:de": "script/plain" };
  await new EngineTable({ engines, modelAliases, defaultEngine }).open(model, output);
  return opened;
}

test.each([
  ["pocketsphinx/en-us", "pocketsphinx:en-us"],
  ["pocketsphinx", "pocketsphinx:pocketsphinx"],
  ["pocketsphinx/en-us:en", "pocketsphinx:en-us"],
  ["script/late-final", "script:late-final"],
  ["deepgram/nova-3", "pocketsphinx:en-us"],
  ["deepgram/nova-3:en", "pocketsphinx:en-us"],
  ["deepgram/nova-3:de", "script:plain"],
])("the model %s is served by %s", async (model, served) => {
  expect(await resolve(model)).toBe(served);
});

it("a name that nobody knows, or none, goes to the default engine, or is refused where there is none", async () => {
  expect(await resolve("acme/one", "pocketsphinx")).toBe("pocketsphinx:pocketsphinx");
  expect(await resolve(undefined, "pocketsphinx")).toBe("pocketsphinx:pocketsphinx");
  await expect(resolve("acme/one")).rejects.toMatchObject({ code: 4404 });
  await expect(resolve(undefined)).rejects.toMatchObject({ code: 4404 });
  await expect(resolve("__proto__/x")).rejects.toMatchObject({ code: 4404 });
});
