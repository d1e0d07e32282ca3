import { describe, expect, test } from "vitest";
import { TEXT_CUE_LEXICONS } from "./text-cues-lexicon.ts";
import { TEXT_CUE_PROBABILITY, textCues, type TextCuesOptions } from "./text-cues.ts";

function judge(transcript: string, language = "en", question?: string, options?: TextCuesOptions): Promise<number> {
  const messages = [
    ...(question === undefined ? [] : [{ role: "assistant", text: question } as const]),
    { role: "user", text: transcript } as const,
  ];
  return textCues(options).predict({ messages, transcript, language, signal: new AbortController().signal });
}

type Cue = keyof typeof TEXT_CUE_PROBABILITY;

async function cueOf(transcript: string, language?: string, question?: string): Promise<string | undefined> {
  const probability = await judge(transcript, language, question);
  return Object.entries(TEXT_CUE_PROBABILITY).find(([, value]) => value === probability)?.[0];
}

const SENTENCES: Readonly<Record<string, readonly (readonly [text: string, cue: Cue])[]>> = {
  en: [
    ["What is the weather like today?", "exclaimed"],
    ["Stop!", "exclaimed"],
    ["What are you looking at?", "exclaimed"],
    ["And?", "exclaimed"],
    ["I would like a pizza.", "stated"],
    ["That is what I came for.", "stated"],
    ["Turn it on.", "stated"],
    ["I said “no.”", "stated"],
    ["yes I do", "open"],
    ["turn the lights off", "open"],
    ["log in", "open"],
    ["I'm 25", "open"],
    ["it was in 2024", "open"],
    ["uh huh", "open"],
    ["I would like a pizza,", "suspended"],
    ["There are two things:", "suspended"],
    ["Well…", "suspended"],
    ["So...", "suspended"],
    ["I want to go to", "suspended"],
    ["I am waiting for", "suspended"],
    ["And so he", "suspended"],
    ["I went to the store and", "unfinished"],
    ["I went to the store and.", "unfinished"],
    ["I'd like to see the", "unfinished"],
    ["Where is my", "unfinished"],
    ["I think I’m", "unfinished"],
    ["because", "unfinished"],
    ["Please call Dr.", "unfinished"],
    ["I would like um", "hesitating"],
    ["Uh,", "hesitating"],
    ["Hmm.", "hesitating"],
    ["Yes, let me see", "hesitating"],
    ["Hold on.", "hesitating"],
  ],
  de: [
    ["Wie spät ist es?", "exclaimed"],
    ["Was denn?", "exclaimed"],
    ["Ich komme mit.", "stated"],
    ["Schalte das Licht ein.", "stated"],
    ["Das ist für Sie.", "stated"],
    ["ja das stimmt", "open"],
    ["ich komme mit", "open"],
    ["Ich möchte eine Pizza,", "suspended"],
    ["das ist ein Geschenk für", "suspended"],
    ["Ich hätte gern ein", "suspended"],
    ["Ich möchte eine Pizza und", "unfinished"],
    ["weil", "unfinished"],
    ["Ich fahre zum.", "unfinished"],
    ["Das ist mein", "unfinished"],
    ["Ich möchte, dass", "unfinished"],
    ["Ich hätte gern ähm", "hesitating"],
    ["A\u0308hm", "hesitating"],
    ["Mal sehen.", "hesitating"],
    ["Ja, Moment", "hesitating"],
  ],
  es: [
    ["¿Qué hora es?", "exclaimed"],
    ["¿Por qué?", "exclaimed"],
    ["Quiero una pizza.", "stated"],
    ["Es para ti.", "stated"],
    ["sí claro", "open"],
    ["no lo sé", "open"],
    ["Quiero una pizza,", "suspended"],
    ["quiero una", "suspended"],
    ["Quiero una pizza y", "unfinished"],
    ["Voy a la casa de.", "unfinished"],
    ["Me gustaría hablar con", "unfinished"],
    ["Este es mi", "unfinished"],
    ["Me duele porque", "unfinished"],
    ["Quiero eh", "hesitating"],
    ["A ver", "hesitating"],
    ["Espera.", "hesitating"],
  ],
  fr: [
    ["Quelle heure est-il ?", "exclaimed"],
    ["Et alors ?", "exclaimed"],
    ["Je voudrais une pizza.", "stated"],
    ["Prends-le.", "stated"],
    ["Je viens avec.", "stated"],
    ["oui bien sûr", "open"],
    ["il est là", "open"],
    ["Je voudrais une pizza,", "suspended"],
    ["je suis venu avec", "suspended"],
    ["Je voudrais une pizza et", "unfinished"],
    ["Je voudrais parler à", "unfinished"],
    ["C'est la maison de.", "unfinished"],
    ["Où est ma", "unfinished"],
    ["parce que", "unfinished"],
    ["Je voudrais euh", "hesitating"],
    ["Attendez.", "hesitating"],
    ["Alors, voyons", "hesitating"],
  ],
  it: [
    ["Che ore sono?", "exclaimed"],
    ["Vorrei una pizza.", "stated"],
    ["lo so", "open"],
    ["così è", "open"],
    ["vorrei una", "suspended"],
    ["Vorrei una pizza e", "unfinished"],
    ["Vorrei parlare con.", "unfinished"],
    ["vado alla", "unfinished"],
    ["Vorrei ehm", "hesitating"],
    ["Un attimo", "hesitating"],
  ],
  nl: [
    ["Hoe laat is het?", "exclaimed"],
    ["Daar hou ik van.", "stated"],
    ["ja dat klopt", "open"],
    ["ik ben op zoek naar", "suspended"],
    ["Ik wil graag een pizza en", "unfinished"],
    ["Dat is mijn", "unfinished"],
    ["ik probeer te", "unfinished"],
    ["Ik wil euh", "hesitating"],
    ["Even kijken.", "hesitating"],
  ],
  pt: [
    ["Que horas são?", "exclaimed"],
    ["Quero uma pizza.", "stated"],
    ["sim é", "open"],
    ["quero uma", "suspended"],
    ["Quero uma pizza e", "unfinished"],
    ["Gostaria de falar com.", "unfinished"],
    ["vou para o", "unfinished"],
    ["Quero ahn", "hesitating"],
    ["Deixa eu ver", "hesitating"],
  ],
};

