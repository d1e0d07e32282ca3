import { expect, test } from "vitest";
import { HearingBatcher } from "./hearing-batcher.ts";
import type { HearingBatch } from "./hearing-messages.ts";

test.each([
  ["samples", {}],
  ["samples and uplink", { uplink: new Float32Array(768).fill(2) }],
])("a frame's events travel as one batch, and the %s of its audio are moved, not copied", (_what, extra) => {
  const arrived: HearingBatch[] = [];
  const batcher = new HearingBatcher((batch, transfer) => arrived.push(structuredClone(batch, { transfer })));
  const audio = {
    type: "audio" as const,
    segmentId: 1,
    startSample: 0,
    samples: new Float32Array(512).fill(1),
    ...extra,
  };
  const expected = structuredClone(audio);
  batcher.push({ type: "segment-opened", segmentId: 1, startSample: 0, atSample: 512 });
  batcher.push(audio);
  expect(arrived).toEqual([]);
  const frame = { type: "frame" as const, startSample: 0, endSample: 512, levelDb: 0, isOpen: true };
  batcher.push(frame);
  expect(arrived).toHaveLength(1);
  expect(arrived[0]!.events.slice(1)).toEqual([expected, frame]);
  const left = Object.values(audio).flatMap((value) => (value instanceof Float32Array ? [value.length] : []));
  expect(left.every((length) => length === 0)).toBe(true);
});
