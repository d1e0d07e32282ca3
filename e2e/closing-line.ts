import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";

/** Ends the output with one plain line that any reader of logs understands. */
export default class ClosingLine implements Reporter {
  readonly #outcomes = new Map<string, TestResult["status"]>();

  onTestEnd(test: TestCase, { status }: TestResult): void {
    this.#outcomes.set(test.id, status);
  }

  onEnd(_result: FullResult): void {
    const count = (matches: (status: TestResult["status"]) => boolean): number =>
      [...this.#outcomes.values()].filter(matches).length;
    const passed = count((status) => status === "passed");
    const skipped = count((status) => status === "skipped");
    const failed = this.#outcomes.size - passed - skipped;
    console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  }
}
