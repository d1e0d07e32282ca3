import type { TranscriptMessage } from "../../src/stt/livekit/wire.ts";
import type { Script, ScriptAction, ScriptStep } from "./script.ts";

const TEXT = "turn on the light";

function transcript(type: TranscriptMessage["type"], text: string): ScriptAction {
  return { send: { type, transcript: text, language: "en", confidence: 0.9, words: [] } };
}

const finalized: ScriptAction = { send: { type: "session.finalized" } };
const final = transcript("final_transcript", TEXT);
const interims: readonly ScriptStep[] = [
  { when: { heardMs: 300 }, play: [transcript("interim_transcript", "turn on")] },
  { when: { heardMs: 600 }, play: [transcript("interim_transcript", TEXT)] },
];

/** The built-in scripts; the model `script/<name>` plays one. */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  /** All as it should be. */
  plain: [...interims, { when: "finalize", play: [final, finalized] }],
  /** The final comes a second after it was asked for. */
  "late-final": [...interims, { when: "finalize", play: [{ waitMs: 1_000 }, final, finalized] }],
  /** The final comes, `session.finalized` never does. */
  "never-finalized": [...interims, { when: "finalize", play: [final] }],
  /** Says that it has finalized, and has no text. */
  "no-final": [...interims, { when: "finalize", play: [finalized] }],
  /** A final without text. */
  "empty-final": [{ when: "finalize", play: [transcript("final_transcript", ""), finalized] }],
  /** Deaf to finalize: its finals come after two seconds of audio, silence included. */
  "ignores-finalize": [...interims, { when: { heardMs: 2_000 }, play: [final] }],
  /** Interims without text between those with. */
  "empty-interims": [
    { when: { heardMs: 100 }, play: [transcript("interim_transcript", "")] },
    ...interims,
    { when: { heardMs: 700 }, play: [transcript("interim_transcript", "")] },
    { when: "finalize", play: [final, finalized] },
  ],
  /** The idle close of LiveKit Inference, after 300 ms instead of half an hour. */
  "idle-close": [{ when: "created", play: [{ waitMs: 300 }, { fail: "idle" }] }],
  /** The server dies while somebody speaks. */
  "dies-mid-sentence": [...interims, { when: { heardMs: 700 }, play: [{ drop: true }] }],
  /** An error with a code while somebody speaks. */
  fails: [...interims, { when: { heardMs: 700 }, play: [{ fail: "recognizer-lost" }] }],
  /** Preflight transcripts, as models with eager ends of turn send them. */
  preflight: [
    ...interims,
    { when: { heardMs: 700 }, play: [transcript("preflight_transcript", TEXT)] },
    { when: "finalize", play: [final, finalized] },
  ],
  /** Tells the onset of speech before any text. */
  "start-of-speech": [
    { when: { heardMs: 100 }, play: [{ send: { type: "start_of_speech" } }] },
    ...interims,
    { when: "finalize", play: [final, finalized] },
  ],
};
