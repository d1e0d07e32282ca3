/** Names that people use, and the Unicode repository does not. */
const OTHER_NAMES = { bengali: "bn", oriya: "or", slovene: "sl", tagalog: "tl" } as const;

const A = "a".charCodeAt(0);

/** English names of languages, lower case and without accents, and their codes; made when first asked for one. */
let codesByName: ReadonlyMap<string, string> | undefined;

/**
 * Writes a language as a BCP 47 tag, whatever it is called: `"English"`, `"eng"` and `" EN "` are `"en"`, `"zh_hans_cn"` is
 * `"zh-Hans-CN"`. A tag with regions keeps its language (`"cmn-CN"`); what is not known, such as `"multi"`, stays, in lower
 * case.
 */
export function normalizeLanguage(text: string): string {
  const [first = "", ...rest] = text.trim().toLowerCase().split(/[-_]/);
  if (rest.length > 0) return [first, ...rest.map(subtag)].join("-");
  // "multi" and "auto" are no names, and the ones most often asked for.
  const isName = first.length > 3 && first !== "multi" && first !== "auto";
  return isName ? (codeOfName(first) ?? first) : twoLetters(first);
}

/** The language alone, with two letters where there are two: `"zh"` for `"cmn-Hans-CN"`. */
export function baseLanguageOf(tag: string): string {
  return twoLetters(normalizeLanguage(tag).split("-", 1)[0] ?? "");
}

/** The country, if one is named: `"CN"` for `"cmn-Hans-CN"`. */
export function regionOf(tag: string): string | undefined {
  const [, ...subtags] = normalizeLanguage(tag).split("-");
  return subtags.find(({ length }) => length === 2);
}

/** Language and country: `"zh-CN"` for `"cmn-Hans-CN"`. */
export function isoLanguageOf(tag: string): string {
  const region = regionOf(tag);
  return region === undefined ? baseLanguageOf(tag) : `${baseLanguageOf(tag)}-${region}`;
}

/** A script has four letters (`Hans`), a region fewer. */
function subtag(text: string): string {
  return text.length === 4 ? text.charAt(0).toUpperCase() + text.slice(1) : text.toUpperCase();
}

/** ISO 639-3 to 639-1, where there is one. */
function twoLetters(code: string): string {
  if (code === "cmn") return "zh"; // WebKit leaves it as it is
  if (!/^[a-z]{3}$/.test(code)) return code;
  const [canonical = code] = Intl.getCanonicalLocales(code);
  return canonical.length === 2 ? canonical : code;
}

function codeOfName(name: string): string | undefined {
  codesByName ??= new Map([...namedCodes(), ...Object.entries(OTHER_NAMES)]);
  return codesByName.get(withoutAccents(name));
}

function* namedCodes(): Generator<[name: string, code: string]> {
  const names = new Intl.DisplayNames("en", { type: "language", fallback: "none" });
  for (let index = 0; index < 26 * 26; index++) {
    const code = String.fromCharCode(A + Math.floor(index / 26), A + (index % 26));
    const name = names.of(code);
    // A withdrawn code bears the name of the one that replaced it: "iw", Hebrew, is "he".
    if (name !== undefined) yield [withoutAccents(name.toLowerCase()), Intl.getCanonicalLocales(code)[0] ?? code];
  }
}

function withoutAccents(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "");
}
