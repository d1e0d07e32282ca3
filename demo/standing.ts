import type { EndReason, SessionState } from "vivavoce";
import { element } from "./page.ts";
import { AGENT_HINTS, TALK_HINTS, type AgentStanding } from "./talk/talk-hints.ts";

const HINTS: Readonly<Record<SessionState["kind"], readonly [live: string, recorded: string]>> = {
  idle: ["Press Start and speak English.", "Press Start to play it."],
  starting: ["Allow the microphone, if you are asked.", "Fetching the recording…"],
  listening: ["Speak. What turns green is sent.", "Playing the recording."],
  stopping: ["Waiting for the last words…", "Waiting for the last words…"],
  ended: ["", ""],
};

const LABELS: Readonly<Record<SessionState["kind"], string>> = {
  idle: "Start",
  starting: "Cancel",
  listening: "Stop",
  stopping: "Stopping…",
  ended: "Start",
};

const ENDINGS: Readonly<Record<EndReason, string>> = {
  stopped: "Stopped. The microphone is off.",
  aborted: "Stopped.",
  finished: "The recording is over.",
  failed: "It ended with an error.",
};

/** The big button, and the words beside it that say where the session stands. */
export class Standing {
  readonly #start = element("start", HTMLButtonElement);
  readonly #label = element("start-label", HTMLSpanElement);
  readonly #pill = element("state", HTMLSpanElement);
  readonly #hint = element("hint", HTMLSpanElement);
  readonly #mute = element("mute", HTMLButtonElement);
  /** Whether a button has to be held to talk. */
  isHeldToTalk = false;
  /** Whether somebody answers. */
  isTalk = false;
  /** Whether all is there that a start needs. */
  isReady = true;
  #isLive = true;

  /** Shows where a session stands, that listens to a person (`isLive`) or to a recording. */
  show({ kind, reason }: Pick<SessionState, "kind" | "reason">, isLive: boolean): void {
    this.#isLive = isLive;
    this.#start.dataset["state"] = kind;
    this.#start.disabled = kind === "stopping" || !this.isReady;
    this.#label.textContent = LABELS[kind];
    this.#pill.textContent = kind;
    this.#pill.dataset["state"] = reason === "failed" ? reason : kind;
    const isOver = kind === "ended" && reason !== undefined;
    const ending = reason === "stopped" && !isLive ? "Stopped." : isOver ? ENDINGS[reason] : "";
    this.#hint.textContent = isOver ? ending : this.#hintOf(kind);
    this.#mute.hidden = (kind !== "listening" && !this.isTalk) || this.isHeldToTalk;
    this.#mute.disabled = kind !== "listening";
    if (kind !== "listening") this.loudness = 0;
  }

  /** Shows that the recogniser cannot be reached just now. */
  set isReconnecting(isReconnecting: boolean) {
    if (this.#start.dataset["state"] !== "listening") return;
    this.#pill.textContent = isReconnecting ? "reconnecting" : "listening";
    this.#pill.dataset["state"] = isReconnecting ? "reconnecting" : "listening";
    this.#hint.textContent = isReconnecting
      ? this.isTalk
        ? "Server away: what you say is kept."
        : "The recogniser is away. Go on: what is said is kept, and sent when it is back."
      : this.#hintOf("listening");
  }

  /** Shows what the agent is doing, or why it cannot be reached, while the session listens. */
  set agent(doing: AgentStanding) {
    if (this.#start.dataset["state"] !== "listening") return;
    this.#pill.textContent = this.#pill.dataset["state"] = doing;
    this.#hint.textContent = doing === "listening" ? this.#hintOf("listening") : AGENT_HINTS[doing];
  }

  /** Shows whether it hears. */
  set isMuted(isMuted: boolean) {
    if (this.#pill.textContent === "listening") {
      this.#hint.textContent = isMuted ? "Muted: nothing is heard, nothing is sent." : this.#hintOf("listening");
    }
    this.#mute.ariaPressed = String(isMuted);
    this.#mute.textContent = isMuted ? "Unmute" : "Mute";
  }

  /** How loud it is, 0..1: the ring around the button follows. */
  set loudness(loudness: number) {
    this.#start.style.setProperty("--loudness", loudness.toFixed(2));
  }

  #hintOf(kind: SessionState["kind"]): string {
    if (this.isHeldToTalk && kind === "listening") return "Hold the button, and speak.";
    return (this.isTalk ? TALK_HINTS : HINTS)[kind][this.#isLive ? 0 : 1];
  }
}
