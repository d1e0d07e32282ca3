import { expect, test } from "@playwright/test";
import { AppPage, textOf, wordsOf } from "./app-page.ts";
import { joined, loadSpeech, silence } from "./speech.ts";

test("a server that restarts in mid-sentence costs no word, in a real browser, and every word stands in its place", async () => {
  const sentence = await loadSpeech("goforward.raw");
  await using app = await AppPage.open({ speech: joined(silence(0.5), sentence, silence(2), sentence) });
  await app.session();
  expect(await app.start()).toBeUndefined();
  await app.page.waitForFunction(() => window.app.events.some(({ type }) => type === "transcript"));
  await app.restartGateway(1_500);
  await app.hear(9_000);
  await app.page.waitForFunction(
    () => window.app.events.filter((event) => event.type === "transcript" && event.isFinal).length > 1,
  );
  await app.stop();
  const events = await app.ended();
  const types = events.map(({ type }) => type);
  expect(types).toContain("reconnecting");
  expect(types.indexOf("reconnected")).toBeGreaterThan(types.indexOf("reconnecting"));
  expect(types).not.toContain("gap");
  expect(textOf(events)).toBe("go forward ten meters go forward ten meters");
  const starts = wordsOf(events).map(({ startMs }) => startMs);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  expect(starts[4]! - starts[0]!).toBeGreaterThan((sentence.length / 16_000 + 2) * 1_000 - 60);
  expect(starts[4]! - starts[0]!).toBeLessThan((sentence.length / 16_000 + 2) * 1_000 + 60);
  expect(events.at(-1)).toMatchObject({ type: "ended", reason: "stopped" });
});
