import { VoiceError } from "../../errors.ts";

/** No text of a recording is longer. */
const LIMIT_BYTES = 4 * 1_024 * 1_024;

/**
 * Fetches the rest of a response, so that what reads it cannot fail for the network's sake, nor fill the memory.
 *
 * @throws VoiceError `gateway-lost` if the connection breaks; `protocol-violated` beyond 4 MiB.
 */
export async function readBody(response: Response): Promise<Response> {
  const { status, statusText, headers, body } = response;
  if (!body) return response;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let lengthBytes = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new VoiceError("gateway-lost", "The connection broke before the whole answer had come", { cause });
    });
    if (done) break;
    lengthBytes += value.length;
    if (lengthBytes > LIMIT_BYTES) {
      void reader.cancel().catch(() => undefined);
      throw new VoiceError("protocol-violated", `The answer is longer than ${LIMIT_BYTES} bytes`);
    }
    chunks.push(value);
  }
  return new Response(new Blob(chunks), { status, statusText, headers });
}
