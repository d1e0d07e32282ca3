import { silero, VoiceSession, type VoiceEvent } from "vivavoce";
import { livekitInference } from "vivavoce/stt/livekit";
import { turnTaking, type TurnTaking } from "vivavoce/turns";
import { textCues } from "vivavoce/turns/text-cues";
import { Figures } from "./figures/figures.ts";
import { HoldToTalk } from "./hold-to-talk.ts";
import { Notice } from "./notice.ts";
import { element } from "./page.ts";
import { lockSettings, readSettings, watchTurnEnding, type Settings } from "./settings.ts";
import { SourcePicker } from "./source-picker.ts";
import { Standing } from "./standing.ts";
import { Timeline } from "./timeline/timeline.ts";
import { fetchToken } from "./token.ts";
import { Transcript } from "./transcript.ts";
import { UserStateSign } from "./user-state-sign.ts";

const standing = new Standing();
const picker = new SourcePicker();
const timeline = new Timeline(element("timeline", HTMLCanvasElement));
const transcript = new Transcript();
const figures = new Figures();
const notice = new Notice();
const userState = new UserStateSign();
const hold = new HoldToTalk({
  press: () => session?.openGate(),
  release: () => {
    session?.closeGate();
    session?.commitUserTurn().catch((error: unknown) => notice.show(error));
  },
});

let session: VoiceSession | undefined;
let isLive = picker.isLive;

const isRunning = (): boolean => session !== undefined && session.state.kind !== "ended";

standing.show({ kind: "idle" }, picker.isLive);

watchTurnEnding((ending) => {
  hold.isShown = standing.isHeldToTalk = ending === "manual";
});

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
    const settings = readSettings();
    const { policy, closeAfterMs, vad, model } = settings;
    session = new VoiceSession({
      source: picker.source,
      vad: silero({ model: vad }),
      gate: { policy, closeAfterMs },
      stt: livekitInference({ url: "/v1", model, token: fetchToken }),
      turns: turnsOf(settings),
      finalLimitMs: 10_000, // the recogniser may share a small computer with the page
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

function turnsOf({ turnEnding, minDelayMs, maxDelayMs }: Settings): TurnTaking {
  if (turnEnding === "manual") return turnTaking({ detection: "manual" });
  if (turnEnding === "vad") return turnTaking({ detection: "vad", endpointing: { minDelayMs } });
  return turnTaking({ detection: textCues({ language: "en" }), endpointing: { minDelayMs, maxDelayMs } });
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
  userState.hear(event);
  switch (event.type) {
    case "state":
      standing.show(event.state, isLive);
      lockSettings(isRunning());
      picker.isLocked = isRunning();
      hold.isReady = event.state.kind === "listening";
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
