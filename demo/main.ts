import type { VoiceEvent, VoiceSession } from "vivavoce";
import { Figures } from "./figures/figures.ts";
import { HoldToTalk } from "./hold-to-talk.ts";
import { Log } from "./log.ts";
import { makeSession } from "./make-session.ts";
import { ModeSwitch } from "./mode-switch.ts";
import { Notice } from "./notice.ts";
import { element } from "./page.ts";
import { RoomDoor } from "./room/room-door.ts";
import type { RoomStage } from "./room/room-health.ts";
import { RoomPanel } from "./room/room-panel.ts";
import { RoomWords } from "./room/room-words.ts";
import { lockSettings, readSettings, showUseOfWords, watchTurnEnding } from "./settings.ts";
import { SourcePicker } from "./source-picker.ts";
import { Standing } from "./standing.ts";
import { makeAnswerer, type AgentKind } from "./talk/agents.ts";
import { AgentSign } from "./talk/agent-sign.ts";
import { Answers } from "./talk/answers.ts";
import { RepeatableSource } from "./talk/repeatable-source.ts";
import { TalkControls } from "./talk/talk-controls.ts";
import type { AgentStanding } from "./talk/talk-hints.ts";
import { Timeline } from "./timeline/timeline.ts";
import { Transcript } from "./transcript.ts";
import { TurnBlock } from "./turn-block.ts";
import { UserStateSign } from "./user-state-sign.ts";

const standing = new Standing();
const picker = new SourcePicker();
const timeline = new Timeline(element("timeline", HTMLCanvasElement));
const log = new Log();
const transcript = new Transcript(log);
const roomWords = new RoomWords(log);
const answers = new Answers(log);
const figures = new Figures();
const notice = new Notice();
const userState = new UserStateSign();
const agentSign = new AgentSign();
const door = new RoomDoor();
const room = new RoomPanel();
const answerer = element("agent", HTMLSelectElement);
const hold = new HoldToTalk({
  press: () => {
    session?.openGate();
    if (modes.mode !== "write") session?.interrupt(); // who holds the button has the word
  },
  release: () => {
    session?.closeGate();
    session?.commitUserTurn().catch((error: unknown) => notice.show(error));
  },
});
const talk = new TalkControls({
  interrupt: () => session?.interrupt(),
  sendText: (text) => {
    log.append(TurnBlock.written(text).item);
    session?.sendText(text);
  },
  sayRecording: () => void voice?.say(picker.source).catch((error: unknown) => notice.show(error)),
});

let session: VoiceSession | undefined;
/** Says the recordings of a conversation. */
let voice: RepeatableSource | undefined;
let isLive = picker.isLive;
/** What stands between the person and an agent in a room. */
let stage: RoomStage = "there";
/** What the page says of the agent, until the session's state says something else. */
let shown: AgentStanding | undefined;

const isRunning = (): boolean => session !== undefined && session.state.kind !== "ended";

const modes = new ModeSwitch();
modes.onChange = () => {
  notice.clear();
  showChoices();
};
answerer.addEventListener("change", () => showChoices());
element("recording", HTMLSelectElement).addEventListener("chosen", () => showChoices());

watchTurnEnding((ending) => {
  hold.isShown = standing.isHeldToTalk = ending === "manual";
});
room.name = door.roomName;
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
  const { mode } = modes;
  notice.mode = mode;
  standing.isTalk = timeline.hasAgent = mode !== "write";
  standing.isReady = mode !== "room" || door.isOpen;
  standing.show({ kind: "idle" }, picker.isLive);
  showUseOfWords(agentKind() === undefined || agentKind() === "cascade");
  if (!standing.isReady) door.open().then(showChoices, (error: unknown) => notice.show(error));
}

function agentKind(): AgentKind | undefined {
  if (modes.mode === "room") return "room";
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
    session = makeSession(readSettings(), voice ?? picker.source, kind && makeAnswerer(kind, door));
  } catch (error) {
    return notice.show(error);
  }
  const running = session;
  void follow(running);
  element("timeline-empty", HTMLParagraphElement).hidden = true;
  timeline.run(() => running.nowMs);
  const started = running.start();
  stage = "there";
  if (kind === "room") room.watch(running, enter);
  await started.catch((error: unknown) => {
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
  const { mode } = modes;
  if (mode !== "room" || event.type !== "flush") timeline.hear(event); // no text is asked for in a room
  (mode === "room" ? roomWords : transcript).hear(event);
  answers.hear(event);
  figures.hear(event);
  userState.hear(event);
  agentSign.hear(event);
  room.hear(event);
  if (event.type === "state") showState(event.state.kind === "listening");
  if (mode !== "write" && event.type !== "frame" && event.type !== "audio") showAgent();
  switch (event.type) {
    case "frame":
      if (state.kind === "listening") standing.loudness = Math.max(0, 1 + event.levelDb / 60);
      return;
    case "warning":
      if (mode === "write") notice.show(event.error);
      else answers.warn(event.error, mode);
      return;
    case "reconnecting":
    case "agent-reconnecting":
      if (mode !== "room") standing.isReconnecting = true;
      return;
    case "reconnected":
    case "agent-reconnected":
      if (mode !== "room") standing.isReconnecting = false;
      return;
    case "ended":
      if (event.error) notice.show(event.error);
      return;
    default: // the parts above have taken what is theirs
  }
}

function showState(isListening: boolean): void {
  if (session) standing.show(session.state, isLive);
  shown = undefined;
  lockSettings(isRunning());
  modes.isLocked = answerer.disabled = isRunning();
  picker.lock = !isRunning() ? "none" : voice ? "recordings" : "all";
  hold.isReady = isListening;
}

/** The person comes nearer to the agent in the room, or is parted from it. */
function enter(next: RoomStage): void {
  stage = next;
  showAgent();
}

function showAgent(): void {
  const isListening = session?.state.kind === "listening";
  const now = stage === "there" ? agentSign.doing : stage;
  talk.show(isListening, now);
  if (now === shown || !isListening) return;
  shown = standing.agent = now;
}
