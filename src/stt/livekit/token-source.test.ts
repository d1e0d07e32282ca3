import { expect, test } from "vitest";
import type { Token, TokenReason, TokenRequest } from "../../net/token.ts";
import { TokenSource } from "./token-source.ts";

const { signal } = new AbortController();

function requestFor(attempt: number, reason: TokenReason = "connect"): TokenRequest {
  return { signal, attempt, reason };
}

/** A token function that counts, and a wall clock that stands still until told. */
class Rig {
  readonly asked: TokenRequest[] = [];
  nowMs = 1_000_000;
  readonly source = new TokenSource(
    (request) => {
      this.asked.push(request);
      return this.answer(this.asked.length);
    },
    () => this.nowMs,
  );

  answer = (count: number): Promise<string | Token> => Promise.resolve(`t${count}`);

  async take(request: TokenRequest = requestFor(1)): Promise<string> {
    return (await this.source.take(request)).token;
  }
}

test("each connection has a token of its own, and the function is told why", async () => {
  const rig = new Rig();
  const requests = [requestFor(1), requestFor(2, "reconnect"), requestFor(3, "rejected")];
  expect([await rig.take(requests[0]), await rig.take(requests[1]), await rig.take(requests[2])]).toEqual([
    "t1",
    "t2",
    "t3",
  ]);
  expect(rig.asked).toEqual(requests);
});

test("a token that was fetched ahead serves once; one is held at a time", async () => {
  const rig = new Rig();
  rig.source.prewarm();
  rig.source.prewarm();
  expect(rig.asked).toMatchObject([{ attempt: 1, reason: "connect" }]);
  expect([await rig.take(), await rig.take()]).toEqual(["t1", "t2"]);
  expect(rig.asked).toHaveLength(2);
});

test("a held token serves for less than 30 s, and then another is fetched", async () => {
  const rig = new Rig();
  rig.source.prewarm();
  rig.nowMs += 29_999;
  expect(await rig.take()).toBe("t1");
  rig.source.prewarm();
  rig.nowMs += 30_000;
  expect(await rig.take()).toBe("t3");
  rig.source.prewarm();
  rig.nowMs += 30_000;
  rig.source.prewarm();
  expect(await rig.take()).toBe("t5");
});

test("a held token does not serve once it has expired, nor after a refusal", async () => {
  const rig = new Rig();
  rig.answer = (count) => Promise.resolve({ token: `t${count}`, expiresAtMs: rig.nowMs + 5_000 });
  rig.source.prewarm();
  rig.nowMs += 4_999;
  expect(await rig.take()).toBe("t1");
  rig.source.prewarm();
  rig.nowMs += 5_000;
  expect(await rig.take()).toBe("t3");
  rig.source.prewarm();
  expect(await rig.take(requestFor(2, "rejected"))).toBe("t5");
});

test("fetching ahead fails silently, and the connection asks for itself", async () => {
  const rig = new Rig();
  rig.answer = (count) => (count === 1 ? Promise.reject(new Error("503")) : Promise.resolve(`t${count}`));
  rig.source.prewarm();
  await new Promise((resolve) => setImmediate(resolve)); // a rejection that nobody hears would fail this test
  expect(await rig.take()).toBe("t2");
});

test("a token that is still on its way is waited for, and let go of when aborted", async () => {
  const rig = new Rig();
  let arrive: (token: string) => void = () => undefined;
  rig.answer = () => new Promise((resolve) => (arrive = resolve));
  rig.source.prewarm();
  const taken = rig.take();
  arrive("late");
  expect(await taken).toBe("late");
  rig.source.prewarm();
  const stop = new AbortController();
  const reason = new Error("the page left");
  const given = rig.take({ ...requestFor(1), signal: stop.signal });
  stop.abort(reason);
  await expect(given).rejects.toBe(reason);
  expect(rig.asked).toHaveLength(2);
});

test.each([0, -1, -60_000])("a fresh token that expires in %d ms is a failure that says so", async (leftMs) => {
  const rig = new Rig();
  rig.answer = () => Promise.resolve({ token: "old", expiresAtMs: rig.nowMs + leftMs });
  await expect(rig.take()).rejects.toMatchObject({
    code: "token-failed",
    message: `The token function gave a token that expired ${-leftMs} ms ago (expiresAtMs ${1_000_000 + leftMs})`,
  });
});

test("a token function that throws is told as one", async () => {
  const rig = new Rig();
  rig.answer = () => Promise.reject(new Error("503"));
  await expect(rig.take()).rejects.toMatchObject({ code: "token-failed", cause: new Error("503") });
});
