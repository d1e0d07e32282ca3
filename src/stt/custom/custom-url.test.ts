import { afterEach, expect, test, vi } from "vitest";
import { checkUrl, completeUrl } from "./custom-url.ts";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["/listen?model=big", "ws", "wss://app.example/listen?model=big"],
  ["listen", "ws", "wss://app.example/room/listen"],
  ["http://127.0.0.1:8080/listen", "ws", "ws://127.0.0.1:8080/listen"],
  ["wss://stt.example/", "ws", "wss://stt.example/"],
  ["wss://stt.example/", "http", "https://stt.example/"],
  [new URL("https://stt.example/a"), "http", "https://stt.example/a"],
] as const)("%s is completed by the page's address, and spoken to by %s: %s", (url, scheme, complete) => {
  vi.stubGlobal("document", { baseURI: "https://app.example/room/" });
  checkUrl(url);
  expect(completeUrl(url, scheme).href).toBe(complete);
});

test("a relative address without a page is told by name", () => {
  checkUrl("/listen");
  expect(() => completeUrl("/listen", "ws")).toThrow(
    expect.objectContaining({ code: "invalid-state", message: "stt.url /listen is relative, and there is no page" }),
  );
});
