import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { chromium, expect, test } from "@playwright/test";
import { createGateway, type Gateway } from "../gateway/index.ts";
import { CHROMIUM } from "../scripts/chromium.ts";
import { staticFiles } from "../scripts/static-files.ts";

const ROOT = join(import.meta.dirname, "..");

let gateway: Gateway;
test.beforeAll(async () => {
  execFileSync("node_modules/.bin/vite", ["build", "--logLevel", "warn"], { cwd: ROOT });
  gateway = await createGateway({ defaultEngine: "pocketsphinx", fallback: staticFiles(join(ROOT, "demo/dist")) });
});
test.afterAll(() => gateway.close());

test("the demo turns a recording into words, and tells how quick it was", async () => {
  const browser = await chromium.launch(CHROMIUM);
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("request", (request) => /onnx|ort-/.test(request.url()) && problems.push(`fetched ${request.url()}`));
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
