import type { IncomingMessage, ServerResponse } from "node:http";
import { GatewayError } from "../errors.ts";
import { parseFields } from "../protocol/fields.ts";
import type { Fields } from "../protocol/fields.ts";
import { sendError, sendJson } from "./answers.ts";
import { readBody } from "./request-body.ts";

/** What is sent back, as JSON. */
interface JsonAnswer {
  readonly status: number;
  readonly body: object;
}

/** Answers a request whose body is a JSON object, or empty; or tells what is wrong with it. */
export async function answerFields(
  request: IncomingMessage,
  response: ServerResponse,
  maxBodyBytes: number,
  answer: (fields: Fields) => Promise<JsonAnswer>,
): Promise<void> {
  const leaving = new AbortController();
  response.once("close", () => leaving.abort());
  try {
    const text = (await readBody(request, maxBodyBytes, leaving.signal)).toString();
    const { status, body } = await answer(text.trim() === "" ? {} : parseFields(text, "The request"));
    sendJson(response, status, body);
  } catch (error) {
    if (response.destroyed) return;
    if (!(error instanceof GatewayError)) throw error;
    if (!request.complete) response.setHeader("Connection", "close");
    sendError(response, error);
  }
}
