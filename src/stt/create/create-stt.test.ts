import { build } from "rolldown";
import { expect, test } from "vitest";
import { createStt, type SttConfig } from "./create-stt.ts";
import { CustomHttpStt } from "../custom/custom-http-stt.ts";
import { CustomWebSocketStt } from "../custom/custom-web-socket-stt.ts";

const token = (): Promise<string> => Promise.resolve("abc");

test("a configuration names its provider, and the rest are that provider's options", () => {
  expect(createStt({ provider: "custom-http", url: "/stt" })).toBeInstanceOf(CustomHttpStt);
  expect(createStt({ provider: "custom-websocket", url: "/stt" })).toBeInstanceOf(CustomWebSocketStt);
  expect(createStt({ provider: "custom-generator", recognize: async function* () {} }).capabilities.flush).toBe(
    "inline",
  );
  const livekit = createStt({ provider: "livekit", model: "deepgram/nova-3:en", token });
  expect([livekit.provider, livekit.model]).toEqual(["deepgram", "deepgram/nova-3"]);
});

test("the provider's name decides what else a configuration must and may say", () => {
  const unchecked = [
    // @ts-expect-error: it needs an address
    (): unknown => createStt({ provider: "custom-http" }),
    // @ts-expect-error: that is an option of a WebSocket's
    (): unknown => createStt({ provider: "custom-http", url: "/", flush: "" }),
    // @ts-expect-error: there is none of that name
    (): unknown => createStt({ provider: "acme", url: "/" }),
  ];
  expect(unchecked).toHaveLength(3); // the compiler is the test
});

test("an app adds providers of its own, by name, and they win", () => {
  interface AcmeConfig {
    readonly provider: "acme";
    readonly loudness: number;
  }
  const acme = new CustomHttpStt({ url: "/acme" });
  const given: AcmeConfig[] = [];
  const providers = { acme: (config: AcmeConfig) => (given.push(config), acme) };
  const config: AcmeConfig | SttConfig = { provider: "acme", loudness: 11 };
  expect(createStt<AcmeConfig>(config, providers)).toBe(acme);
  expect(given).toEqual([config]);
  expect(createStt<AcmeConfig>({ provider: "custom-http", url: "/" }, providers)).toBeInstanceOf(CustomHttpStt);
});

test.each([[{ provider: "deepgrm" }], [{ provider: "toString" }], [{ provider: undefined }], [{}], [null]])(
  "an unknown provider is told beside those that are known: %j",
  (config) => {
    const make = (): unknown => createStt(config as SttConfig);
    expect(make).toThrow(TypeError);
    expect(make).toThrow("must be one of livekit, custom-http, custom-websocket, custom-generator, got");
  },
);

test("what a provider throws at its options comes through", () => {
  expect(() => createStt({ provider: "custom-http", url: "" })).toThrow("stt.url must be an address");
});

test("a page that needs one provider loads that one", async () => {
  const LIVEKIT = "session.create";
  const SOCKET = "sample_rate";
  const HTTP = "FormData";
  const all = await bundled("create", "createStt");
  const http = await bundled("custom", "CustomHttpStt");
  const generator = await bundled("custom", "sttFromGenerator");
  expect([LIVEKIT, SOCKET, HTTP].map((mark) => all.includes(mark))).toEqual([true, true, true]);
  expect([LIVEKIT, "new WebSocket", "input_audio"].map((mark) => http.includes(mark))).toEqual([false, false, false]);
  expect([LIVEKIT, SOCKET, HTTP].map((mark) => generator.includes(mark))).toEqual([false, false, false]);
  expect(http.length).toBeLessThan(all.length / 2);
});

/** What a bundler leaves of the entry for a page that imports one name. */
async function bundled(entry: string, name: string): Promise<string> {
  const page = "virtual:page";
  const { output } = await build({
    input: page,
    platform: "browser",
    write: false,
    logLevel: "silent",
    plugins: [
      {
        name: "page",
        resolveId: (id) => (id === page ? id : undefined),
        load: (id) =>
          id === page
            ? `import { ${name} } from "${import.meta.dirname}/../${entry}/index.ts"; globalThis.used = ${name};`
            : undefined,
      },
    ],
    treeshake: { moduleSideEffects: false },
    output: { minify: false, codeSplitting: false },
  });
  return output.map((chunk) => (chunk.type === "chunk" ? chunk.code : "")).join("");
}
