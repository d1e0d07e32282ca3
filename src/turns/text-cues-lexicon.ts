/** What one language tells about whether a sentence is over. Lists are lower case; words are separated by spaces. */
export interface TextCueLexicon {
  /** Words that end no sentence, also if a recogniser puts a full stop after them. */
  readonly never: string;
  /** Words that end few sentences: there, a full stop is believed. */
  readonly seldom: string;
  /** Sounds and words that fill a pause. */
  readonly fillers: string;
  /** What people say to be given time, separated by `|`. */
  readonly delays: string;
  /** The digits, as they are spoken one by one. */
  readonly digits: string;
  /** Words in whose company digits are a long number, told in groups. */
  readonly longNumbers: string;
  /** Words in whose company a few digits are a whole number. */
  readonly shortNumbers: string;
  /** How many digits a telephone or card number has when it is whole. */
  readonly wholeLengths: readonly number[];
}

/** By language, two letters. */
export const TEXT_CUE_LEXICONS: Readonly<Record<string, TextCueLexicon>> = {
  en: {
    never:
      "a an the and or but nor because if although though unless whereas whether my your our their its every " +
      "i'm you're we're they're i'd you'd we'd they'd i'll you'll we'll they'll i've we've they've mr mrs dr",
    seldom:
      "to of for with from at into onto than as between during without within against toward towards per via until " +
      "which whose while so he she we they very am gonna wanna double triple",
    fillers: "um umm uhm uh uhh er erm hm hmm mm",
    delays:
      "let me see|let me think|let me check|hold on|hang on|one second|one moment|just a second|just a moment|i mean",
    digits: "zero oh one two three four five six seven eight nine",
    longNumbers: "phone telephone mobile cell card account",
    shortNumbers: "pin code zip year room extension",
    wholeLengths: [7, 10, 11, 12, 15, 16],
  },
  de: {
    never:
      "und oder weil wenn dass ob sondern obwohl damit eine einen einem eines mein meine meinen meinem dein deine deinen " +
      "deinem ihre ihren ihrem unser unsere unseren kein des zum zur im am vom beim ins herr",
    seldom: "ein aber der für von ohne gegen wegen zwischen seit bis sehr also",
    fillers: "äh ähm öh ehm hm hmm",
    delays: "lass mich überlegen|mal sehen|mal überlegen|moment|einen augenblick|eine sekunde|warte|warten sie",
    digits: "null eins zwei zwo drei vier fünf sechs sieben acht neun",
    longNumbers: "telefon telefonnummer handynummer rückrufnummer kartennummer kontonummer kreditkarte",
    shortNumbers: "pin code postleitzahl jahr zimmer",
    wholeLengths: [10, 11, 12, 13, 16],
  },
  es: {
    never:
      "y e o u pero porque aunque sino que el los las un unos unas mi tu su mis tus sus del al de a en con para por sin " +
      "entre hacia desde según",
    seldom: "la una sobre hasta como cuando si muy pues",
    fillers: "eh em ehm mmm hmm",
    delays: "a ver|déjame ver|déjame pensar|un momento|un segundo|espera|espere|o sea",
    digits: "cero uno dos tres cuatro cinco seis siete ocho nueve",
    longNumbers: "teléfono móvil celular tarjeta cuenta",
    shortNumbers: "pin código clave año habitación",
    wholeLengths: [9, 10, 11, 12, 16],
  },
  fr: {
    never:
      "et mais que parce puisque lorsque le les des du au aux ce cette ces mon ma mes ton ta tes sa ses notre votre nos " +
      "vos leurs de à par chez dès je",
    seldom: "ou la un une son leur en dans avec sans pour sur entre vers depuis quand si car donc très c'est",
    fillers: "euh heu hum hmm ben bah",
    delays: "attendez|attends|un instant|un moment|une seconde|voyons|comment dire|laissez-moi réfléchir",
    digits: "zéro un deux trois quatre cinq six sept huit neuf",
    longNumbers: "téléphone portable mobile carte compte",
    shortNumbers: "pin code année chambre",
    wholeLengths: [10, 11, 16],
  },
  it: {
    never:
      "e o ma che il i gli un di a da in con per tra fra del dello della dei degli delle al allo alla ai agli alle dal " +
      "dalla dai dalle nel nella nei nelle sul sulla sui sulle",
    seldom: "lo la le una uno se perché su come quando senza molto anche",
    fillers: "ehm uhm ehmm mmm hmm",
    delays: "vediamo|un attimo|un momento|un secondo|aspetta|aspetti|fammi pensare|mi faccia pensare",
    digits: "zero uno due tre quattro cinque sei sette otto nove",
    longNumbers: "telefono cellulare carta conto",
    shortNumbers: "pin codice anno camera",
    wholeLengths: [9, 10, 11, 12, 16],
  },
  nl: {
    never: "en of omdat hoewel tenzij terwijl de een mijn te",
    seldom: "maar als het jouw uw van met voor naar bij zonder tussen heel dus",
    fillers: "eh euh uh uhm ehm hm hmm",
    delays: "even kijken|even denken|momentje|een moment|wacht|wacht even",
    digits: "nul een één twee drie vier vijf zes zeven acht negen",
    longNumbers: "telefoon telefoonnummer mobiel kaart kaartnummer rekening rekeningnummer",
    shortNumbers: "pin pincode code jaar kamer",
    wholeLengths: [10, 11, 16],
  },
  pt: {
    never:
      "e ou mas que o os as um uns umas de do da dos das em no na nos nas num numa com por pelo pela pelos pelas para " +
      "pra ao aos à",
    seldom: "a uma se porque sem entre sobre até como quando muito",
    fillers: "hum hã ahn eh hmm",
    delays: "deixa eu ver|deixe-me ver|deixa ver|um momento|um segundo|um instante|espera|espere",
    digits: "zero um dois três quatro cinco seis meia sete oito nove",
    longNumbers: "telefone celular telemóvel cartão conta",
    shortNumbers: "pin código senha ano quarto",
    wholeLengths: [9, 10, 11, 12, 13, 16],
  },
};
