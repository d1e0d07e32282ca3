import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import type { Agent } from "../agent/agent.ts";
import { Conversation } from "../conversation/conversation.ts";
import type { AudioSource, OpenSource } from "../microphone/sources.ts";
import { livekitInference } from "../stt/livekit/livekit-inference.ts";
import { silero } from "../vad/silero.ts";
import type { VoiceEvent } from "./events.ts";
import { VoiceSession } from "./voice-session.ts";

const token = (): Promise<string> => Promise.resolve("abc");

/** A recogniser whose socket never opens. */
const stt = livekitInference({
  model: "pocketsphinx/en-us",
  url: "ws://gateway.example/v1",
  token,
  webSocket: () => ({
    readyState: 0,
    bufferedAmount: 0,
    send: () => undefined,
    close: () => undefined,
    addEventListener: () => undefined,
  }),
});

/** A microphone that a person allows, or not, when the test says so. */
class FakeSource implements AudioSource {
  readonly opened: { resolve: (source: OpenSource) => void; reject: (cause: unknown) => void }[] = [];
  released = 0;

  open(): Promise<OpenSource> {
    return new Promise((resolve, reject) => this.opened.push({ resolve, reject }));
  }

  allow(): void {
    this.opened.at(-1)?.resolve({
      node: {} as AudioNode,
      begin: () => undefined,
      onEnd: () => undefined,
      release: () => (this.released += 1),
    });
  }
}

/** Web Audio that resumes at once, and whose worklet never loads, or fails to. */
function fakeContext(addModule: () => Promise<void> = () => new Promise(() => undefined)): AudioContext {
  const context = {
    state: "running",
    sampleRate: 48_000,
    resume: () => Promise.resolve(),
    audioWorklet: { addModule },
  };
  return context as unknown as AudioContext;
}

interface Rig {
  readonly source: FakeSource;
  readonly session: VoiceSession;
  readonly events: VoiceEvent[];
}

function rig(context: AudioContext): Rig {
  const source = new FakeSource();
  const session = new VoiceSession({ source, vad: false, stt, context });
  const events: VoiceEvent[] = [];
  for (const type of ["state", "ended", "warning"] as const) session.on(type, (event) => events.push(event));
  return { source, session, events };
}

function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The events as words. */
function story(events: readonly VoiceEvent[]): string[] {
  return events.map((event) => (event.type === "state" ? event.state.kind : event.type));
}

test("importing and making a session touches nothing of a browser, asks for nothing, and is idle", () => {
  expect([typeof window, typeof document, typeof AudioContext]).toEqual(["undefined", "undefined", "undefined"]);
  const source = new FakeSource();
  const before = new Set(Object.getOwnPropertyNames(globalThis));
  const session = new VoiceSession({ source, vad: silero(), stt: livekitInference({ model: "a/b", token }) });
  expect(session.state).toEqual({ kind: "idle", sinceMs: 0 });
  expect([session.isMuted, session.nowMs, source.opened]).toEqual([false, 0, []]);
  expect(Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name))).toEqual([]);
});

test("stopping what never ran does nothing, however it is stopped", async () => {
  const { session, events, source } = rig(fakeContext());
  await session.stop();
  await session.stop({ signal: AbortSignal.abort() });
  await session[Symbol.asyncDispose]();
  expect([events, source.opened, session.state.kind]).toEqual([[], [], "idle"]);
});

test("without Web Audio a start is refused in words, and the session stays as it was", async () => {
  const source = new FakeSource();
  const session = new VoiceSession({ source, vad: silero(), stt });
  for (let time = 0; time < 2; time++) {
    await expect(session.start()).rejects.toMatchObject({ name: "VoiceError", code: "audio-context-failed" });
    expect([session.state.kind, source.opened]).toEqual(["idle", []]);
  }
  await session.stop();
});

test("parts that cannot work together are refused at construction", () => {
  const source = new FakeSource();
  expect(() => new VoiceSession({ source, vad: false, stt, gate: { policy: "speech" } })).toThrow(
    new TypeError('gate.policy "speech" needs a vad to open the gate'),
  );
});

test("the app opens the gate with policy manual only", () => {
  const { session } = rig(fakeContext());
  expect(() => session.openGate()).toThrow(
    expect.objectContaining({
      code: "invalid-state",
      message: 'The app opens and closes the gate with gate.policy "manual" only, not "always"',
    }),
  );
  const manual = new VoiceSession({ source: new FakeSource(), vad: false, stt, gate: { policy: "manual" } });
  expect(() => manual.closeGate()).not.toThrow();
});

