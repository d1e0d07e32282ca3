import { VoiceError } from "../errors.ts";

/** `AudioContext.setSinkId`, which only Chromium has. @see https://webaudio.github.io/web-audio-api/#dom-audiocontext-setsinkid */
interface SinkContext {
  setSinkId?(sinkId: string): Promise<void>;
}

/** The way from a node to a loudspeaker: the context's own destination, or an element where only that can choose a device. */
export class OutputRoute {
  readonly #context: AudioContext;
  readonly #source: AudioNode;
  #element: HTMLAudioElement | undefined;
  #isClosed = false;

  /** Leads `source` to the context's destination. */
  constructor(context: AudioContext, source: AudioNode) {
    this.#context = context;
    this.#source = source;
    source.connect(context.destination);
  }

  /**
   * Chooses the device; `""` is the browser's choice. The context's, and so that of everything else in it, where the
   * browser allows that.
   *
   * @throws VoiceError `not-supported` if the browser cannot choose, or will not have this one (see `cause`).
   */
  async choose(deviceId: string): Promise<void> {
    const context = this.#context as AudioContext & SinkContext;
    try {
      if (context.setSinkId) await context.setSinkId(deviceId);
      else if (deviceId === "") this.#leaveElement();
      else await this.#useElement(deviceId);
    } catch (cause) {
      const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
      throw new VoiceError("not-supported", `The output device ${JSON.stringify(deviceId)} cannot be used: ${why}`, {
        cause,
      });
    }
  }

  /** Leads nowhere any more. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#source.disconnect();
    this.#release(this.#element);
  }

  async #useElement(deviceId: string): Promise<void> {
    if (this.#element) return this.#element.setSinkId(deviceId);
    const destination = new MediaStreamAudioDestinationNode(this.#context);
    const element = new Audio();
    if (!("setSinkId" in element)) throw new Error("this browser offers no choice");
    element.srcObject = destination.stream;
    try {
      await element.setSinkId(deviceId);
      await element.play();
    } catch (cause) {
      this.#release(element);
      throw cause;
    }
    if (this.#isClosed) return this.#release(element);
    this.#source.disconnect(this.#context.destination);
    this.#source.connect(destination);
    this.#element = element;
  }

  #leaveElement(): void {
    if (!this.#element) return;
    this.#source.disconnect();
    this.#source.connect(this.#context.destination);
    this.#release(this.#element);
  }

  #release(element: HTMLAudioElement | undefined): void {
    element?.pause();
    if (element) element.srcObject = null;
    if (element === this.#element) this.#element = undefined;
  }
}
