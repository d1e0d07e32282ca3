import { CustomHttpStt } from "../index.ts";

/** A server that takes the bare WAV file, and answers `{ "results": [{ "transcript": "go forward" }] }`. */
export function acmeHttp(server: string): CustomHttpStt {
  return new CustomHttpStt({
    url: `${server}/v2/recognize`,
    token: async ({ signal }) => (await fetch(`${server}/token`, { method: "POST", signal })).text(),
    request: (recording, { language, token }) => ({
      headers: { "X-Acme-Token": `${token}`, "Accept-Language": language },
      body: recording.wav(),
    }),
    reply: async (reply) => {
      const { results } = (await reply.json()) as { results: { transcript: string }[] };
      return results.map(({ transcript }) => transcript).join(" ");
    },
  });
}
