import { samplesToMs } from "../../audio/units.ts";
import type { HearingEvent } from "../../gate/frame-decider.ts";
import type { RealtimeClient } from "../../realtime/realtime-client.ts";
import type { InputEvent } from "../../realtime/realtime-event.ts";
import type { UserStateKind } from "../../turns/user-state.ts";
import type { AgentHost } from "../agent-host.ts";

interface HeardItem {
  startSample: number;
  endSample: number;
}

interface Commit extends HeardItem {
  /** The item of the conversation, where local recognition has written it already. */
  readonly writtenId: string | undefined;
}

/**
 * What the person says, on its way to the server and back: audio that passed the gate goes there, and what the server
 * makes of it becomes items of the conversation and transcripts, dated on the capture clock.
 */
export class HeardSpeech {
  readonly #host: AgentHost;
  readonly #client: RealtimeClient;
  readonly #isLocal: boolean;
  readonly #items = new Map<string, HeardItem>();
  /** What was committed and is no item yet, oldest first. */
  readonly #commits: Commit[] = [];
  readonly #isWritten = new Set<string>();
  /** What was sent since the last commit or clear. */
  #sent: HeardItem | undefined;
  /** When somebody began to speak since then. */
  #speechStart: number | undefined;
  #userState: UserStateKind = "listening";

  constructor(host: AgentHost, client: RealtimeClient, isLocal: boolean) {
    this.#host = host;
    this.#client = client;
    this.#isLocal = isLocal;
  }

  /** Sends what passed the gate; silence in place of what the agent must not be interrupted by. */
  hear(event: HearingEvent): void {
    // The silence after a commit, while the gate is still open, is no part of what is said next.
    if (event.type === "speech-started") this.#speechStart ??= event.startSample;
    if (event.type !== "audio" || !event.uplink) return;
    const { startSample, samples, uplink } = event;
    const isHeard = this.#host.turns()?.isHeardByStt ?? true;
    this.#client.appendAudio(isHeard ? uplink : new Float32Array(uplink.length), startSample);
    const endSample = startSample + samples.length;
    this.#sent = { startSample: this.#sent?.startSample ?? startSample, endSample };
  }

  /** Makes an item of it. False if there is nothing. `itemId`: of the conversation, where local recognition wrote it. */
  commit(itemId: string | undefined): boolean {
    if (!this.#sent) return false;
    const startSample = this.#speechStart ?? this.#sent.startSample;
    const commit = { ...this.#sent, startSample, writtenId: itemId };
    this.#commits.push(commit);
    this.#sent = this.#speechStart = undefined;
    this.#client.commitAudio().catch(() => void this.#commits.splice(this.#commits.indexOf(commit), 1));
    return true;
  }

  /** Forgets what was sent and is no item yet. */
  clear(): void {
    if (!this.#sent) return;
    this.#sent = this.#speechStart = undefined;
    this.#client.clearAudio();
  }

  /** Takes what the server makes of it. */
  take(event: Extract<InputEvent, { itemId: string }>): void {
    switch (event.type) {
      case "speech-started":
        this.#items.set(event.itemId, { startSample: event.startSample ?? this.#host.now(), endSample: 0 });
        return this.#userBecomes("speaking");
      case "speech-stopped": {
        const item = this.#items.get(event.itemId);
        if (item) item.endSample = event.endSample ?? this.#host.now();
        return this.#userBecomes("listening");
      }
      case "audio-committed":
        return this.#committed(event.itemId);
      case "input-transcript":
        return this.#transcript(event);
      default: // failures are told elsewhere
    }
  }

  #committed(itemId: string): void {
    const commit = this.#isLocal ? this.#commits.shift() : undefined;
    if (commit) this.#items.set(itemId, commit);
    else this.#sent = undefined;
    if (commit?.writtenId !== undefined) return void this.#isWritten.add(itemId);
    const { conversation } = this.#host;
    // Its place is here, though its words may come after the answer.
    if (!conversation.get(itemId)) conversation.add({ id: itemId, role: "user", text: "", ...this.#timesOf(itemId) });
  }

  #transcript({ itemId, text, isFinal }: Extract<InputEvent, { type: "input-transcript" }>): void {
    const { conversation, emit } = this.#host;
    const times = this.#timesOf(itemId);
    emit({ type: "user-transcript", itemId, text, isFinal, ...times });
    if (!isFinal) return;
    this.#items.delete(itemId);
    if (this.#isWritten.delete(itemId)) return;
    if (conversation.get(itemId)) conversation.update(itemId, { text, ...times });
  }

  #timesOf(itemId: string): { readonly startMs: number; readonly endMs: number } {
    const now = this.#host.now();
    const { startSample, endSample } = this.#items.get(itemId) ?? { startSample: now, endSample: now };
    return { startMs: samplesToMs(startSample), endMs: samplesToMs(Math.max(startSample, endSample)) };
  }

  /** In a session without turns nobody else tells it. */
  #userBecomes(to: UserStateKind): void {
    const from = this.#userState;
    if (this.#host.surroundings.turns || from === to) return;
    this.#userState = to;
    this.#host.emit({ type: "user-state", from, to, sinceMs: samplesToMs(this.#host.now()) });
  }
}
