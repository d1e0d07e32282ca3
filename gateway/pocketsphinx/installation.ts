/** Where Debian's `pocketsphinx-en-us` puts its model. */
export const MODEL_FOLDER = "/usr/share/pocketsphinx/model/en-us";

/** Where Debian's `pocketsphinx-testdata` puts its recordings. */
export const RECORDINGS_FOLDER = "/usr/share/pocketsphinx/test/data";

/** What to do where the recogniser cannot run. */
export const HOW_TO_INSTALL =
  "Install it with: apt-get install pocketsphinx pocketsphinx-en-us pocketsphinx-testdata, and: npm install koffi";
