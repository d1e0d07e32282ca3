import { chromium, expect, test } from "@playwright/test";
import { createGateway, type Gateway } from "../gateway/index.ts";
import { CHROMIUM } from "../scripts/chromium.ts";
import { staticFiles } from "../scripts/static-files.ts";
import { buildDemo } from "./built-demo.ts";

let gateway: Gateway;
test.beforeAll(async () => {
  gateway = await createGateway({ defaultEngine: "pocketsphinx", fallback: staticFiles(buildDemo()) });
});
test.afterAll(() => gateway.close());

test("the demo turns a recording into words, and tells how quick it was", async () => {
  const browser = await chromium.launch(CHROMIUM);
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(error.message));
    page.on(
      "request",
      (request) => /onnx|ort-|room-agent/.test(request.url()) && problems.push(`fetched ${request.url()}`),
    );
    await page.goto(gateway.url);
    await page.getByTestId("recording-select").selectOption({ index: 1 });
    await page.getByTestId("start").click();
    await expect(page.getByTestId("transcript")).toContainText("go forward ten meters", { timeout: 20_000 });
    await expect(page.getByTestId("transcript")).toContainText("Turn over", { timeout: 20_000 });
    await expect(page.getByTestId("state")).toContainText("ended", { timeout: 20_000 });
    await expect(page.getByTestId("figure-first-byte")).toContainText(/\d+ ms/);
    await expect(page.getByTestId("figure-sent")).toContainText(/\d/);
    await expect(page.getByTestId("error")).toBeHidden();
    expect(problems).toEqual([]);
  } finally {
    await browser.close();
  }
});

for (const way of ["space bar", "finger"] as const) {
  test(`held to talk by ${way}, nothing is sent before, and the turn is over when it is let go`, async () => {
    const browser = await chromium.launch(CHROMIUM);
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
      await page.goto(gateway.url);
      await page.getByTestId("settings").locator("summary").click();
      await page.getByTestId("turn-ending").selectOption("manual");
      await page.getByTestId("recording-select").selectOption({ index: 1 });
      const hold = page.getByTestId("hold");
      await expect(hold).toBeDisabled();
      await page.getByTestId("start").click();
      await expect(hold).toBeEnabled();
      await expect(page.getByTestId("figure-sent")).toHaveText("0.0 s");
      const { x, y, width, height } = (await hold.boundingBox())!;
      await page.mouse.move(x + width / 2, y + height / 2);
      await (way === "finger" ? page.mouse.down() : page.keyboard.down(" "));
      await expect(hold).toHaveAttribute("aria-pressed", "true");
      await page.waitForTimeout(1_500);
      await (way === "finger" ? page.mouse.up() : page.keyboard.up(" "));
      await expect(hold).toHaveAttribute("aria-pressed", "false");
      await expect(page.getByTestId("transcript")).toContainText("Turn over", { timeout: 20_000 });
      await expect(page.getByTestId("error")).toBeHidden();
    } finally {
      await browser.close();
    }
  });
}

for (const agent of ["cascade", "realtime"] as const) {
  test(`talked with (${agent}), the demo answers speech, asks for a tool, and strikes what was cut off`, async () => {
    test.slow(); // a conversation takes its time, and its recogniser, voice and page share one computer
    const browser = await chromium.launch(CHROMIUM);
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
      page.on("pageerror", (error) => problems.push(error.message));
      await page.goto(`${gateway.url}/#talk`);
      await page.getByTestId("agent").selectOption(agent);
      await page.getByTestId("recording-select").selectOption({ index: 1 });
      await page.getByTestId("start").click();
      await expect(page.getByTestId("caption").first()).toHaveText("Going forward ten meters.", { timeout: 60_000 });
      await expect(page.getByTestId("figure-response")).toContainText(/\d m?s/);
      await page.getByTestId("message").fill("tell me a story");
      await page.getByTestId("message").press("Enter");
      await expect(page.getByTestId("caption").last()).toContainText("an old man", { timeout: 20_000 });
      await page.getByTestId("interrupt").click();
      await expect(page.locator("del")).toContainText("looked for ships");
      await expect(page.getByTestId("figure-silence")).toContainText(/\d+ ms/);
      await page.getByTestId("message").fill("what is the weather in Paris");
      await page.getByTestId("message").press("Enter");
      await expect(page.getByTestId("tool")).toContainText('get_weather(location: "Paris")');
      await expect(page.getByTestId("caption").last()).toContainText("all of it made up", { timeout: 20_000 });
      await expect(page.getByTestId("problem")).toHaveCount(0);
      await expect(page.getByTestId("error")).toBeHidden();
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
    }
  });
}

test("without a LiveKit server the demo says how to get one", async () => {
  const browser = await chromium.launch(CHROMIUM);
  try {
    const page = await browser.newPage();
    await page.goto(`${gateway.url}/#room`);
    await page.getByTestId("recording-select").selectOption({ index: 1 });
    await page.getByTestId("start").click();
    await expect(page.getByTestId("error")).toContainText("npm start -- --room", { timeout: 20_000 });
    await expect(page.getByTestId("state")).toHaveText("ended");
  } finally {
    await browser.close();
  }
});
