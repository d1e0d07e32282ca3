/** The mean of the channels (each the same length, -1..1) as one new channel; empty if there is none. */
export function downmix(channels: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const mixed = new Float32Array(channels[0]?.length ?? 0);
  for (const channel of channels) {
    for (let index = 0; index < mixed.length; index++) mixed[index] = mixed[index]! + channel[index]! / channels.length;
  }
  return mixed;
}
