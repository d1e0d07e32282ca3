import { samplesToMs } from "../audio/units.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { DetectionVerdict } from "./detection.ts";
import type { Interruption } from "./interruption.ts";
import type { Judge } from "./judge.ts";
import type { Participants } from "./participants.ts";
import type { PersonSide } from "./person-side.ts";
import type { PreemptiveGeneration } from "./preemptive-generation.ts";
import type { FinishedTurn, RecognitionEvent } from "./recognition-events.ts";
import type { Recognition } from "./recognition.ts";
import { recordTurn } from "./record-turn.ts";
import type { TurnCommit } from "./turn-commit.ts";
import type { TurnHost } from "./turn-host.ts";
import type { TurnLimitWatch } from "./turn-limit-watch.ts";
import type { Witnesses } from "./witnesses.ts";

/** Whom the outcome of a recognition concerns. */
export interface TurnOutcomeParts {
  readonly host: TurnHost;
  readonly conversation: Conversation;
  readonly witnesses: Witnesses;
  readonly participants: Participants;
  readonly person: PersonSide;
  readonly recognition: Recognition;
  readonly interruption: Interruption;
  readonly limit: TurnLimitWatch;
  readonly commit: TurnCommit;
  readonly preemptive: PreemptiveGeneration;
  /** The detector, which may be another one later. */
  readonly judge: () => Judge;
}

/** Says what came of the recognition: a decision that forms, is called off or stands, and what has to follow. */
export class TurnOutcome {
  readonly #parts: TurnOutcomeParts;
  /** What a detector said of the silence that is being told. */
  #judgement: Pick<DetectionVerdict, "probability" | "threshold"> = {};

  constructor(parts: TurnOutcomeParts) {
    this.#parts = parts;
  }

  /** Takes what the recognition says. */
  take(event: RecognitionEvent): void {
    const { host, interruption, judge, commit, limit, person, recognition } = this.#parts;
    switch (event.type) {
      case "text":
        return person.said(event.event, host.now());
      case "pending":
        interruption.turnPending(true);
        return host.emit({
          type: "turn-pending",
          transcript: event.transcript,
          delayMs: samplesToMs(event.delaySamples),
          endsAtMs: samplesToMs(event.deadline),
          ...this.#judgement,
        });
      case "resumed":
        interruption.turnPending(false);
        judge().cancel();
        return host.emit({ type: "turn-resumed" });
      case "ask":
        return judge().ask(event.transcript, event.language, (verdict) => this.#judged(verdict));
      case "likely":
        return this.#prepare(event.transcript, event.confidence);
      case "turn":
        return this.#finished(event.turn);
      case "dropped":
        host.emit({ type: "turn-resumed" });
        return interruption.turnDecided("dropped", host.now());
      case "interim-settled": {
        const { turnStart: startSample, currentTranscript } = recognition;
        return limit.addFinal({ transcriptId: 0, text: event.text, startSample, currentTranscript }, host.now());
      }
      case "committed":
        return commit.done(event.transcript);
    }
  }

  #judged({ probability, threshold, isLikelyOver }: DetectionVerdict): void {
    const { recognition, host } = this.#parts;
    if (probability !== undefined && threshold !== undefined) this.#judgement = { probability, threshold };
    recognition.judged(isLikelyOver, host.now());
    this.#judgement = {};
  }

  #prepare(transcript: string, confidence: number): void {
    const { participants, preemptive, recognition, host, conversation } = this.#parts;
    if (participants.isPaused || ["speaking", "thinking"].includes(participants.agent)) return;
    const now = host.now();
    const prepared = preemptive.prepare(transcript, now - (recognition.turnStart ?? now), conversation);
    if (prepared) host.emit({ type: "preemptive-generation", ...prepared, confidence });
  }

  #finished(turn: FinishedTurn): void {
    const { host, witnesses, preemptive, interruption, conversation, judge } = this.#parts;
    judge().cancel();
    const skipsReply = witnesses.finished(turn) || turn.skipsReply;
    interruption.turnDecided(skipsReply ? "skipped" : "committed", turn.committedAt);
    if (skipsReply) preemptive.cancel();
    const prepared = preemptive.take(turn.transcript, conversation);
    host.emit(recordTurn({ ...turn, skipsReply }, conversation, prepared?.generationId));
  }
}
