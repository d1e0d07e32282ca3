import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { VoiceError } from "../errors.ts";
import { fetchToken, type Token, type TokenRequest } from "./token.ts";

function request(signal = new AbortController().signal): TokenRequest {
  return { signal, attempt: 3, reason: "reconnect" };
}

test("a token function is told why it is asked, and may answer with a string or more", async () => {
  const asked: TokenRequest[] = [];
  const told = request();
  await expect(fetchToken((given) => (asked.push(given), Promise.resolve("abc")), told)).resolves.toEqual({
    token: "abc",
  });
  expect(asked).toEqual([told]);
  const token: Token = { token: "abc", url: "wss://other.example", expiresAtMs: 5 };
  await expect(fetchToken(() => Promise.resolve(token), told)).resolves.toBe(token);
});

test.each([
  ["rejects", () => Promise.reject(new Error("503"))],
  [
    "throws",
    () => {
      throw new Error("503");
    },
  ],
])("a token function that %s is token-failed, with its reason and cause", async (_how, token) => {
  const error: unknown = await fetchToken(token, request()).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: "token-failed", retryable: true, cause: new Error("503") });
  expect(String(error)).toContain("503");
});

test.each([[""], [undefined], [null], [{}], [{ token: "" }], [{ token: 5 }]])(
  "a token function that gives %j gave no token",
  async (given) => {
    const failure = fetchToken(() => Promise.resolve(given as string), request());
    await expect(failure).rejects.toEqual(new VoiceError("token-failed", "The token function gave no token"));
  },
);

test("an aborted signal asks nobody, and its reason comes out unchanged", async () => {
  let asked = 0;
  const failure = fetchToken(() => Promise.resolve(String(asked++)), request(AbortSignal.abort("enough")));
  await expect(failure).rejects.toBe("enough");
  expect(asked).toBe(0);
});

test.each([
  [
    "answers all the same",
    (signal: AbortSignal) => new Promise<string>((give) => signal.addEventListener("abort", () => give("abc"))),
  ],
  [
    "fails because of it",
    (signal: AbortSignal) =>
      new Promise<string>((_, fail) => signal.addEventListener("abort", () => fail(new Error("aborted")))),
  ],
  ["never heard of it and never answers", () => new Promise<string>(() => undefined)],
])(
  "aborting while the token function is at work gives the signal's reason unchanged, if it %s",
  async (_how, token) => {
    const controller = new AbortController();
    const reason = new Error("the page left");
    const failure = fetchToken(({ signal }) => token(signal), request(controller.signal));
    controller.abort(reason);
    await expect(failure).rejects.toBe(reason);
  },
);

test("a token that came leaves no listener on the signal", async () => {
  const { signal } = new AbortController();
  await fetchToken(() => Promise.resolve("abc"), request(signal));
  expect(getEventListeners(signal, "abort")).toEqual([]);
});
