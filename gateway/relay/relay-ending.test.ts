import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { FrameClient } from "../testing/frame-client.ts";
import { UpstreamServer } from "../testing/upstream-server.ts";

let upstream: UpstreamServer | undefined;
afterEach(() => upstream?.close());

function complete(gateway: Gateway, token: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", body: "{}", headers });
}

it("close ends clients and upstream sockets with 1001, breaks off requests, and leaves no connection", async () => {
  const codes: number[] = [];
  upstream = await UpstreamServer.listen({
    serve: (socket) => {
      socket.on("close", (code) => codes.push(code));
      socket.send("welcome");
    },
    answer: (incoming, response) => {
      incoming.resume();
      if (incoming.url?.endsWith("?mute") !== true) response.writeHead(200).write("first words");
    },
  });
  const gateway = await createGateway({ warm: 0, relay: upstream.relay });
  const { token } = await gateway.issueToken();
  const clients = [await FrameClient.connect(gateway, "/v1/tts"), await FrameClient.connect(gateway, "/v1/bargein")];
  for (const client of clients) await client.frames(1);
  const undecided = await FrameClient.connect(gateway, "/v1/stt");
  const answer = await complete(gateway, token);
  const broken = expect(answer.text()).rejects.toThrow("terminated");
  await gateway.close();
  await broken;
  for (const client of [...clients, undecided]) expect((await client.closed).code).toBe(1001);
  expect(codes).toEqual([1001, 1001]);
  await upstream.deserted();
  await expect(complete(gateway, token)).rejects.toThrow();
});

it("close waits for no upstream: neither for one that is being dialled nor for one that does not answer", async () => {
  upstream = await UpstreamServer.listen({
    refuse: () => undefined, // never answers an upgrade
    answer: (incoming) => void incoming.resume(),
  });
  const gateway = await createGateway({ warm: 0, relay: upstream.relay });
  const client = await FrameClient.connect(gateway, "/v1/tts");
  const { token } = await gateway.issueToken();
  const asking = complete(gateway, token).then(
    ({ status }) => status,
    () => 0,
  );
  await upstream.visit(2);
  await gateway.close();
  expect((await client.closed).code).toBe(1001);
  expect([0, 503]).toContain(await asking);
  await upstream.deserted();
});

it("an upstream that ignores the goodbye is cut off", async () => {
  upstream = await UpstreamServer.listen({
    serve: (socket) => socket.send("welcome", () => socket.pause()), // reads no close frame
  });
  const gateway = await createGateway({ warm: 0, relay: upstream.relay });
  const client = await FrameClient.connect(gateway, "/v1/tts");
  await client.frames(1);
  await gateway.close();
  await client.closed;
});

it("a process whose gateway is closed ends by itself: no timer, no socket is left", async () => {
  upstream = await UpstreamServer.listen();
  const mute = await UpstreamServer.listen({ refuse: () => undefined });
  const script = `
    import { createGateway } from "./gateway.ts";
    import { FrameClient } from "./testing/frame-client.ts";
    const patience = { connectTimeoutMs: 2_000_000_000, answerTimeoutMs: 2_000_000_000, stallLimitMs: 2_000_000_000 };
    const gateway = await createGateway({ warm: 0, relay: { ...${JSON.stringify(upstream.relay)}, ...patience } });
    const other = await createGateway({ warm: 0, relay: { ...${JSON.stringify(mute.relay)}, ...patience } });
    const client = await FrameClient.connect(gateway, "/v1/tts");
    client.send("hello");
    await client.frames(1);
    await FrameClient.connect(gateway, "/v1/stt");
    await FrameClient.connect(other, "/v1/tts");
    await Promise.all([gateway.close(), other.close()]);
    console.log("closed");
  `;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  expect(await once(child, "close")).toEqual([0, null]);
  expect(output).toBe("closed\n");
  await mute.close();
});
