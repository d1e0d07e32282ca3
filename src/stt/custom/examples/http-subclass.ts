import { CustomHttpStt, type HttpContext, type HttpRecording, type HttpReply } from "../index.ts";

/** The usual form, with one field more; and a reply with words whose times are in seconds. */
export class AcmeHttpStt extends CustomHttpStt {
  protected override async buildRequest(recording: HttpRecording, context: HttpContext): Promise<RequestInit> {
    const request = (await super.buildRequest(recording, context)) as RequestInit;
    (request.body as FormData).append("domain", "ships");
    return request;
  }

  protected override async readReply(reply: Response): Promise<HttpReply> {
    const { text, words } = (await reply.json()) as { text: string; words: [word: string, from: number, to: number][] };
    return {
      text,
      words: words.map(([word, from, to]) => ({ word, startMs: 1_000 * from, endMs: 1_000 * to })),
    };
  }
}
