import { afterEach, expect, test, vi } from "vitest";
import { checkGatewayUrl, gatewayUrl } from "./gateway-url.ts";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["https://a.test/v1", "ws", "wss://a.test/v1/tts"],
  ["wss://a.test/v1/", "http", "https://a.test/v1/tts"],
  ["http://a.test:8790", "ws", "ws://a.test:8790/tts"],
  ["ws://a.test/v1?tenant=7", "ws", "ws://a.test/v1/tts?tenant=7"],
] as const)("%s as %s is %s", (base, scheme, url) => {
  expect(gatewayUrl(base, "/tts", scheme).href).toBe(url);
  expect(gatewayUrl(new URL(base), "/tts", scheme).href).toBe(url);
});

test("a path is one of the page's own origin, and as safe as the page", () => {
  vi.stubGlobal("document", { baseURI: "https://page.test/app/index.html" });
  expect(gatewayUrl("/v1", "/tts", "ws").href).toBe("wss://page.test/v1/tts");
  expect(gatewayUrl("v1", "/tts", "http").href).toBe("https://page.test/app/v1/tts");
});

test("a path without a page leads nowhere, but is no wrong option", () => {
  checkGatewayUrl("tts.url", "/v1");
  expect(() => gatewayUrl("/v1", "/tts", "ws")).toThrow(TypeError);
});

test.each(["ftp://a.test/v1", "javascript:alert(1)", "http://", "data:,x"])("%s is refused by name", (url) => {
  expect(() => checkGatewayUrl("tts.url", url)).toThrow(
    new TypeError(`tts.url must be an http or ws URL, absolute or of this page, got "${url}"`),
  );
  expect(() => gatewayUrl(url, "/tts", "ws")).toThrow(TypeError);
});
