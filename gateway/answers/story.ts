/** An answer long enough to be interrupted: about half a minute of speech, in words that the recogniser knows. */
export const STORY = [
  "Once there was an old man who lived alone in a small house near the sea.",
  "Every morning he went down to the water and looked for ships.",
  "One day a little boat came in from the east, and nobody was in it.",
  "The old man pulled it out of the water and looked inside.",
  "He found a box, and in the box there was a letter with his own name on it.",
  "The letter said that a friend would come back to him before the winter.",
  "So he waited by the fire every night, and he kept a light in the window.",
  "When the first snow fell, there was a knock at the door.",
].join(" ");
