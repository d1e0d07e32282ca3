import type { GatewayOptions } from "../gateway/index.ts";
import type { LoadCommand, LoadResult } from "./gateway-load.ts";
import { Helper } from "./gateway-processes.ts";
import type { ServerAccount } from "./gateway-server.ts";

/** The processes that stay for the whole bench: an upstream and a load generator. */
export interface Stage {
  readonly load: Helper<object, LoadCommand, LoadResult>;
  readonly upstream: Helper<{ readonly port: number }, object, object>;
  /** Base of the upstream's API. */
  readonly upstreamUrl: string;
}

/** A gateway in a process of its own. */
export interface StagedGateway {
  readonly helper: Helper<{ readonly url: string }, object, ServerAccount>;
  /** Base of its sockets. */
  readonly url: string;
  readonly token: string;
}

/** Starts what stays. */
export async function raiseStage(): Promise<Stage> {
  const load: Stage["load"] = new Helper("./gateway-load.ts");
  const upstream: Stage["upstream"] = new Helper("./gateway-upstream.ts");
  const [{ port }] = await Promise.all([upstream.ready, load.ready]);
  return { load, upstream, upstreamUrl: `http://127.0.0.1:${port}/v1` };
}

/** Ends it. */
export async function strikeStage({ load, upstream }: Stage): Promise<void> {
  await Promise.all([load.stop(), upstream.stop()]);
}

/** Starts a fresh gateway: memory that an earlier one has taken from the system would be counted as this one's. */
export async function stageGateway(options: GatewayOptions): Promise<StagedGateway> {
  const helper: StagedGateway["helper"] = new Helper("./gateway-server.ts", { warm: 0, ...options });
  const { url } = await helper.ready;
  const { token } = await helper.ask({});
  return { helper, url, token };
}

/** Everything open: the bench measures what a machine can do, not what it is allowed to. */
export function unlimited(upstreamUrl: string): GatewayOptions {
  const max = 10_000;
  return {
    maxSockets: max,
    maxSocketsPerOrigin: max,
    maxSocketsPerToken: max,
    relay: { url: upstreamUrl, apiKey: "bench", apiSecret: "bench" },
  };
}
