import { randomBytes } from "node:crypto";

const TOPIC = "lk.transcription";
const SEGMENT_ID = "lk.segment_id";
const IS_FINAL = "lk.transcription_final";
const TRACK_ID = "lk.transcribed_track_id";

/**
 * Writes what both sides say into the room, as LiveKit's agents do. The person's text is sent anew, as a whole, whenever it
 * changes; the agent's grows word by word in one stream. With `legacy` (the default) older packets tell the same again;
 * with `timed` the agent's words are JSON lines with their times.
 */
export class Captions {
  #room;
  #isLegacy;
  #isTimed;
  #person;
  #personTrackId;
  #segmentId = newSegmentId();
  #sending = Promise.resolve();

  constructor(room, { legacy = true, timed = false }) {
    this.#room = room;
    this.#isLegacy = legacy;
    this.#isTimed = timed;
  }

  /** Who is transcribed, and which of their tracks. */
  transcribe(identity, trackId) {
    this.#person = identity;
    this.#personTrackId = trackId;
  }

  /** What the person says from now on is another text. */
  nextSegment() {
    this.#segmentId = newSegmentId();
  }

  /** All that the person has said in this segment; the final text is sent a second time. */
  ofPerson(text, isFinal) {
    const id = this.#segmentId;
    if (isFinal) this.nextSegment();
    this.#sending = this.#sending.then(async () => {
      for (const final of isFinal ? [false, true] : [false]) {
        const writer = await this.#open(id, final, this.#person, this.#personTrackId);
        await writer.write(text);
        await writer.close();
        await this.#publishLegacy({ id, text, final }, this.#person, this.#personTrackId);
      }
    });
    return this.#sending;
  }

  /** A segment of the agent's own, to append to. */
  async ofAgent() {
    const me = this.#room.localParticipant;
    const [track] = me.trackPublications.values();
    const id = newSegmentId();
    const writer = await this.#open(id, false, me.identity, track?.sid);
    let text = "";
    let writing = Promise.resolve();
    return {
      append: (word) => {
        const piece = this.#isTimed ? timedLine(word) : `${text && " "}${word.text}`;
        text += `${text && " "}${word.text}`;
        const soFar = text;
        writing = writing.then(async () => {
          await writer.write(piece);
          await this.#publishLegacy({ id, text: soFar, final: false }, me.identity, track?.sid);
        });
      },
      close: async () => {
        await writing;
        await writer.close(); // this side of LiveKit cannot send attributes with the end; older packets tell it
        await this.#publishLegacy({ id, text, final: true }, me.identity, track?.sid);
      },
    };
  }

  #open(id, isFinal, senderIdentity, trackId) {
    const attributes = { [SEGMENT_ID]: id, [IS_FINAL]: String(isFinal), ...(trackId && { [TRACK_ID]: trackId }) };
    return this.#room.localParticipant.streamText({ topic: TOPIC, senderIdentity, attributes });
  }

  async #publishLegacy(segment, participantIdentity, trackSid) {
    if (!this.#isLegacy || !trackSid) return;
    const segments = [{ ...segment, startTime: 0n, endTime: 0n, language: "" }];
    await this.#room.localParticipant.publishTranscription({ participantIdentity, trackSid, segments });
  }
}

function timedLine({ text, startSeconds }) {
  return `${JSON.stringify({ text: `${text} `, start_time: startSeconds })}\n`;
}

function newSegmentId() {
  return `SG_${randomBytes(6).toString("hex")}`;
}
