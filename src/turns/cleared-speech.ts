import { cutReplayed } from "../stt/place-transcript.ts";
import type { TranscriptEvent } from "../stt/speech-event.ts";

/** Speech whose text is of no more use, since the app cleared it, or took it for final early. Pure. */
export class ClearedSpeech {
  #segmentId = -1;
  #sample = 0;

  /** From now on texts of segments up to this one count no more, nor words before `sample`. */
  add(segmentId: number, sample: number): void {
    this.#segmentId = segmentId;
    this.#sample = sample;
  }

  /** New speech passes this opening of the gate, so its texts count again. */
  spare(segmentId: number): void {
    this.#segmentId = Math.min(this.#segmentId, segmentId - 1);
  }

  /** What is left of a text; `undefined` if nothing is. */
  left(event: TranscriptEvent): TranscriptEvent | undefined {
    if (event.segmentId <= this.#segmentId) return undefined;
    const data = cutReplayed(event.data, this.#sample);
    return data.text === "" && event.data.text !== "" ? undefined : { ...event, data };
  }
}
