/** What comes before the audio in a message of it, and after. */
const [HEAD, TAIL] = ['{"type":"input_audio","audio":"', '"}'];

/**
 * How many captured samples a message of the client's carries; `undefined` if it is no audio. Marked samples are never 0:
 * what begins with one is silence made up by the client.
 */
export function capturedSamplesIn(text: string): number | undefined {
  if (!text.startsWith(HEAD)) return undefined;
  if (text.startsWith("AAA", HEAD.length)) return 0;
  const letters = text.length - HEAD.length - TAIL.length;
  const padding = text.endsWith(`==${TAIL}`) ? 2 : text.endsWith(`=${TAIL}`) ? 1 : 0;
  return ((letters / 4) * 3 - padding) / 2;
}
