import { expect } from "@playwright/test";
import type { VoiceEvent } from "../src/session/events.ts";
import type { AppPage } from "./app-page.ts";

/** How a run must end: one terminal event after everything else, of this code, with nothing left open. */
export async function expectEnd(app: AppPage, code: string): Promise<Extract<VoiceEvent, { type: "ended" }>> {
  const events = await app.ended();
  await app.page.waitForTimeout(300); // whatever might still come after the last event has come by then
  expect(events.filter(({ type }) => type === "ended")).toHaveLength(1);
  const last = (await app.events()).at(-1)!;
  expect(last).toMatchObject({ type: "ended", reason: "failed", error: { name: "VoiceError", code } });
  await expectNothingLeft(app);
  return last as Extract<VoiceEvent, { type: "ended" }>;
}

/** No microphone is held, and no connection of WebRTC is open; one that never began to connect holds nothing. */
export async function expectNothingLeft(app: AppPage): Promise<void> {
  expect((await app.tracks()).every((state) => state === "ended")).toBe(true);
  const open = (): Promise<string[]> =>
    app.page.evaluate(() =>
      window.app.connections
        .map(({ connectionState }) => connectionState)
        .filter((state) => !["closed", "new"].includes(state)),
    );
  await expect.poll(open).toEqual([]);
}
