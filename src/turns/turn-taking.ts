import { Conversation } from "../conversation/conversation.ts";
import { detectionKind } from "./detection-kind.ts";
import type { TurnTakingOptions } from "./turn-options.ts";
import type { TurnHost } from "./turn-host.ts";
import { TurnRun } from "./turn-run.ts";
import { turnSettings, type TurnSettings } from "./turn-settings.ts";

/** How a session takes turns: made by {@link turnTaking}. */
export interface TurnTaking {
  /** The options, checked and completed. */
  readonly settings: TurnSettings;
  /** What both sides said; all runs of the session share it. */
  readonly conversation: Conversation;
  /** Whether a session has what this needs. @throws TypeError naming what is missing, and why it is needed. */
  require(hasVad: boolean, hasStt: boolean): void;
  /** Begins to take turns, for one run of a session. */
  start(host: TurnHost): TurnRun;
  /** The same with some options changed. @throws RangeError or TypeError naming the option, the rule and the value. */
  with(options: TurnTakingOptions): TurnTaking;
}

/**
 * Lets a session take turns: it says when a person has finished, when they interrupt, and what both sides are doing.
 *
 * ```ts
 * const session = new VoiceSession({ source, vad, stt, turns: turnTaking({ endpointing: { minDelayMs: 500 } }) });
 * session.on("turn", ({ transcript }) => answer(transcript));
 * ```
 *
 * @throws RangeError or TypeError naming the option, the rule and the value.
 */
export function turnTaking(options: TurnTakingOptions = {}): TurnTaking {
  const settings = turnSettings(options);
  const { conversation = new Conversation() } = options;
  return {
    settings,
    conversation,
    require: (hasVad, hasStt) => requireParts(settings, hasVad, hasStt),
    start: (host) => new TurnRun(settings, { ...options, conversation }, host),
    with: (changes) =>
      turnTaking({
        ...options,
        conversation,
        ...changes,
        endpointing: { ...options.endpointing, ...changes.endpointing },
        interruption: { ...options.interruption, ...changes.interruption },
        preemptiveGeneration: { ...options.preemptiveGeneration, ...changes.preemptiveGeneration },
        userTurnLimit: { ...options.userTurnLimit, ...changes.userTurnLimit },
      }),
  };
}

function requireParts(settings: TurnSettings, hasVad: boolean, hasStt: boolean): void {
  const kind = detectionKind(settings, hasVad);
  const { minWords } = settings.interruption;
  if ((kind === "vad" || kind === "detector") && !hasVad) {
    throw new TypeError(`turns.detection "${kind}" needs a vad: nothing else would tell when speech ends`);
  }
  if (kind === "stt" && !hasStt) throw new TypeError('turns.detection "stt" needs an stt');
  if (minWords > 0 && !hasStt) {
    throw new TypeError(`turns.interruption.minWords ${minWords} needs an stt: nobody else counts words`);
  }
}
