import { expect, test } from "vitest";
import { opened, type SocketLike } from "../net/socket.ts";
import type { Matcher } from "./matcher.ts";
import { closeWith } from "./scripted-message.ts";
import { ScriptedServer } from "./scripted-server.ts";
import { ScriptedSocket } from "./scripted-socket.ts";
import { settled } from "./settled.ts";

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** What a client hears, in order. */
function heardOn(socket: SocketLike): unknown[] {
  const heard: unknown[] = [];
  socket.addEventListener("open", () => heard.push("open"));
  socket.addEventListener("error", () => heard.push("error"));
  socket.addEventListener("message", ({ data }) => heard.push(data));
  socket.addEventListener("close", ({ code, reason }) => heard.push([code, reason]));
  return heard;
}

function openSocket(): ScriptedSocket {
  const socket = new ScriptedSocket();
  socket.open();
  return socket;
}

test("a message sent while connecting is refused as browsers refuse it, and is not counted", () => {
  const socket = new ScriptedSocket();
  expect(() => socket.send("{}")).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
  expect([socket.readyState, socket.sent, socket.bufferedAmount]).toEqual([CONNECTING, [], 0]);
});

test("a message sent when closing or closed is dropped in silence, and stays counted as buffered", async () => {
  const socket = openSocket();
  socket.close();
  socket.send("12345");
  socket.drop();
  socket.send(new Uint8Array(6));
  await settled();
  expect([socket.sent, socket.received, socket.bufferedAmount]).toEqual([[], [], 11]);
});

test("JSON objects are seen parsed, other text as it is, and bytes as they were when they were sent", () => {
  const socket = openSocket();
  const bytes = new Uint8Array([1, 2, 3]);
  socket.send(JSON.stringify({ type: "hello", n: 1 }));
  socket.send("[1]");
  socket.send("{");
  socket.send('{"n":2}');
  socket.send(bytes);
  bytes.fill(0);
  expect(socket.sent).toEqual([{ type: "hello", n: 1 }, "[1]", "{", { n: 2 }, new Uint8Array([1, 2, 3])]);
  expect(socket.types).toEqual(["hello", "text", "text", "text", "binary"]);
});

