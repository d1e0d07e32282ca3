import { existsSync } from "node:fs";
import { MODEL_FOLDER } from "./installation.ts";
import type { Decoder, HeardWord } from "./utterance-recognizer.ts";

type Pointer = unknown;
/** What koffi writes a result into. */
type Out = (number | null)[];

/** The functions of libpocketsphinx and libsphinxbase that this gateway calls, as koffi binds them. */
interface Sphinx {
  readonly init: (config: Pointer) => Pointer;
  readonly startStream: (decoder: Pointer) => number;
  readonly startUtterance: (decoder: Pointer) => number;
  readonly endUtterance: (decoder: Pointer) => number;
  readonly process: (decoder: Pointer, pcm: Int16Array, samples: number, noSearch: number, full: number) => number;
  readonly hypothesis: (decoder: Pointer, score: Out) => string | null;
  readonly segments: (decoder: Pointer) => Pointer;
  readonly nextSegment: (segment: Pointer) => Pointer;
  readonly segmentWord: (segment: Pointer) => string;
  readonly segmentFrames: (segment: Pointer, start: Out, end: Out) => void;
  readonly segmentProbability: (segment: Pointer, a: Out, b: Out, c: Out) => number;
  readonly logmath: (decoder: Pointer) => Pointer;
  readonly exp: (logmath: Pointer, value: number) => number;
  readonly defaults: () => Pointer;
  readonly configure: (base: Pointer, defaults: Pointer, strict: number, ...args: unknown[]) => Pointer;
}

async function bindSphinx(): Promise<Sphinx> {
  const { default: koffi } = await import("koffi");
  const sphinx = koffi.load("libpocketsphinx.so.3");
  const base = koffi.load("libsphinxbase.so.3");
  return {
    init: sphinx.func("void* ps_init(void*)"),
    startStream: sphinx.func("int ps_start_stream(void*)"),
    startUtterance: sphinx.func("int ps_start_utt(void*)"),
    endUtterance: sphinx.func("int ps_end_utt(void*)"),
    process: sphinx.func("int ps_process_raw(void*, const int16_t*, size_t, int, int)"),
    hypothesis: sphinx.func("const char* ps_get_hyp(void*, _Out_ int32_t*)"),
    segments: sphinx.func("void* ps_seg_iter(void*)"),
    nextSegment: sphinx.func("void* ps_seg_next(void*)"),
    segmentWord: sphinx.func("const char* ps_seg_word(void*)"),
    segmentFrames: sphinx.func("void ps_seg_frames(void*, _Out_ int*, _Out_ int*)"),
    segmentProbability: sphinx.func("int32_t ps_seg_prob(void*, _Out_ int32_t*, _Out_ int32_t*, _Out_ int32_t*)"),
    logmath: sphinx.func("void* ps_get_logmath(void*)"),
    exp: base.func("double logmath_exp(void*, int)"),
    defaults: sphinx.func("void* ps_args()"),
    configure: base.func("void* cmd_ln_init(void*, void*, int, ...)"),
  };
}

/** One PocketSphinx decoder. Every call is synchronous and may take tens of milliseconds, so it lives in a process of its own. */
export class SphinxDecoder implements Decoder {
  readonly #sphinx: Sphinx;
  readonly #decoder: Pointer;

  private constructor(sphinx: Sphinx, decoder: Pointer) {
    this.#sphinx = sphinx;
    this.#decoder = decoder;
  }

  /**
   * Loads the libraries and the model.
   * @throws Error where koffi, libpocketsphinx or the model is missing; the message of the loader is kept.
   */
  static async create(modelFolder: string = MODEL_FOLDER): Promise<SphinxDecoder> {
    if (!existsSync(modelFolder)) throw new Error(`no model at ${modelFolder}`);
    const sphinx = await bindSphinx();
    // `-remove_silence no`: the default deletes silence from the decoder's own time axis, and words come out late.
    const settings = [
      ["-hmm", `${modelFolder}/en-us`],
      ["-lm", `${modelFolder}/en-us.lm.bin`],
      ["-dict", `${modelFolder}/cmudict-en-us.dict`],
      ["-remove_silence", "no"],
      ["-logfn", "/dev/null"],
    ].flat();
    const strings = settings.flatMap((value) => ["const char*", value]);
    const config = sphinx.configure(null, sphinx.defaults(), 1, ...strings, "const char*", null);
    const decoder = config === null ? null : sphinx.init(config);
    if (decoder === null) throw new Error(`PocketSphinx could not load the model at ${modelFolder}`);
    return new SphinxDecoder(sphinx, decoder);
  }

  /** Begins an utterance whose frame 0 is the next sample fed. */
  start(): void {
    // Without ps_start_stream every utterance but the first reports its words about 100 ms early.
    this.#sphinx.startStream(this.#decoder);
    this.#sphinx.startUtterance(this.#decoder);
  }

  /** Feeds 16 kHz samples. */
  feed(samples: Int16Array): void {
    this.#sphinx.process(this.#decoder, samples, samples.length, 0, 0);
  }

  /** Ends the utterance: the hypothesis becomes final. */
  end(): void {
    this.#sphinx.endUtterance(this.#decoder);
  }

  /** What has been understood of the utterance so far, in the recogniser's own words. */
  hypothesis(): string {
    return this.#sphinx.hypothesis(this.#decoder, [null]) ?? "";
  }

  /** The segments of the best path, fillers included; frames are 10 ms, counted from the utterance's first sample. */
  words(): HeardWord[] {
    const words: HeardWord[] = [];
    const logmath = this.#sphinx.logmath(this.#decoder);
    for (
      let segment = this.#sphinx.segments(this.#decoder);
      segment !== null;
      segment = this.#sphinx.nextSegment(segment)
    ) {
      const start: Out = [null];
      const end: Out = [null];
      this.#sphinx.segmentFrames(segment, start, end);
      const posterior = this.#sphinx.segmentProbability(segment, [null], [null], [null]);
      words.push({
        text: this.#sphinx.segmentWord(segment),
        startFrame: start[0] ?? 0,
        endFrame: end[0] ?? 0,
        probability: Math.min(1, Math.max(0, this.#sphinx.exp(logmath, posterior))),
      });
    }
    return words;
  }
}
