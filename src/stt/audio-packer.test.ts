import { expect, test } from "vitest";
import { AudioPacker, type Packet } from "./audio-packer.ts";

function packing(packetSamples: number): { packer: AudioPacker; packets: Packet[] } {
  const packets: Packet[] = [];
  return { packer: new AudioPacker(packetSamples, (packet) => packets.push(packet)), packets };
}

function ramp(length: number, first = 0): Int16Array {
  return Int16Array.from({ length }, (_, index) => first + index);
}

test.each([[[1]], [[512]], [[799, 1]], [[800]], [[801, 3]], [[5_000]]])(
  "packets do not depend on how the audio was sliced (%j)",
  (sizes) => {
    const audio = ramp(5_000);
    const { packer, packets } = packing(800);
    for (let read = 0, turn = 0; read < audio.length; turn++) {
      const size = sizes[turn % sizes.length]!;
      packer.push(7, 100 + read, audio.subarray(read, read + size));
      read += size;
    }
    packer.flush();
    const whole = packing(800);
    whole.packer.push(7, 100, audio);
    whole.packer.flush();
    expect(packets).toEqual(whole.packets);
    expect(packets.map(({ captureStart, pcm }) => [captureStart, pcm.length])).toEqual([
      [100, 800],
      [900, 800],
      [1_700, 800],
      [2_500, 800],
      [3_300, 800],
      [4_100, 800],
      [4_900, 200],
    ]);
  },
);

test.each([
  ["another segment", [2, 110]],
  ["a hole in captured time", [1, 111]],
  ["silence that was made up", [1, undefined]],
] as const)("a packet ends before %s", (_what, [segmentId, captureStart]) => {
  const { packer, packets } = packing(800);
  packer.push(1, 100, ramp(10));
  packer.push(segmentId, captureStart, ramp(5, 50));
  packer.flush();
  expect(packets).toEqual([
    { segmentId: 1, captureStart: 100, pcm: ramp(10) },
    { segmentId, ...(captureStart === undefined ? {} : { captureStart }), pcm: ramp(5, 50) },
  ]);
});

test("made-up silence is packed too, and says that it was not captured", () => {
  const { packer, packets } = packing(800);
  packer.push(1, undefined, new Int16Array(500));
  packer.push(1, undefined, new Int16Array(500));
  packer.push(1, 40, ramp(1));
  packer.flush();
  expect(packets).toEqual([
    { segmentId: 1, pcm: new Int16Array(800) },
    { segmentId: 1, pcm: new Int16Array(200) },
    { segmentId: 1, captureStart: 40, pcm: ramp(1) },
  ]);
});

test("a flush without audio emits nothing, and no packet is touched again after it was emitted", () => {
  const { packer, packets } = packing(4);
  packer.flush();
  packer.push(1, 0, ramp(4));
  packer.flush();
  packer.push(1, 4, ramp(4, 90));
  expect(packets.map(({ pcm }) => [...pcm])).toEqual([
    [0, 1, 2, 3],
    [90, 91, 92, 93],
  ]);
});
