import type { SpeechEvent, TranscriptEvent } from "../stt/speech-event.ts";
import type { Endpointing } from "./endpointing.ts";
import type { Interruption } from "./interruption.ts";
import type { Overlaps } from "./overlaps.ts";
import type { Participants } from "./participants.ts";
import type { Recognition } from "./recognition.ts";
import type { TurnLimitWatch } from "./turn-limit-watch.ts";
import type { Witnesses } from "./witnesses.ts";

/** Whom it concerns that the person speaks. */
export interface PersonSideParts {
  readonly hasVad: boolean;
  readonly witnesses: Witnesses;
  readonly overlaps: () => Overlaps;
  readonly endpointing: () => Endpointing;
  readonly participants: Participants;
  readonly recognition: Recognition;
  readonly interruption: Interruption;
  readonly limit: TurnLimitWatch;
  /** Whether the recogniser decides when turns end. */
  readonly isRecogniserHeeded: () => boolean;
}

/** The person's side of turn taking: tells the parts of their speech and words, in the order that their rules need. */
export class PersonSide {
  readonly #parts: PersonSideParts;
  #speechStart: number | undefined;

  constructor(parts: PersonSideParts) {
    this.#parts = parts;
  }

  /** The detector heard speech begin, at `startSample`. */
  speechStarted(startSample: number, at: number): void {
    this.#starts(startSample, at, () => this.#parts.recognition.userStarted(startSample));
  }

  /** A frame that ends at `at` was loud with speech: the silence that ends it is none. */
  speaking(at: number): void {
    if (this.#speechStart !== undefined) this.#parts.interruption.userSpeaking(at - this.#speechStart, at);
  }

  /** The detector heard it end, at `endSample`. */
  speechEnded(endSample: number, at: number): void {
    this.#ends(endSample, at, () => this.#parts.recognition.userEnded(endSample, at));
  }

  /** Muted: speech that was going on is over. Or heard again. */
  muted(isMuted: boolean, at: number): void {
    this.#parts.participants.userDoes({ type: isMuted ? "input-lost" : "input-restored" }, at);
    if (isMuted) this.speechEnded(at, at);
  }

  /** Takes what the recogniser says. Where there is no detector, it tells when the person speaks as well. */
  recognised(event: SpeechEvent, at: number): void {
    const { hasVad, isRecogniserHeeded, limit, recognition } = this.#parts;
    if (event.type === "transcripts-superseded") limit.withdraw(event.transcriptIds);
    const recognise = (): void => recognition.recognised(event, at);
    if (event.type === "start-of-speech" && !hasVad && isRecogniserHeeded()) {
      this.#starts(event.startSample ?? at, at, recognise);
    } else if (event.type === "end-of-speech" && !hasVad && this.#speechStart !== undefined) {
      this.#ends(at, at, recognise);
    } else recognise();
  }

  /** A text counts: it is in the transcript, and nothing was decided on it yet. */
  said(event: TranscriptEvent, at: number): void {
    const { witnesses, interruption, participants, limit, recognition } = this.#parts;
    const { text } = event.data;
    const isFinal = event.type === "final-transcript";
    witnesses.text(event);
    interruption.transcript({ kind: isFinal ? "final" : "interim", text }, this.#speechStart !== undefined, at);
    if (!isFinal) return;
    participants.userDoes({ type: "final-transcript", text }, at);
    const { transcriptId } = event;
    const { turnStart: startSample, currentTranscript } = recognition;
    limit.addFinal({ transcriptId, text, startSample, currentTranscript }, at);
  }

  #starts(startSample: number, at: number, recognise: () => void): void {
    const { witnesses, overlaps, endpointing, participants, interruption } = this.#parts;
    this.#speechStart = startSample;
    witnesses.speechStarted(startSample);
    overlaps().userStarted(startSample);
    endpointing().userStarted(startSample, interruption.isAgentHeard);
    participants.userDoes({ type: "speech-started", startSample }, at);
    recognise();
    interruption.userStarted(startSample, at);
  }

  #ends(endSample: number, at: number, recognise: () => void): void {
    const { witnesses, overlaps, endpointing, participants, interruption } = this.#parts;
    if (this.#speechStart === undefined) return;
    this.#speechStart = undefined;
    witnesses.speechEnded(endSample, at);
    overlaps().userEnded(at);
    endpointing().userEnded(endSample, interruption.isBackchannel);
    participants.userDoes({ type: "speech-ended", endSample }, at);
    interruption.userEnded(at);
    recognise();
  }
}
