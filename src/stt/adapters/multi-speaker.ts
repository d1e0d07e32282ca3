import type { SpeechStream, SpeechStreamOptions, Stt } from "../contract.ts";
import type { SpeechData, SpeechEvent } from "../speech-event.ts";
import { PrimarySpeaker, primarySpeakerSettings, type PrimarySpeakerOptions } from "./primary-speaker.ts";

/** What becomes of the texts of several speakers. */
export interface MultiSpeakerOptions {
  /** Texts of others than the primary speaker are left out; their finals come without a text. @defaultValue false */
  readonly suppressBackground?: boolean;
  /** How a text of the primary speaker reads. @defaultValue unchanged */
  readonly formatPrimary?: (text: string, speakerId: string) => string;
  /** How a text of anybody else reads. @defaultValue unchanged */
  readonly formatBackground?: (text: string, speakerId: string) => string;
  /** How the primary speaker is found. */
  readonly primarySpeaker?: PrimarySpeakerOptions;
}

/**
 * Tells the speaker nearest to the microphone, the *primary* one, from people in the background, by the loudness of what
 * the recogniser heard: sets `isPrimarySpeaker`, and formats or suppresses the others' texts.
 *
 * @throws TypeError if the STT does not tell speakers apart; RangeError if an option is out of its range.
 */
export function multiSpeaker(stt: Stt, options: MultiSpeakerOptions = {}): Stt {
  if (!stt.capabilities.diarization) {
    throw new TypeError(`multiSpeaker() needs an stt with diarization; ${stt.model} does not tell speakers apart`);
  }
  const settings = primarySpeakerSettings(options.primarySpeaker);
  return {
    get model() {
      return stt.model;
    },
    get provider() {
      return stt.provider;
    },
    get capabilities() {
      return stt.capabilities;
    },
    stream: (streamOptions) => streamOf(stt, new PrimarySpeaker(settings), options, streamOptions),
    recognize: (samples, recognizeOptions) => stt.recognize(samples, recognizeOptions),
    prewarm: () => stt.prewarm?.(),
  };
}

function streamOf(
  stt: Stt,
  primary: PrimarySpeaker,
  options: MultiSpeakerOptions,
  streamOptions: SpeechStreamOptions,
): SpeechStream {
  const onEvent = (event: SpeechEvent): void => {
    const told = attributed(event, primary, options);
    if (told) streamOptions.onEvent(told);
  };
  const stream = stt.stream({ ...streamOptions, onEvent });
  return {
    get health() {
      return stream.health;
    },
    openSegment: (segmentId, startSample) => stream.openSegment(segmentId, startSample),
    push: (startSample, samples) => {
      // First, since the text may come before `push` returns.
      primary.push(startSample, samples);
      stream.push(startSample, samples);
    },
    flush: (atSample) => stream.flush(atSample),
    closeSegment: (endSample) => stream.closeSegment(endSample),
    advance: (nowSample, isQuiet) => {
      primary.advance(nowSample);
      stream.advance(nowSample, isQuiet);
    },
    finish: (limitMs) => stream.finish(limitMs),
  };
}

/** The event as it is passed on; `undefined` if it is not. A text without a speaker is no evidence, and stays as it is. */
function attributed(
  event: SpeechEvent,
  primary: PrimarySpeaker,
  options: MultiSpeakerOptions,
): SpeechEvent | undefined {
  const data = "data" in event ? event.data : undefined;
  if (!data || !("data" in event) || data.speakerId === undefined) return event;
  const { speakerId, text } = data;
  const isFinal = event.type === "final-transcript";
  if (isFinal && text !== "") primary.heard(speakerId, data.startSample, data.endSample);
  if (primary.id === undefined) return event;
  const isPrimarySpeaker = speakerId === primary.id;
  const of = (changes: Partial<SpeechData>): SpeechEvent => ({
    ...event,
    data: { ...data, isPrimarySpeaker, ...changes },
  });
  if (text === "") return of({});
  if (isPrimarySpeaker) return of({ text: options.formatPrimary?.(text, speakerId) ?? text });
  if (!options.suppressBackground) return of({ text: options.formatBackground?.(text, speakerId) ?? text });
  // An empty final clears the interims of others that were shown before.
  return isFinal ? of({ text: "", words: [] }) : undefined;
}
