import type { WebSocket } from "ws";
import type { EngineTable } from "../engines/engine-table.ts";
import type { LocalService } from "./local-service.ts";
import { Session } from "./session.ts";

/** What sessions are served with. */
export interface LocalSessionsOptions {
  /** Finds the engine of a model. */
  readonly engines: EngineTable;
  /** How long a client may say nothing, in ms. */
  readonly idleLimitMs: number;
}

/** Gives sockets a session with an engine of this gateway. */
export class LocalSessions implements LocalService {
  readonly route = "/stt";
  readonly isModelInMessage = true; // LiveKit's JavaScript clients do
  readonly #options: LocalSessionsOptions;

  constructor(options: LocalSessionsOptions) {
    this.#options = options;
  }

  serves(model: string): boolean {
    return this.#options.engines.serves(model);
  }

  begin(client: WebSocket, fallbackModel: string | undefined): Session {
    const { engines, idleLimitMs } = this.#options;
    const session = new Session({
      socket: client,
      open: (model, output) => engines.open(model ?? fallbackModel, output),
      idleLimitMs,
    });
    client.on("message", (message: Buffer, isBinary) => {
      if (isBinary) session.receiveBinary();
      else session.receive(message.toString());
    });
    client.on("close", () => session.end());
    return session;
  }
}
