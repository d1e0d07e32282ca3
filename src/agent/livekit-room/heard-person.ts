import { samplesToMs } from "../../audio/units.ts";
import type { HearingEvent } from "../../gate/frame-decider.ts";
import type { RoomTranscript } from "../../room/transcripts.ts";
import type { UserStateKind } from "../../turns/user-state.ts";
import type { AgentHost } from "../agent-host.ts";
import { PassingSpeech } from "./passing-speech.ts";

interface Span {
  readonly startSample: number;
  readonly endSample: number;
}

type PersonHost = Pick<AgentHost, "emit" | "now" | "conversation" | "surroundings">;

/** What the person said, as the agent tells of it: dated by the local detector, since rooms tell no times. */
export class HeardPerson {
  readonly #host: PersonHost;
  readonly #spans = new Map<string, Span>();
  readonly #passing = new PassingSpeech();
  /** When they began to speak to the agent, since the last final text. */
  #startSample: number | undefined;
  /** Absent while they speak to it. */
  #endSample: number | undefined;
  #state: UserStateKind = "listening";

  constructor(host: PersonHost) {
    this.#host = host;
  }

  /** Takes what the detector heard. */
  hear(event: HearingEvent): void {
    const beginning = this.#passing.hear(event);
    if (beginning !== undefined) {
      this.#startSample ??= beginning;
      this.#endSample = undefined;
    }
    if (event.type === "speech-started") this.#becomes("speaking");
    if (event.type !== "speech-ended") return;
    if (this.#startSample !== undefined) this.#endSample ??= event.endSample;
    this.#becomes("listening");
  }

  /** Takes what the agent has understood. */
  take({ segmentId, text, isFinal }: RoomTranscript): void {
    const span = this.#spanOf(segmentId);
    const times = { startMs: samplesToMs(span.startSample), endMs: samplesToMs(span.endSample) };
    const { emit, conversation, surroundings } = this.#host;
    emit({ type: "user-transcript", itemId: segmentId, text, isFinal, ...times });
    if (!isFinal) return;
    this.#spans.delete(segmentId);
    if (this.#endSample !== undefined) this.#startSample = undefined; // what is said next begins anew
    // Where turns are taken with a recogniser, they write what was said.
    if (text.trim() === "" || (surroundings.turns && surroundings.hasStt) || conversation.get(segmentId)) return;
    conversation.add({ id: segmentId, role: "user", text, ...times });
  }

  #spanOf(segmentId: string): Span {
    const now = this.#host.now();
    const startSample = this.#spans.get(segmentId)?.startSample ?? this.#startSample ?? now;
    const span = { startSample, endSample: Math.max(startSample, this.#endSample ?? now) };
    this.#spans.set(segmentId, span);
    return span;
  }

  /** In a session without turns nobody else tells it. */
  #becomes(to: UserStateKind): void {
    const from = this.#state;
    if (this.#host.surroundings.turns || from === to) return;
    this.#state = to;
    this.#host.emit({ type: "user-state", from, to, sinceMs: samplesToMs(this.#host.now()) });
  }
}
