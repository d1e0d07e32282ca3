import { CAPTURE_RATE, FRAME_SAMPLES, msToSamples } from "../../src/audio/units.ts";
import { VoiceError } from "../../src/errors.ts";
import { SpeechPath } from "../../src/session/speech-path.ts";
import type { Stt, SttCapabilities } from "../../src/stt/contract.ts";
import { LivekitCodec } from "../../src/stt/livekit/codec.ts";
import type { SpeechEvent } from "../../src/stt/speech-event.ts";
import { CodecSpeechStream, type SpeechStreamParts } from "../../src/stt/speech-stream.ts";
import type { Dice } from "./dice.ts";
import type { FaultPlan } from "./fault-plan.ts";
import { FaultyNetwork } from "./faulty-network.ts";
import type { Told } from "./judge.ts";
import { Speaker, type Fed, type SpeechScript } from "./speech-script.ts";
import { lengthOf } from "./spans.ts";
import { VirtualTime } from "./virtual-time.ts";

/** Hears what happens, with the run's own time. */
export type Trace = (atMs: number, what: string) => void;

/** What a run is to be. */
export interface Setting {
  readonly plan: FaultPlan;
  readonly script: SpeechScript;
  readonly dice: Dice;
  readonly model: string;
  readonly abilities: Pick<SttCapabilities, "alignedTranscript" | "endsTurns" | "flush" | "interimResults">;
  /** The model computes in a process of its own, as long as it takes. @defaultValue false */
  readonly hasRealRecognizer?: boolean;
  readonly trace?: Trace | undefined;
}

/** How a run went. */
export interface Course {
  readonly fed: Fed;
  readonly told: readonly Told[];
  /** How many of the events came before the input was ended. */
  readonly toldBeforeFinish: number;
  readonly network: FaultyNetwork;
  /** Laws of beginning and end that were broken. */
  readonly broken: readonly string[];
}

const FRAME_MS = (FRAME_SAMPLES * 1_000) / CAPTURE_RATE;
/** As in a session: frames that are later than this are not waited for, to move the clock on. */
const LATE_FRAME_MS = 100;
/** How long, on the run's clock, sockets may take to close when all is over. */
const CLOSING_MS = 15_000;

/** Lets the speech path of a session hear a script, and a real stream tell it over a network with faults. */
export async function carryOut(setting: Setting): Promise<Course> {
  const { plan, script, dice, model, abilities, hasRealRecognizer = false, trace } = setting;
  const time = new VirtualTime();
  const say = (what: string): void => trace?.(time.nowMs, what);
  const network = await FaultyNetwork.open({ time, dice, model, faults: plan.faults, hasRealRecognizer, trace: say });
  const told: Told[] = [];
  const note = (event: SpeechEvent): void => {
    told.push({ event, passedSamples: event.type === "audio-lost" ? lengthOf(speaker.fed.passed) : 0 });
    if (event.type !== "audio-sent") say(format(event));
  };
  const settings = { sample_rate: String(CAPTURE_RATE), encoding: "pcm_s16le", extra: {} } as const;
  const greeting = { type: "session.create", settings, model } as const;
  const provider = model.split("/")[0] ?? model;
  const capabilities = { streaming: true, diarization: false, offlineRecognize: false, ...abilities };
  const parts: SpeechStreamParts = {
    model,
    provider,
    capabilities,
    packetSamples: CAPTURE_RATE / 20,
    connection: plan.connection,
    endpoint: network.endpoint,
    makeCodec: () => new LivekitCodec({ language: "en", requestId: "", greet: () => greeting }),
    openSocket: network.openSocket,
    clock: time.clock,
    random: dice.next,
  };
  const stt: Stt = {
    model,
    provider,
    capabilities,
    stream: (options) =>
      new CodecSpeechStream(parts, {
        ...options,
        onEvent: (event) => {
          note(event);
          options.onEvent(event);
        },
      }),
    recognize: () => Promise.reject(new VoiceError("not-supported", "Nobody asks for a whole recording here")),
  };

  const aborted = new AbortController();
  let hasFailed = false;
  // As a session does: who ends turns hears everything.
  const speaker = new Speaker(script, abilities.endsTurns ? "always" : "speech", (event) => path.hear(event));
  const path = new SpeechPath({
    stt,
    now: () => speaker.nowSample,
    emit: () => undefined,
    onFailure: () => (hasFailed = true),
    signal: aborted.signal,
  });
  // The microphone's frames come at their own pace, whatever the page does.
  const frames = Math.ceil((script.endSample - script.startSample) / FRAME_SAMPLES);
  let newestMs = 0;
  const hearFrame = (): void => {
    if (hasFailed) return;
    newestMs = time.nowMs;
    speaker.nextFrame();
  };
  for (let frame = 1; frame <= frames; frame++) time.inWorld(frame * FRAME_MS, () => time.onPage(0, hearFrame));
  let isOver = false;
  let toldBeforeFinish = Number.POSITIVE_INFINITY;
  const finish = (): void => {
    if (!hasFailed) speaker.end();
    toldBeforeFinish = told.length;
    say("finish");
    void path.finish(plan.finishLimitMs).then(() => (isOver = true));
  };
  time.inWorld((frames + 1) * FRAME_MS, () => time.onPage(0, finish));
  const watchTheClock = (): void => {
    const ageMs = time.nowMs - newestMs;
    if (ageMs > LATE_FRAME_MS) path.advance(speaker.nowSample + msToSamples(ageMs));
    if (!isOver) time.onPage(LATE_FRAME_MS, watchTheClock);
  };
  time.onPage(LATE_FRAME_MS, watchTheClock);

  const broken: string[] = [];
  try {
    await time.run(() => isOver);
    say("over");
    const toldInTime = told.length;
    if (!isOver) broken.push("finish() never resolved");
    if (time.pendingTimers > 0) broken.push(`${time.pendingTimers} timers are left`);
    const untilMs = time.nowMs + CLOSING_MS;
    await time.run(() => time.nowMs > untilMs);
    if (network.openSocketCount > 0) broken.push(`${network.openSocketCount} sockets are left open`);
    if (told.length > toldInTime) broken.push(`${told.length - toldInTime} events after finish()`);
  } finally {
    aborted.abort();
    await network.close();
  }
  return { fed: speaker.fed, told, toldBeforeFinish, network, broken };
}

function format(event: SpeechEvent): string {
  const text = JSON.stringify(event, (key, value: unknown) => (key === "words" ? undefined : value));
  return `    ${text.length > 300 ? `${text.slice(0, 300)}…` : text}`;
}
