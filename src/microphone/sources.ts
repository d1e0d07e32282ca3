import { openMicrophone } from "./open-microphone.ts";

/** A source that has been opened: an audio node and how to let go of it. */
export interface OpenSource {
  /** Where its sound comes out, in the context it was opened for. */
  readonly node: AudioNode;
  /** The device's own rate in Hz, where the browser tells it. */
  readonly deviceRate?: number;
  /** Starts it, once everything behind it is ready. */
  begin(): void;
  /** Calls back once when it ends by itself: `lost` if the device went away, `finished` if a recording is over. */
  onEnd(callback: (how: "lost" | "finished") => void): void;
  /** Stops it and gives the device back, if it is ours to give. Idempotent. */
  release(): void;
}

/** Where a session hears from. Made by {@link microphone}, {@link fromStream} or {@link fromAudio}. */
export interface AudioSource {
  /** Opens it for `context`. A microphone asks for permission before this returns. */
  open(context: AudioContext): Promise<OpenSource>;
}

/** What to ask of a microphone. Each is a wish: browsers may ignore it, and some say they did not when they did. */
export interface MicrophoneOptions {
  /** Take the sound of the speakers out. @defaultValue true */
  readonly echoCancellation?: boolean;
  /** Take steady noise out. @defaultValue true */
  readonly noiseSuppression?: boolean;
  /** Even out the loudness. @defaultValue true */
  readonly autoGainControl?: boolean;
  /** Which device; an id from `navigator.mediaDevices.enumerateDevices()`. @defaultValue the browser's choice */
  readonly deviceId?: string;
}

/** A microphone of the person's. Nothing is asked for until the session starts; its tracks are stopped when it ends. */
export function microphone(options: MicrophoneOptions = {}): AudioSource {
  const { echoCancellation = true, noiseSuppression = true, autoGainControl = true, deviceId } = options;
  const constraints: MediaTrackConstraints = {
    echoCancellation,
    noiseSuppression,
    autoGainControl,
    ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }),
  };
  return {
    async open(context) {
      const stream = await openMicrophone(constraints);
      const release = (): void => stream.getTracks().forEach((track) => track.stop());
      if (context.state !== "closed") return streamSource(context, stream, release);
      release(); // nobody waits for it any more
      throw new DOMException("The audio context was closed before the microphone was granted", "AbortError");
    },
  };
}

/**
 * A stream that the app already has. It stays the app's: its tracks are never stopped here.
 *
 * @throws TypeError if the stream has no audio track.
 */
export function fromStream(stream: MediaStream): AudioSource {
  if (stream.getAudioTracks().length === 0) throw new TypeError("fromStream: the stream has no audio track");
  return { open: (context) => Promise.resolve(streamSource(context, stream, () => undefined)) };
}

function streamSource(context: AudioContext, stream: MediaStream, release: () => void): OpenSource {
  const track = stream.getAudioTracks()[0];
  const node = context.createMediaStreamSource(stream);
  const { sampleRate } = track?.getSettings() ?? {};
  const released = new AbortController();
  return {
    node,
    // WebKitGTK says 0.
    ...(sampleRate ? { deviceRate: sampleRate } : {}),
    begin: () => undefined,
    onEnd: (callback) => {
      if (track?.readyState === "ended") queueMicrotask(() => callback("lost"));
      track?.addEventListener("ended", () => callback("lost"), { once: true, signal: released.signal });
    },
    release: () => {
      released.abort();
      node.disconnect();
      release();
    },
  };
}

/** Sound in memory: an `AudioBuffer`, or mono samples (-1..1) and their rate in Hz. */
export type Recording = AudioBuffer | { readonly samples: Float32Array; readonly sampleRate: number };

/**
 * A recording, played through the same worklet as a microphone; the session ends when it is over.
 *
 * @throws RangeError if it is empty.
 */
export function fromAudio(recording: Recording): AudioSource {
  const length = "samples" in recording ? recording.samples.length : recording.length;
  if (length === 0) throw new RangeError("fromAudio: the recording is empty");
  return {
    open: (context) => {
      const node = context.createBufferSource();
      node.buffer = "samples" in recording ? toAudioBuffer(context, recording) : recording;
      let isReleased = false;
      return Promise.resolve({
        node,
        deviceRate: recording.sampleRate,
        begin: () => node.start(),
        onEnd: (callback) => node.addEventListener("ended", () => isReleased || callback("finished"), { once: true }),
        release: () => {
          isReleased = true;
          node.disconnect();
        },
      });
    },
  };
}

function toAudioBuffer(
  context: BaseAudioContext,
  recording: { samples: Float32Array; sampleRate: number },
): AudioBuffer {
  const buffer = context.createBuffer(1, recording.samples.length, recording.sampleRate);
  buffer.getChannelData(0).set(recording.samples);
  return buffer;
}
