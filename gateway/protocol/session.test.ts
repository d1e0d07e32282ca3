import { afterEach, expect, it } from "vitest";
import type { EngineStream, StreamOutput } from "../engines/engine.ts";
import { Session } from "./session.ts";

const create = '{"type":"session.create","settings":{"sample_rate":"16000","encoding":"pcm_s16le"}}';
const finalize = '{"type":"session.finalize"}';
const audio = (samples: number): string =>
  JSON.stringify({ type: "input_audio", audio: Buffer.alloc(samples * 2).toString("base64") });

/** A session between a socket that writes everything down and a stream whose pushes wait for `release`. */
class Rehearsal {
  readonly log: string[] = [];
  readonly session: Session;
  output: StreamOutput | undefined;
  isBlocked = false;
  #release: (() => void) | undefined;

  constructor(idleLimitMs = 60_000) {
    const { log } = this;
    const stream: EngineStream = {
      push: async (samples) => {
        log.push(`push ${samples.length}`);
        if (this.isBlocked) await new Promise<void>((resolve) => (this.#release = resolve));
      },
      finalize: async () => {
        log.push("finalize");
        this.output?.send({ type: "final_transcript", transcript: "hello" });
        return "answered";
      },
      close: () => void log.push("stream closed"),
    };
    this.session = new Session({
      socket: {
        send: (text) => void log.push(`← ${text}`),
        close: (code) => void log.push(`close ${code}`),
        terminate: () => void log.push("terminate"),
        pause: () => void log.push("pause"),
        resume: () => void log.push("resume"),
      },
      open: async (_model, output) => {
        this.output = output;
        return stream;
      },
      idleLimitMs,
    });
    rehearsals.push(this);
  }

  release(): void {
    this.isBlocked = false;
    this.#release?.();
  }

  /** Lets everything happen that needs no further input. */
  async settle(): Promise<readonly string[]> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.log;
  }
}

const rehearsals: Rehearsal[] = [];
afterEach(() => rehearsals.splice(0).forEach(({ session }) => session.end()));

it("messages of one burst are handled strictly in order, and the goodbye delivers what is pending", async () => {
  const rehearsal = new Rehearsal();
  for (const text of [create, audio(800), finalize, audio(400), '{"type":"session.close"}'])
    rehearsal.session.receive(text);
  expect(await rehearsal.settle()).toEqual([
    '← {"type":"session.created"}',
    "push 800",
    "finalize",
    '← {"type":"final_transcript","transcript":"hello"}',
    '← {"type":"session.finalized"}',
    "push 400",
    "finalize",
    '← {"type":"final_transcript","transcript":"hello"}',
    '← {"type":"session.closed"}',
    "stream closed",
    "close 1000",
  ]);
});

it.each([
  [[audio(800)], 4409],
  [[create, create], 4409],
  [[create, '{"type":"session.close"}', finalize], 1000],
  [[create, "{"], 4400],
])("%j ends with close %i, one time only, and says nothing after it", async (texts, code) => {
  const rehearsal = new Rehearsal();
  for (const text of [...texts, audio(1)]) rehearsal.session.receive(text);
  const log = await rehearsal.settle();
  expect(log.at(-1)).toBe(`close ${code}`);
  expect(log.filter((line) => line.startsWith("close"))).toHaveLength(1);
});

it("a binary frame ends the session with 4400, in its turn", async () => {
  const rehearsal = new Rehearsal();
  rehearsal.session.receive(create);
  rehearsal.session.receiveBinary();
  expect((await rehearsal.settle()).at(-1)).toBe("close 4400");
});

it("stops reading when more than thirty seconds of audio wait, and reads again when half of them are done", async () => {
  const rehearsal = new Rehearsal();
  rehearsal.isBlocked = true;
  rehearsal.session.receive(create);
  for (let second = 0; second < 32; second++) rehearsal.session.receive(audio(16_000));
  expect(await rehearsal.settle()).toContain("pause");
  expect(rehearsal.log).not.toContain("resume");
  rehearsal.release();
  await rehearsal.settle();
  expect(rehearsal.log.filter((line) => line === "resume")).toHaveLength(1);
  expect(rehearsal.log.filter((line) => line === "push 16000")).toHaveLength(32);
});

it("the idle limit ends the session with code 2007", async () => {
  const rehearsal = new Rehearsal(1);
  await new Promise<void>((resolve) => {
    const watch = (): void => void (rehearsal.log.includes("close 1000") ? resolve() : setImmediate(watch));
    watch();
  });
  expect(rehearsal.log[0]).toContain('"code":2007');
});

it("a client that leaves while its stream is being opened leaves no stream behind", async () => {
  const rehearsal = new Rehearsal();
  rehearsal.session.receive(create);
  rehearsal.session.end();
  expect((await rehearsal.settle()).filter((line) => line !== "stream closed")).toEqual([]);
  expect(rehearsal.session.receive(finalize)).toBeUndefined();
});
