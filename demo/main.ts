import type { VoiceEvent, VoiceSession } from "vivavoce";
import { Figures } from "./figures/figures.ts";
import { HoldToTalk } from "./hold-to-talk.ts";
import { makeSession } from "./make-session.ts";
import { Notice } from "./notice.ts";
import { element } from "./page.ts";
import { lockSettings, readSettings, showUseOfWords, watchTurnEnding } from "./settings.ts";
import { SourcePicker } from "./source-picker.ts";
import { Standing } from "./standing.ts";
import type { AgentKind } from "./talk/agents.ts";
import { AgentSign } from "./talk/agent-sign.ts";
import { Answers } from "./talk/answers.ts";
import { ModeSwitch } from "./talk/mode-switch.ts";
import { RepeatableSource } from "./talk/repeatable-source.ts";
import { TalkControls } from "./talk/talk-controls.ts";
import { Timeline } from "./timeline/timeline.ts";
import { Transcript } from "./transcript.ts";
import { UserStateSign } from "./user-state-sign.ts";

const standing = new Standing();
const picker = new SourcePicker();
const timeline = new Timeline(element("timeline", HTMLCanvasElement));
const transcript = new Transcript();
const answers = new Answers();
const figures = new Figures();
const notice = new Notice();
const userState = new UserStateSign();
const agentSign = new AgentSign();
const answerer = element("agent", HTMLSelectElement);
const hold = new HoldToTalk({
  press: () => {
    session?.openGate();
    if (modes.mode === "talk") session?.interrupt(); // who holds the button has the word
  },
  release: () => {
    session?.closeGate();
    session?.commitUserTurn().catch((error: unknown) => notice.show(error));
  },
});
const talk = new TalkControls({
  interrupt: () => session?.interrupt(),
  sendText: (text) => {
    transcript.write(text);
    session?.sendText(text);
  },
  sayRecording: () => void voice?.say(picker.source).catch((error: unknown) => notice.show(error)),
});

let session: VoiceSession | undefined;
/** Says the recordings of a conversation. */
let voice: RepeatableSource | undefined;
let isLive = picker.isLive;

const isRunning = (): boolean => session !== undefined && session.state.kind !== "ended";

const modes = new ModeSwitch();
modes.onChange = () => showChoices();
answerer.addEventListener("change", () => showChoices());
element("recording", HTMLSelectElement).addEventListener("chosen", () => showChoices());

watchTurnEnding((ending) => {
  hold.isShown = standing.isHeldToTalk = ending === "manual";
});
showChoices();

element("start", HTMLButtonElement).addEventListener("click", () => void (isRunning() ? stop() : start()));

element("mute", HTMLButtonElement).addEventListener("click", () => {
  if (session?.isMuted) session.unmute();
  else session?.mute();
  standing.isMuted = session?.isMuted ?? false;
});

/** Shows what the mode, the answerer and the source that were chosen bring along. */
function showChoices(): void {
  talk.hasRecording = !picker.isLive;
  if (isRunning()) return;
  const isTalk = modes.mode === "talk";
  standing.isTalk = notice.isTalk = timeline.hasAgent = isTalk;
  standing.show({ kind: "idle" }, picker.isLive);
  showUseOfWords(agentKind() !== "realtime");
}

function agentKind(): AgentKind | undefined {
  return modes.mode === "talk" ? (answerer.value as AgentKind) : undefined;
}

/** A session for each start, since the settings may have changed. Nothing is awaited before `start`: browsers ask for a click. */
async function start(): Promise<void> {
  notice.clear();
  standing.isMuted = false;
  isLive = picker.isLive;
  const kind = agentKind();
  transcript.hearsNoWords = kind === "realtime";
  voice = kind === undefined || isLive ? undefined : new RepeatableSource(picker.source);
  try {
    session = makeSession(readSettings(), voice ?? picker.source, kind);
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
  answers.hear(event);
  figures.hear(event);
  userState.hear(event);
  if (modes.mode === "talk" && event.type !== "frame" && event.type !== "audio")
    showAgent(event, state.kind === "listening");
  switch (event.type) {
    case "state":
      return showState(event.state.kind === "listening");
    case "frame":
      if (state.kind === "listening") standing.loudness = Math.max(0, 1 + event.levelDb / 60);
      return;
    case "warning":
      if (modes.mode === "talk") answers.warn(event.error);
      else notice.show(event.error);
      return;
    case "reconnecting":
    case "agent-reconnecting":
      standing.isReconnecting = true;
      return;
    case "reconnected":
    case "agent-reconnected":
      standing.isReconnecting = false;
      return;
    case "ended":
      if (event.error) notice.show(event.error);
      return;
    default: // the parts above have taken what is theirs
  }
}

function showState(isListening: boolean): void {
  if (session) standing.show(session.state, isLive);
  lockSettings(isRunning());
  modes.isLocked = answerer.disabled = isRunning();
  picker.lock = !isRunning() ? "none" : voice ? "recordings" : "all";
  hold.isReady = isListening;
}

function showAgent(event: VoiceEvent, isListening: boolean): void {
  const before = agentSign.doing;
  agentSign.hear(event);
  talk.show(isListening, agentSign.doing);
  if (agentSign.doing !== before) standing.agent = agentSign.doing;
}
