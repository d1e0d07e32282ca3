import { silero, VoiceSession, type VoiceEvent } from "vivavoce";
import { livekitInference } from "vivavoce/stt/livekit";
import { Figures } from "./figures/figures.ts";
import { Notice } from "./notice.ts";
import { element } from "./page.ts";
import { lockSettings, readSettings } from "./settings.ts";
import { SourcePicker } from "./source-picker.ts";
import { Standing } from "./standing.ts";
import { Timeline } from "./timeline/timeline.ts";
import { fetchToken } from "./token.ts";
import { Transcript } from "./transcript.ts";

const standing = new Standing();
const picker = new SourcePicker();
const timeline = new Timeline(element("timeline", HTMLCanvasElement));
const transcript = new Transcript();
const figures = new Figures();
const notice = new Notice();

let session: VoiceSession | undefined;
let isLive = picker.isLive;

const isRunning = (): boolean => session !== undefined && session.state.kind !== "ended";

standing.show({ kind: "idle" }, picker.isLive);

element("start", HTMLButtonElement).addEventListener("click", () => void (isRunning() ? stop() : start()));

element("mute", HTMLButtonElement).addEventListener("click", () => {
  if (session?.isMuted) session.unmute();
  else session?.mute();
  standing.isMuted = session?.isMuted ?? false;
});

element("recording", HTMLSelectElement).addEventListener("chosen", () => {
  if (!isRunning()) standing.show({ kind: "idle" }, picker.isLive);
});

/** A session for each start, since the settings may have changed. Nothing is awaited before `start`: browsers ask for a click. */
async function start(): Promise<void> {
  notice.clear();
  standing.isMuted = false;
  isLive = picker.isLive;
  try {
    const { policy, closeAfterMs, vad, model } = readSettings();
    session = new VoiceSession({
      source: picker.source,
      vad: silero({ model: vad }),
      gate: { policy, closeAfterMs },
      stt: livekitInference({ url: "/v1", model, token: fetchToken }),
    });
  } catch (error) {
    return notice.show(error);
  }
  const running = session;
  void follow(running);
  element("timeline-empty", HTMLParagraphElement).hidden = true;
  timeline.run(() => running.nowMs);
  await running.start().catch((error: unknown) => {
    // A start that was cancelled is no error; one that failed has also said so in its last event.
    const isCancelled = error instanceof DOMException && error.name === "AbortError";
    if (!isCancelled) notice.show(error);
  });
}

async function stop(): Promise<void> {
  await session?.stop();
}

async function follow(running: VoiceSession): Promise<void> {
  for await (const event of running.events()) show(event, running);
}

function show(event: VoiceEvent, { state }: VoiceSession): void {
  timeline.hear(event);
  transcript.hear(event);
  figures.hear(event);
  switch (event.type) {
    case "state":
      standing.show(event.state, isLive);
      lockSettings(isRunning());
      picker.isLocked = isRunning();
      return;
    case "frame":
      if (state.kind === "listening") standing.loudness = Math.max(0, 1 + event.levelDb / 60);
      return;
    case "warning":
      return notice.show(event.error);
    case "reconnecting":
      standing.isReconnecting = true;
      return;
    case "reconnected":
      standing.isReconnecting = false;
      return;
    case "ended":
      if (event.error) notice.show(event.error);
      return;
    default: // the parts above have taken what is theirs
  }
}
