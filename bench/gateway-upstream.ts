import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { serveCommands } from "./gateway-processes.ts";

// A process of `npm run bench:gateway`: an upstream that answers every frame with a short one, so that the time there and
// back can be measured. Twenty answers a second are more than a recogniser gives.
const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
server.on("connection", (socket) => {
  socket.on("error", () => undefined);
  socket.on("message", () => socket.send('{"type":"heard"}'));
});
server.on("listening", () => serveCommands({ port: (server.address() as AddressInfo).port }, async () => ({})));
