// The few globals that pure files may use: they exist in pages, workers and Node (worklets use none of them).
// The compiler project `tsconfig.pure.json` has no DOM library, so anything else is an error there.
interface EventListenerOptionsLike {
  once?: boolean;
  signal?: AbortSignal;
}
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void, options?: EventListenerOptionsLike): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
declare const AbortSignal: { any(signals: AbortSignal[]): AbortSignal };
declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
interface MessagePort {
  close(): void;
}
/** Handed through. */
interface URL {
  readonly href: string;
}
/** Handed through; what is done with it, shells do. */
interface AudioContext {
  readonly currentTime: number;
}
/** Handed through. */
interface AudioNode {
  readonly numberOfOutputs: number;
}
declare function queueMicrotask(callback: () => void): void;
