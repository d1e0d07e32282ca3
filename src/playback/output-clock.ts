/**
 * The time, on the context's clock, of what leaves the loudspeaker now: the browser's own word where it has one, or the
 * clock less the latencies that it tells.
 *
 * @see https://webaudio.github.io/web-audio-api/#dom-audiocontext-getoutputtimestamp
 */
export function heardContextSec(context: AudioContext): number {
  const { currentTime } = context;
  // Absent in an OfflineAudioContext; and 0 where nothing has come out yet.
  const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp?.() ?? {};
  if (contextTime > 0 && performanceTime > 0) {
    return Math.min(currentTime, contextTime + (performance.now() - performanceTime) / 1_000);
  }
  // Safari and Firefox have had versions without one of them.
  return currentTime - (context.outputLatency || 0) - (context.baseLatency || 0);
}
