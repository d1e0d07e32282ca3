import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "@playwright/test";
import type { RoomAgent } from "../../e2e/room-agent.ts";
import { wordsIn } from "../../e2e/word-error-rate.ts";
import { COMMAND } from "./command.ts";
import type { Said } from "./page/page.ts";
import type { Note, VisitKind } from "./page/visit.ts";
import type { RoomsStage } from "./stage.ts";

const POLL_MS = 20;
const WARM_UP_LIMIT_MS = 60_000;
/** After a command: its final text has come, and a gate has closed. */
export const PAUSE_MS = 2_200;

/** A person on a page, and an agent that listens to them, in a room. */
export class Talk {
  readonly kind: VisitKind;
  readonly page: Page;
  readonly agent: RoomAgent;

  private constructor(kind: VisitKind, page: Page, agent: RoomAgent) {
    this.kind = kind;
    this.page = page;
    this.agent = agent;
  }

  /** Both join, and a first command is heard: what is new is slow. */
  static async open(stage: RoomsStage, kind: VisitKind): Promise<Talk> {
    const room = stage.newRoom();
    const agent = await stage.agent(room);
    const talk = new Talk(kind, await stage.page(), agent);
    await talk.#join(room);
    await agent.next("listening");
    await sleep(PAUSE_MS);
    await talk.say();
    await agent.next("heard", ({ isFinal }) => isFinal === true, WARM_UP_LIMIT_MS);
    await sleep(PAUSE_MS);
    return talk;
  }

  /** The page joins and speaks after so long; the agent is sent there after so long more, and is there later still. */
  static async openEarly(stage: RoomsStage, kind: VisitKind, speakAfterMs: number, agentAfterMs: number) {
    const room = stage.newRoom();
    const page = await stage.page();
    await page.evaluate(([how, name]) => window.rooms.join(how, name), [kind, room] as const);
    await sleep(speakAfterMs);
    const saying = page.evaluate((samples) => window.rooms.say(samples), COMMAND.samples);
    await sleep(agentAfterMs);
    const talk = new Talk(kind, page, await stage.agent(room));
    return { talk, said: await saying };
  }

  /** Says a command, and tells when. */
  say(): Promise<Said> {
    return this.page.evaluate((samples) => window.rooms.say(samples), COMMAND.samples);
  }

  /** When the agent wrote of an event first since then, in ms since 1970; NaN if it has not. */
  agentSince(type: string, sinceMs: number): number {
    return this.agent.events.find((event) => event.type === type && event.atMs >= sinceMs)?.atMs ?? NaN;
  }

  /** When something happened on the page first since then. */
  async pageSince(type: Note["type"], sinceMs: number): Promise<number> {
    const notes = await this.page.evaluate(() => window.rooms.notes);
    return notes.find((note) => note.type === type && note.atMs >= sinceMs)?.atMs ?? NaN;
  }

  /** The words of the agent's final texts since then, and when the last of them came. */
  finalsSince(sinceMs: number): { readonly words: string[]; readonly atMs: number } {
    const finals = this.agent.events.filter(
      ({ type, isFinal, atMs }) => type === "heard" && isFinal === true && atMs >= sinceMs,
    );
    return { words: finals.flatMap(({ text }) => wordsIn(String(text))), atMs: finals.at(-1)?.atMs ?? NaN };
  }

  /** Both leave. */
  async close(): Promise<void> {
    await this.page.evaluate(() => window.rooms.leave());
    await this.page.close();
    await this.agent.stop();
  }

  #join(room: string): Promise<void> {
    return this.page.evaluate(([how, name]) => window.rooms.join(how, name), [this.kind, room] as const);
  }
}

/** Resolves when it is so, or when that takes too long. */
export async function until(isSo: () => boolean, limitMs: number): Promise<void> {
  for (const limit = Date.now() + limitMs; !isSo() && Date.now() < limit;) await sleep(POLL_MS);
}
