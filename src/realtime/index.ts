export type { Clock } from "../net/clock.ts";
export type { OpenSocket, SocketLike } from "../net/socket.ts";
export type { Token, TokenFunction, TokenReason, TokenRequest } from "../net/token.ts";
export { RealtimeClient, type RealtimeHealth } from "./realtime-client.ts";
export type * from "./realtime-event.ts";
export * from "./realtime-item.ts";
export type * from "./realtime-options.ts";
export type * from "./session-settings.ts";