test("messages arrive while open and while closing, objects as JSON, bytes as a buffer of their own", () => {
  const socket = openSocket();
  const heard = heardOn(socket);
  socket.say({ type: "a" }, "b");
  socket.close(1000);
  socket.say(new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
  expect(heard).toEqual(['{"type":"a"}', "b", new Uint8Array([2, 3]).buffer]);
});

test("closing takes until the other side is done with it, keeps the first code, and ends with one event", () => {
  const socket = openSocket();
  const heard = heardOn(socket);
  socket.close(4000, "bye");
  socket.close(1000);
  expect([socket.readyState, socket.closeCode, socket.closeReason]).toEqual([CLOSING, 4000, "bye"]);
  expect(heard).toEqual([]);
  socket.drop(4000, "bye");
  socket.drop();
  socket.close();
  expect(heard).toEqual([[4000, "bye"]]);
  expect(socket.readyState).toBe(CLOSED);
});

test("the client's code is absent until it closes, and 1005 if it gives none", () => {
  const socket = openSocket();
  expect([socket.closeCode, socket.closeReason]).toEqual([undefined, undefined]);
  socket.close();
  expect([socket.closeCode, socket.closeReason]).toEqual([1005, ""]);
});

test.each<[[number, string?], string]>([
  [[1001], "InvalidAccessError"],
  [[999], "InvalidAccessError"],
  [[5000], "InvalidAccessError"],
  [[1000, "ä".repeat(62)], "SyntaxError"],
])("closing with %j is refused as browsers refuse it: %s", (args, name) => {
  const socket = openSocket();
  expect(() => socket.close(...args)).toThrow(expect.objectContaining({ name }));
  expect(socket.readyState).toBe(OPEN);
});

test("a connection that breaks, or never comes about, is an error and then a close", () => {
  for (const socket of [new ScriptedSocket(), openSocket()]) {
    const heard = heardOn(socket);
    socket.addEventListener("close", ({ wasClean }) => heard.push(wasClean));
    socket.drop();
    expect(heard).toEqual(["error", [1006, ""], false]);
  }
});

test("nothing arrives before the opening or after the end, and nothing opens twice or after the end", () => {
  const socket = new ScriptedSocket();
  const heard = heardOn(socket);
  expect(() => socket.say("too soon")).toThrow("Nothing can arrive on a socket that is still connecting");
  socket.open();
  expect(() => socket.open()).toThrow("The socket is open");
  socket.say("in time", closeWith(1000), "too late");
  socket.say("far too late");
  socket.open();
  expect(heard).toEqual(["open", "in time", [1000, ""]]);
});

test.each<[string, Matcher]>([
  ["its type", "ask"],
  ["some of its fields, at any depth", { options: { depth: 2 }, list: [1, { a: 1 }] }],
  ["a function", (message) => typeof message === "object" && "options" in message],
])("an expected message, known by %s, is answered after send has returned, in order", async (_how, matcher) => {
  const socket = openSocket();
  const heard = heardOn(socket);
  socket.expect(matcher).reply({ type: "one" }, "two", closeWith(4001, "done"));
  socket.send(JSON.stringify({ type: "ask", options: { depth: 2, width: 3 }, list: [1, { a: 1, b: 2 }] }));
  expect(heard).toEqual([]);
  await settled();
  expect(heard).toEqual(['{"type":"one"}', "two", [4001, "done"]]);
  socket.verify();
});

test.each<[string, Matcher]>([
  ["another type", "answer"],
  ["another value", { options: { depth: 3 } }],
  ["a field that is missing", { more: undefined, options: { height: 1 } }],
  ["an item that is missing", { list: [1] }],
  ["an object in place of a list", { list: { 0: 1 } }],
  ["a function that says no", () => false],
])("a message is not taken for one with %s", async (_what, matcher) => {
  const socket = openSocket();
  socket.expect(matcher).reply("no");
  const heard = heardOn(socket);
  socket.send(JSON.stringify({ type: "ask", options: { depth: 2 }, list: [1, 2] }));
  await settled();
  expect(heard).toEqual([]);
  expect(() => socket.verify()).toThrow("never received");
});

test("bytes are known by a function, and have no fields", async () => {
  const socket = openSocket();
  const heard = heardOn(socket);
  socket.expect((message) => message instanceof Uint8Array && message.length === 2).reply("two");
  socket.expect({ length: 3 }).reply("three");
  socket.send(new Uint8Array(2));
  socket.send(new Uint8Array(3));
  await settled();
  expect(heard).toEqual(["two"]);
});

test("expectations are met one after another, each by one message, and others may come between", async () => {
  const socket = openSocket();
  const heard = heardOn(socket);
  socket.expect("a").reply("first");
  socket.expect("b").reply("second");
  socket.expect("a").reply("third");
  for (const type of ["b", "a", "x", "a", "b", "a"]) socket.send(JSON.stringify({ type }));
  await settled();
  expect(heard).toEqual(["first", "second", "third"]);
});

test("verify names what never came, in order, and what did", async () => {
  const socket = new ScriptedSocket("ws://gateway.example/stt");
  socket.open();
  socket.expect("a");
  socket.expect("b");
  socket.expect({ n: 1 });
  expect(() => socket.verify()).toThrow('ws://gateway.example/stt never received: a, b, {"n":1}. It received: nothing');
  socket.send('{"type":"a"}');
  socket.send(new Uint8Array(7));
  socket.send("plain");
  expect(() => socket.verify()).toThrow('never received: b, {"n":1}. It received: a, 7 bytes, "plain"');
});

test("what was promised does not come on a connection that has ended", async () => {
  const socket = openSocket();
  socket.expect("ask").reply("answer");
  const heard = heardOn(socket);
  socket.send('{"type":"ask"}');
  socket.drop(1001);
  await settled();
  expect(heard).toEqual([[1001, ""]]);
});

test("what is sent has left the buffer when send returns", () => {
  const socket = openSocket();
  socket.send("a");
  expect([socket.bufferedAmount, socket.received]).toEqual([0, ["a"]]);
});

test("the buffer counts text in bytes of UTF-8", () => {
  const socket = openSocket();
  socket.stall();
  socket.send("ä€");
  socket.send(new Uint8Array(10));
  expect([socket.bufferedAmount, socket.received.length]).toEqual([15, 0]);
});

test("a stalled socket keeps all until it is drained; a message is received with its last byte", async () => {
  const socket = openSocket();
  const heard = heardOn(socket);
  socket.stall();
  socket.expect(() => true).reply("got the first");
  socket.send("12345");
  socket.send("67890");
  await settled();
  expect([socket.bufferedAmount, socket.received, heard]).toEqual([10, [], []]);
  socket.drain(4);
  expect([socket.bufferedAmount, socket.received]).toEqual([6, []]);
  socket.drain(3);
  await settled();
  expect([socket.bufferedAmount, socket.received, heard]).toEqual([3, ["12345"], ["got the first"]]);
  socket.drain(100);
  expect([socket.bufferedAmount, socket.received]).toEqual([0, ["12345", "67890"]]);
  socket.send("x");
  await settled();
  expect(socket.bufferedAmount).toBe(1);
  socket.drain();
  socket.send("y");
  await settled();
  expect([socket.bufferedAmount, socket.received.slice(2)]).toEqual([0, ["x", "y"]]);
});

test("what is in the buffer leaves it while closing, and is lost when the connection breaks", () => {
  const [closing, broken] = [openSocket(), openSocket()];
  for (const socket of [closing, broken]) {
    socket.stall();
    socket.send("goodbye");
  }
  closing.close(1000);
  broken.drop();
  for (const socket of [closing, broken]) socket.drain();
  expect([closing.received, broken.received]).toEqual([["goodbye"], []]);
  expect(broken.sent).toEqual(["goodbye"]);
});

test("a server keeps every socket with where it was to connect, arranged before the client has it", async () => {
  const server = new ScriptedServer((socket, index) => {
    if (index === 0) socket.accept();
    else queueMicrotask(() => socket.drop());
  });
  expect(() => server.socket).toThrow("The client has not opened a socket");
  const { openSocket: connect } = server;
  const { signal } = new AbortController();
  await opened(connect("ws://one.test/", ["a", "b"]), "ws://one.test/", signal);
  await expect(opened(connect("ws://two.test/", []), "ws://two.test/", signal)).rejects.toThrow("ws://two.test/");
  expect(server.sockets.map(({ url, protocols }) => [url, protocols])).toEqual([
    ["ws://one.test/", ["a", "b"]],
    ["ws://two.test/", []],
  ]);
  expect(server.socket).toBe(server.sockets[1]);
  server.verify();
  server.sockets[0]!.expect("hello");
  expect(() => server.verify()).toThrow("ws://one.test/ never received: hello");
});

test("a client that closes before it was accepted is not opened", async () => {
  const server = new ScriptedServer((socket) => socket.accept());
  const socket = server.openSocket("ws://one.test/", []);
  const heard = heardOn(socket);
  socket.close();
  await settled();
  expect([heard, socket.readyState]).toEqual([[], CLOSING]);
});
