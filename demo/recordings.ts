import { fromAudio, type AudioSource } from "vivavoce";

/** A recording of the server's, as `GET /recordings` lists it. */
export interface ListedRecording {
  readonly id: string;
  /** What is said. */
  readonly text: string;
  readonly durationMs: number;
}

/** A recording that could not be fetched or decoded, in plain words. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
  readonly words: { readonly what: string; readonly remedy: string };

  constructor(what: string, remedy: string, cause: unknown) {
    super(what, { cause });
    this.words = { what, remedy };
  }
}

/**
 * Asks the server for its recordings.
 *
 * @throws Error if it has no list.
 */
export async function listRecordings(): Promise<readonly ListedRecording[]> {
  const response = await fetch("/recordings");
  if (!response.ok) throw new Error(`the server answered HTTP ${response.status}`);
  return (await response.json()) as readonly ListedRecording[];
}

/** A recording of the server's as a source of sound. */
export function listedSource(id: string, isAloud: boolean): AudioSource {
  return recordedSource(isAloud, async () => {
    try {
      const response = await fetch(`/recordings/${id}.wav`);
      if (!response.ok) throw new Error(`the server answered HTTP ${response.status}`);
      return await response.arrayBuffer();
    } catch (cause) {
      const remedy = "Check that the server is still running (`npm start`), then press Start again.";
      throw new RecordingError("The recording could not be fetched.", remedy, cause);
    }
  });
}

/** A file of the person's own as a source of sound. */
export function fileSource(file: File, isAloud: boolean): AudioSource {
  return recordedSource(isAloud, () => file.arrayBuffer());
}

/** Decodes in the session's own context, so that the sound already has its rate. */
function recordedSource(isAloud: boolean, read: () => Promise<ArrayBuffer>): AudioSource {
  return {
    async open(context) {
      const bytes = await read();
      const sound = await context.decodeAudioData(bytes).catch((cause: unknown) => {
        const remedy = "Choose another file: WAV, MP3, OGG and FLAC usually work.";
        throw new RecordingError("This browser cannot read that file as sound.", remedy, cause);
      });
      const source = await fromAudio(sound).open(context);
      if (isAloud) source.node.connect(context.destination);
      return source;
    },
  };
}
