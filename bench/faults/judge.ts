import type { SpeechEvent, TranscriptEvent } from "../../src/stt/speech-event.ts";
import { MarkReader } from "../../gateway/engines/marked-sound.ts";
import type { Fed } from "./speech-script.ts";
import { doubled, formatSpans, lengthOf, parseSpans, shared, union, without, type Span } from "./spans.ts";

/** What the client said, and how much had passed the gate by then. */
export interface Told {
  readonly event: SpeechEvent;
  /** Captured samples that had been handed to the stream; counted for `audio-lost`. */
  readonly passedSamples: number;
}

/** What a gateway received in one session. */
export interface Received {
  readonly chunkSamples: readonly number[];
  pcm(): Int16Array;
}

/** Everything that is known of a run. */
export interface Evidence {
  readonly fed: Fed;
  readonly told: readonly Told[];
  readonly received: readonly Received[];
  /** Events before this one came before the input was ended. */
  readonly toldBeforeFinish: number;
  /** Whether the recogniser's texts come with words. */
  readonly hasWords: boolean;
  /** Whether silence is held back, so that whatever passes the gate is part of an utterance. */
  readonly isGated: boolean;
  /** Nothing may be given up. */
  readonly mustSaveAll: boolean;
  /** The stream must give up. */
  readonly mustFail: boolean;
}

/** What came of a run. Lengths in samples at 16 kHz. */
export interface Verdict {
  readonly speechSamples: number;
  /** What was handed to a socket at least once. */
  readonly firstSentSamples: number;
  /** Speech that stands in no final and was not reported: 0, or a law is broken. */
  readonly lostSamples: number;
  /** What stands in two finals: 0, or a law is broken. */
  readonly doubledSamples: number;
  /** Speech that was reported as lost. */
  readonly reportedSamples: number;
  readonly supersededFinals: number;
  /** The laws that were broken, in words. */
  readonly broken: readonly string[];
}

/** How much waits, at least, before anything is given up. A message's worth may be on its way. */
const RING_SAMPLES = 30 * 16_000 - 1_600;

