import type { Tool } from "vivavoce/agent";

/** Made up, and said to be: what counts is that the page was asked. */
const SKIES = ["sunny", "cloudy", "rainy", "windy"] as const;

const HOURS = [
  "twelve",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
] as const;

const MINUTES: Readonly<Record<number, string>> = {
  5: "five",
  10: "ten",
  15: "a quarter",
  20: "twenty",
  25: "twenty five",
  30: "half",
};

/** The time of day in words, to the nearest five minutes: `14, 43` is "a quarter to three in the afternoon". */
export function timeInWords(hour: number, minute: number): string {
  const rounded = Math.round(minute / 5) * 5;
  const isBeforeFull = rounded > 30;
  const named = (hour + (isBeforeFull ? 1 : 0)) % 24;
  const full = HOURS[named % 12] ?? "";
  const past = isBeforeFull ? 60 - rounded : rounded;
  const words = past === 0 ? `${full} o'clock` : `${MINUTES[past] ?? past} ${isBeforeFull ? "to" : "past"} ${full}`;
  return `${words} ${partOfDay(hour)}`;
}

/** A weather that nobody measured: always the same for the same place. */
export function madeUpWeather(location: string): { readonly sky: string; readonly degrees: number } {
  const sum = Array.from(location.trim().toLowerCase()).reduce(
    (total, letter) => total + (letter.codePointAt(0) ?? 0),
    0,
  );
  return { sky: SKIES[sum % SKIES.length] ?? "sunny", degrees: 8 + (sum % 17) };
}

/** What the agent may ask the page for. */
export const TOOLS: readonly [Tool<Readonly<Record<string, never>>>, Tool<{ readonly location?: string }>] = [
  {
    name: "get_time",
    description: "Tells the local time of the person, in words.",
    execute: () => {
      const now = new Date();
      return { time: timeInWords(now.getHours(), now.getMinutes()) };
    },
  },
  {
    name: "get_weather",
    description: "Tells the weather at a place. The values are made up, for demonstration.",
    parameters: {
      type: "object",
      properties: { location: { type: "string", description: "A city, such as Paris" } },
      required: ["location"],
    },
    execute: ({ location = "" }) => {
      if (location.trim() === "") throw new RangeError("location must name a place");
      const { sky, degrees } = madeUpWeather(location);
      return { weather: `${sky} and ${degrees} degrees, all of it made up` };
    },
  },
];

function partOfDay(hour: number): string {
  if (hour < 5 || hour >= 22) return "at night";
  return hour < 12 ? "in the morning" : hour < 18 ? "in the afternoon" : "in the evening";
}
