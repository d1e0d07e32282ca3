import type { VoiceEvent } from "vivavoce";
import { element } from "./page.ts";

const WORDS = { speaking: "you speak", listening: "you are silent", away: "you seem to be away" } as const;

/** A small sign that says what the person is doing, as turn taking sees it. */
export class UserStateSign {
  readonly #sign = element("user-state", HTMLSpanElement);

  /** Takes the next event of a session. */
  hear(event: VoiceEvent): void {
    if (event.type === "state") this.#show(event.state.kind === "listening" ? "listening" : undefined);
    if (event.type === "user-state") this.#show(event.to);
  }

  #show(kind: keyof typeof WORDS | undefined): void {
    this.#sign.dataset["state"] = kind ?? "none";
    this.#sign.textContent = kind ? WORDS[kind] : "";
  }
}
