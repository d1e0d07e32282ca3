import { CustomHttpStt } from "../index.ts";

/** A server of the app's own: a form with the recording in, `{ "text": "go forward" }` out. */
export function dictation(server: string): CustomHttpStt {
  return new CustomHttpStt({
    url: `${server}/transcribe`,
    token: async ({ signal }) => (await fetch(`${server}/token`, { method: "POST", signal })).text(),
    language: "en-GB",
  });
}
