import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as jose from "jose";
import { expect, it, test } from "vitest";
import { signInferenceToken } from "./http/inference-token.ts";
import { FrameClient } from "./testing/frame-client.ts";
import { UpstreamServer } from "./testing/upstream-server.ts";

const SECRET = "a secret for tests, which nobody needs to guess";

/** Runs the command line with these arguments and, besides what everything needs, these variables only. */
function run(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", "cli.ts", ...args], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { output: "", errors: "" };
  child.stdout.on("data", (chunk: Buffer) => (text.output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text.errors += chunk.toString()));
  return { child, text, closed: once(child, "close") as Promise<[code: number | null]> };
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "prints one line when it is ready, and %s ends it cleanly",
  async (signal) => {
    const { child, text, closed } = run(["--port", "0", "--warm", "0", "--alias", "deepgram/nova-3=ledger"]);
    await once(child.stdout, "data");
    expect(text.output).toMatch(/^vivavoce-gateway ready at http:\/\/127\.0\.0\.1:\d+ .*\n$/);
    child.kill(signal);
    expect(await closed).toEqual([0, null]);
    expect(text.errors).toBe("");
  },
);

test.each([
  [["--alias", "nonsense"], "--alias must be name=engine, got nonsense"],
  [["--max-sockets-per-token", "100"], "maxSocketsPerToken must be a whole number in [1, 64], got 100"],
  [["--livekit"], "A LiveKit server needs LIVEKIT_URL in the environment"],
  [["--relay"], "--relay needs LIVEKIT_INFERENCE_API_KEY or LIVEKIT_API_KEY in the environment"],
])("%j fails, and says in one line why", async (args, message) => {
  const { text, closed } = run(args);
  expect((await closed)[0]).toBe(1);
  expect(text.errors).toBe(`${message}\n`);
});

it("--relay leads to the upstream of the environment, with its credentials", async () => {
  const upstream = await UpstreamServer.listen();
  const { url, apiKey, apiSecret } = upstream.relay;
  const { child, text, closed } = run(["--relay", "--port", "0", "--warm", "0"], {
    LIVEKIT_INFERENCE_URL: url,
    LIVEKIT_API_KEY: apiKey,
    LIVEKIT_API_SECRET: apiSecret,
    VIVAVOCE_API_SECRET: SECRET,
  });
  await once(child.stdout, "data");
  const gatewayUrl = /http:\S+/.exec(text.output)?.[0] ?? "";
  const { token } = await signInferenceToken(jose, {
    apiKey: "vivavoce",
    secret: Buffer.from(SECRET),
    lifetimeMs: 60_000,
  });
  const gateway = { url: gatewayUrl, issueToken: async () => ({ token, expiresAtMs: 0 }) };
  const client = await FrameClient.connect(gateway, "/v1/bargein");
  client.send("through");
  expect(await client.frames(1)).toEqual(["through"]);
  const { headers } = await upstream.visit();
  await expect(jose.jwtVerify(headers.authorization?.slice(7) ?? "", Buffer.from(apiSecret))).resolves.toBeDefined();
  child.kill("SIGTERM");
  expect(await closed).toEqual([0, null]);
  expect((await client.closed).code).toBe(1001);
  expect(text.output + text.errors).not.toContain(apiSecret);
  await upstream.close();
});
