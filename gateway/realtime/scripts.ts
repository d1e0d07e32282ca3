import type { WireServerEvent } from "../../src/realtime/wire.ts";
import type { RealtimeScript } from "./script.ts";

/** Tenths of a second: one `response.output_audio.delta` each. */
const ONE_SECOND = 10;

const NOT_BASE64 = "%%% this is not base64 %%%";

/** A delta like this one, with other fields. */
function twisted(event: WireServerEvent, fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...event, ...fields };
}

/** The built-in scripts. */
export const REALTIME_SCRIPTS: Readonly<Record<string, RealtimeScript>> = {
  /** A long answer, hardly faster than it plays: whoever interrupts meets a response that goes on. */
  slow: { pace: 1.2 },
  /** A long answer, all at once: whoever interrupts has received everything. */
  burst: { pace: Infinity },
  /** The server closes (1011) in mid-answer, a second of it sent. */
  "close-mid-answer": { steps: [{ at: "response.output_audio.delta", nth: ONE_SECOND, close: 1011 }] },
  /** The connection breaks in mid-answer. */
  "drop-mid-answer": { steps: [{ at: "response.output_audio.delta", nth: ONE_SECOND, drop: true }] },
  /** Types that nobody knows, events without a type, frames that are no JSON, deltas of items that nobody heard of. */
  "unknown-events": {
    steps: [
      {
        at: "session.created",
        after: () => [
          { type: "session.sparkled", event_id: "event_1", sparkle: 1 },
          { event_id: "event_2" },
          "null",
          "[]",
        ],
      },
      {
        at: "response.output_audio.delta",
        after: (event) => [
          { type: "response.output_scent.delta", event_id: "event_3", delta: "roses" },
          twisted(event, { item_id: "item_unheard_of" }),
          twisted(event, { response_id: "resp_unheard_of", item_id: "item_unheard_of" }),
          '{"type":"response.output_audio.del',
        ],
      },
    ],
  },
  /** Every other delta of sound is no base64, or half a sample. */
  "rubbish-audio": {
    steps: [
      {
        at: "response.output_audio.delta",
        after: (event) => [
          twisted(event, { delta: NOT_BASE64 }),
          twisted(event, { delta: "AAAA" }),
          twisted(event, { delta: 7 }),
        ],
      },
    ],
  },
  /** Sound goes on for an answer that is done: each delta comes once more after `response.done`. */
  "late-deltas": {
    steps: [
      {
        at: "response.done",
        after: (event) =>
          "response" in event
            ? event.response.output.map(({ id }, index) => ({
                type: "response.output_audio.delta",
                event_id: "event_late",
                response_id: event.response.id,
                item_id: id,
                output_index: index,
                content_index: 0,
                delta: Buffer.alloc(4_800, 1).toString("base64"),
              }))
            : [],
      },
    ],
  },
  /** The end of an answer never comes. */
  "never-done": { model: "rules/answers", steps: [{ at: "response.done", swallow: true }] },
  /** The first answer's end finds the session expired. */
  expires: {
    model: "rules/answers",
    steps: [
      {
        at: "response.done",
        nth: 1,
        after: () => [
          {
            type: "error",
            event_id: "event_expired",
            error: {
              type: "invalid_request_error",
              code: "session_expired",
              message: "Your session hit the maximum duration of 60 minutes.",
              param: null,
              event_id: null,
            },
          },
        ],
      },
      { at: "response.done", nth: 1, close: 1001 },
    ],
  },
};
