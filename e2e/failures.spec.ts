import { expect, test } from "@playwright/test";
import { AppPage } from "./app-page.ts";
import { expectEnd } from "./expect-end.ts";
import { freePort } from "./free-port.ts";
import { joined, loadSpeech, silence } from "./speech.ts";

test("a denied microphone is told as such", async () => {
  await using app = await AppPage.open({ isAllowed: false, gateway: { warm: 0 } });
  await app.session({ model: "ledger" });
  expect(await app.start()).toMatchObject({ code: "microphone-denied" });
  await expectEnd(app, "microphone-denied");
});

test("a wrong asset path names the file and the status", async () => {
  await using app = await AppPage.open({ gateway: { warm: 0 } });
  await app.session({ model: "ledger", assets: "/nowhere/" });
  const error = await app.start();
  expect(error).toMatchObject({ code: "asset-failed" });
  expect(error!.message).toContain("/nowhere/hearing.worklet.js");
  expect(error!.message).toContain("HTTP 404");
  await expectEnd(app, "asset-failed");
});

test("an HTML page in place of a file is told as such", async () => {
  await using app = await AppPage.open({ gateway: { warm: 0 } });
  await app.session({ model: "ledger", assets: "/spa/assets" });
  const error = await app.start();
  expect(error).toMatchObject({ code: "asset-failed" });
  expect(error!.message).toContain("HTML");
  await expectEnd(app, "asset-failed");
});

test("assets of another origin are told as such", async () => {
  await using app = await AppPage.open({ gateway: { warm: 0 } });
  await app.session({ model: "ledger", assets: `http://localhost:${await freePort()}/assets/` });
  expect((await app.start())!.message).toContain("another origin");
  await expectEnd(app, "asset-failed");
});

test("a gateway that is down is unreachable, once all attempts are spent", async () => {
  await using app = await AppPage.open({ gateway: { warm: 0 } });
  await app.session({ url: `http://127.0.0.1:${await freePort()}/v1`, connection: { maxRetries: 1 } });
  await app.start();
  await expectEnd(app, "gateway-unreachable");
});

test("a gateway that dies in mid-sentence for good is told as such, with the speech that it took along", async () => {
  const speech = joined(silence(0.5), await loadSpeech("goforward.raw"));
  await using app = await AppPage.open({ speech });
  await app.session({ connection: { maxRetries: 1 } });
  expect(await app.start()).toBeUndefined();
  await app.page.waitForFunction(() => window.app.events.some(({ type }) => type === "transcript"));
  await app.gateway.close();
  await expectEnd(app, "token-failed"); // the server of the tokens is gone as well
  const gaps = (await app.events()).filter(({ type }) => type === "gap");
  expect(gaps.length).toBeGreaterThan(0);
});

test("a refused token is told as such, though a browser cannot see a refused upgrade", async () => {
  await using app = await AppPage.open({ gateway: { warm: 0 } });
  await app.session({ model: "ledger", token: "not.a.token" });
  await app.start();
  await expectEnd(app, "token-rejected");
});

test("a model that cannot load opens the gate and warns, and the words still come", async () => {
  const speech = joined(silence(0.5), await loadSpeech("goforward.raw"));
  await using app = await AppPage.open({ speech });
  await app.page.route("**/*.bin", (route) => route.fulfill({ status: 404, body: "" }));
  await app.session({ finalLimitMs: 20_000 });
  await app.start();
  await app.hear(5_500);
  await app.stop();
  const events = await app.ended();
  expect(events.filter(({ type }) => type === "warning")).toMatchObject([{ error: { code: "vad-failed" } }]);
  const finals = events.filter((event) => event.type === "transcript" && event.isFinal);
  expect(finals.map((event) => event.type === "transcript" && event.text)).toEqual(["go forward ten meters"]);
  expect(events.at(-1)).toMatchObject({ type: "ended", reason: "stopped" });
});
