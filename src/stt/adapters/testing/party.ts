import { VoiceError } from "../../../errors.ts";
import type { RecognizeOptions, SpeechStream, SpeechStreamOptions, Stt, SttCapabilities } from "../../contract.ts";
import type { SpeechData, SpeechEvent } from "../../speech-event.ts";

const CAPABILITIES: SttCapabilities = {
  streaming: true,
  interimResults: true,
  diarization: false,
  alignedTranscript: "word",
  offlineRecognize: true,
  flush: "inline",
  endsTurns: false,
};

/** What was recognised, with nothing special about it. */
export function heard(text: string, startSample: number, endSample: number, speakerId?: string): SpeechData {
  const speaker = speakerId === undefined ? {} : { speakerId };
  return { text, language: "en", startSample, endSample, confidence: 1, words: [], ...speaker };
}

/** An event as a line of a transcript. */
export function lineOf(event: SpeechEvent): string {
  switch (event.type) {
    case "interim-transcript":
    case "preflight-transcript":
    case "final-transcript": {
      const { segmentId, transcriptId, data } = event;
      return `${event.type.split("-")[0]} ${segmentId}/${transcriptId} "${data.text}" ${data.startSample}-${data.endSample}`;
    }
    case "transcripts-superseded":
      return `superseded ${event.segmentId}/${event.transcriptIds.join()}`;
    case "audio-lost":
      return `lost ${event.startSample}-${event.startSample + event.lengthSamples} ${event.cause}`;
    case "audio-sent":
      return `sent ${event.segmentId}/${event.startSample}-${event.startSample + event.lengthSamples}`;
    case "recognition-usage":
      return `usage ${event.audioSamples} ${event.requestId}`;
    case "metrics-collected":
      return `metrics ${event.metrics.model} ${event.metrics.audioMs} ms`;
    case "error":
    case "failed":
      return `${event.type} ${event.error.message}`;
    case "segment-settled":
    case "flush-sent":
      return `${event.type.split("-")[1]} ${event.segmentId}`;
    default:
      return event.type;
  }
}

/** A request for a whole recording; the test answers it. */
export interface PartyRequest {
  readonly samples: Float32Array;
  readonly options: RecognizeOptions;
  answer(text: string): void;
  fail(message: string): void;
}

/** An STT that does what the test says, and notes what it is told. */
export class Party implements Stt {
  readonly model: string;
  readonly provider = "party";
  readonly capabilities: SttCapabilities;
  readonly streams: PartyStream[] = [];
  readonly requests: PartyRequest[] = [];
  prewarmCount = 0;
  /** Called when a stream is made, before its maker has it. */
  onStream: ((stream: PartyStream) => void) | undefined;

  constructor(model: string, capabilities: Partial<SttCapabilities> = {}) {
    this.model = model;
    this.capabilities = { ...CAPABILITIES, ...capabilities };
  }

  /** The newest stream. */
  get newest(): PartyStream {
    const newest = this.streams.at(-1);
    if (!newest) throw new Error(`${this.model} was not asked for a stream`);
    return newest;
  }

  stream(options: SpeechStreamOptions): PartyStream {
    const stream = new PartyStream(options);
    this.streams.push(stream);
    this.onStream?.(stream);
    return stream;
  }

  recognize(samples: Float32Array, options: RecognizeOptions = {}): Promise<SpeechData> {
    return new Promise((resolve, reject) => {
      const startSample = options.startSample ?? 0;
      options.signal?.addEventListener("abort", () => reject(options.signal?.reason), { once: true });
      this.requests.push({
        samples,
        options,
        answer: (text) => resolve(heard(text, startSample, startSample + samples.length)),
        fail: (message) => reject(new VoiceError("gateway-unavailable", message)),
      });
    });
  }

  prewarm(): void {
    this.prewarmCount += 1;
  }
}

/** A stream of a party's: notes its calls as lines, and says what the test tells it to. */
export class PartyStream implements SpeechStream {
  readonly options: SpeechStreamOptions;
  readonly calls: string[] = [];
  /** The clock, as it was last told. */
  nowSample = 0;
  readonly health = {
    connection: "open",
    waitingSamples: 1,
    unansweredSamples: 2,
    attempts: 3,
    skippedMessages: 4,
  } as const;
  readonly #finishing: (() => void)[] = [];

  constructor(options: SpeechStreamOptions) {
    this.options = options;
  }

  openSegment(segmentId: number, startSample: number): void {
    this.calls.push(`open ${segmentId} ${startSample}`);
  }

  push(startSample: number, samples: Float32Array): void {
    this.calls.push(`push ${startSample}-${startSample + samples.length}`);
  }

  flush(atSample: number): void {
    this.calls.push(`flush ${atSample}`);
  }

  closeSegment(endSample: number): void {
    this.calls.push(`close ${endSample}`);
  }

  advance(nowSample: number): void {
    this.nowSample = nowSample;
  }

  finish(): Promise<void> {
    this.calls.push("finish");
    return new Promise((resolve) => this.#finishing.push(resolve));
  }

  /** Its `finish()` is done. */
  finished(): void {
    for (const resolve of this.#finishing) resolve();
  }

  say(event: SpeechEvent): void {
    this.options.onEvent(event);
  }

  final(segmentId: number, transcriptId: number, text: string, from: number, to: number, speakerId?: string): void {
    const data = heard(text, from, to, speakerId);
    this.say({ type: "final-transcript", segmentId, transcriptId, data, requestId: "r" });
  }

  interim(segmentId: number, transcriptId: number, text: string, from: number, to: number, speakerId?: string): void {
    const data = heard(text, from, to, speakerId);
    this.say({ type: "interim-transcript", segmentId, transcriptId, data, requestId: "r" });
  }

  settle(segmentId: number): void {
    this.say({ type: "segment-settled", segmentId });
  }

  fail(message: string): void {
    this.say({ type: "failed", error: new VoiceError("gateway-lost", message) });
  }
}
