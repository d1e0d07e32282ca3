import type { VoiceError } from "../errors.ts";
import type { OutputEvent, OutputPlace, RealtimeUsage, ResponseStatus } from "./realtime-event.ts";
import type { RealtimeItem } from "./realtime-item.ts";

interface OfContent {
  readonly itemId: string;
  readonly contentIndex: number;
}

/** What a message of the server says, in this library's words. Times count what was appended, in ms. */
export type ServerFact =
  | { readonly type: "session-created"; readonly sessionId: string; readonly expiresAtMs: number | undefined }
  | { readonly type: "session-updated" }
  | { readonly type: "server-error"; readonly error: VoiceError; readonly clientEventId: string | undefined }
  | { readonly type: "speech-started"; readonly itemId: string; readonly audioStartMs: number }
  | { readonly type: "speech-stopped"; readonly itemId: string; readonly audioEndMs: number }
  | {
      readonly type: "idle-timeout";
      readonly itemId: string;
      readonly audioStartMs: number;
      readonly audioEndMs: number;
    }
  | { readonly type: "audio-committed"; readonly itemId: string; readonly previousItemId?: string }
  | { readonly type: "audio-cleared" }
  | { readonly type: "item-added"; readonly item: RealtimeItem; readonly previousItemId?: string }
  | { readonly type: "item-done"; readonly item: RealtimeItem; readonly previousItemId?: string }
  | { readonly type: "item-retrieved"; readonly item: RealtimeItem }
  | ({ readonly type: "item-truncated"; readonly audioEndMs: number } & OfContent)
  | { readonly type: "item-deleted"; readonly itemId: string }
  | ({ readonly type: "input-delta"; readonly delta: string } & OfContent)
  | ({ readonly type: "input-done"; readonly text: string } & OfContent)
  | ({ readonly type: "input-transcript-failed"; readonly error: VoiceError } & OfContent)
  | {
      readonly type: "response-created";
      readonly responseId: string;
      readonly isBeside: boolean;
      readonly metadata?: Readonly<Record<string, string>>;
    }
  | {
      readonly type: "response-done";
      readonly responseId: string;
      readonly status: ResponseStatus;
      readonly reason?: string;
      readonly error?: VoiceError;
      readonly items: readonly RealtimeItem[];
      readonly usage?: RealtimeUsage;
      readonly metadata?: Readonly<Record<string, string>>;
    }
  | Extract<OutputEvent, { readonly type: "output-item-added" | "output-item-done" | "rate-limits" }>
  | Extract<OutputEvent, { readonly type: "output-audio" | "output-audio-done" | "output-text-done" }>
  | ({ readonly type: "output-delta"; readonly delta: string; readonly isSpoken: boolean } & OutputPlace)
  | {
      readonly type: "call-done";
      readonly callId: string;
      readonly name: string | undefined;
      readonly arguments: string;
      readonly responseId: string;
      readonly itemId: string;
    };
