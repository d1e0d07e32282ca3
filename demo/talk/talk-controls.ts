import { element } from "../page.ts";
import type { AgentStanding } from "./talk-hints.ts";

/** What the controls of a conversation do. */
export interface TalkActions {
  readonly interrupt: () => void;
  readonly sendText: (text: string) => void;
  /** Says the recording that is chosen, into the session that runs. */
  readonly sayRecording: () => void;
}

/** The button that interrupts, the field for those who rather write, and the button that lets a recording speak. */
export class TalkControls {
  readonly #interrupt = element("interrupt", HTMLButtonElement);
  readonly #say = element("say", HTMLButtonElement);
  readonly #message = element("message", HTMLInputElement);
  readonly #send = element("send", HTMLButtonElement);

  constructor({ interrupt, sendText, sayRecording }: TalkActions) {
    this.#interrupt.addEventListener("click", interrupt);
    this.#say.addEventListener("click", sayRecording);
    element("composer", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#message.value.trim();
      if (text === "" || this.#message.disabled) return;
      this.#message.value = "";
      sendText(text);
    });
  }

  /** Whether recordings speak, so that there is something to say. */
  set hasRecording(hasRecording: boolean) {
    this.#say.hidden = !hasRecording;
  }

  /** Follows whether somebody listens, and what the agent is doing. */
  show(isListening: boolean, doing: AgentStanding): void {
    this.#message.disabled = this.#send.disabled = this.#say.disabled = !isListening;
    this.#interrupt.disabled = !isListening || !["thinking", "speaking", "paused"].includes(doing);
  }
}
