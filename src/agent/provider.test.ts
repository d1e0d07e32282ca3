import { expect, test } from "vitest";
import { VoiceError } from "../errors.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/settled.ts";
import { piecesOf, within } from "./provider.ts";

/** A provider that does as it is told, and notes that it was let go. */
class Provider implements AsyncIterable<string> {
  returned = 0;
  asked = 0;
  readonly #next: (asked: number) => Promise<IteratorResult<string>>;
  readonly #return: () => Promise<IteratorResult<string>>;

  constructor(next: (asked: number) => Promise<IteratorResult<string>>, onReturn = () => Promise.resolve(OVER)) {
    this.#next = next;
    this.#return = onReturn;
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return {
      next: () => this.#next(++this.asked),
      return: () => {
        this.returned += 1;
        return this.#return();
      },
    };
  }
}

const OVER: IteratorResult<string> = { done: true, value: undefined };
const never = (): Promise<never> => new Promise(() => undefined);
const piece = (value: string): Promise<IteratorResult<string>> => Promise.resolve({ value });

/** What came, and how it ended. */
async function collected(pieces: AsyncIterable<string>): Promise<{ readonly got: string[]; readonly error: unknown }> {
  const got: string[] = [];
  try {
    for await (const text of pieces) got.push(text);
    return { got, error: undefined };
  } catch (error) {
    return { got, error };
  }
}

function limitOf(): { limitMs: number; clock: FakeClock; abort: AbortController; signal: AbortSignal } {
  const abort = new AbortController();
  return { limitMs: 1_000, clock: new FakeClock(), abort, signal: abort.signal };
}

test("pieces come as they are, and a provider that is done is not told to end", async () => {
  const limit = limitOf();
  const provider = new Provider((asked) => (asked < 3 ? piece(`piece ${asked}`) : Promise.resolve(OVER)));
  expect(await collected(piecesOf("speak", () => provider, limit))).toEqual({
    got: ["piece 1", "piece 2"],
    error: undefined,
  });
  expect(provider.returned).toBe(0);
  expect(limit.clock.pending).toBe(0);
});

test("a provider that throws is told by name, with what it threw, and errors of ours come unchanged", async () => {
  const cause = new Error("no quota");
  const { got, error } = await collected(
    piecesOf("respond", () => new Provider((asked) => (asked === 1 ? piece("one") : Promise.reject(cause))), limitOf()),
  );
  expect(got).toEqual(["one"]);
  expect(error).toMatchObject({ code: "provider-failed", message: "respond failed: no quota", cause });
  const ours = new VoiceError("gateway-lost", "gone");
  expect((await collected(piecesOf("respond", () => new Provider(() => Promise.reject(ours)), limitOf()))).error).toBe(
    ours,
  );
});

test.each<[string, () => unknown, string]>([
  [
    "at once",
    () => {
      throw new Error("no model");
    },
    "respond failed: no model",
  ],
  [
    "a promise of a text",
    () => Promise.resolve("hello"),
    "respond failed: it must return an async iterable, as an async function* does",
  ],
  ["nothing", () => undefined, "respond failed: it must return an async iterable, as an async function* does"],
])("a provider that gives or throws %s is an error of its own", async (_what, provide, message) => {
  const { error } = await collected(piecesOf("respond", provide as () => AsyncIterable<string>, limitOf()));
  expect(error).toMatchObject({ code: "provider-failed", message });
});

test("each piece has the whole limit; one that does not come in it ends the provider, which is let go", async () => {
  const limit = limitOf();
  const provider = new Provider((asked) => (asked < 3 ? piece("piece") : never()), never);
  const pieces = piecesOf("speak", () => provider, limit);
  await pieces.next();
  limit.clock.advance(999);
  await pieces.next();
  const last = collected(pieces);
  await settled();
  limit.clock.advance(999);
  await settled();
  expect(provider.returned).toBe(0);
  limit.clock.advance(1);
  expect((await last).error).toMatchObject({ code: "provider-failed", message: "speak gave nothing for 1000 ms" });
  expect(provider.returned).toBe(1);
  expect(limit.clock.pending).toBe(0);
});

test("aborting ends it with the reason, whatever the provider makes of it, also while it hangs", async () => {
  const limit = limitOf();
  const reason = new Error("interrupted");
  const provider = new Provider(never, () => Promise.reject(new Error("I was not done")));
  const pieces = collected(piecesOf("speak", () => provider, limit));
  await settled();
  limit.abort.abort(reason);
  expect(await pieces).toEqual({ got: [], error: reason });
  expect(provider.returned).toBe(1);
  expect(limit.clock.pending).toBe(0);
});

test("a provider that fails because of the abort does not turn it into an error of its own", async () => {
  const limit = limitOf();
  const reason = new Error("interrupted");
  const provider = new Provider(
    () =>
      new Promise((_, reject) => limit.signal.addEventListener("abort", () => reject(new TypeError("fetch failed")))),
  );
  const pieces = collected(piecesOf("speak", () => provider, limit));
  await settled();
  limit.abort.abort(reason);
  expect((await pieces).error).toBe(reason);
});

test("nothing is asked of a provider any more once it is aborted between two pieces", async () => {
  const limit = limitOf();
  const provider = new Provider((asked) => (asked === 1 ? piece("one") : Promise.reject(new Error("unheard"))));
  const pieces = piecesOf("speak", () => provider, limit);
  await pieces.next();
  limit.abort.abort("enough");
  await expect(pieces.next()).rejects.toBe("enough");
  await settled();
  expect([provider.asked, provider.returned]).toEqual([1, 1]);
});

test("one that is aborted before it began is never asked", async () => {
  const limit = limitOf();
  limit.abort.abort("too late");
  let provided = 0;
  const provide = (): Provider => new Provider(() => piece(`${++provided}`));
  expect(await collected(piecesOf("speak", provide, limit))).toEqual({ got: [], error: "too late" });
  expect(provided).toBe(0);
});

test("who reads no further lets the provider go, also one that throws at that", async () => {
  const provider = new Provider(
    () => piece("one"),
    () => {
      throw new Error("I cannot stop");
    },
  );
  for await (const text of piecesOf("speak", () => provider, limitOf())) {
    expect(text).toBe("one");
    break;
  }
  expect(provider.returned).toBe(1);
});

test("a promise that fails after the abort is not left unheard", async () => {
  const limit = limitOf();
  limit.abort.abort("over");
  const late = Promise.reject(new Error("nobody hears this")); // Vitest fails the run, if so
  await expect(within(late, limit, "too slow")).rejects.toBe("over");
  await settled();
  expect(limit.clock.pending).toBe(0);
});
