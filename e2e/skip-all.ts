import { test } from "@playwright/test";

/** For `beforeAll`: skips all tests of a file where what they need cannot be had, and says why in one line. */
export function skipAll(reason: string): never {
  console.log(reason);
  test.skip(true, reason); // the caller's reason: a program or a package that is not here
  throw new Error(reason); // not reached: `skip` throws
}
