const SMALL = (
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " +
  "eighteen nineteen"
).split(" ");
const TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

/** Writes the times of day and numbers of a text in words, as they are spoken: `14:05` is "fourteen oh five". */
export function toWords(text: string): string {
  return text
    .replace(/\b(\d{1,2}):(\d\d)(?::\d\d)?\b/g, (_, hours: string, minutes: string) => timeInWords(+hours, +minutes))
    .replace(/\s*°\s*[CF]?/g, " degrees")
    .replace(/%/g, " percent")
    .replace(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]*\d)/g, numberInWords);
}

function timeInWords(hours: number, minutes: number): string {
  if (minutes === 0) return `${wholeInWords(hours)} o'clock`;
  return `${wholeInWords(hours)} ${minutes < 10 ? "oh " : ""}${wholeInWords(minutes)}`;
}

function numberInWords(digits: string): string {
  const [whole = "", fraction] = digits.replace("-", "").split(".");
  if (whole.length > 6) return digits;
  const decimals =
    fraction === undefined
      ? ""
      : ` point ${fraction
          .split("")
          .map((digit) => SMALL[+digit])
          .join(" ")}`;
  return `${digits.startsWith("-") ? "minus " : ""}${wholeInWords(Number(whole))}${decimals}`;
}

/** 0..999999. */
function wholeInWords(number: number): string {
  if (number < 20) return SMALL[number] ?? "";
  if (number < 100) return joined(TENS[Math.floor(number / 10)] ?? "", number % 10);
  if (number < 1_000) return joined(`${wholeInWords(Math.floor(number / 100))} hundred`, number % 100);
  return joined(`${wholeInWords(Math.floor(number / 1_000))} thousand`, number % 1_000);
}

function joined(words: string, rest: number): string {
  return rest === 0 ? words : `${words} ${wholeInWords(rest)}`;
}
