/** More of a text than this is not looked at: nobody says more at once. */
export const MAX_CHARS = 1_000;
