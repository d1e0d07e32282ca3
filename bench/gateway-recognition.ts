import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "ws";
import { RECORDINGS_FOLDER } from "../gateway/pocketsphinx/installation.ts";
import { usageOf } from "./gateway-processes.ts";
import { stageGateway } from "./gateway-stage.ts";
import { quantile } from "./quantile.ts";
import { formatTable } from "./table.ts";

/** Finals that come later than this after the last sample was sent: the recognisers have fallen behind. */
const BEHIND_MS = 500;
const STREAM_COUNTS = [1, 2, 3, 4, 6, 8, 12, 16];
const UTTERANCES = 2;
const CHUNK_MS = 50;
const CHUNK_BYTES = 1_600;
const SAID = "go forward ten meters";

interface Message {
  readonly type: string;
  readonly transcript?: string;
}

/** Measures how many streams PocketSphinx recognises as fast as they are spoken. */
export async function benchRecognition(): Promise<void> {
  const pcm = await readFile(`${RECORDINGS_FOLDER}/goforward.raw`).catch(() => undefined);
  if (pcm === undefined) return console.log("PocketSphinx is not installed here");
  const rows: string[][] = [];
  let kept = 0;
  for (const streams of STREAM_COUNTS) {
    const { delaysMs, texts, load, mbEach } = await measure(streams, pcm);
    const isKept = quantile(delaysMs, 0.5) <= BEHIND_MS;
    const right = texts.filter((text) => text === SAID).length;
    rows.push([
      String(streams),
      ...[0.5, 1].map((share) => quantile(delaysMs, share).toFixed(0)),
      `${right} of ${streams * UTTERANCES}`,
      `${(100 * load).toFixed(0)} %`,
      mbEach.toFixed(0),
      isKept ? "yes" : "no",
    ]);
    if (!isKept) break;
    kept = streams;
  }
  console.log(formatTable([["streams", "final, ms", "worst", "as said", "cores", "MB each", "in time"], ...rows]));
  console.log(
    `\nEach stream speaks "${SAID}" (2.8 s) in real time, ${UTTERANCES} times; ms from the last sample to the final; in time:` +
      `\nthe median within ${BEHIND_MS} ms; processor time and resident memory of the recognisers' processes.`,
  );
  console.log(`\nRecognised in real time: ${kept} streams`);
}

async function measure(streams: number, pcm: Buffer) {
  const limits = { maxStreams: streams, maxSocketsPerToken: streams };
  const { helper, url, token } = await stageGateway(limits);
  const speakers = await Promise.all(Array.from({ length: streams }, () => Speaker.open(`${url}/stt`, token)));
  const { recognizerPids } = await helper.ask({});
  const [before, beginMs] = [await usageOf(recognizerPids), performance.now()];
  await Promise.all(speakers.map((speaker, index) => speaker.speak(pcm, (CHUNK_MS * index) / streams)));
  const [after, endMs] = [await usageOf(recognizerPids), performance.now()];
  for (const { socket } of speakers) socket.terminate();
  await helper.stop();
  return {
    delaysMs: speakers.flatMap(({ delaysMs }) => delaysMs),
    texts: speakers.flatMap(({ texts }) => texts),
    load: (after.cpuMs - before.cpuMs) / (endMs - beginMs),
    mbEach: after.residentMb / streams,
  };
}

/** One stream: speaks a recording as it was spoken, and notes when its text comes. */
class Speaker {
  readonly socket: WebSocket;
  readonly delaysMs: number[] = [];
  readonly texts: string[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
  }

  /** Connects, and resolves when the recogniser is ready. */
  static async open(url: string, token: string): Promise<Speaker> {
    const socket = new WebSocket(`${url}?model=pocketsphinx/en-us`, { headers: { authorization: `Bearer ${token}` } });
    const speaker = new Speaker(socket);
    const created = speaker.#next("session.created");
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    const settings = { sample_rate: "16000", encoding: "pcm_s16le", extra: {} };
    socket.send(JSON.stringify({ type: "session.create", settings }));
    await created;
    return speaker;
  }

  async speak(pcm: Buffer, phaseMs: number): Promise<void> {
    await wait(phaseMs);
    for (let utterance = 0; utterance < UTTERANCES; utterance++) {
      const beginMs = performance.now();
      for (let start = 0; start < pcm.length; start += CHUNK_BYTES) {
        const dueMs = beginMs + (start / CHUNK_BYTES + 1) * CHUNK_MS; // a chunk is there when it has been said
        await wait(Math.max(0, dueMs - performance.now()));
        const audio = pcm.toString("base64", start, Math.min(pcm.length, start + CHUNK_BYTES));
        this.socket.send(JSON.stringify({ type: "input_audio", audio }));
      }
      const [askedMs, finalized] = [performance.now(), this.#next("session.finalized")];
      this.socket.send('{"type":"session.finalize"}');
      await finalized;
      this.delaysMs.push(performance.now() - askedMs);
    }
  }

  /** Resolves when a message of this type comes; finals on the way are kept. */
  #next(type: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const closed = (code: number): void => reject(new Error(`Closed with ${code} before ${type}`));
      const listen = (text: Buffer): void => {
        const message = JSON.parse(text.toString()) as Message;
        if (message.type === "final_transcript") this.texts.push(message.transcript ?? "");
        if (message.type !== type) return;
        this.socket.off("message", listen).off("close", closed);
        resolve();
      };
      this.socket.on("message", listen).on("close", closed);
    });
  }
}
