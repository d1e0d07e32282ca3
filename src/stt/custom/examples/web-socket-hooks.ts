import { CustomWebSocketStt } from "../index.ts";

/** A server that takes binary audio, and says `P go for`, `F 0.10 0.50 go forward`, `.` (flushed), `! 503 full`. */
export function acmeWebSocket(server: string, token: () => Promise<string>): CustomWebSocketStt {
  return new CustomWebSocketStt({
    url: `${server}/listen`,
    token,
    protocols: (given) => ["acme", `token-${given}`],
    hello: ({ language }) => [JSON.stringify({ start: { language, rate: 16_000 } })],
    flush: '{"flush":true}',
    keepAlive: { everyMs: 5_000, message: '{"ping":true}' },
    decode: (message) => {
      const [kind, ...rest] = String(message).split(" ");
      if (kind === "P") return { type: "interim", text: rest.join(" ") };
      if (kind === "F") {
        const [start, end, ...words] = rest;
        return { type: "final", text: words.join(" "), startMs: 1_000 * Number(start), endMs: 1_000 * Number(end) };
      }
      if (kind === ".") return { type: "flushed" };
      if (kind === "!") return { type: "error", code: Number(rest[0]), message: rest.slice(1).join(" ") };
      return undefined; // a newer server may say more
    },
  });
}