/** Judges a run by what was fed, what was told, and what the gateways received. Pure. */
export function judge(evidence: Evidence): Verdict {
  const { fed, told, received, toldBeforeFinish, hasWords, isGated, mustSaveAll, mustFail } = evidence;
  const broken: string[] = [];
  const law = (isKept: boolean, otherwise: () => string): void => void (isKept || broken.push(otherwise()));
  const none = (spans: readonly Span[], what: string): void =>
    law(spans.length === 0, () => `${what}: ${formatSpans(spans)}`);

  const events = told.map(({ event }) => event);
  const finals = new Map<number, Span[]>();
  let superseded = 0;
  let newestId = 0;
  let isSpeaking = false;
  const settled: number[] = [];
  for (const [index, event] of events.entries()) {
    switch (event.type) {
      case "interim-transcript":
      case "preflight-transcript":
      case "final-transcript":
        law(event.transcriptId > newestId, () => `transcript ${event.transcriptId} follows ${newestId}`);
        newestId = Math.max(newestId, event.transcriptId);
        if (event.type === "final-transcript") finals.set(event.transcriptId, spansOf(event, hasWords, broken));
        break;
      case "transcripts-superseded":
        for (const id of event.transcriptIds) {
          law(finals.delete(id), () => `transcript ${id} was taken back, and did not stand`);
          superseded += 1;
        }
        break;
      case "start-of-speech":
      case "end-of-speech":
        law(isSpeaking === (event.type === "end-of-speech"), () => `two times ${event.type}`);
        isSpeaking = event.type === "start-of-speech";
        break;
      case "segment-settled":
        settled.push(event.segmentId);
        break;
      case "failed":
        law(index === events.length - 1, () => `${events.length - 1 - index} events after the end`);
        break;
      default:
    }
  }
  const hasFailed = events.at(-1)?.type === "failed";
  law(hasFailed === mustFail, () => (hasFailed ? `failed: ${JSON.stringify(events.at(-1))}` : "did not fail"));

  const standing = [...finals.values()].flat();
  const lostEvents = told.flatMap(({ event, passedSamples }, index) =>
    event.type === "audio-lost" ? [{ ...event, ...spanOf(event), passedSamples, index }] : [],
  );
  const reported = union(lostEvents);
  const lost = without(fed.speech, [...standing, ...reported]);
  // Sound around speech may be sent to two connections, and be heard by both: it holds no words.
  const twice = shared(doubled(standing), fed.speech);
  const sent = events.flatMap((event) => (event.type === "audio-sent" ? [spanOf(event)] : []));
  const heard = received.map((one) => hear(one, broken));

  none(lost, "speech lost without a word");
  none(twice, "told twice");
  none(without(standing, fed.passed), "told and never said");
  none(shared(shared(reported, standing), fed.speech), "reported as lost, and told");
  none(without(reported, fed.passed), "reported as lost, and never said");
  none(doubled(lostEvents), "reported as lost twice");
  none(doubled(sent), "said to be sent for the first time, twice");
  none(without(sent, fed.passed), "said to be sent, and never said");
  none(without(heard.flat(), fed.passed), "received, and never said");
  none(
    shared(
      lostEvents.filter(({ cause }) => cause === "unsent"),
      heard.flat(),
    ),
    "reported as unsent, and received",
  );
  if (mustSaveAll) none(isGated ? reported : shared(reported, fed.speech), "given up in a short outage");
  for (const { start, end, passedSamples, index } of lostEvents) {
    if (index >= toldBeforeFinish || hasFailed) continue;
    const waiting = passedSamples - lengthOf(shared(fed.passed, [{ start: 0, end: start }]));
    law(waiting >= RING_SAMPLES, () => `${start}-${end} was given up while ${waiting} samples waited`);
  }
  for (const id of settled) law(fed.segmentIds.includes(id), () => `segment ${id} was settled and never opened`);
  law(new Set(settled).size === settled.length, () => `segments were settled twice: ${settled.join(" ")}`);
  if (mustSaveAll && isGated && settled.length < fed.segmentIds.length) {
    broken.push(`segments settled: ${settled.join(" ")}, of ${fed.segmentIds.join(" ")}`);
  }
  return {
    speechSamples: lengthOf(fed.speech),
    firstSentSamples: lengthOf(union(sent)),
    lostSamples: lengthOf(lost),
    doubledSamples: lengthOf(twice),
    reportedSamples: lengthOf(shared(reported, fed.speech)),
    supersededFinals: superseded,
    broken,
  };
}

/** The captured stretches that a final tells; its words must stand where they were captured. */
function spansOf({ transcriptId, data }: TranscriptEvent, hasWords: boolean, broken: string[]): Span[] {
  const spans = parseSpans(data.text);
  if (!spans) {
    broken.push(`transcript ${transcriptId} is ${JSON.stringify(data.text.slice(0, 200))}`);
    return [];
  }
  if (!hasWords) return spans;
  const words = data.words.map(({ word }) => word).join(" ");
  if (words !== data.text) broken.push(`transcript ${transcriptId} says ${data.text}, its words ${words}`);
  for (const { word, startSample, endSample } of data.words) {
    if (word !== `${startSample}-${endSample}`)
      broken.push(`the word ${word} is placed at ${startSample}-${endSample}`);
  }
  return spans;
}

/** What a session received, in captured time, which must increase. */
function hear(received: Received, broken: string[]): Span[] {
  const reader = new MarkReader();
  const sound = received.pcm();
  const spans: { start: number; end: number }[] = [];
  let at = 0;
  for (const length of received.chunkSamples) {
    for (const { captureStart, length: count } of reader.read(sound.subarray(at, at + length))) {
      if (captureStart === undefined) continue;
      const last = spans.at(-1);
      if (last && captureStart < last.end) broken.push(`${captureStart} was sent after ${last.end} on one connection`);
      if (last?.end === captureStart) last.end += count;
      else spans.push({ start: captureStart, end: captureStart + count });
    }
    at += length;
  }
  if (reader.garbledSamples > 0) broken.push(`${reader.garbledSamples} samples were garbled`);
  return spans;
}

function spanOf({
  startSample,
  lengthSamples,
}: {
  readonly startSample: number;
  readonly lengthSamples: number;
}): Span {
  return { start: startSample, end: startSample + lengthSamples };
}
