import { Conversation } from "../../conversation/conversation.ts";
import { systemClock } from "../../net/system-clock.ts";
import type { Agent } from "../agent.ts";
import { openSpeaker } from "../open-speaker.ts";
import { cascadeSettings, type CascadeOptions } from "./cascade-options.ts";
import { CascadeRun } from "./cascade-run.ts";

/**
 * An agent of the app's own language model and voice: answers each turn, sentence by sentence; begins early where turn
 * taking says that the person has likely finished; gives way, and remembers what was heard.
 *
 * ```ts
 * const agent = cascade({
 *   async *respond({ transcript }, { conversation, signal }) {
 *     yield* myModel(conversation.messages(), { signal });
 *   },
 *   async *speak(text, { signal }) {
 *     for await (const pcm of myVoice(text, { signal })) yield { samples: pcm, rateHz: 24_000 };
 *   },
 * });
 * const session = new VoiceSession({ source, vad, stt, turns: turnTaking(), agent });
 * ```
 *
 * @throws RangeError or TypeError naming the option, the rule and the value.
 */
export function cascade(options: CascadeOptions): Agent {
  const settings = cascadeSettings(options, systemClock);
  return {
    conversation: new Conversation(),
    demands({ turns }) {
      if (!turns) throw new TypeError("cascade() needs turns: turnTaking() says when to answer");
      return { endsTurns: false };
    },
    start: (host) => new CascadeRun(settings, host, openSpeaker(settings.playback)),
  };
}
