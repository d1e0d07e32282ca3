import { expect, test } from "vitest";
import { baseLanguageOf, isoLanguageOf, normalizeLanguage, regionOf } from "./language.ts";

test.each([
  ["english", "en"],
  ["french", "fr"],
  ["German", "de"],
  ["SPANISH", "es"],
  ["  english ", "en"],
  ["eng", "en"],
  ["fra", "fr"],
  ["deu", "de"],
  ["zho", "zh"],
  ["cmn", "zh"],
  ["en", "en"],
  [" EN ", "en"],
  ["en-US", "en-US"],
  ["EN-US", "en-US"],
  ["en_us", "en-US"],
  ["pt_br", "pt-BR"],
  ["zh-cn", "zh-CN"],
  ["zh-hans-cn", "zh-Hans-CN"],
  ["zh-hant-tw", "zh-Hant-TW"],
  ["cmn-hans-cn", "cmn-Hans-CN"],
  ["cmn-cn", "cmn-CN"],
  ["yue-Hant-HK", "yue-Hant-HK"],
  ["es-419", "es-419"],
  ["yue", "yue"],
  ["ast", "ast"],
  ["ceb", "ceb"],
  ["fil", "fil"],
  ["tgl", "tgl"],
  ["multi", "multi"],
  ["AUTO", "auto"],
  ["klingon-ish", "klingon-ISH"],
  ["gibberish", "gibberish"],
  ["", ""],
  ["   ", ""],
])("%j is written %j", (text, tag) => {
  expect(normalizeLanguage(text)).toBe(tag);
});

/** The names that LiveKit Agents understands, with their codes. */
const NAMES =
  "afrikaans:af albanian:sq amharic:am arabic:ar armenian:hy azerbaijani:az basque:eu belarusian:be bengali:bn " +
  "bosnian:bs bulgarian:bg burmese:my catalan:ca chinese:zh croatian:hr czech:cs danish:da dutch:nl english:en " +
  "estonian:et finnish:fi french:fr galician:gl georgian:ka german:de greek:el gujarati:gu hausa:ha hebrew:he hindi:hi " +
  "hungarian:hu icelandic:is indonesian:id irish:ga italian:it japanese:ja javanese:jv kannada:kn kazakh:kk khmer:km " +
  "korean:ko kurdish:ku kyrgyz:ky lao:lo latvian:lv lingala:ln lithuanian:lt luxembourgish:lb macedonian:mk malay:ms " +
  "malayalam:ml maltese:mt maori:mi marathi:mr mongolian:mn nepali:ne norwegian:no occitan:oc oriya:or pashto:ps " +
  "persian:fa polish:pl portuguese:pt punjabi:pa romanian:ro russian:ru serbian:sr shona:sn sindhi:sd slovak:sk " +
  "slovene:sl slovenian:sl somali:so spanish:es swahili:sw swedish:sv tagalog:tl tamil:ta tajik:tg telugu:te thai:th " +
  "turkish:tr ukrainian:uk urdu:ur uzbek:uz vietnamese:vi welsh:cy wolof:wo xhosa:xh yoruba:yo zulu:zu";

test("every name that LiveKit Agents understands has the code that it has there", () => {
  for (const pair of NAMES.split(" ")) {
    const [name = "", code] = pair.split(":");
    // Of three letters, "lao" is both a name and a code.
    expect(`${name}:${normalizeLanguage(name)}`).toBe(`${name}:${code}`);
  }
});

/** ISO 639-3 codes with their 639-1 codes, none where there is none, as LiveKit Agents has them. */
const CODES =
  "afr:af amh:am ara:ar hye:hy asm:as ast: aze:az bel:be ben:bn bos:bs bul:bg mya:my yue: cat:ca ceb: cmn:zh nya:ny " +
  "hrv:hr ces:cs dan:da nld:nl eng:en est:et fil: fin:fi fra:fr ful:ff glg:gl lug:lg kat:ka deu:de ell:el guj:gu hau:ha " +
  "heb:he hin:hi hun:hu isl:is ibo:ig ind:id gle:ga ita:it jpn:ja jav:jv kea: kan:kn kaz:kk khm:km kor:ko kur:ku kir:ky " +
  "lao:lo lav:lv lin:ln lit:lt luo: ltz:lb mkd:mk msa:ms mal:ml mlt:mt zho:zh mri:mi mar:mr mon:mn nep:ne nso: nor:no " +
  "oci:oc ori:or pus:ps fas:fa pol:pl por:pt pan:pa ron:ro rus:ru srp:sr sna:sn snd:sd slk:sk slv:sl som:so spa:es " +
  "swa:sw swe:sv tam:ta tgk:tg tel:te tha:th tur:tr ukr:uk umb: urd:ur uzb:uz vie:vi cym:cy wol:wo xho:xh zul:zu";

test("three letters become two, where there are two", () => {
  for (const pair of CODES.split(" ")) {
    const [three = "", two] = pair.split(":");
    expect(`${three}:${normalizeLanguage(three)}`).toBe(`${three}:${two || three}`);
  }
});

test("names that a language shares with its withdrawn code mean the one in use, accents or not", () => {
  expect(["Hebrew", "Indonesian", "Yiddish", "Javanese", "Romanian", "Māori"].map(normalizeLanguage)).toEqual([
    "he",
    "id",
    "yi",
    "jv",
    "ro",
    "mi",
  ]);
});

test.each([
  ["en-US", "en", "en-US", "US"],
  ["pt-BR", "pt", "pt-BR", "BR"],
  ["en", "en", "en", undefined],
  ["zh-Hans-CN", "zh", "zh-CN", "CN"],
  ["cmn-Hans-CN", "zh", "zh-CN", "CN"],
  ["cmn-Hant-TW", "zh", "zh-TW", "TW"],
  ["cmn", "zh", "zh", undefined],
  ["yue-Hant-HK", "yue", "yue-HK", "HK"],
  ["es-419", "es", "es", undefined],
  ["english", "en", "en", undefined],
  ["", "", "", undefined],
])("of %j, the language is %j, with its country %j, which is %j", (tag, base, iso, region) => {
  expect([baseLanguageOf(tag), isoLanguageOf(tag), regionOf(tag)]).toEqual([base, iso, region]);
});
