import type { SpeechEvent, TranscriptEvent } from "../stt/speech-event.ts";
import { SpentSpeech } from "./spent-speech.ts";
import { Transcript } from "./transcript.ts";

/** After speech, a text that has not come by then does not come. */
const TEXT_WITHIN_SAMPLES = 32_000; // 2 s

/** What was said in this turn, each word once: neither what is in a turn already, nor what was cleared. Pure. */
export class TurnText {
  /** What is known of it. */
  readonly transcript = new Transcript();
  readonly #spent = new SpentSpeech();
  #segmentId = 0;
  /** Where the text that may still change ends, and in which opening of the gate. */
  #interimEnd = { segmentId: 0, sample: 0 };
  /** When a final came last, empty or not; and until when one is awaited for speech that is over. */
  #answeredAt = 0;
  #dueUntil = 0;

  /** A gate opened: later texts belong to this segment. */
  openSegment(segmentId: number): void {
    this.#segmentId = segmentId;
    this.#dueUntil = 0; // that is about the one before
  }

  /** Speech ended at `endSample`. */
  speechEnded(endSample: number, at: number): void {
    if (this.#answeredAt < endSample) this.#dueUntil = at + TEXT_WITHIN_SAMPLES;
  }

  /** Takes a text; returns what of it counts, and whether a final says more than the preflight text did. */
  take(said: TranscriptEvent, at: number): { readonly event: TranscriptEvent; readonly isNews: boolean } | undefined {
    const isFinal = said.type === "final-transcript";
    const event = this.#spent.left(said, at);
    if (isFinal) {
      this.#answeredAt = at;
      this.#dueUntil = 0;
    }
    if (!event) return undefined;
    const { data, segmentId, transcriptId } = event;
    if (!isFinal) this.#interimEnd = { segmentId, sample: data.endSample };
    if (event.type === "interim-transcript") this.transcript.setInterim(data.text);
    else if (data.text !== "") {
      if (isFinal) return { event, isNews: this.transcript.addFinal(transcriptId, data) };
      this.transcript.setPreflight(data);
    }
    return { event, isNews: false };
  }

  /** Finals were taken back. */
  withdraw({ segmentId, transcriptIds }: Extract<SpeechEvent, { type: "transcripts-superseded" }>): void {
    this.#spent.withdraw(segmentId, transcriptIds);
    this.transcript.withdraw(transcriptIds);
  }

  /** Takes what may still change for final, and returns it. `isOver`: its final can not say more than that. */
  settle(at: number, isOver: boolean): string {
    const { segmentId, sample } = this.#interimEnd;
    const text = this.transcript.settleInterim();
    if (text !== "") this.#spent.settle(segmentId, isOver ? at : sample, isOver ? at + TEXT_WITHIN_SAMPLES : 0, text);
    return text;
  }

  /** Forgets what was said, also what of it is still on its way. */
  clear(at: number, isSpeaking: boolean): void {
    const dueUntil = this.transcript.interim === "" ? this.#dueUntil : at + TEXT_WITHIN_SAMPLES;
    this.#spent.clear(this.#segmentId, at, isSpeaking ? 0 : dueUntil);
    this.end();
  }

  /** The turn is over: the next one begins empty. */
  end(): void {
    for (const { transcriptId, text } of this.transcript.clear()) this.#spent.leave(transcriptId, text);
  }
}
