import { expect, test } from "@playwright/test";
import { AppPage } from "./app-page.ts";
import { joined, loadSpeech, silence } from "./speech.ts";

test("the policy holds: eval and blob: fail in page, worker and worklet", async () => {
  await using app = await AppPage.open({ gateway: { warm: 0 } });
  expect(await app.page.evaluate(() => window.app.canaries())).toEqual({
    pageEval: true,
    pageBlob: true,
    workletBlob: true,
    workerEval: true,
    workerBlob: true,
  });
});

test("a page that is loaded, and a session that is made, ask for nothing", async () => {
  await using app = await AppPage.open({ gateway: { warm: 0 } });
  const requests: string[] = [];
  app.page.on("request", (request) => requests.push(request.url()));
  await app.session();
  await app.page.waitForTimeout(300);
  expect(requests).toEqual([]);
  expect(await app.tracks()).toEqual([]);
});

test("started, stopped and started again at once, as React's StrictMode does, one run remains", async () => {
  await using app = await AppPage.open({ gateway: { warm: 0 } });
  await app.session({ model: "ledger" });
  const outcome = await app.page.evaluate(async () => {
    const { session } = window.app;
    const first = session.start().catch((error: DOMException) => error.name);
    void session.stop();
    const second = session.start();
    const third = session.start();
    await Promise.all([second, third]);
    return { first: await first, state: session.state };
  });
  expect(outcome).toMatchObject({ first: "AbortError", state: { kind: "listening" } });
  const tracks = await app.tracks();
  expect(tracks.filter((state) => state === "live")).toHaveLength(1);
  await app.page.evaluate(() => Promise.all([window.app.session.stop(), window.app.session.stop()]));
  expect((await app.tracks()).every((state) => state === "ended")).toBe(true);
  const ends = (await app.events()).filter(({ type }) => type === "ended");
  expect(ends).toMatchObject([{ reason: "stopped" }, { reason: "stopped" }]); // one for each run
});

test("a session without a recogniser detects speech, and is given back by `await using`", async () => {
  const speech = joined(silence(1), await loadSpeech("goforward.raw"));
  await using app = await AppPage.open({ speech, gateway: { warm: 0 } });
  await app.session({ model: false });
  await app.start();
  await app.hear(5_500);
  await app.page.evaluate(async () => window.app.session[Symbol.asyncDispose]());
  const events = await app.events();
  const speaking = events.flatMap(({ type }) => (type === "speech-started" || type === "speech-ended" ? [type] : []));
  expect(speaking).toEqual(["speech-started", "speech-ended"]);
  expect(await app.page.evaluate(() => window.app.sent.length)).toBeGreaterThan(50);
  expect(events.at(-1)).toMatchObject({ type: "ended", reason: "stopped" });
  expect(await app.tracks()).toEqual(["ended"]);
});