test("a start with a signal that was aborted before asks for nothing", async () => {
  const { session, events, source } = rig(fakeContext());
  await expect(session.start({ signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
  expect([events, source.opened]).toEqual([[], []]);
});

test("a second start while the first is under way is the same start", async () => {
  const { session, source } = rig(fakeContext());
  const first = session.start();
  expect(session.start()).toBe(first);
  expect(source.opened).toHaveLength(1);
  await session.stop();
  await expect(first).rejects.toMatchObject({ name: "AbortError" });
});

test("aborting a start rejects it with the reason, ends once, and gives a late microphone back", async () => {
  const { session, events, source } = rig(fakeContext());
  const controller = new AbortController();
  const reason = new Error("the page left");
  const starting = session.start({ signal: controller.signal });
  controller.abort(reason);
  await expect(starting).rejects.toBe(reason);
  expect(story(events)).toEqual(["starting", "ended", "ended"]);
  expect(events.at(-1)).toEqual({ type: "ended", reason: "aborted", atMs: 0 });
  source.allow();
  await quiet();
  expect(source.released).toBeGreaterThan(0);
  await session.stop();
  expect(events).toHaveLength(3);
  expect(getEventListeners(controller.signal, "abort")).toEqual([]);
});

test("stopping a start ends it at once with an AbortError, and it may start again", async () => {
  const { session, events, source } = rig(fakeContext());
  const { signal } = new AbortController();
  const starting = session.start({ signal });
  await session.stop();
  await expect(starting).rejects.toMatchObject({ name: "AbortError" });
  expect(getEventListeners(signal, "abort")).toEqual([]);
  expect(story(events)).toEqual(["starting", "stopping", "ended", "ended"]);
  expect(session.state).toMatchObject({ kind: "ended", reason: "stopped" });
  const again = session.start();
  expect(session.state.kind).toBe("starting");
  await session.stop();
  await expect(again).rejects.toMatchObject({ name: "AbortError" });
  expect(source.opened).toHaveLength(2);
});

test("a microphone that is refused ends the run with its own error, told once", async () => {
  const { session, events, source } = rig(fakeContext());
  const starting = session.start();
  const refusal = new Error("no");
  source.opened[0]!.reject(refusal);
  await expect(starting).rejects.toMatchObject({ cause: refusal });
  expect(story(events)).toEqual(["starting", "ended", "ended"]);
  expect(events.at(-1)).toMatchObject({ type: "ended", reason: "failed", error: { cause: refusal } });
});

test("a source that throws at once is a run that failed, not a session that broke", async () => {
  const events: VoiceEvent[] = [];
  const failure = new RangeError("no such rate");
  const source: AudioSource = {
    open: () => {
      throw failure;
    },
  };
  const session = new VoiceSession({ source, vad: false, stt, context: fakeContext() });
  session.on("ended", (event) => events.push(event));
  await expect(session.start()).rejects.toMatchObject({ name: "VoiceError", cause: failure });
  expect(events).toMatchObject([{ type: "ended", reason: "failed" }]);
});

test("an agent that throws at once is a run that failed, and the microphone is given back", async () => {
  const source = new FakeSource();
  const failure = new RangeError("no such voice");
  const agent: Agent = {
    conversation: new Conversation(),
    demands: () => ({ endsTurns: false }),
    start: () => {
      throw failure;
    },
  };
  const session = new VoiceSession({ source, vad: false, agent, context: fakeContext() });
  const started = session.start();
  source.allow();
  await expect(started).rejects.toMatchObject({ name: "VoiceError", cause: failure });
  await quiet();
  expect(source.released).toBeGreaterThan(0);
  expect(session.state).toMatchObject({ kind: "ended", reason: "failed" });
});

test("a worklet that does not load gives the microphone back and says which file", async () => {
  const { session, events, source } = rig(fakeContext(() => Promise.reject(new Error("404"))));
  const starting = session.start();
  source.allow();
  await expect(starting).rejects.toMatchObject({ code: "asset-failed" });
  await quiet();
  expect(source.released).toBeGreaterThan(0);
  expect(events.at(-1)).toMatchObject({ type: "ended", reason: "failed", error: { code: "asset-failed" } });
});

test("the state has changed before anybody is told", async () => {
  const { session } = rig(fakeContext());
  const seen: boolean[] = [];
  session.on("state", ({ state }) => seen.push(session.state === state));
  session.on("ended", () => seen.push(session.state.kind === "ended"));
  const starting = session.start();
  await session.stop();
  await expect(starting).rejects.toThrow();
  expect(seen).toEqual([true, true, true, true]);
});

test("mute holds whether or not the session runs", () => {
  const { session } = rig(fakeContext());
  session.mute();
  expect(session.isMuted).toBe(true);
  session.unmute();
  expect(session.isMuted).toBe(false);
});
