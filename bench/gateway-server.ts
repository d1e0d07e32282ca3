import { createGateway } from "../gateway/index.ts";
import type { GatewayOptions } from "../gateway/index.ts";
import { serveCommands } from "./gateway-processes.ts";

/** What the gateway's process tells when it is asked. */
export interface ServerAccount {
  /** A new token. */
  readonly token: string;
  readonly recognizerPids: readonly number[];
}

// A process of `npm run bench:gateway`: the gateway alone, so that its processor time and memory are its own.
const gateway = await createGateway(JSON.parse(process.argv[2] ?? "{}") as GatewayOptions);
serveCommands({ url: gateway.webSocketUrl }, async (): Promise<ServerAccount> => {
  const { token } = await gateway.issueToken();
  return { token, recognizerPids: gateway.recognizerPids };
});
