/**
 * LiveKit's packages count on a rejection when a last message overtakes its own close; Node 20 throws in its place.
 * https://github.com/nodejs/node/issues/57272
 */
export function mendWritableStreams() {
  const { prototype } = WritableStreamDefaultWriter;
  const { value: write } = Object.getOwnPropertyDescriptor(prototype, "write");
  prototype.write = async function (chunk) {
    return write.call(this, chunk);
  };
}
