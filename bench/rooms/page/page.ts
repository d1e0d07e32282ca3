// Runs in Chromium: a person with a microphone who is in a room, by this library or by `livekit-client` alone. Driven by
// `stage.ts` through `window.rooms`.
import { Person } from "./person.ts";
import { visitPlainly } from "./plain-visit.ts";
import { visitBySession } from "./vivavoce-visit.ts";
import type { Lag, Note, Tell, Visit, VisitKind } from "./visit.ts";

const POLL_MS = 20;

/** When something was said, in ms since 1970. */
export interface Said {
  readonly beginMs: number;
  readonly endMs: number;
}

const person = new Person();
const notes: Note[] = [];
let visit: Visit | undefined;

/** Begins to join. */
function join(kind: VisitKind, roomName: string): void {
  notes.length = 0;
  const tell: Tell = (type) => void notes.push({ type, atMs: Date.now() });
  visit =
    kind === "gated" || kind === "always"
      ? visitBySession(roomName, tell, kind)
      : visitPlainly(roomName, tell, kind === "plain, microphone first");
}

/** Says it (mono, 16 kHz); resolves when it is said. */
async function say(samples: readonly number[]): Promise<Said> {
  const said = person.say(samples);
  await new Promise((resolve) => setTimeout(resolve, said.endMs - Date.now()));
  return said;
}

let worstLagMs = 0;
setInterval(() => (worstLagMs = Math.max(worstLagMs, visit?.lag().lagMs ?? 0)), POLL_MS);

/** How late the page's sound was at most since it was asked last, and what of pauses it has let go so far. */
function lag(): Lag {
  const lagMs = worstLagMs;
  worstLagMs = 0;
  return { lagMs, skippedMs: visit?.lag().skippedMs ?? 0 };
}

/** What the bench drives. */
export const rooms = {
  join,
  say,
  lag,
  notes,
  sentBytes: (): Promise<number> => visit?.sentBytes() ?? Promise.resolve(NaN),
  leave: (): Promise<void> => visit?.leave() ?? Promise.resolve(),
};
Object.assign(window, { rooms });