describe.each(Object.keys(SENTENCES))("in %s", (language) => {
  test.each(SENTENCES[language] ?? [])("%j is %s", async (text, cue) => {
    expect(await cueOf(text, language)).toBe(cue);
  });
});

test("each language of the lexicon has sentences here", () => {
  expect(Object.keys(SENTENCES).toSorted()).toEqual(Object.keys(TEXT_CUE_LEXICONS).toSorted());
});

describe("numbers told in groups", () => {
  const phone = "What is your phone number?";
  const card = "And the number of your credit card?";
  const numbers: readonly (readonly [text: string, cue: Cue, question?: string, language?: string])[] = [
    ["it's 555", "dictating", phone],
    ["it's 555.", "dictating", phone],
    ["it's (555) 12", "dictating", phone],
    ["555-1234", "open", phone],
    ["555 123 4567", "open", phone],
    ["555, 123, 45", "dictating", phone],
    ["five five five", "dictating", phone],
    ["five five", "dictating", phone],
    ["five five five one two three four", "open", phone],
    ["my phone number is 555 123", "dictating"],
    ["4111 1111", "dictating", card],
    ["4111 1111 1111 1111", "open", card],
    ["four one one one one", "dictating"],
    ["555 123", "dictating"],
    ["is it 555 123?", "exclaimed"],
    // Not dictated:
    ["12", "open", phone],
    ["250", "open", "How much is it?"],
    ["2024", "open", "Which year?"],
    ["at 10 30", "open"],
    ["it costs 12,500", "open"],
    ["it costs $250", "open", phone],
    ["at 10:30", "open", phone],
    ["1 2 3 4", "open", "What is your pin?"],
    ["I want this one", "open"],
    ["between 5 and 10", "open"],
    ["1 2 3 4 5 6 7 8 9 10 11 12 13", "open"],
    // Elsewhere:
    ["0176 123", "dictating", "", "de"],
    ["null eins sieben sechs", "dictating", "Wie ist Ihre Telefonnummer?", "de"],
    ["0176 1234567", "open", "Wie ist Ihre Telefonnummer?", "de"],
    ["612", "dictating", "¿Cuál es su teléfono?", "es"],
    ["612 345", "dictating", "¿Cuál es su teléfono?", "es"],
    ["612 345 678", "open", "¿Cuál es su teléfono?", "es"],
    ["seis uno dos", "dictating", "", "es"],
    ["06 12 34", "dictating", "", "fr"],
    ["06 12 34 56 78", "open", "", "fr"],
  ];
  const rows = numbers.map(([text, cue, question = "", language = "en"]) => ({ text, cue, question, language }));
  test.each(rows)("$text is $cue (after $question)", async ({ text, cue, question, language }) => {
    expect(await cueOf(text, language, question)).toBe(cue);
  });
});

test("half is where a text without any cue counts as finished; at .7 it does not", () => {
  const { exclaimed, stated, open, suspended, dictating, unfinished, hesitating } = TEXT_CUE_PROBABILITY;
  expect(textCues().thresholdOf("en")).toBe(0.5);
  expect(Math.min(exclaimed, stated, open)).toBeGreaterThan(0.5);
  expect(Math.max(suspended, dictating, unfinished, hesitating)).toBeLessThan(0.5);
  expect(open).toBeLessThan(0.7);
  expect(stated).toBeGreaterThan(0.7);
});

test("knows a language however it is called, and no other", () => {
  const detector = textCues({ thresholds: { "de-AT": 0.7 } });
  const thresholdOf = (language: string | undefined): number | undefined => detector.thresholdOf(language);
  expect(["en-US", "eng", "fr", "de", "DE-CH"].map(thresholdOf)).toEqual([0.5, 0.5, 0.5, 0.7, 0.7]);
  expect(["ja", "multi", "constructor", "", undefined].map(thresholdOf)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("a text of no known language is read as the one that the app names", async () => {
  const detector = textCues({ language: "en", thresholds: { en: 0.4 } });
  expect(detector.thresholdOf(undefined)).toBe(0.4);
  const { signal } = new AbortController();
  expect(await detector.predict({ messages: [], transcript: "I want the", signal })).toBe(
    TEXT_CUE_PROBABILITY.unfinished,
  );
});

test.each(["", " ", "...", "?!", "«»", "‘"])("takes %j without complaint", async (text) => {
  const probability = await judge(text);
  expect(probability).toBeGreaterThan(0);
  expect(probability).toBeLessThan(1);
});

test.each<readonly [TextCuesOptions, string]>([
  [{ thresholds: { en: 7 } }, "textCues.thresholds.en must be in [0, 1], got 7"],
  [{ thresholds: { ja: 0.5 } }, 'textCues.thresholds must be one of en, de, es, fr, it, nl, pt, got "ja"'],
  [{ language: "constructor" }, "textCues.language must be one of"],
  [{ language: "klingon" }, 'textCues.language must be one of en, de, es, fr, it, nl, pt, got "klingon"'],
])("refuses %j", (options, message) => {
  expect(() => textCues(options)).toThrow(message);
});
