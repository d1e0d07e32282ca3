import { VoiceError } from "./errors.ts";

/** Every file that a page may load beside the library's own modules. */
export type AssetName =
  | "capture.worklet.js"
  | "hearing.worklet.js"
  | "playback.worklet.js"
  | "vad.worker.js"
  | "onnx.worker.js"
  | "silero-v5.f24.bin"
  | "silero-v6.f24.bin"
  | "ort-wasm-simd-threaded.wasm"
  | "silero_vad_v5.onnx"
  | "silero_vad_v6.onnx";

/**
 * Where the assets are: a folder's URL (relative ones count from the page; a final slash is added if missing).
 * It must be of the page's own origin, since a worker cannot come from elsewhere.
 */
export type AssetLocation = string | URL;

// Literal URLs: bundlers find the files by them. Kept in functions, so that importing touches nothing.
const BESIDE_THE_MODULE: Readonly<Record<AssetName, () => URL>> = {
  "capture.worklet.js": () => new URL("./assets/capture.worklet.js", import.meta.url),
  "hearing.worklet.js": () => new URL("./assets/hearing.worklet.js", import.meta.url),
  "playback.worklet.js": () => new URL("./assets/playback.worklet.js", import.meta.url),
  "vad.worker.js": () => new URL("./assets/vad.worker.js", import.meta.url),
  "onnx.worker.js": () => new URL("./assets/onnx.worker.js", import.meta.url),
  "silero-v5.f24.bin": () => new URL("./assets/silero-v5.f24.bin", import.meta.url),
  "silero-v6.f24.bin": () => new URL("./assets/silero-v6.f24.bin", import.meta.url),
  "ort-wasm-simd-threaded.wasm": () => new URL("./assets/ort-wasm-simd-threaded.wasm", import.meta.url),
  "silero_vad_v5.onnx": () => new URL("./assets/silero_vad_v5.onnx", import.meta.url),
  "silero_vad_v6.onnx": () => new URL("./assets/silero_vad_v6.onnx", import.meta.url),
};

/** The absolute URL of an asset: in the folder `assets`, or beside the library's module. */
export function assetUrl(name: AssetName, assets?: AssetLocation): string {
  if (assets === undefined) return BESIDE_THE_MODULE[name]().href;
  const folder = String(assets);
  return new URL(name, new URL(folder.endsWith("/") ? folder : `${folder}/`, document.baseURI)).href;
}

/** How long a worklet or worker may take from request to its first message, in ms. */
export const ASSET_TIMEOUT_MS = 10_000;

/** What of a worker or worklet node the handshake needs: the port on which it says `ready`. */
interface Announcing {
  addEventListener(
    type: "message",
    listener: (event: MessageEvent<unknown>) => void,
    options?: AddEventListenerOptions,
  ): void;
}

/**
 * Waits for a worker or worklet to post `{ type: "ready" }`.
 *
 * @throws Error if it stays silent for {@link ASSET_TIMEOUT_MS}; the reason of `signal`, unchanged, if it is aborted.
 */
export function announced(port: Announcing, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const settled = new AbortController();
    const settle = (finish: () => void): void => {
      settled.abort();
      clearTimeout(timer);
      finish();
    };
    const timer = setTimeout(
      () => settle(() => reject(new Error(`it did not answer within ${ASSET_TIMEOUT_MS} ms`))),
      ASSET_TIMEOUT_MS,
    );
    signal.addEventListener("abort", () => settle(() => reject(signal.reason)), { signal: settled.signal });
    const hear = (event: MessageEvent<unknown>): void => {
      if (isReady(event.data)) settle(resolve);
    };
    port.addEventListener("message", hear, { signal: settled.signal });
  });
}

function isReady(message: unknown): boolean {
  return typeof message === "object" && message !== null && "type" in message && message.type === "ready";
}

const worklets = new WeakMap<BaseAudioContext, Map<string, Promise<void>>>();

/**
 * Loads a worklet module into a context, once per context and file.
 *
 * @throws VoiceError `asset-failed`, saying which file and why.
 */
export function addWorklet(context: BaseAudioContext, url: string): Promise<void> {
  const loaded = worklets.get(context) ?? new Map<string, Promise<void>>();
  worklets.set(context, loaded);
  const known = loaded.get(url);
  if (known) return known;
  const loading = context.audioWorklet.addModule(url).catch(async (cause: unknown) => {
    loaded.delete(url);
    throw await assetError(url, cause);
  });
  loaded.set(url, loading);
  return loading;
}

/**
 * Starts a module worker and waits until its script says `ready`.
 *
 * @throws VoiceError `asset-failed`, saying which file and why. The worker is terminated then, and when aborted.
 */
export async function openWorker(url: string, signal: AbortSignal): Promise<Worker> {
  signal.throwIfAborted();
  let worker: Worker | undefined;
  const failed = new AbortController();
  try {
    worker = new Worker(url, { type: "module" });
    worker.addEventListener("error", (event) => failed.abort(new Error(event.message || "its script did not load")), {
      signal: failed.signal,
    });
    await announced(worker, AbortSignal.any([signal, failed.signal]));
    return worker;
  } catch (cause) {
    worker?.terminate();
    if (signal.aborted) throw signal.reason;
    throw await assetError(url, cause);
  }
}

/** Finds out, by asking for the file once more, why it could not be used, and puts it into words. */
export async function assetError(url: string, cause: unknown): Promise<VoiceError> {
  const what = cause instanceof Error && cause.message !== "" ? cause.message : String(cause);
  return new VoiceError("asset-failed", `${url} could not be loaded: ${(await probe(url)) ?? what}`, { cause });
}

/** Names the reason that a plain request shows, if it shows one. */
async function probe(url: string): Promise<string | undefined> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
  } catch {
    const isForeign = typeof location !== "undefined" && new URL(url).origin !== location.origin;
    return isForeign
      ? "it is on another origin; copy the assets to the page's own and set `assets`"
      : "the request failed: the server is down, or a Content-Security-Policy forbids it";
  }
  const mime = response.headers.get("content-type") ?? "no MIME type";
  await response.body?.cancel();
  if (!response.ok)
    return `the server answered HTTP ${response.status}; copy the package's dist/assets there or set \`assets\``;
  if (mime.includes("html"))
    return "the server answered with an HTML page in its place (a fall-back for unknown paths?)";
  if (url.endsWith(".js") && !mime.includes("javascript")) return `it is served as ${mime}, not as JavaScript`;
  if (new URL(url).protocol === "data:" || new URL(url).protocol === "blob:") {
    return "a Content-Security-Policy forbids data: and blob: scripts; a bundler inlined it (Vite: set build.assetsInlineLimit to 0)";
  }
  return undefined;
}
