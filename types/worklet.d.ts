// The AudioWorkletGlobalScope, as far as our processors use it. https://webaudio.github.io/web-audio-api/#audioworklet
interface WorkletMessageEvent<T> {
  readonly data: T;
}
type MessageEvent<T> = WorkletMessageEvent<T>;
interface MessagePort {
  postMessage(message: unknown, transfer?: readonly ArrayBufferLike[]): void;
  onmessage: ((event: MessageEvent<never>) => void) | null;
}
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new (options: never) => {
    process(inputs: readonly (readonly Float32Array[])[], outputs: readonly (readonly Float32Array[])[]): boolean;
  },
): void;
declare const currentFrame: number;
