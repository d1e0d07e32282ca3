/** How a run in a room stands, as `session.health.agent` tells it. */
export interface RoomHealth {
  /** The connection to the room. */
  readonly state: "idle" | "connecting" | "joined" | "mending" | "closed";
  /** Absent while no agent is there. */
  readonly agentIdentity?: string;
  /** What it says that it is doing. */
  readonly agentState?: string;
  /** Whether what is said goes through. */
  readonly isLive: boolean;
  /** What waits for the agent. */
  readonly heldMs: number;
  /** How late the published sound is. */
  readonly lagMs: number;
  /** How much of pauses was let go, to make up for it. */
  readonly skippedMs: number;
}

/** What stands between the person and the agent; `there` if nothing does. */
export type RoomStage = "joining" | "waiting" | "reconnecting" | "there";

/** Where a run stands. An agent that cannot be talked to yet is waited for, and so is one that does not yet hear. Pure. */
export function stageOf({ state, agentIdentity, agentState, isLive }: RoomHealth): RoomStage {
  if (state === "mending") return "reconnecting";
  if (state !== "joined") return "joining";
  return agentIdentity === undefined || agentState === "initializing" || !isLive ? "waiting" : "there";
}

/** What the page says of the three that must be there: connection, agent, and a way for the voice. */
export interface RoomWording {
  readonly connection: string;
  readonly agent: string;
  readonly voice: string;
}

const CONNECTIONS: Readonly<Record<RoomHealth["state"], string>> = {
  idle: "not joined",
  connecting: "joining…",
  joined: "joined",
  mending: "being mended…",
  closed: "left",
};

/** Puts it into words. Pure. */
export function wordingOf({ state, agentIdentity, agentState, isLive, heldMs }: RoomHealth): RoomWording {
  const isOver = state === "idle" || state === "closed";
  const agent = agentIdentity === undefined ? "nobody yet" : [agentIdentity, agentState].filter(Boolean).join(", ");
  const voice = isLive ? "goes to the agent" : `is kept: ${(heldMs / 1000).toFixed(1)} s`;
  return { connection: CONNECTIONS[state], agent: isOver ? "–" : agent, voice: isOver ? "–" : voice };
}
