import fc from "fast-check";
import { expect, test } from "vitest";
import type { RespondPiece } from "../cascade/respond.ts";
import { chatPieces } from "./chat-stream.ts";

const chunk = (delta: object, more: object = {}): string =>
  `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", choices: [{ index: 0, delta, ...more }] })}\n\n`;
const STOP = chunk({}, { finish_reason: "stop" });
const DONE = "data: [DONE]\n\n";

/** Arrives in these pieces; then ends, breaks, or stays silent. */
function responseOf(pieces: readonly (string | Uint8Array)[], end: "ends" | "breaks" | "hangs" = "ends"): Response {
  const waiting = pieces.map((piece) => (typeof piece === "string" ? new TextEncoder().encode(piece) : piece));
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = waiting.shift();
      if (next) controller.enqueue(next);
      else if (end === "ends") controller.close();
      else if (end === "breaks") controller.error(new TypeError("terminated"));
      else await new Promise(() => undefined);
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}

async function piecesOf(response: Response, signal = new AbortController().signal) {
  const pieces: RespondPiece[] = [];
  try {
    for await (const piece of chatPieces(response, signal)) pieces.push(piece);
    return { pieces, error: undefined };
  } catch (error) {
    return { pieces, error };
  }
}

const ANSWER = [
  ": a comment\n\n",
  chunk({ role: "assistant", content: "" }),
  "event: message\nid: 7\n",
  chunk({ content: "Grüß " }),
  chunk({ content: "Gott 🙂." }),
  chunk({ tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "get_weather", arguments: "" } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '{"pla' } }] }),
  chunk({ tool_calls: [{ index: 1, id: "b", type: "function", function: { name: "sing", arguments: "{}" } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: 'ce":"Köln"}' } }] }),
  chunk({}, { finish_reason: "tool_calls" }),
  `data: ${JSON.stringify({ choices: [], usage: { total_tokens: 12 } })}\n\n`,
  DONE,
].join("");
const ANSWER_PIECES: RespondPiece[] = [
  "Grüß ",
  "Gott 🙂.",
  { type: "usage", usage: { total_tokens: 12 } },
  { type: "tool-call", callId: "a", name: "get_weather", arguments: '{"place":"Köln"}' },
  { type: "tool-call", callId: "b", name: "sing", arguments: "{}" },
];

test("an answer's pieces do not depend on how its bytes were cut, nor on the ends of its lines", async () => {
  for (const text of [ANSWER, ANSWER.replaceAll("\n", "\r\n"), ANSWER.replaceAll("data: ", "data:")]) {
    const bytes = new TextEncoder().encode(text);
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.slice(index * size, (index + 1) * size),
      );
      expect(await piecesOf(responseOf(cut))).toEqual({ pieces: ANSWER_PIECES, error: undefined });
    }
  }
});

test("cut off at any byte, it is lost, says nothing that was not said, and asks for no tool", async () => {
  const bytes = new TextEncoder().encode(ANSWER);
  const finished = new TextEncoder().encode(ANSWER.slice(0, ANSWER.indexOf('"finish_reason"'))).length;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: finished }),
      fc.constantFrom("ends" as const, "breaks" as const),
      async (length, end) => {
        const { pieces, error } = await piecesOf(responseOf([bytes.slice(0, length)], end));
        expect(["gateway-lost", "protocol-violated"]).toContain((error as { code?: string }).code);
        expect(ANSWER_PIECES.slice(0, 2)).toEqual(expect.arrayContaining(pieces));
      },
    ),
    { numRuns: 200 },
  );
});

test("an answer is whole with its reason to finish, or with its last event", async () => {
  const hello = chunk({ content: "Hello." });
  expect(await piecesOf(responseOf([hello, STOP]))).toEqual({ pieces: ["Hello."], error: undefined });
  expect(await piecesOf(responseOf([hello, DONE]))).toEqual({ pieces: ["Hello."], error: undefined });
  expect(await piecesOf(responseOf([hello, "data: [DONE]"]))).toEqual({ pieces: ["Hello."], error: undefined });
  expect((await piecesOf(responseOf([hello]))).error).toMatchObject({ code: "gateway-lost" });
});

test("nothing is read behind the last event, and the body is let go", async () => {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(`${DONE}data: nonsense\n\n`)),
    cancel: () => void (isCancelled = true),
  });
  expect(await piecesOf(new Response(body))).toEqual({ pieces: [], error: undefined });
  expect(isCancelled).toBe(true);
});

