import type { Stt } from "../contract.ts";

/** A member of a fallback has failed, or works again. */
export interface AvailabilityChange {
  /** As it was handed in. */
  readonly stt: Stt;
  readonly isAvailable: boolean;
}

/** One of the STTs of a fallback, and how it stands; shared by all streams and requests. */
export class FallbackMember {
  /** Made to stream, where it cannot by itself. */
  readonly stt: Stt;
  readonly #given: Stt;
  readonly #onChanged: ((change: AvailabilityChange) => void) | undefined;
  #isAvailable = true;

  /** `stt` is `given`, or an adapter of it. */
  constructor(given: Stt, stt: Stt, onChanged: ((change: AvailabilityChange) => void) | undefined) {
    this.stt = stt;
    this.#given = given;
    this.#onChanged = onChanged;
  }

  /** False from a failure until it has recognised something again. */
  get isAvailable(): boolean {
    return this.#isAvailable;
  }

  /** Tells whom it concerns, if this is news. */
  setAvailable(isAvailable: boolean): void {
    if (this.#isAvailable === isAvailable) return;
    this.#isAvailable = isAvailable;
    this.#onChanged?.({ stt: this.#given, isAvailable });
  }
}
