import type { TranscriptMessage } from "../../src/stt/livekit/wire.ts";

/** From the server to a recogniser's process. */
export type RecognizerCommand =
  | { readonly type: "audio"; readonly samples: Int16Array }
  | { readonly type: "finalize" };

/** From a recogniser's process to the server. */
export type RecognizerEvent =
  | { readonly type: "ready"; readonly createMs: number; readonly warmMs: number }
  /** It will not work here: something is not installed. The last message of its life. */
  | { readonly type: "missing"; readonly message: string }
  | { readonly type: "transcript"; readonly transcript: TranscriptMessage }
  /** Acknowledges one `audio` command. */
  | { readonly type: "processed"; readonly samples: number }
  /** Answers one `finalize` command, after its final. */
  | { readonly type: "finalized" };
