import { VoiceError, type VoiceErrorCode } from "vivavoce";
import { RecordingError } from "./recordings.ts";

/** An error in plain words: what happened, what to do, and the library's own message. */
export interface Explanation {
  readonly what: string;
  readonly remedy: string;
  readonly detail: string;
}

type Words = Pick<Explanation, "what" | "remedy">;

const START_THE_SERVER = "Check that the server is still running (npm start), then press Start again.";

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

/** Puts an error into plain words. */
export function explain(error: unknown): Explanation {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof VoiceError) {
    if (error.cause instanceof RecordingError) return { ...error.cause.words, detail };
    return { ...WORDS[error.code], detail };
  }
  if (error instanceof RangeError || error instanceof TypeError) {
    return { what: "A setting cannot be used.", remedy: "Change it under Settings and press Start again.", detail };
  }
  return { what: "Something unexpected happened.", remedy: "Reload the page.", detail };
}
