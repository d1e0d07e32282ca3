import { afterEach, expect, test, vi } from "vitest";
import { checkBaseUrl, socketUrl } from "./realtime-url.ts";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["wss://api.openai.com/v1/realtime", "wss://api.openai.com/v1/realtime?model=gpt-realtime"],
  ["https://api.openai.com/v1/realtime", "wss://api.openai.com/v1/realtime?model=gpt-realtime"],
  ["wss://proxy.test/rt?tenant=7", "wss://proxy.test/rt?tenant=7&model=gpt-realtime"],
  ["ws://localhost:8000/v1/realtime", "ws://localhost:8000/v1/realtime?model=gpt-realtime"],
  ["http://127.0.0.1:8000/v1/realtime", "ws://127.0.0.1:8000/v1/realtime?model=gpt-realtime"],
  ["ws://[::1]/", "ws://[::1]/?model=gpt-realtime"],
])("%s connects to %s", (base, url) => {
  expect(socketUrl(base, "gpt-realtime")).toBe(url);
});

test.each(["ws://api.openai.com/", "http://10.0.0.1/", "ftp://localhost/", "ws://localhost.evil.test/", "data:x"])(
  "%s is refused before anything connects",
  (base) => {
    expect(() => checkBaseUrl(base)).toThrow(/realtime\.baseUrl must be wss:, or ws: on this machine/);
  },
);

test("a relative URL is one of the page, and needs one", () => {
  checkBaseUrl("/v1/realtime");
  expect(() => socketUrl("/v1/realtime", "m")).toThrow("absolute or of the page");
  vi.stubGlobal("document", { baseURI: "https://app.test/talk/" });
  expect(socketUrl("/v1/realtime", "m")).toBe("wss://app.test/v1/realtime?model=m");
  expect(socketUrl("realtime", "m")).toBe("wss://app.test/talk/realtime?model=m");
});
