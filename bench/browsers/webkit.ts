import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { asJson, fromJson, type OpenPage } from "./browser-page.ts";
import { Possessions } from "./possessions.ts";
import { findProgram, Program } from "./programs.ts";

const MINI_BROWSERS = ["4.1", "6.0", "4.0"].map(
  (version) =>
    `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/webkit2gtk-${version}/MiniBrowser`,
);
const ARGUMENTS = [
  "--automation",
  "--autoplay-policy=allow",
  "--media-playback-requires-user-gesture=false",
  "--enable-media-stream=true",
];
/** How long an expression may take, in ms. */
const SCRIPT_LIMIT_MS = 180_000;

/** Opens a page in WebKitGTK's MiniBrowser under a screen of its own, driven by WebDriver. */
export const openWebKit: OpenPage = async (url, env) => {
  const driverPath = findProgram(["WebKitWebDriver"], "webkit2gtk-driver");
  const binary = findProgram(MINI_BROWSERS, "webkit2gtk-driver");
  const screenPath = findProgram(["Xvfb"], "xvfb");
  await using parts = new Possessions();
  // Xvfb finds a free number and says it on the descriptor that it is given: its standard error here.
  const screen = parts.own(new Program(screenPath, ["-displayfd", "2", "-screen", "0", "800x600x24"]));
  const [display] = await screen.says(/^\d+$/m);
  const port = await freePort();
  parts.own(
    new Program(driverPath, [`--port=${port}`], {
      env: {
        ...process.env,
        DISPLAY: `:${display}`,
        NO_AT_BRIDGE: "1",
        LIBGL_ALWAYS_SOFTWARE: "1",
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
        ...env,
      },
    }),
  );
  const driver = `http://127.0.0.1:${port}`;
  await answers(driver);
  const browserOptions = { binary, args: ARGUMENTS };
  const alwaysMatch = { browserName: "MiniBrowser", "webkitgtk:browserOptions": browserOptions };
  const { sessionId } = await call<{ sessionId: string }>("POST", `${driver}/session`, {
    capabilities: { alwaysMatch },
  });
  const session = `${driver}/session/${sessionId}`;
  parts.defer(() => call("DELETE", session).catch(() => undefined));
  await call("POST", `${session}/timeouts`, { script: SCRIPT_LIMIT_MS });
  await call("POST", `${session}/url`, { url });
  const held = parts.handOver();
  return {
    evaluate: async <T>(expression: string) => {
      const script = `const done = arguments[arguments.length - 1];
        ${asJson(expression)}.then((value) => done({ value }), (error) => done({ error: String(error) }));`;
      const answer = await call<{ value?: unknown; error?: string }>("POST", `${session}/execute/async`, {
        script,
        args: [],
      });
      if (answer.error !== undefined) throw new Error(answer.error);
      return fromJson(answer.value) as T;
    },
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
};

/** One call of WebDriver. @see https://w3c.github.io/webdriver/ */
async function call<T>(method: string, url: string, body?: object): Promise<T> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } };
  if (!response.ok) throw new Error(`WebKitWebDriver: ${value.error}: ${value.message}`);
  return value;
}

async function answers(driver: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const isUp = await fetch(`${driver}/status`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    await sleep(100);
  }
  throw new Error("WebKitWebDriver does not answer");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
