import { msToSamples } from "../../audio/units.ts";
import { VoiceError } from "../../errors.ts";
import type { Clock } from "../../net/clock.ts";
import { systemClock } from "../../net/system-clock.ts";
import type { RecognizeOptions, Stt, SttCapabilities } from "../contract.ts";
import type { SpeechData } from "../speech-event.ts";
import { FallbackMember, type AvailabilityChange } from "./fallback-member.ts";
import { FallbackSpeechStream } from "./fallback-speech-stream.ts";
import { requireInRange } from "./require-in-range.ts";
import { streamAdapter } from "./stream-adapter.ts";
import type { StreamVad } from "./vad-speech-stream.ts";

/** How long a member is tried before the next one has its turn. These win over what a stream or request is given. */
export interface FallbackAdapterOptions {
  /** How long a connection may take to open, or a request to be answered, in ms, 1..600000. @defaultValue 10000 */
  readonly attemptTimeoutMs?: number;
  /** Attempts of one member after one that failed, a whole number in 0..1000. @defaultValue 1 */
  readonly maxRetriesPerStt?: number;
  /** From a failure to the member's next attempt or probe, in ms, 0..60000. @defaultValue 5000 */
  readonly retryIntervalMs?: number;
  /** A member failed, or works again; called after the change. */
  readonly onAvailabilityChanged?: (change: AvailabilityChange) => void;
  /** For members that do not stream, where the caller has no gate: see `streamAdapter()`. */
  readonly vad?: StreamVad;
  /** Time, for tests. @defaultValue the platform's */
  readonly clock?: Clock;
}

/**
 * Makes one STT of several: the first that works is used. When it fails, the next one is given all that is not settled,
 * so that nothing is lost; members that failed are tried beside it until they work again.
 *
 * @throws TypeError if the list is empty, or if some members end turns and others do not; RangeError if an option is out
 * of its range.
 */
export function fallbackAdapter(stts: readonly Stt[], options: FallbackAdapterOptions = {}): Stt {
  const { attemptTimeoutMs = 10_000, maxRetriesPerStt = 1, retryIntervalMs = 5_000, vad } = options;
  const { clock = systemClock, onAvailabilityChanged } = options;
  requireInRange("attemptTimeoutMs", attemptTimeoutMs, 1, 600_000, "ms");
  if (!(Number.isInteger(maxRetriesPerStt) && maxRetriesPerStt >= 0 && maxRetriesPerStt <= 1_000)) {
    throw new RangeError(`maxRetriesPerStt must be a whole number in [0, 1000], got ${maxRetriesPerStt}`);
  }
  requireInRange("retryIntervalMs", retryIntervalMs, 0, 60_000, "ms");
  const members = stts.map((stt) => {
    const streaming = stt.capabilities.streaming ? stt : streamAdapter(stt, { clock, ...(vad ? { vad } : {}) });
    return new FallbackMember(stt, streaming, onAvailabilityChanged);
  });
  requireAgreement(members.map(({ stt }) => stt));
  const connection = { timeoutMs: attemptTimeoutMs, maxRetries: maxRetriesPerStt, retryIntervalMs };
  const probeConnection = { ...connection, maxRetries: 0 };
  const parts = {
    members,
    connection,
    probeConnection,
    restSamples: msToSamples(retryIntervalMs),
    endsTurns: members[0]?.stt.capabilities.endsTurns ?? false,
    clock,
  };
  const probed = new Set<FallbackMember>();

  const probe = async (member: FallbackMember, samples: Float32Array, request: RecognizeOptions): Promise<void> => {
    if (probed.has(member)) return;
    probed.add(member);
    try {
      await member.stt.recognize(samples, { ...request, connection: probeConnection });
      member.setAvailable(true);
    } catch {
      // It stays unavailable.
    } finally {
      probed.delete(member);
    }
  };

  const recognize = async (samples: Float32Array, request: RecognizeOptions = {}): Promise<SpeechData> => {
    const able = members.filter(({ stt }) => stt.capabilities.offlineRecognize);
    const inOrder = [...able.filter((m) => m.isAvailable), ...able.filter((m) => !m.isAvailable)];
    let failure: unknown = new VoiceError("not-supported", "No stt of this fallback recognises whole recordings");
    for (const member of inOrder) {
      try {
        const data = await member.stt.recognize(samples, { ...request, connection });
        member.setAvailable(true);
        for (const other of able) if (!other.isAvailable) void probe(other, samples, request);
        return data;
      } catch (error) {
        request.signal?.throwIfAborted();
        failure = error;
        member.setAvailable(false);
        void probe(member, samples, request);
      }
    }
    throw failure;
  };

  return {
    get model() {
      return stts.map(({ model }) => model).join(", ");
    },
    get provider() {
      return [...new Set(stts.map(({ provider }) => provider))].join(", ");
    },
    get capabilities() {
      return sharedCapabilities(members.map(({ stt }) => stt));
    },
    stream: (streamOptions) => new FallbackSpeechStream(parts, streamOptions),
    recognize,
    prewarm: () => members[0]?.stt.prewarm?.(),
  };
}

/** @throws TypeError if there are none, or they do not agree on who ends turns. */
function requireAgreement([first, ...rest]: readonly Stt[]): void {
  if (!first) throw new TypeError("fallbackAdapter() needs at least one stt, got none");
  const odd = rest.find(({ capabilities }) => capabilities.endsTurns !== first.capabilities.endsTurns);
  if (!odd) return;
  const [ender, other] = first.capabilities.endsTurns ? [first, odd] : [odd, first];
  throw new TypeError(
    `fallbackAdapter() cannot mix ${ender.model}, which ends turns, with ${other.model}, which does not`,
  );
}

/** What all of them can do. */
function sharedCapabilities(stts: readonly Stt[]): SttCapabilities {
  const all = stts.map(({ capabilities }) => capabilities);
  const { alignedTranscript = false, flush = "none", endsTurns = false } = all[0] ?? {};
  return {
    streaming: true,
    interimResults: all.every(({ interimResults }) => interimResults),
    diarization: all.every(({ diarization }) => diarization),
    alignedTranscript: all.every((one) => one.alignedTranscript) && alignedTranscript,
    offlineRecognize: all.some(({ offlineRecognize }) => offlineRecognize),
    // Silence ends the utterances of any model; a request for the text, only those of models that all take it alike.
    flush: all.every((one) => one.flush === flush) ? flush : "none",
    endsTurns,
  };
}
