import { CAPTURE_RATE, FRAME_SAMPLES } from "../../src/audio/units.ts";
import type { SttCapabilities } from "../../src/stt/contract.ts";
import { LivekitCodec } from "../../src/stt/livekit/codec.ts";
import type { SpeechEvent } from "../../src/stt/speech-event.ts";
import { CodecSpeechStream } from "../../src/stt/speech-stream.ts";
import { Dice } from "./dice.ts";
import { FAULT_KINDS, planFaults, type FaultKind } from "./fault-plan.ts";
import { FaultyNetwork } from "./faulty-network.ts";
import { judge, type Told, type Verdict } from "./judge.ts";
import { Speaker, writeScript } from "./speech-script.ts";
import { lengthOf } from "./spans.ts";
import { VirtualTime } from "./virtual-time.ts";

/** Columns of the table: what the recogniser is like. */
export const MODES = ["indexed", "words", "none", "none, words"] as const;

/** What a recogniser is like: whether its words have times, and whether it takes a flush. */
export type Mode = (typeof MODES)[number];

const MODELS: Readonly<
  Record<Mode, { readonly model: string } & Pick<SttCapabilities, "alignedTranscript" | "flush">>
> = {
  indexed: { model: "ledger/indexed", alignedTranscript: false, flush: "inline" },
  words: { model: "ledger/words", alignedTranscript: "word", flush: "inline" },
  none: { model: "ledger/indexed-silence", alignedTranscript: false, flush: "none" },
  "none, words": { model: "ledger/words-silence", alignedTranscript: "word", flush: "none" },
};

/** What came of a run. */
export interface RunReport extends Verdict {
  readonly seed: number;
  readonly kind: FaultKind;
  readonly mode: Mode;
  readonly injected: number;
  readonly reconnects: number;
  /** Captured audio that passed the gate, and that was handed to sockets, each time it was; in samples. */
  readonly passedSamples: number;
  readonly sentSamples: number;
  /** From each fault to the next opening or final, in ms of the run. */
  readonly recoveriesMs: readonly number[];
}

/** The kind and the mode that a seed stands for. */
export function cellOf(seed: number): { readonly kind: FaultKind; readonly mode: Mode } {
  const kind = FAULT_KINDS[seed % FAULT_KINDS.length] ?? "none";
  const mode = MODES[Math.floor(seed / FAULT_KINDS.length) % MODES.length] ?? "indexed";
  return { kind, mode };
}

const FRAME_MS = (FRAME_SAMPLES * 1_000) / CAPTURE_RATE;
/** How long, on the run's clock, sockets may take to close when all is over. */
const CLOSING_MS = 15_000;

/** Carries out the run of a seed. `trace` is told what happens, with the run's own time. */
export async function runSeed(seed: number, trace?: (atMs: number, what: string) => void): Promise<RunReport> {
  const { kind, mode } = cellOf(seed);
  const dice = new Dice(seed);
  const plan = planFaults(kind, dice);
  const script = writeScript(dice, plan.script);
  const time = new VirtualTime();
  const told: Told[] = [];
  const { model, ...abilities } = MODELS[mode];
  const say = (what: string): void => trace?.(time.nowMs, what);
  const network = await FaultyNetwork.open({ time, dice, model, faults: plan.faults, trace: say });
  const create = {
    type: "session.create",
    settings: { sample_rate: String(CAPTURE_RATE), encoding: "pcm_s16le", extra: {} },
    model,
  } as const;
  const hear = (event: SpeechEvent): void => {
    told.push({ event, passedSamples: event.type === "audio-lost" ? lengthOf(speaker.fed.passed) : 0 });
    if (event.type !== "audio-sent") say(format(event));
  };
  const speaker = new Speaker(script, () => stream);
  const aborted = new AbortController();
  const stream = new CodecSpeechStream(
    {
      model,
      provider: "ledger",
      capabilities: {
        streaming: true,
        interimResults: mode === "words" || mode === "none, words",
        diarization: false,
        offlineRecognize: false,
        endsTurns: false,
        ...abilities,
      },
      packetSamples: CAPTURE_RATE / 20,
      connection: plan.connection,
      endpoint: network.endpoint,
      makeCodec: () => new LivekitCodec({ language: "en", requestId: "", greet: () => create }),
      openSocket: network.openSocket,
      clock: time.clock,
      random: dice.next,
    },
    { onEvent: hear, signal: aborted.signal },
  );

  // The microphone's frames come at their own pace, whatever the page does.
  let isOver = false;
  let fed = speaker.fed;
  const failedAt = (): boolean => told.at(-1)?.event.type === "failed";
  const frames = Math.ceil((script.endSample - script.startSample) / FRAME_SAMPLES);
  for (let frame = 1; frame <= frames; frame++) {
    time.inWorld(frame * FRAME_MS, () => time.onPage(0, () => !failedAt() && speaker.nextFrame()));
  }
  let toldBeforeFinish = Number.POSITIVE_INFINITY;
  time.inWorld((frames + 1) * FRAME_MS, () =>
    time.onPage(0, () => {
      if (!failedAt()) speaker.end();
      toldBeforeFinish = told.length;
      fed = speaker.fed;
      say("finish");
      void stream.finish(plan.finishLimitMs).then(() => (isOver = true));
    }),
  );
  const broken: string[] = [];
  try {
    await time.run(() => isOver);
    const toldInTime = told.length;
    if (!isOver) broken.push("finish() never resolved");
    say("over");
    if (time.pendingTimers > 0) broken.push(`${time.pendingTimers} timers are left`);
    const untilMs = time.nowMs + CLOSING_MS;
    await time.run(() => time.nowMs > untilMs);
    if (network.openSocketCount > 0) broken.push(`${network.openSocketCount} sockets are left open`);
    if (told.length > toldInTime) broken.push(`${told.length - toldInTime} events after finish()`);
  } finally {
    aborted.abort();
    await network.close();
  }
  const verdict = judge({
    fed,
    told,
    received: network.ledgers,
    toldBeforeFinish,
    hasWords: mode === "words" || mode === "none, words",
    mustSaveAll: plan.mustSaveAll,
    mustFail: plan.mustFail,
  });
  return {
    ...verdict,
    broken: [...broken, ...verdict.broken],
    seed,
    kind,
    mode,
    injected: network.injectedMs.length,
    reconnects: network.socketCount - 1,
    passedSamples: lengthOf(fed.passed),
    sentSamples: network.sentSamples,
    recoveriesMs: network.injectedMs.flatMap((atMs) => {
      const next = network.aliveMs.find((aliveMs) => aliveMs > atMs);
      return next === undefined ? [] : [next - atMs];
    }),
  };
}

function format(event: SpeechEvent): string {
  const text = JSON.stringify(event, (key, value: unknown) => (key === "words" ? undefined : value));
  return `    ${text.length > 300 ? `${text.slice(0, 300)}…` : text}`;
}
