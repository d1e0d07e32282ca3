import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { WebSocket } from "ws";
import { asJson, fromJson, type OpenPage } from "./browser-page.ts";
import { Possessions } from "./possessions.ts";
import { findProgram, Program } from "./programs.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

/** A microphone without a question, sound without a click, a fine clock, and no calls home. */
const PREFERENCES: Readonly<Record<string, boolean | number | string>> = {
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  "privacy.reduceTimerPrecision": false,
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.safebrowsing.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage": "about:blank",
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
};

/** Opens a page in headless Firefox, driven by WebDriver BiDi. */
export const openFirefox: OpenPage = async (url, env) => {
  const path = findProgram(["firefox-esr", "firefox"], "firefox-esr");
  await using parts = new Possessions();
  const { path: profile } = parts.own(new TemporaryFolder("firefox"));
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
  await writeFile(join(profile, "user.js"), lines.join("\n"));
  const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"];
  const program = parts.own(new Program(path, args, { env: { ...process.env, ...env } }));
  const [, address] = await program.says(/WebDriver BiDi listening on (ws:\S+)/);
  const socket = new WebSocket(`${address}/session`);
  parts.defer(() => socket.terminate());
  await once(socket, "open");
  const remote = new BidiRemote(socket);
  await remote.call("session.new", { capabilities: {} });
  const { contexts } = await remote.call<{ contexts: { context: string }[] }>("browsingContext.getTree", {});
  const context = contexts[0]?.context;
  await remote.call("browsingContext.navigate", { context, url, wait: "complete" });
  const held = parts.handOver();
  return {
    evaluate: async <T>(expression: string) => {
      const answer = await remote.call<Evaluated>("script.evaluate", {
        expression: asJson(expression),
        target: { context },
        awaitPromise: true,
        userActivation: true,
      });
      if (answer.type === "exception") throw new Error(answer.exceptionDetails?.text);
      return fromJson(answer.result?.value) as T;
    },
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
};

/** Result of BiDi's `script.evaluate`, as far as it matters here. */
interface Evaluated {
  readonly type: "success" | "exception";
  readonly result?: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly text: string };
}

/** Calls over a BiDi socket. @see https://w3c.github.io/webdriver-bidi/ */
class BidiRemote {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, { resolve(result: unknown): void; reject(cause: Error): void }>();
  #calls = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (bytes: Buffer) => {
      const message = JSON.parse(bytes.toString()) as { id?: number; type: string; result?: unknown; message?: string };
      const call = this.#pending.get(message.id ?? -1);
      this.#pending.delete(message.id ?? -1);
      if (message.type === "error") call?.reject(new Error(`Firefox: ${message.message}`));
      else call?.resolve(message.result);
    });
    socket.on("close", () => this.#pending.forEach((call) => call.reject(new Error("Firefox closed its socket"))));
  }

  call<T>(method: string, params: object): Promise<T> {
    const id = ++this.#calls;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject })) as Promise<T>;
  }
}
