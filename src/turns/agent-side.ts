import type { Endpointing } from "./endpointing.ts";
import type { InterruptionOutput } from "./interruption-output.ts";
import type { AgentSpeech } from "./interruption-rules.ts";
import type { Interruption } from "./interruption.ts";
import type { Participants } from "./participants.ts";
import type { TurnHost } from "./turn-host.ts";

/** What the agent's side needs of its run. */
export interface AgentSideParts {
  readonly host: TurnHost;
  readonly interruption: Interruption;
  readonly participants: Participants;
  readonly endpointing: () => Endpointing;
  /** The agent can be heard, or not any more. */
  readonly onHeard: (output: InterruptionOutput & { readonly type: "agent-heard" }) => void;
  /** Too few words were said to interrupt, and nothing followed. */
  readonly onWordsExpired: () => void;
  /** What the person says is, or is not, meant to interrupt. */
  readonly onJudged: (isInterruption: boolean) => void;
}

const INTERRUPTIBLE: AgentSpeech = { isInterruptible: true, canPause: true };

/**
 * The agent's side of turn taking: whoever answers says here what the agent is doing, and is told by `interruption`,
 * `agent-resumed` and `false-interruption` when it has to give way.
 */
export class AgentSide {
  readonly #parts: AgentSideParts;

  constructor(parts: AgentSideParts) {
    this.#parts = parts;
  }

  /** The agent prepares what it will say. `speech`: how it may be interrupted; by default it may, and can pause. */
  thinking(speech: Partial<AgentSpeech> = {}): void {
    const { host, interruption, participants } = this.#parts;
    participants.agentDoes({ type: "reply-started" }, host.now());
    interruption.agentThinking(host.now(), { ...INTERRUPTIBLE, ...speech });
  }

  /** The first sound of it is played. */
  started(speech: Partial<AgentSpeech> = {}): void {
    const { host, interruption, participants } = this.#parts;
    const isReplying = participants.isPaused || ["thinking", "speaking"].includes(participants.agent);
    if (!isReplying) participants.agentDoes({ type: "reply-started" }, host.now());
    participants.agentDoes({ type: "audio-started" }, host.now());
    interruption.agentStarted(host.now(), { ...INTERRUPTIBLE, ...speech });
  }

  /** It has said everything, or was stopped. */
  ended(): void {
    const { host, interruption, participants } = this.#parts;
    interruption.agentEnded(host.now());
    participants.agentDoes({ type: "reply-ended" }, host.now());
  }

  /** The app stops it. */
  interrupt(): void {
    this.#parts.interruption.interrupt(this.#parts.host.now());
  }

  /** Takes what the interruption decided. */
  take(output: InterruptionOutput): void {
    const { host, participants, endpointing, onHeard, onWordsExpired, onJudged } = this.#parts;
    const { atSample } = output;
    switch (output.type) {
      case "pause":
        participants.agentDoes({ type: "paused" }, atSample);
        return host.emit({ type: "interruption", kind: "pause", cause: output.cause });
      case "resume":
        participants.agentDoes({ type: "resumed" }, atSample);
        return host.emit({ type: "agent-resumed", cause: output.cause });
      case "interrupt":
        participants.agentDoes({ type: "reply-ended" }, atSample);
        onJudged(true);
        return host.emit({ type: "interruption", kind: "stop", cause: output.cause });
      case "false-interruption":
        onJudged(false);
        return host.emit({ type: "false-interruption", isResumed: output.isResumed });
      case "agent-heard":
        if (output.isHeard) endpointing().agentStarted(atSample);
        else endpointing().agentEnded(atSample);
        return onHeard(output);
      case "words-expired":
        return onWordsExpired();
    }
  }
}
