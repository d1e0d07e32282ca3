import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createGateway, type Gateway } from "../../../gateway/gateway.ts";
import { toPcm16 } from "../../audio/pcm16.ts";
import { randomNumbers } from "../../testing/random.ts";
import type { TokenFunction } from "../../net/token.ts";
import type { SpeechStream, Stt } from "../contract.ts";
import { livekitInference } from "../livekit/livekit-inference.ts";
import type { SpeechEvent } from "../speech-event.ts";
import { fallbackAdapter } from "./fallback-adapter.ts";

const gateways: Gateway[] = [];
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
});

async function openGateway(port = 0): Promise<Gateway> {
  const gateway = await createGateway({ warm: 0, port });
  gateways.push(gateway);
  return gateway;
}

/** The real client of a gateway, by whichever token it wants. */
function client(gateway: Gateway, model: string, token: TokenFunction = () => gateway.issueToken()): Stt {
  const webSocket = (url: string, protocols: string[]): WebSocket => new WebSocket(url, protocols);
  return livekitInference({ url: `${gateway.url}/v1`, model, token, webSocket });
}

/** A stream of a fallback, and what it and the members' availability have to say. */
class Rig {
  readonly said: (SpeechEvent | string)[] = [];
  readonly stream: SpeechStream;
  readonly #random = randomNumbers(7);
  readonly #session = new AbortController();
  #waiting: (() => void)[] = [];

  constructor(members: readonly Stt[], retryIntervalMs = 100) {
    const hear = (what: SpeechEvent | string): void => {
      this.said.push(what);
      for (const look of this.#waiting.splice(0)) look();
    };
    this.stream = fallbackAdapter(members, {
      maxRetriesPerStt: 0,
      retryIntervalMs,
      onAvailabilityChanged: ({ stt, isAvailable }) => hear(`${stt.model} is ${isAvailable ? "back" : "out"}`),
    }).stream({ onEvent: hear, signal: this.#session.signal });
  }

  /** Says something that no other samples are like, and returns it. */
  speak(startSample: number, lengthSamples: number): Float32Array {
    const samples = Float32Array.from({ length: lengthSamples }, () => this.#random() - 0.5);
    for (let at = 0; at < lengthSamples; at += 512) {
      this.stream.push(startSample + at, samples.subarray(at, at + 512));
      this.stream.advance(startSample + Math.min(at + 512, lengthSamples));
    }
    return samples;
  }

  /** Resolves once something was said. */
  async until(isIt: (what: SpeechEvent | string) => boolean): Promise<void> {
    while (!this.said.some(isIt)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  settled(id: number): Promise<void> {
    return this.until((what) => typeof what === "object" && what.type === "segment-settled" && what.segmentId === id);
  }

  /** The types of what was said, without the bookkeeping. */
  types(): string[] {
    const types = this.said.map((what) => (typeof what === "string" ? what : what.type));
    return types.filter(
      (type) => !["audio-sent", "flush-sent", "recognition-usage", "metrics-collected"].includes(type),
    );
  }

  end(): void {
    this.#session.abort();
  }
}

test("from a gateway that is not there to one that is: not a sample is missing, and none comes twice", async () => {
  const dead = await openGateway();
  await dead.close();
  const live = await openGateway();
  const token: TokenFunction = () => Promise.resolve("whatever");
  const rig = new Rig([client(dead, "ledger", token), client(live, "ledger")]);
  rig.stream.openSegment(1, 4_000);
  const said = rig.speak(4_000, 24_000);
  rig.stream.flush(28_000);
  rig.stream.closeSegment(28_000);
  await rig.settled(1);
  expect(rig.types()).toEqual([
    "ledger is out",
    "error",
    "recovered",
    "start-of-speech",
    "final-transcript",
    "end-of-speech",
    "segment-settled",
  ]);
  expect(live.ledgers.at(-1)?.pcm()).toEqual(toPcm16(said));
  expect(rig.said.find((what) => typeof what === "object" && what.type === "final-transcript")).toMatchObject({
    transcriptId: 1,
    data: { text: "received 24000 samples", startSample: 4_000, endSample: 28_000 },
  });
  rig.end();
});

test("from one that dies in the middle of a sentence: the next hears the sentence from its beginning", async () => {
  const [dying, live] = [await openGateway(), await openGateway()];
  const rig = new Rig([client(dying, "script/dies-mid-sentence"), client(live, "ledger")]);
  rig.stream.openSegment(1, 0);
  const first = rig.speak(0, 16_000); // dies after 700 ms
  await rig.until((what) => typeof what === "string");
  const second = rig.speak(16_000, 8_000);
  rig.stream.flush(24_000);
  rig.stream.closeSegment(24_000);
  await rig.settled(1);
  expect(rig.types()).toEqual([
    "start-of-speech",
    "interim-transcript",
    "interim-transcript",
    "script/dies-mid-sentence is out",
    "error",
    "recovered",
    "final-transcript",
    "end-of-speech",
    "segment-settled",
  ]);
  expect(live.ledgers.at(-1)?.pcm()).toEqual(toPcm16(Float32Array.of(...first, ...second)));
  const sent = rig.said.filter((what) => typeof what === "object" && what.type === "audio-sent");
  expect(sent.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(24_000);
  rig.end();
});

test("one that comes back is told to be available, while the other goes on", async () => {
  const gone = await openGateway();
  await gone.close();
  const live = await openGateway();
  const token: TokenFunction = async () => (await gateways.at(-1)?.issueToken()) ?? "none";
  const rig = new Rig([client(gone, "ledger", token), client(live, "ledger")], 0);
  await rig.until((what) => what === "ledger is out");
  const back = await openGateway(gone.port);
  rig.stream.openSegment(1, 0);
  rig.speak(0, 16_000);
  rig.stream.flush(16_000);
  rig.stream.closeSegment(16_000);
  await rig.until((what) => what === "ledger is back");
  await rig.settled(1);
  expect([back.ledgers.length, live.ledgers.length]).toEqual([1, 1]);
  expect(rig.types().filter((type) => type === "final-transcript").length).toBe(1);
  rig.end();
});
