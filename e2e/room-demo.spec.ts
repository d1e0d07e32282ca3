import { chromium, expect, test } from "@playwright/test";
import { createGateway, type Gateway } from "../gateway/index.ts";
import { CHROMIUM } from "../scripts/chromium.ts";
import { serveRooms } from "../scripts/serve-rooms.ts";
import { staticFiles } from "../scripts/static-files.ts";
import { buildDemo } from "./built-demo.ts";
import { installClient } from "./installed-client.ts";
import type { LivekitServer } from "./livekit-server.ts";
import { livekitServer } from "./room-stage.ts";

let server: LivekitServer;
let gateway: Gateway;
let leaveRooms: () => Promise<void>;
test.beforeAll(async () => {
  server = await livekitServer();
  await installClient("room-agent");
  const fallback = staticFiles(buildDemo(), server.url);
  gateway = await createGateway({ defaultEngine: "pocketsphinx", fallback, livekit: server });
  leaveRooms = serveRooms(server, gateway);
});
test.afterAll(async () => {
  await leaveRooms?.();
  await gateway?.close();
  await server?.stop();
});

test("in the demo, an agent comes, hears what was said before, answers in captions, and falls silent when it is cut off", async () => {
  test.slow(); // page, room, agent, recogniser and voice share one computer
  const browser = await chromium.launch(CHROMIUM);
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(`${gateway.url}/#room`);
    await page.getByTestId("recording-select").selectOption({ index: 1 });
    await page.getByTestId("start").click();
    await expect(page.getByTestId("transcript")).toContainText("go forward ten meters", { timeout: 60_000 });
    await expect(page.getByTestId("caption").first()).toContainText("Going forward ten meters", { timeout: 60_000 });
    await expect(page.getByTestId("room-connection")).toHaveText("joined");
    await expect(page.getByTestId("room-voice")).toHaveText("goes to the agent");
    await expect(page.getByTestId("figure-room-answer")).toContainText(/\d m?s/);
    await page.getByTestId("message").fill("tell me a story");
    await page.getByTestId("message").press("Enter");
    await expect(page.getByTestId("caption").last()).toContainText("an old man", { timeout: 20_000 });
    await page.getByTestId("interrupt").click();
    await expect(page.getByTestId("answer").last()).toContainText(/Cut off after \d/);
    await expect(page.getByTestId("state")).toHaveText("listening");
    await expect(page.getByTestId("answer").last()).not.toContainText("ships");
    await expect(page.getByTestId("problem")).toHaveCount(0);
    await expect(page.getByTestId("error")).toBeHidden();
    expect(problems).toEqual([]);
  } finally {
    await browser.close();
  }
});
