import { VoiceError, type VoiceErrorCode } from "vivavoce";
import type { Explanation, Words } from "./explanation.ts";
import type { Mode } from "./mode-switch.ts";
import { RecordingError } from "./recordings.ts";
import { explainRoom } from "./room/room-errors.ts";

const START_THE_SERVER = "Check that the server is still running (`npm start`), then press Start again.";

const WORDS: Readonly<Record<VoiceErrorCode, Words>> = {
  "microphone-denied": {
    what: "This page may not use the microphone.",
    remedy: "Allow it in the address bar and press Start again, or choose a recording instead.",
  },
  "microphone-missing": {
    what: "There is no microphone here.",
    remedy: "Connect one and press Start again, or choose a recording instead.",
  },
  "microphone-busy": {
    what: "The microphone is in use.",
    remedy: "Close the other program that uses it and press Start again, or choose a recording instead.",
  },
  "microphone-failed": {
    what: "The microphone could not be opened.",
    remedy: "Open the page at https:// or http://localhost, try another browser, or choose a recording instead.",
  },
  "microphone-lost": {
    what: "The microphone went away.",
    remedy: "Connect it again and press Start.",
  },
  "source-failed": {
    what: "That sound could not be opened.",
    remedy: "Choose another recording or file; it must be one that the browser can decode.",
  },
  "audio-context-failed": {
    what: "The browser did not start its sound system.",
    remedy: "Press Start again. If that does not help, reload the page or restart the browser.",
  },
  "asset-failed": {
    what: "A file of the library did not load.",
    remedy: START_THE_SERVER,
  },
  "vad-failed": {
    what: "The speech detector stopped.",
    remedy: "Press Start again, or let everything be sent: Settings, Send audio, always.",
  },
  "gateway-unreachable": {
    what: "The recogniser cannot be reached.",
    remedy: START_THE_SERVER,
  },
  "gateway-lost": {
    what: "The connection to the recogniser broke, and could not be mended.",
    remedy: START_THE_SERVER,
  },
  "gateway-timeout": {
    what: "The recogniser does not answer.",
    remedy: "It may be busy. Wait a moment, then press Start again.",
  },
  "gateway-rejected": {
    what: "The recogniser refused the request.",
    remedy: "Check the model's name in the settings, then press Start again.",
  },
  "gateway-unavailable": {
    what: "The recogniser cannot serve this page now.",
    remedy: "It may be full. Wait a moment, then press Start again.",
  },
  "provider-failed": {
    what: "The recogniser stopped working.",
    remedy: "Press Start again.",
  },
  "not-supported": {
    what: "The recogniser cannot do this.",
    remedy: "Choose another model in the settings, then press Start again.",
  },
  "token-failed": {
    what: "The server gave the page no key to the recogniser.",
    remedy: START_THE_SERVER,
  },
  "token-rejected": {
    what: "The recogniser did not accept the page's key.",
    remedy: "Press Start again: the page then fetches a new one.",
  },
  "protocol-violated": {
    what: "The recogniser said something that the page does not understand.",
    remedy: "Check that page and server are of the same version, then press Start again.",
  },
  "invalid-state": {
    what: "That cannot be done now.",
    remedy: "Reload the page.",
  },
};

/** In a conversation it may be any of three that failed: who listens, who thinks, or who speaks. */
const TALK_WORDS: Readonly<Partial<Record<VoiceErrorCode, Words>>> = {
  "gateway-unreachable": { what: "The server cannot be reached.", remedy: START_THE_SERVER },
  "gateway-lost": { what: "The connection to the server broke.", remedy: START_THE_SERVER },
  "gateway-timeout": {
    what: "The server does not answer.",
    remedy: "It may be busy. Wait a moment, then ask again.",
  },
  "gateway-rejected": {
    what: "The server refused a request.",
    remedy: "Ask again; if that does not help, choose another answerer and press Start again.",
  },
  "gateway-unavailable": {
    what: "The server cannot serve this page now.",
    remedy: "It may be full. Wait a moment, then ask again.",
  },
  "provider-failed": {
    what: "An answer could not be given.",
    remedy: "Ask again: the conversation goes on.",
  },
  "not-supported": {
    what: "The server cannot do this.",
    remedy: "Choose another answerer, then press Start again.",
  },
  "token-failed": { what: "The server gave the page no key.", remedy: START_THE_SERVER },
  "token-rejected": {
    what: "The server did not accept the page's key.",
    remedy: "Press Start again: the page then fetches a new one.",
  },
  "protocol-violated": {
    what: "The server said something that the page does not understand.",
    remedy: "Check that page and server are of the same version, then ask again.",
  },
};

/** Puts an error into plain words. In a conversation more than the recogniser can fail. */
export function explain(error: unknown, mode: Mode): Explanation {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof VoiceError) {
    if (error.cause instanceof RecordingError) return { ...error.cause.words, detail };
    return { ...(wordsOfMode(error, mode) ?? WORDS[error.code]), detail };
  }
  if (error instanceof RangeError || error instanceof TypeError) {
    return { what: "A setting cannot be used.", remedy: "Change it under Settings and press Start again.", detail };
  }
  return { what: "Something unexpected happened.", remedy: "Reload the page.", detail };
}

function wordsOfMode(error: VoiceError, mode: Mode): Words | undefined {
  if (mode === "room") return explainRoom(error);
  return mode === "talk" ? TALK_WORDS[error.code] : undefined;
}
