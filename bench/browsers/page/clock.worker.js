// A clock for threads that have none: writes the time into shared memory, in units of 0.1 µs, for as long as it lives.
// Between two steps of `performance.now()` it counts on by its own speed. The second number counts its own stalls, the
// third its turns: a measurement is worth nothing if it stalled meanwhile, or does not turn at its begin and end, as
// when the audio thread has taken its core.
const STALL_MS = 0.05;

addEventListener(
  "message",
  ({ data }) => {
    const clock = new Int32Array(data);
    let last = performance.now();
    let turns = 0;
    let turnMs = 0; // how long one turn of this loop takes
    let stepMs = 1; // how long the browser's clock stands still
    for (;;) {
      const now = performance.now();
      const gone = now - last;
      turns += 1;
      Atomics.add(clock, 2, 1);
      if (gone > 0) {
        if (gone > stepMs + STALL_MS) Atomics.add(clock, 1, 1);
        else turnMs += (gone / turns - turnMs) / 64;
        stepMs = Math.min(stepMs, gone);
        last = now;
        turns = 0;
      }
      Atomics.store(clock, 0, ((last + Math.min(turns * turnMs, stepMs)) * 10_000) | 0);
    }
  },
  { once: true },
);
