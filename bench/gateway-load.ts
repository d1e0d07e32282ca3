import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "ws";
import { serveCommands, usageOf } from "./gateway-processes.ts";
import type { Usage } from "./gateway-processes.ts";
import { quantile } from "./quantile.ts";

/** How many real-time streams, where to, and for how long. */
export interface LoadCommand {
  readonly url: string;
  readonly token: string;
  readonly streams: number;
  /** Time before measuring, in ms. */
  readonly settleMs: number;
  readonly measureMs: number;
  /** Processes whose processor time is wanted and memory are wanted. */
  readonly watchedPids: readonly number[];
}

/**
 * What came of it. Times in ms, of messages sent while measuring. A p99 is the median of the p99 of each second: what
 * else happens on the machine for a moment does not decide.
 */
export interface LoadResult {
  readonly connected: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly worstMs: number;
  /** How late this process itself sent: its own part in what was measured. */
  readonly lateP99Ms: number;
  /** Messages sent, from the first to the last. */
  readonly sent: number;
  /** Of those, answered. */
  readonly answered: number;
  /** Share of one core while measuring, 0..1: of this process, and of each watched one. */
  readonly load: number;
  readonly watchedLoads: readonly number[];
  /** Resident memory of each watched process at the end, in MB. */
  readonly watchedMb: readonly number[];
}

const PERIOD_MS = 50;
/** Streams whose handshakes run at once. */
const HANDSHAKES = 50;
/** As long as an `input_audio` of 50 ms at 16 kHz. */
const MESSAGE = JSON.stringify({ type: "input_audio", audio: Buffer.alloc(1_600, 90).toString("base64") });

/** Values, each with its time, in bins of a second. */
class BySecond {
  readonly #fromMs: number;
  readonly #bins: number[][] = [];

  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  push(value: number, atMs: number): void {
    (this.#bins[Math.floor((atMs - this.#fromMs) / 1_000)] ??= []).push(value);
  }

  all(): number[] {
    return this.#bins.flat();
  }

  /** The median of the seconds' quantiles. */
  typical(share: number): number {
    return quantile(
      this.#bins.map((bin) => quantile(bin, share)),
      0.5,
    );
  }
}

class Stream {
  readonly socket: WebSocket;
  /** When the next message is due. */
  dueAtMs: number;
  sent = 0;
  answered = 0;
  readonly #sentAt: number[] = [];
  readonly #note: (latencyMs: number, sentAtMs: number) => void;

  constructor(socket: WebSocket, dueAtMs: number, note: (latencyMs: number, sentAtMs: number) => void) {
    this.socket = socket;
    this.dueAtMs = dueAtMs;
    this.#note = note;
    socket.on("message", () => {
      const sentAtMs = this.#sentAt[this.answered++] ?? NaN;
      this.#note(performance.now() - sentAtMs, sentAtMs);
    });
  }

  send(): void {
    this.#sentAt.push(performance.now());
    this.sent += 1;
    this.dueAtMs += PERIOD_MS;
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(MESSAGE);
  }
}

// A process of `npm run bench:gateway`: speaks as many streams as it is told, each with a message every 50 ms, and
// measures from each message to its answer.
serveCommands({}, run);

async function run({
  url,
  token,
  streams: wanted,
  settleMs,
  measureMs,
  watchedPids,
}: LoadCommand): Promise<LoadResult> {
  const sockets = await connect(url, token, wanted);
  const beginMs = performance.now();
  const [fromMs, toMs] = [beginMs + settleMs, beginMs + settleMs + measureMs];
  const isMeasured = (atMs: number): boolean => atMs >= fromMs && atMs < toMs;
  const latencies = new BySecond(fromMs);
  const delays = new BySecond(fromMs);
  const note = (latencyMs: number, sentAtMs: number): void => {
    if (isMeasured(sentAtMs)) latencies.push(latencyMs, sentAtMs);
  };
  // Spread over the period, as people are who start when they like.
  const streams = sockets.map((socket, index) => new Stream(socket, beginMs + (PERIOD_MS * index) / wanted, note));

  const pids = [process.pid, ...watchedPids];
  const account = (): Promise<Usage[]> => Promise.all(pids.map((pid) => usageOf([pid])));
  const atStart = wait(settleMs).then(account);
  await new Promise<void>((resolve) => {
    const ticking = setInterval(() => {
      const nowMs = performance.now();
      for (const stream of streams) {
        while (stream.dueAtMs <= nowMs && stream.dueAtMs < toMs) {
          if (isMeasured(stream.dueAtMs)) delays.push(nowMs - stream.dueAtMs, stream.dueAtMs);
          stream.send();
        }
      }
      if (nowMs < toMs) return;
      clearInterval(ticking);
      resolve();
    }, 1);
  });
  const [before, after] = [await atStart, await account()];
  const loads = after.map(({ cpuMs }, index) => (cpuMs - (before[index]?.cpuMs ?? 0)) / measureMs);
  await untilAnswered(streams);
  const connected = streams.filter(({ socket }) => socket.readyState === WebSocket.OPEN).length;
  await Promise.all(sockets.map(leave));
  return {
    connected,
    medianMs: quantile(latencies.all(), 0.5),
    p99Ms: latencies.typical(0.99),
    worstMs: quantile(latencies.all(), 1),
    lateP99Ms: delays.typical(0.99),
    sent: streams.reduce((sum, { sent }) => sum + sent, 0),
    answered: streams.reduce((sum, { answered }) => sum + answered, 0),
    load: loads[0] ?? NaN,
    watchedLoads: loads.slice(1),
    watchedMb: after.slice(1).map(({ residentMb }) => residentMb),
  };
}

async function connect(url: string, token: string, wanted: number): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  while (sockets.length < wanted) {
    const batch = Array.from({ length: Math.min(HANDSHAKES, wanted - sockets.length) }, () => open(url, token));
    sockets.push(...(await Promise.all(batch)));
  }
  return sockets;
}

function open(url: string, token: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    socket.on("open", () => resolve(socket));
    socket.on("error", reject);
  });
}

/** Waits for what is still on its way, for two seconds at most. */
async function untilAnswered(streams: readonly Stream[]): Promise<void> {
  const deadlineMs = performance.now() + 2_000;
  while (performance.now() < deadlineMs && streams.some(({ sent, answered }) => answered < sent)) await wait(10);
}

function leave(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.on("close", () => resolve());
    if (socket.readyState === WebSocket.CLOSED) resolve();
    else socket.terminate();
  });
}
