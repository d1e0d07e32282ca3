import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits up to a minute until the processors are idle for four fifths of a second; gives back how idle they are, 0..1. */
export async function quietMachine(): Promise<number> {
  for (let tries = 0; ; tries++) {
    const before = processorTimes();
    await sleep(1_000);
    const after = processorTimes();
    const idle = (after.idle - before.idle) / (after.all - before.all);
    if (idle >= 0.8 || tries === 60) return idle;
  }
}

function processorTimes(): { idle: number; all: number } {
  const times = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({
    idle,
    all: user + nice + sys + idle + irq,
  }));
  return { idle: times.reduce((sum, { idle }) => sum + idle, 0), all: times.reduce((sum, { all }) => sum + all, 0) };
}
