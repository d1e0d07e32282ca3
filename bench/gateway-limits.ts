import { setMaxListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "ws";
import type { LoadResult } from "./gateway-load.ts";
import { stageGateway, unlimited } from "./gateway-stage.ts";
import type { Stage, StagedGateway } from "./gateway-stage.ts";
import { formatTable } from "./table.ts";

/** Streams that have all the seats. */
const STREAMS = 100;
const MEASURE_MS = 4_000;
/** Attempts under way at once, for as long as is measured. */
const KNOCKERS = 20;

/** Measures whether streams inside notice that others are refused at the door, without pause. */
export async function benchLimits(stage: Stage): Promise<void> {
  const { upstreamUrl, load } = stage;
  const gateway = await stageGateway({
    ...unlimited(upstreamUrl),
    maxSockets: STREAMS,
    maxSocketsPerOrigin: STREAMS,
    maxSocketsPerToken: STREAMS,
  });
  const { helper, url, token } = gateway;
  const command = {
    url: `${url}/stt?model=acme/one`,
    token,
    streams: STREAMS,
    settleMs: 1_000,
    measureMs: MEASURE_MS,
    watchedPids: [helper.pid],
  };
  const calm = await load.ask(command);
  const storm = new Map<string, number>();
  const running = load.ask(command);
  const stormy = await besiege(gateway, running, storm);
  await helper.stop();
  console.log(
    formatTable([
      ["", "inside", "median", "p99", "worst", "sent", "answered", "gateway"],
      row("alone", calm),
      row("besieged", stormy),
    ]),
  );
  const attempts = [...storm.values()].reduce((sum, count) => sum + count, 0);
  console.log(`\n${attempts} attempts of ${KNOCKERS} at once while all ${STREAMS} seats were taken:\n`);
  console.log(
    formatTable(
      [...storm].toSorted(([a], [b]) => a.localeCompare(b)).map(([outcome, count]) => [outcome, String(count)]),
    ),
  );
}

/** Knocks as long as the load runs, once everybody is inside. */
async function besiege(
  { url, helper, token }: StagedGateway,
  running: Promise<LoadResult>,
  outcomes: Map<string, number>,
): Promise<LoadResult> {
  const over = new AbortController();
  setMaxListeners(KNOCKERS, over.signal);
  const result = running.finally(() => over.abort());
  const healthUrl = url.replace("ws", "http").replace("/v1", "/health");
  const taken = async (): Promise<number> =>
    ((await (await fetch(healthUrl)).json()) as { readonly sockets: number }).sockets;
  while (!over.signal.aborted && (await taken()) < STREAMS) await wait(20);

  const { token: otherToken } = await helper.ask({});
  const knocker = async (): Promise<void> => {
    for (let attempt = 0; !over.signal.aborted; attempt++) {
      const outcome = await knockOnce(
        `${url}/tts`,
        attempt % 4 < 2 ? token : otherToken,
        attempt % 2 === 0,
        over.signal,
      );
      if (!over.signal.aborted) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: KNOCKERS }, knocker));
  return result;
}

/** How one attempt ended, as a browser or as a client with a header. */
function knockOnce(url: string, token: string, isBrowser: boolean, over: AbortSignal): Promise<string> {
  const socket = isBrowser
    ? new WebSocket(url, ["vivavoce", `bearer.${token}`])
    : new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
  // Who knocks when the others leave is let in, and would stay.
  const leave = (): void => socket.terminate();
  over.addEventListener("abort", leave);
  return new Promise<string>((resolve) => {
    let said = "nothing";
    socket.on("message", (text: Buffer) => (said = text.toString().replaceAll(/.*"code":(\d+).*/g, "error $1")));
    socket.on("error", ({ message }) => resolve(message.replace("Unexpected server response:", "HTTP")));
    socket.on("close", (code) => resolve(`${said}, close ${code}`));
  }).finally(() => over.removeEventListener("abort", leave));
}

function row(name: string, result: LoadResult): string[] {
  const { connected, medianMs, p99Ms, worstMs, sent, answered, watchedLoads } = result;
  const ms = [medianMs, p99Ms, worstMs].map((value) => value.toFixed(1));
  return [
    name,
    String(connected),
    ...ms,
    String(sent),
    String(answered),
    `${(100 * (watchedLoads[0] ?? NaN)).toFixed(0)} %`,
  ];
}
