import type { VoiceError, VoiceErrorCode } from "vivavoce";
import type { Words } from "../explanation.ts";

const NO_SERVER: Words = {
  what: "This demo has no LiveKit server.",
  remedy:
    "Start it with `npm start -- --room`, or name a server of your own by `LIVEKIT_URL`, `LIVEKIT_API_KEY` and `LIVEKIT_API_SECRET`.",
};
const JOIN_AGAIN = "If it has ended, press Start to join again.";

/** In a room it may be the room that failed, the agent in it, or the way there. */
const WORDS: Readonly<Partial<Record<VoiceErrorCode, Words>>> = {
  // Under this page's strict policy a token that is refused looks the same.
  "gateway-unreachable": {
    what: "The room cannot be reached, or does not let this page in.",
    remedy:
      "Check that the LiveKit server is still running (`npm start -- --room`), and that `LIVEKIT_API_KEY` and `LIVEKIT_API_SECRET` are its own. Then press Start again.",
  },
  "gateway-lost": { what: "The way to the room, or to the agent in it, broke.", remedy: JOIN_AGAIN },
  "gateway-timeout": {
    what: "Nobody was there to talk with in time.",
    remedy:
      "`npm start -- --room` brings an agent into the room; on a server of your own, start yours. Then press Start again.",
  },
  "gateway-rejected": { what: "The room is closed to this page.", remedy: JOIN_AGAIN },
  "provider-failed": {
    what: "The agent did not answer a call.",
    remedy: "It may be busy: the conversation goes on.",
  },
  "not-supported": {
    what: "The agent does not know a call of this page.",
    remedy: "It decides by itself, then, when a turn is over. The conversation goes on.",
  },
  "token-failed": {
    what: "The server gave the page no token for a room.",
    remedy: "Check that it is still running (`npm start -- --room`), then press Start again.",
  },
  "token-rejected": {
    what: "The LiveKit server did not accept the page's token.",
    remedy: "Check that `LIVEKIT_API_KEY` and `LIVEKIT_API_SECRET` are that server's, then press Start again.",
  },
  "protocol-violated": {
    what: "The agent said something that the page does not understand.",
    remedy: "It may be of another version. The conversation goes on.",
  },
};

/** Puts what went wrong in a room into plain words; undefined if it was not of the room. */
export function explainRoom({ code, gatewayCode }: VoiceError): Words | undefined {
  return code === "token-failed" && gatewayCode === 404 ? NO_SERVER : WORDS[code];
}
