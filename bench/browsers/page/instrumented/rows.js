// What one thread saw of the frames, in shared memory: [count, then for each frame startSample, lengthSamples, audioMs,
// quantumMs, wallMs, isDecision]. Shared, since some browsers deliver messages between threads by way of the page.
export const ROW_NUMBERS = 6;

/** Notes the frames in a message that is about to be posted: captured ones, or those of a batch of decisions. */
export function noteFrames(rows, message, audioMs = NaN, quantumMs = NaN) {
  if (message?.type === "frame" && message.samples) {
    note(rows, message.startSample, message.samples.length, audioMs, quantumMs, 0);
  } else if (message?.type === "heard") {
    for (const event of message.events) {
      if (event.type === "frame")
        note(rows, event.startSample, event.endSample - event.startSample, audioMs, quantumMs, 1);
    }
  }
}

function note(rows, startSample, lengthSamples, audioMs, quantumMs, isDecision) {
  const at = 1 + rows[0] * ROW_NUMBERS;
  if (at + ROW_NUMBERS > rows.length) return;
  rows[at] = startSample;
  rows[at + 1] = lengthSamples;
  rows[at + 2] = audioMs;
  rows[at + 3] = quantumMs;
  rows[at + 4] = Date.now();
  rows[at + 5] = isDecision;
  rows[0] += 1;
}
