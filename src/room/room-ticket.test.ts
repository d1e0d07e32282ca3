import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { readTicket, ticketBody, type RoomTicketRequest } from "./room-ticket.ts";
import { TicketOffice } from "./ticket-source.ts";

const TICKET = { serverUrl: "wss://rooms.example", participantToken: "e.y.J" };
const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

const request = (signal = new AbortController().signal) => ({ signal, attempt: 1, reason: "connect" as const });

async function endpoint(status: number, answer: string): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer((incoming, response) => {
    let body = "";
    incoming.on("data", (piece: Buffer) => (body += piece.toString()));
    incoming.on("end", () => {
      bodies.push(`${incoming.method} ${incoming.headers["content-type"]} ${body}`);
      response.writeHead(status).end(answer);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/livekit/token`, bodies };
}

test("an endpoint is asked as LiveKit's token sources ask, and only for what is wished", async () => {
  expect(ticketBody({})).toEqual({});
  expect(ticketBody({ roomName: "kitchen", agentName: "cook", agentMetadata: "{}", agentDeployment: "new" })).toEqual({
    room_name: "kitchen",
    room_config: { agents: [{ agent_name: "cook", metadata: "{}", deployment: "new" }] },
  });
  const { url, bodies } = await endpoint(
    201,
    '{"server_url":"wss://rooms.example","participant_token":"e.y.J","more":1}',
  );
  const office = new TicketOffice(url, { agentName: "cook" });
  expect(await office.ticket(request())).toEqual(TICKET);
  expect(bodies).toEqual(['POST application/json {"room_config":{"agents":[{"agent_name":"cook"}]}}']);
});

test("an endpoint that refuses is a refused token; one that fails, a failed one", async () => {
  const codeAt = async (status: number, answer = "no"): Promise<unknown> => {
    const { url } = await endpoint(status, answer);
    return new TicketOffice(url, {}).ticket(request()).catch((error: unknown) => error);
  };
  expect(await codeAt(401)).toMatchObject({ code: "token-rejected", gatewayCode: 401 });
  expect(await codeAt(500)).toMatchObject({ code: "token-failed", gatewayCode: 500 });
  expect(await codeAt(200, "<html>")).toMatchObject({ code: "token-failed" });
  expect(await codeAt(200, "{}")).toMatchObject({ code: "token-failed", message: expect.stringContaining("address") });
});

test("a function is told what is wished for, and asked each time; a ticket is given as it is", async () => {
  const asked: RoomTicketRequest[] = [];
  const office = new TicketOffice(
    (wishes) => {
      asked.push(wishes);
      return TICKET;
    },
    { agentName: "cook" },
  );
  await office.ticket(request());
  await office.ticket({ ...request(), attempt: 2, reason: "rejected" });
  expect(asked.map(({ agentName, attempt, reason }) => [agentName, attempt, reason])).toEqual([
    ["cook", 1, "connect"],
    ["cook", 2, "rejected"],
  ]);
  const fixed = new TicketOffice(TICKET, {});
  expect(await fixed.ticket(request())).toEqual(TICKET);
  expect([office.canRenew, fixed.canRenew]).toEqual([true, false]);
});

test("a function that throws, or gives what is no ticket, is a failed token; an aborted one is neither", async () => {
  const failing = new TicketOffice(() => Promise.reject(new Error("offline")), {});
  await expect(failing.ticket(request())).rejects.toMatchObject({ code: "token-failed" });
  const wrong = new TicketOffice(() => ({ serverUrl: "rooms.example", participantToken: "e" }), {});
  await expect(wrong.ticket(request())).rejects.toMatchObject({ code: "token-failed" });
  const abort = new AbortController();
  const reason = new Error("stopped");
  const hanging = new TicketOffice(() => new Promise<never>(() => undefined), {}).ticket(request(abort.signal));
  abort.abort(reason);
  await expect(hanging).rejects.toBe(reason);
});

test("a source that is none is told of at once", () => {
  expect(() => new TicketOffice(7 as never, {})).toThrow(TypeError);
  expect(() => readTicket("e.y.J")).toThrow(/no object/);
});
