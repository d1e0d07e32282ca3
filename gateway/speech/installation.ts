/** What to do where nobody can speak. */
export const HOW_TO_INSTALL = "Install it with: apt-get install espeak-ng libespeak-ng1, and: npm install koffi";
