/** A tool that the answerer asked for. */
export interface AskedTool {
  /** Names the call; the tool's result brings it back. */
  readonly callId: string;
  readonly name: string;
  /** A JSON object, as text. */
  readonly arguments: string;
}

/** One thing that was said, or the result of a tool. */
export type AnswerMessage =
  | { readonly role: "system" | "user"; readonly text: string }
  | { readonly role: "assistant"; readonly text: string; readonly calls?: readonly AskedTool[] }
  | { readonly role: "tool"; readonly callId: string; readonly text: string };

/** A tool that may be asked for. */
export interface AnswerTool {
  readonly name: string;
  /** JSON Schema of its arguments. */
  readonly parameters?: unknown;
}

/** What is to be answered. */
export interface AnswerRequest {
  /** `rules/answers`, or `rules/long` for an answer of several sentences. */
  readonly model: string;
  /** The conversation so far, oldest first. */
  readonly messages: readonly AnswerMessage[];
  /** @defaultValue none */
  readonly tools?: readonly AnswerTool[];
  /** Aborting ends the answer with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Part of an answer: text to be appended as it is, or the tool call that the answer consists of. */
export type AnswerPiece =
  | { readonly type: "text"; readonly text: string }
  | ({ readonly type: "tool-call" } & AskedTool);
