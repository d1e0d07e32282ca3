import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LedgerEngine } from "../engines/ledger.ts";
import type { EngineStream } from "../engines/engine.ts";
import { GATEWAY_ERRORS, GatewayError } from "../errors.ts";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { FrameClient } from "../testing/frame-client.ts";
import { GOOD_MESSAGES } from "../testing/good-messages.ts";
import { noise } from "../testing/signals.ts";
import { WireClient } from "../testing/wire-client.ts";
import { MAX_FRAME_BYTES, MAX_MESSAGE_BYTES, parseMessage } from "./messages.ts";
import { Session } from "./session.ts";

const [CREATE = ""] = GOOD_MESSAGES;
const GOODBYE = '{"type":"session.close"}';
const CODES: readonly unknown[] = Object.values(GATEWAY_ERRORS);
const TYPES = ["session.created", "session.finalized", "session.closed", "final_transcript", "error"];

const HUGE = JSON.stringify({ type: "input_audio", audio: "A".repeat(MAX_MESSAGE_BYTES) });

const good = fc.constantFrom(...GOOD_MESSAGES);
const messageType = fc.constantFrom(
  "session.create",
  "input_audio",
  "session.update",
  "session.finalize",
  "session.close",
  "x",
);
/** The right type and, more often than not, the wrong fields. */
const wrong = fc
  .record({
    type: messageType,
    settings: fc.jsonValue(),
    audio: fc.oneof(fc.jsonValue(), fc.base64String()),
    model: fc.jsonValue(),
  })
  .map((message) => JSON.stringify(message));
const truncated = fc.tuple(good, fc.nat()).map(([text, cut]) => text.slice(0, cut % text.length));
const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array));

/** Any frame of a client that means well, is clumsy, or is up to something; half of them are good ones, so that a session gets somewhere. */
const hostileFrame: fc.Arbitrary<string | Buffer> = fc.oneof(
  { weight: 12, arbitrary: good },
  { weight: 4, arbitrary: truncated },
  { weight: 4, arbitrary: wrong },
  { weight: 2, arbitrary: fc.oneof(fc.string(), fc.json()) },
  { weight: 2, arbitrary: bytes },
  { weight: 1, arbitrary: fc.constant(HUGE) },
);

it("parsing never fails otherwise than with a GatewayError, whatever comes", () => {
  fc.assert(
    fc.property(hostileFrame, (frame) => {
      try {
        parseMessage(String(frame));
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError);
      }
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

interface Told {
  readonly type: string;
  readonly code?: number;
}

/** A session over a ledger, some of whose steps take a turn of the event loop; all that it said and did. */
class Stage {
  readonly told: Told[] = [];
  readonly closes: (number | "terminated")[] = [];
  readonly session: Session;
  toldTooLate = 0;
  openStreams = 0;
  #isEnded: (() => void) | undefined;
  readonly ended = new Promise<void>((resolve) => (this.#isEnded = resolve));

  constructor(isSlow: boolean) {
    const pause = async (): Promise<void> => {
      if (isSlow) await new Promise((resolve) => setImmediate(resolve));
    };
    const end = (how: number | "terminated"): void => {
      this.closes.push(how);
      this.#isEnded?.();
    };
    this.session = new Session({
      socket: {
        send: (text) => {
          this.told.push(JSON.parse(text) as Told);
          if (this.closes.length > 0) this.toldTooLate += 1;
        },
        close: end,
        terminate: () => end("terminated"),
        pause: () => undefined,
        resume: () => undefined,
      },
      open: async (_model, output): Promise<EngineStream> => {
        await pause();
        const stream = await new LedgerEngine().open({ model: "", output });
        this.openStreams += 1;
        return {
          push: async (samples) => {
            await pause();
            await stream.push(samples);
          },
          finalize: async () => {
            await pause();
            return stream.finalize();
          },
          close: () => void (this.openStreams -= 1),
        };
      },
      idleLimitMs: 60_000,
    });
  }
}

it("whatever comes: one ending, with the reason as the last word, and no stream left open", async () => {
  const storm = fc.record({ isCreated: fc.boolean(), isSlow: fc.boolean(), frames: fc.array(hostileFrame) });
  await fc.assert(
    fc.asyncProperty(storm, async ({ isCreated, isSlow, frames }) => {
      const stage = new Stage(isSlow);
      for (const frame of [...(isCreated ? [CREATE] : []), ...frames, GOODBYE, ...frames]) {
        if (typeof frame === "string") stage.session.receive(frame);
        else stage.session.receiveBinary();
      }
      await stage.ended;
      const { told, closes, openStreams, toldTooLate } = stage;
      expect(told.filter(({ type }) => !TYPES.includes(type))).toEqual([]);
      expect(told.filter(({ type }) => type === "error").length).toBeLessThanOrEqual(1);
      const last = told.at(-1);
      expect(last?.type === "error" || last?.type === "session.closed").toBe(true);
      if (last?.type === "error") expect(CODES).toContain(last.code);
      expect(closes).toEqual([last?.type === "error" ? last.code : 1000]);
      expect([openStreams, toldTooLate]).toEqual([0, 0]);
      stage.session.receive(CREATE); // after the end: ignored
      expect(stage.told.at(-1)).toBe(last);
    }),
    { seed: 1, numRuns: 500 },
  );
});

it("a flood of messages without text is held back as audio is", async () => {
  const log: string[] = [];
  const session = new Session({
    socket: {
      send: () => undefined,
      close: () => undefined,
      terminate: () => undefined,
      pause: () => log.push("pause"),
      resume: () => log.push("resume"),
    },
    open: () => new Promise(() => undefined),
    idleLimitMs: 60_000,
  });
  session.receive(CREATE);
  for (let count = 0; count < 30_000; count++) session.receive("");
  for (let count = 0; count < 30_000; count++) session.receiveBinary();
  expect(log).toEqual(["pause"]);
  session.end();
  expect(log).toEqual(["pause", "resume"]);
});

let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({ warm: 0 });
});
afterAll(() => gateway.close());

it("storms on sockets end in words or not at all, and a bystander loses not a sample", async () => {
  const sent = noise(100 * 160, 20_000);
  const bystander = await WireClient.open(gateway, "ledger");
  const ledger = gateway.ledgers.at(-1);
  let spoken = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(hostileFrame, { maxLength: 8 }), async (frames) => {
      const client = await FrameClient.connect(gateway, "/v1/stt?model=ledger");
      for (const frame of [...frames, GOODBYE]) client.send(frame);
      bystander.speak(sent.subarray(spoken, (spoken += 160)));
      const { code } = await client.closed;
      const last = JSON.parse(String(client.received.at(-1))) as Told;
      expect(code).toBe(last.type === "error" ? last.code : 1000);
    }),
    { seed: 2, numRuns: 100 },
  );
  const huge = await FrameClient.connect(gateway, "/v1/stt?model=ledger");
  huge.send("A".repeat(MAX_FRAME_BYTES + 1));
  expect((await huge.closed).code).toBe(1009);
  bystander.send({ type: "session.finalize" });
  await bystander.next("session.finalized");
  expect(ledger?.pcm()).toEqual(sent);
  bystander.socket.terminate();
});
