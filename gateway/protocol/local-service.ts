import type { WebSocket } from "ws";

/** What this gateway serves by itself on one of its paths, model by model. */
export interface LocalService {
  /** The path below `/v1`, such as `/stt`. */
  readonly route: string;
  /** Whether clients leave the query's model out and name it in their first message. */
  readonly isModelInMessage: boolean;
  /** True if `model` is served here. */
  serves(model: string): boolean;
  /** Takes over a socket, and returns what takes frames that came before; `fallbackModel` serves if the first message names none. */
  begin(client: WebSocket, fallbackModel: string | undefined): { receive(text: string): void };
}

/** The model that a socket's query names. */
export function queryModel(search: string): string | undefined {
  return new URLSearchParams(search).get("model") ?? undefined;
}
