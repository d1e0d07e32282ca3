import { microphone, type AudioSource } from "vivavoce";
import { element } from "./page.ts";
import { fileSource, listedSource, listRecordings, type ListedRecording } from "./recordings.ts";

const MICROPHONE = "microphone";
const FILE = "file";

/** The choice of what to listen to: the microphone, a recording of the server's, or a file, chosen or dropped. */
export class SourcePicker {
  readonly #select = element("recording", HTMLSelectElement);
  readonly #input = element("file", HTMLInputElement);
  readonly #aloud = element("aloud", HTMLInputElement);
  readonly #aloudRow = element("aloud-row", HTMLLabelElement);
  readonly #files = element("files", HTMLOptGroupElement);
  #file: File | undefined;

  /** Fills the list, and watches for files. */
  constructor() {
    this.#select.addEventListener("change", () => this.#showChoice());
    this.#input.addEventListener("change", () => this.#take(this.#input.files?.[0]));
    this.#acceptDrops();
    listRecordings().then(
      (recordings) => this.#list(recordings),
      () => this.#list([]),
    );
    // Browsers keep what was chosen before a reload, also where the option is gone.
    this.#select.value = MICROPHONE;
    this.#showChoice();
  }

  /** What was chosen, as a source for a session. */
  get source(): AudioSource {
    const { value } = this.#select;
    if (value === MICROPHONE) return microphone();
    if (value === FILE && this.#file) return fileSource(this.#file, this.#aloud.checked);
    return listedSource(value, this.#aloud.checked);
  }

  /** Whether a person speaks, rather than a recording. */
  get isLive(): boolean {
    return this.#select.value === MICROPHONE;
  }

  /** Locks the choice while a session runs; one that takes `"recordings"` still takes any but the microphone. */
  set lock(lock: "none" | "recordings" | "all") {
    this.#select.disabled = this.#input.disabled = this.#aloud.disabled = lock === "all";
    for (const option of this.#select.options) option.disabled = option.value === MICROPHONE && lock === "recordings";
  }

  #list(recordings: readonly ListedRecording[]): void {
    const group = element("recordings", HTMLOptGroupElement);
    const note = element("recordings-note", HTMLParagraphElement);
    group.replaceChildren(
      ...recordings.map(({ id, text, durationMs }) => {
        const seconds = (durationMs / 1000).toFixed(1);
        return new Option(`“${text}”, ${seconds} s`, id);
      }),
    );
    group.hidden = recordings.length === 0;
    note.hidden = recordings.length > 0;
    note.textContent = "This server has no recordings. A file of your own works too.";
  }

  #take(file: File | undefined): void {
    if (!file) return;
    this.#file = file;
    this.#files.replaceChildren(new Option(file.name, FILE));
    this.#files.hidden = false;
    this.#select.value = FILE;
    this.#input.value = "";
    this.#showChoice();
  }

  #showChoice(): void {
    this.#aloudRow.hidden = this.isLive;
    this.#select.dispatchEvent(new Event("chosen", { bubbles: true }));
  }

  #acceptDrops(): void {
    const mark = (isOver: boolean): void => void document.body.classList.toggle("is-dropping", isOver);
    document.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      mark(!this.#input.disabled);
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget === null && mark(false));
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      mark(false);
      if (!this.#input.disabled) this.#take(event.dataTransfer?.files[0]);
    });
  }
}
