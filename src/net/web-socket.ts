import type { OpenSocket } from "./socket.ts";

/** Opens the platform's own socket. */
export const openWebSocket: OpenSocket = (url, protocols) => new WebSocket(url, protocols);
