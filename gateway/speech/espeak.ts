/*
 * espeak-ng's library. One espeak_Synth calls back again and again, in the same thread, with the next samples and with
 * what happens in them:
 *
 *   WORD "Going" at 0 · PHONEME g at 286 · … · WORD "forward" at 5999 · … · PHONEME _: (a pause) at 31708 · END at 38345
 */
type Pointer = unknown;

/** What happens in speech, at one of its samples; those are counted from the text's first, at {@link Espeak.rateHz}. */
export type SpeechEvent =
  /** A word begins: at this character of the text, counted from 0. Numbers are several words at one place. */
  | { readonly type: "word"; readonly at: number; readonly character: number }
  /** A sound begins. */
  | { readonly type: "sound"; readonly at: number; readonly isPause: boolean }
  /** A clause has ended, with its pause. */
  | { readonly type: "clause-ended"; readonly at: number };

/** Takes the next samples; borrowed from native memory, to be copied. */
export type OnSpeech = (samples: Int16Array, events: readonly SpeechEvent[]) => void;

/** How one text is spoken. */
export interface Manner {
  readonly voice: string;
  readonly wordsPerMinute: number;
}

/** The functions that are called, as koffi binds them. */
interface Library {
  readonly initialize: (output: number, bufferMs: number, dataPath: null, options: number) => number;
  readonly setVoice: (name: string) => number;
  readonly setParameter: (parameter: number, value: number, isRelative: number) => number;
  readonly synthesize: (
    text: string,
    bytes: number,
    from: number,
    kind: number,
    to: number,
    flags: number,
    ...unused: null[]
  ) => number;
  readonly onSpeech: (receive: (wav: Pointer, samples: number, events: Pointer) => number) => void;
  readonly samplesAt: (wav: Pointer, samples: number) => Int16Array;
  readonly eventsAt: (events: Pointer) => readonly NativeEvent[];
}

interface NativeEvent {
  readonly type: number;
  readonly textPosition: number;
  readonly sample: number;
  readonly phoneme: readonly number[];
}

// Of espeak-ng/speak_lib.h, version 1.50 and later.
const SYNCHRONOUS = 2;
const WITH_PHONEMES = 0x0001;
const DONT_EXIT = 0x8000;
const RATE_PARAMETER = 1;
const POSITION_IS_CHARACTERS = 1;
const TEXT_IS_UTF8 = 1;
const EVENT = { none: 0, word: 1, end: 5, phoneme: 7 } as const;
const CHUNK_MS = 100;
const UNDERSCORE = 0x5f;

async function bindLibrary(): Promise<Library> {
  const { default: koffi } = await import("koffi");
  const library = koffi.load("libespeak-ng.so.1");
  const event = koffi.struct({
    type: "int",
    id: "unsigned int",
    textPosition: "int",
    length: "int",
    audioMs: "int",
    sample: "int",
    userData: "void*",
    phoneme: koffi.array("uint8_t", 8, "Array"),
  });
  const callback = koffi.proto("int espeakCallback(void* wav, int samples, void* events)");
  const setCallback = library.func("espeak_SetSynthCallback", "void", [koffi.pointer(callback)]);
  return {
    initialize: library.func("int espeak_Initialize(int, int, const char*, int)"),
    setVoice: library.func("int espeak_SetVoiceByName(const char*)"),
    setParameter: library.func("int espeak_SetParameter(int, int, int)"),
    synthesize: library.func(
      "int espeak_Synth(const char*, size_t, unsigned int, int, unsigned int, unsigned int, void*, void*)",
    ),
    onSpeech: (receive) => setCallback(koffi.register(receive, koffi.pointer(callback))),
    samplesAt: (wav, samples) => koffi.decode(wav, "int16_t", samples) as Int16Array,
    eventsAt: (events) => {
      const found: NativeEvent[] = [];
      for (let offset = 0; ; offset += koffi.sizeof(event)) {
        const next = koffi.decode(events, offset, event) as NativeEvent;
        if (next.type === EVENT.none) return found;
        found.push(next);
      }
    },
  };
}

/** espeak-ng in this process. It keeps one state for all, and every call is synchronous, so it lives in a process of its own. */
export class Espeak {
  readonly #library: Library;
  /** Rate of its samples, in Hz. */
  readonly rateHz: number;
  #receive: OnSpeech = () => undefined;

  private constructor(library: Library, rateHz: number) {
    this.#library = library;
    this.rateHz = rateHz;
    library.onSpeech((wav, samples, events) => {
      const pcm = wav === null || samples <= 0 ? new Int16Array(0) : library.samplesAt(wav, samples);
      this.#receive(pcm, library.eventsAt(events).flatMap(readEvent));
      return 0; // go on
    });
  }

  /**
   * Loads the library and its voices.
   * @throws Error where koffi, libespeak-ng or its data is missing; the message of the loader is kept.
   */
  static async create(): Promise<Espeak> {
    const library = await bindLibrary();
    const rateHz = library.initialize(SYNCHRONOUS, CHUNK_MS, null, WITH_PHONEMES | DONT_EXIT);
    if (rateHz <= 0) throw new Error("espeak-ng could not load its data");
    return new Espeak(library, rateHz);
  }

  /** Speaks a text; returns `no-voice` if there is no such voice, or a number other than 0 if espeak-ng fails. */
  speak(text: string, { voice, wordsPerMinute }: Manner, receive: OnSpeech): "no-voice" | number {
    if (this.#library.setVoice(voice) !== 0) return "no-voice";
    this.#library.setParameter(RATE_PARAMETER, wordsPerMinute, 0);
    this.#receive = receive;
    const bytes = Buffer.byteLength(text) + 1;
    return this.#library.synthesize(text, bytes, 0, POSITION_IS_CHARACTERS, 0, TEXT_IS_UTF8, null, null);
  }
}

function readEvent({ type, textPosition, sample, phoneme }: NativeEvent): SpeechEvent[] {
  switch (type) {
    case EVENT.word:
      return [{ type: "word", at: sample, character: textPosition - 1 }];
    case EVENT.phoneme:
      // Pauses are "_", "_:" and the like.
      return [{ type: "sound", at: sample, isPause: phoneme[0] === UNDERSCORE }];
    case EVENT.end:
      return [{ type: "clause-ended", at: sample }];
    default:
      return [];
  }
}
