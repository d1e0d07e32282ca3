import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Launch options for the system's Chromium: a real one, quiet, whose permission prompts answer themselves. */
export const CHROMIUM = {
  executablePath: process.env["CHROMIUM"] ?? PLACES.find((path) => existsSync(path)) ?? "chromium",
  args: [
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
  ],
};