test.each<[string, object[], RespondPiece[]]>([
  [
    "servers that repeat id and name in each part",
    [
      { index: 0, id: "a", function: { name: "sing", arguments: '{"a":' } },
      { index: 0, id: "a", function: { name: "sing", arguments: "1}" } },
    ],
    [{ type: "tool-call", callId: "a", name: "sing", arguments: '{"a":1}' }],
  ],
  [
    "servers that leave them empty in later parts",
    [
      { index: 0, id: "a", function: { name: "sing", arguments: "{" } },
      { index: 0, id: "", function: { name: "", arguments: "}" } },
      { index: 0, id: null, function: null },
    ],
    [{ type: "tool-call", callId: "a", name: "sing", arguments: "{}" }],
  ],
  [
    "servers that number nothing, and name no call",
    [{ function: { name: "sing", arguments: "{}" } }, { function: { name: "ring", arguments: "{}" } }],
    [
      { type: "tool-call", name: "sing", arguments: "{}" },
      { type: "tool-call", name: "ring", arguments: "{}" },
    ],
  ],
])("tool calls of %s are understood", async (_what, parts, pieces) => {
  const chunks = parts.map((part) => chunk({ tool_calls: [part] }));
  expect(await piecesOf(responseOf([...chunks, DONE]))).toEqual({ pieces, error: undefined });
});

test.each<[string, string, RegExp]>([
  ["not JSON", "data: hello\n\n", /is not JSON/],
  ["a list", "data: []\n\n", /an event that is no object/],
  ["null", "data: null\n\n", /an event that is no object/],
  ["a tool call that is no object", chunk({ tool_calls: [7] }), /a tool call that is no object/],
  ["a line without end", `data: "${"x".repeat(1_000_001)}`, /a line of more than 1000000 characters/],
])("%s in mid-answer is against the protocol; what came before was said", async (_what, nonsense, message) => {
  const { pieces, error } = await piecesOf(responseOf([chunk({ content: "Hello." }), nonsense], "hangs"));
  expect(pieces).toEqual(["Hello."]);
  expect(error).toMatchObject({ code: "protocol-violated", message: expect.stringMatching(message) });
});

test("what nobody knows is passed over", async () => {
  const strange = [
    "data: {}\n\n",
    'data: {"choices":[null]}\n\n',
    'data: {"choices":[{"delta":null}],"usage":null}\n\n',
  ];
  expect(await piecesOf(responseOf([...strange, chunk({ content: 7, tool_calls: "?" }), DONE]))).toEqual({
    pieces: [],
    error: undefined,
  });
});

test.each([
  [{ message: "overloaded", code: 503 }, "gateway-unavailable", 503, "overloaded"],
  [{ message: "too many", code: "rate_limit_exceeded" }, "gateway-rejected", "rate_limit_exceeded", "too many"],
  [{ message: "no" }, "gateway-rejected", undefined, "no"],
  ["no", "gateway-rejected", undefined, "no"],
  [{}, "gateway-rejected", undefined, "no reason given"],
])("an error that is told in mid-answer is an error: %j", async (told, code, gatewayCode, why) => {
  const { pieces, error } = await piecesOf(
    responseOf([chunk({ content: "Hello." }), `data: ${JSON.stringify({ error: told })}\n\n`], "hangs"),
  );
  expect(pieces).toEqual(["Hello."]);
  expect(error).toMatchObject({ code, gatewayCode, message: `The model failed: ${why}` });
});

const openai = (message: string): string => JSON.stringify({ error: { message, type: "x", code: null } });

test.each([
  [401, openai("Invalid key"), "token-rejected", false, "Invalid key"],
  [403, "", "token-rejected", false, "no reason given"],
  [404, openai("No such model"), "gateway-rejected", false, "No such model"],
  [429, openai("Rate limit"), "gateway-unavailable", true, "Rate limit"],
  [500, "<html>oops</html>", "gateway-unavailable", true, "<html>oops</html>"],
  [502, '{"error":"bad gateway"}', "gateway-unavailable", true, "bad gateway"],
  [503, '{"message":"later"}', "gateway-unavailable", true, "later"],
  [400, '{"detail":["wrong"]}', "gateway-rejected", false, '{"detail":["wrong"]}'],
  [400, "null", "gateway-rejected", false, "null"],
  [400, "x".repeat(1_000), "gateway-rejected", false, "x".repeat(200)],
])("HTTP %i with %s", async (status, body, code, retryable, why) => {
  const { pieces, error } = await piecesOf(new Response(body, { status }));
  expect(pieces).toEqual([]);
  expect(error).toMatchObject({
    code,
    retryable,
    gatewayCode: status,
    message: `The model answered HTTP ${status}: ${why}`,
  });
});

test("aborting in mid-answer gives the reason unchanged, and is no lost connection", async () => {
  const abort = new AbortController();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(chunk({ content: "Hello." })));
      abort.signal.addEventListener("abort", () => controller.error(new DOMException("aborted", "AbortError")));
    },
  });
  const pieces = chatPieces(new Response(body), abort.signal);
  expect((await pieces.next()).value).toBe("Hello.");
  const next = pieces.next();
  const reason = new Error("interrupted");
  abort.abort(reason);
  await expect(next).rejects.toBe(reason);
});
