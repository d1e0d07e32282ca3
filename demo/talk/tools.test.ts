import { expect, test } from "vitest";
import { madeUpWeather, timeInWords } from "./tools.ts";

test.each([
  [0, 0, "twelve o'clock at night"],
  [9, 2, "nine o'clock in the morning"],
  [9, 14, "a quarter past nine in the morning"],
  [14, 30, "half past two in the afternoon"],
  [14, 43, "a quarter to three in the afternoon"],
  [18, 58, "seven o'clock in the evening"],
  [23, 59, "twelve o'clock at night"],
])("%i:%i is %s", (hour, minute, words) => {
  expect(timeInWords(hour, minute)).toBe(words);
});

test("every minute of a day has words, and no number among them", () => {
  for (let minute = 0; minute < 1_440; minute++) {
    expect(timeInWords(Math.floor(minute / 60), minute % 60)).toMatch(/^[a-z' ]+$/);
  }
});

test("the weather of a place does not change, however the place is written", () => {
  expect(madeUpWeather(" Paris")).toEqual(madeUpWeather("paris"));
  expect(madeUpWeather("Paris")).not.toEqual(madeUpWeather("London"));
});
