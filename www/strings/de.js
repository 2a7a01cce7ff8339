/** The page's words in German. */

import { formats } from './formats.js';

const { number, megabytes, seconds, percent, share, cosine, isolated, plural } = formats('de');
/** @param {string} text */
const quoted = (text) => `„${isolated(text)}“`;

/** @type {import('./words.js').Words['page']} */
export const page = {
  promise: 'Nichts wird hochgeladen',
  title: 'Finde 3D-Modelle, die deinem Bild ähneln',
  drop: 'Zieh ein Bild irgendwohin auf die Seite',
  choose: 'Datei auswählen',
  paste: 'oder füge eines mit Strg+V ein',
  pasteOnMac: 'oder füge eines mit ⌘V ein',
  starting: 'Die Suche wird geladen …',
  samples: 'Oder probiere eines von diesen',
  how: 'Wie funktioniert das?',
  howEmbed:
    'Ein neuronales Netz (die ersten Schichten von VGG16) läuft in deinem Browser und macht aus deinem Bild eine Liste von Zahlen, die seine Formen, Strukturen und Farben beschreibt.',
  howSearch:
    'Dasselbe geschah vorab mit dem Bild jedes Modells. Gezeigt werden die Modelle, deren Zahlen fast in dieselbe Richtung weisen wie deine; der Prozentwert ist der Kosinus zwischen beiden, 100 % bei gleichen Bildern.',
  howPrivate:
    'Dein Bild wird nirgendwohin gesendet: Die Seite lädt nur ihre eigenen Dateien und funktioniert auch weiter, wenn du die Verbindung trennst. Eine andere Seite wird nur gefragt, wenn du es sagst: nach einem Bild, dessen Link du bringst, und nach Sketchfabs 3D-Betrachter.',
  release: 'Loslassen, um zu suchen',
  names: 'Oder Name oder Link eines Modells',
  showMore: 'Mehr zeigen',
  copyJson: 'Als JSON kopieren',
  copyCsv: 'Als CSV kopieren',
  clearFilters: 'Filter aufheben',
  sort: 'Reihenfolge',
  sortCloseness: 'Ähnlichste zuerst',
  sortName: 'Nach Name',
  sortAuthor: 'Nach Urheber',
  sortLicence: 'Nach Lizenz',
  crop: 'Nur einen Teil suchen',
  cropWhole: 'Das ganze Bild suchen',
  copyLink: 'Link kopieren',
  add: 'Weiteres Bild dazu',
  parts: 'Bilder, mit denen zusammen gesucht wird',
  camera: 'Foto aufnehmen',
  cancel: 'Abbrechen',
};

/** @type {import('./words.js').Words['tab']} */
export const tab = {
  start: 'recasketch: 3D-Modelle, die deinem Bild ähneln',
  results: (name, site) => `Wie ${name} – ${site}`,
};

/** @type {import('./words.js').Words['element']} */
export const element = { drop: 'Zieh ein Bild hierher', label: '3D-Modelle zu einem Bild finden' };

/** @type {import('./words.js').Words['engine']} */
export const engine = {
  loading: (loaded, total) => `Die Suche wird geladen: ${megabytes(loaded)} von ${megabytes(total)} MB`,
  checking: 'Es wird geprüft, ob dieser Browser richtig rechnet …',
  ready: (models) => `${number(models)} Modelle können durchsucht werden`,
  layer: (layer, layers) => `Das Bild wird betrachtet: Schicht ${layer} von ${layers} …`,
  searching: 'Es wird gesucht …',
  stopped: 'Die Suche ist angehalten',
  cancelled: 'Das Laden wurde abgebrochen, und die Suche ist nicht gestartet.',
};

/** @type {import('./words.js').Words['query']} */
export const query = {
  image: 'Dein Bild',
  sample: 'Beispiel',
  model: 'Modell',
  pasted: 'Eingefügtes Bild',
  unnamed: 'Ohne Namen',
  link: 'Geteilter Link',
  shared: 'Ein Bild, das jemand geteilt hat',
  several: (count) => plural(count, { one: 'Ein Bild', other: `${number(count)} Bilder` }),
};

/** @type {import('./words.js').Words['results']} */
export const results = {
  like: (name) => `Modelle wie ${quoted(name)}`,
  likeImage: 'Modelle, die deinem Bild ähneln',
  searched: (models, milliseconds) => `${number(models)} durchsucht in ${seconds(milliseconds)} s`,
  score: percent,
  scoreTitle: (score) =>
    `Kosinusähnlichkeit ${cosine(score)}: wie genau die Merkmale beider Bilder in dieselbe Richtung weisen; 1,000 bei gleichen Bildern`,
  scoreSpoken: (score) => `${percent(score)} ähnlich`,
  more: 'Mehr davon',
  moreSpoken: (name) => `Mehr davon: ${name}`,
  view: 'Ansehen auf ',
  sketchfab: 'Sketchfab',
  newTab: ', öffnet sich in einem neuen Tab',
  unnamed: 'Modell ohne Namen',
  licence: (licence) => `Lizenz: ${licence}`,
  closeness: (closer) => `Top ${share(closer)}`,
  closenessTitle: (closer) => `Unter den ${share(closer)} der Paare dieses Katalogs, die sich am meisten ähneln`,
  duplicates: (count) => `+${number(count)}`,
  duplicatesTitle: (count) =>
    plural(count, {
      one: 'Ein weiteres Modell ist fast gleich',
      other: `${number(count)} weitere Modelle sind fast gleich`,
    }),
  unlike: 'Nichts ist wirklich ähnlich. Diese kommen am nächsten.',
  noneFiltered: 'Kein Modell erfüllt diese Filter. Nimm einen davon weg.',
  none: 'Diese Seite hat kein anderes Modell zu zeigen.',
  copied: (count) =>
    plural(count, { one: 'Ein Modell wurde kopiert.', other: `${number(count)} Modelle wurden kopiert.` }),
  notCopied: 'Dieser Browser lässt die Seite nicht kopieren. Browser erlauben das nur über https.',
  likeShared: 'Modelle wie ein Bild, das jemand geteilt hat',
  likeSeveral: 'Modelle wie diese Bilder zusammen',
  linkCopied: 'Der Link wurde kopiert. Wer ihn öffnet, sieht diese Modelle, und nicht dein Bild.',
  addSpoken: (name) => `Zur Suche dazunehmen: ${name}`,
  whySpoken: (name) => `Warum ähnlich: ${name}`,
  viewerSpoken: (name) => `In 3D ansehen, von Sketchfab: ${name}`,
};

/** @type {import('./words.js').Words['filters']} */
export const filters = {
  category: 'Kategorie',
  tag: 'Schlagwort',
  licence: 'Lizenz',
  author: 'Urheber',
  chosen: (facet, values) =>
    `${facet}: ${isolated(values[0])}${values.length > 1 ? ` +${number(values.length - 1)}` : ''}`,
  find: 'Finden',
  findIn: (facet) => `Finden in: ${facet}`,
  count: number,
  rest: (values) => `${number(values)} weitere: tippe, um sie zu finden`,
};

/** @type {import('./words.js').Words['spoken']} */
export const spoken = {
  loading: 'Die Suche wird geladen. Du kannst schon ein Bild auswählen.',
  ready: (models) => `Bereit, ${number(models)} Modelle zu durchsuchen.`,
  searching: 'Es wird gesucht.',
  found: (count, name, score) =>
    plural(count, {
      one: `Ein Modell gefunden. Es ist ${name}, zu ${percent(score)} ähnlich.`,
      other: `${number(count)} Modelle gefunden. Am nächsten ist ${name}, zu ${percent(score)} ähnlich.`,
    }),
  cancelled: 'Die Suche wurde abgebrochen.',
};

/** @type {import('./words.js').Words['buttons']} */
export const buttons = { restart: 'Neu starten', dismiss: 'Diese Meldung schließen', close: 'Schließen' };

/** @type {import('./words.js').Words['names']} */
export const names = {
  none: (text) =>
    `Kein Modell dieses Katalogs heißt ${quoted(text)}. Versuche es mit weniger Buchstaben, oder zieh ein Bild auf die Seite.`,
  offered: (count) =>
    plural(count, {
      zero: 'Keine Namen.',
      one: 'Ein Name. Wähle ihn mit den Pfeiltasten.',
      other: `${number(count)} Namen. Wähle mit den Pfeiltasten.`,
    }),
};

/** @type {import('./words.js').Words['intake']} */
export const intake = {
  folder: 'Das ist ein Ordner. Zieh stattdessen ein Bild daraus auf die Seite.',
  link: 'Das ist Text, weder eine Bilddatei noch ein Link zu einem Bild oder zu einem Sketchfab-Modell. Speichere das Bild zuerst auf diesem Gerät und zieh dann die gespeicherte Datei auf die Seite.',
  nothing: 'Es kam nichts, womit gesucht werden kann. Zieh eine Bilddatei auf die Seite.',
  clipboardText:
    'Die Zwischenablage enthält Text, weder ein Bild noch einen Link zu einem Bild oder zu einem Sketchfab-Modell. Kopiere ein Bild und füge es noch einmal ein.',
  clipboardEmpty: 'Die Zwischenablage enthält kein Bild. Kopiere ein Bild und füge es noch einmal ein.',
  unreadable: (name) =>
    `Die Datei ${quoted(name)} konnte nicht gelesen werden. Vielleicht wurde sie verschoben oder wird gerade benutzt; wähle sie noch einmal aus.`,
  large: (name, bytes, limit) =>
    `Die Datei ${quoted(name)} hat ${megabytes(bytes)} MB, mehr als die ${megabytes(limit)} MB, die diese Seite liest. Verkleinere das Bild und versuche es noch einmal.`,
  sample: (name) =>
    `Das Beispiel ${quoted(name)} konnte nicht geladen werden. Prüfe die Verbindung, oder wähle ein eigenes Bild.`,
};

const BROWSERS = 'Chrome oder Edge 91, Firefox 114, Safari 16.4 oder neuer';

/** @type {import('./words.js').Words['support']} */
export const support = {
  noWasm: `Dieser Browser führt kein WebAssembly aus, aus dem die Suche besteht; vielleicht ist es aus Gründen des Datenschutzes abgeschaltet. Diese Browser funktionieren: ${BROWSERS}.`,
  noSimd: `Dem WebAssembly dieses Browsers fehlt SIMD, das die Suche braucht, um schnell zu sein. Diese Browser funktionieren: ${BROWSERS}.`,
  noModuleWorker: `Dieser Browser führt keine Module in Workern aus, wo die Suche geschieht. Diese Browser funktionieren: ${BROWSERS}.`,
  file: 'Diese Seite wurde als Datei geöffnet; dort lassen Browser sie ihre Daten nicht laden. Stelle ihren Ordner über http bereit, zum Beispiel mit „recasketch serve ORDNER“, und öffne die Adresse, die es ausgibt.',
};

const OWNER =
  'Bleibt es so, sollte, wer diese Seite betreibt, den ganzen Ordner veröffentlichen, den „recasketch embed“ geschrieben hat.';

/** @type {import('./words.js').Words['files']} */
export const files = {
  offline: (file) =>
    `Du bist offline, und ${file} wurde noch nicht heruntergeladen. Stelle die Verbindung her und starte neu.`,
  unreachable: (file) =>
    `Die Datei ${file} konnte nicht heruntergeladen werden: Der Server hat nicht geantwortet. Prüfe die Verbindung und starte neu.`,
  brokeOff: (file, came, bytes) =>
    `Das Herunterladen von ${file} brach nach ${megabytes(came)} von ${megabytes(bytes)} MB ab. Prüfe die Verbindung und starte neu.`,
  missing: (file) =>
    `Die Datei ${file} fehlt auf dieser Seite (404). Vielleicht wird die Seite gerade geändert: Starte in einer Minute neu. ${OWNER}`,
  refused: (file, status) =>
    `Der Server verweigerte ${file} mit dem Status ${status}. Starte in einer Minute neu. ${OWNER}`,
  html: (file) => `Anstelle von ${file} kam eine Webseite; manche Server senden eine, wenn eine Datei fehlt. ${OWNER}`,
  length: (file, bytes, came) =>
    `Die Datei ${file} ist nicht die, die manifest.json nennt: ${bytes} Bytes waren erwartet, und ${came} kamen. Vielleicht wird die Seite gerade geändert: Starte in einer Minute neu. ${OWNER}`,
  digest: (file) =>
    `Die Datei ${file} ist nicht die, die manifest.json nennt: Ihre Länge stimmt, ihr Inhalt nicht. Vielleicht wird die Seite gerade geändert, oder eine Übertragung wurde beschädigt: Starte in einer Minute neu. ${OWNER}`,
  json: (file) => `Die Datei ${file} kann nicht gelesen werden: Sie ist kein JSON. ${OWNER}`,
  version: (version, known) =>
    `Die Datei manifest.json ist von Version ${version}, und diese Seite liest Version ${known}. Die Seite und ihre Daten wurden zu verschiedenen Zeiten veröffentlicht: Lade die Seite neu. ${OWNER}`,
  manifest: (field) =>
    `Die Datei manifest.json ist nicht brauchbar: Ihr Eintrag „${field}“ fehlt oder ist falsch. ${OWNER}`,
  foreign: (file) => `Die Datei manifest.json nennt ${file}, was nicht auf dieser Seite liegt. ${OWNER}`,
  rows: (models, rows) =>
    `Der Katalog gehört nicht zu den Einbettungen: ${rows} Einträge für ${models} Modelle. ${OWNER}`,
  glue: `Die Datei recasketch.js ist nicht brauchbar; vielleicht fehlt sie oder ist von einer anderen Version als das Modul. Lade die Seite neu. ${OWNER}`,
  module: (file) =>
    `Dieser Browser konnte die Datei ${file} nicht starten. Lade die Seite neu; hilft das nicht, funktionieren diese Browser: ${BROWSERS}.`,
  worker: `Die Datei worker.js, oder eine, die sie braucht, konnte nicht geladen werden. Prüfe die Verbindung und starte neu. ${OWNER}`,
  elsewhere: (origin) =>
    `Die Suche von ${origin} kann auf dieser Seite nicht starten. Ihr Server muss den Header Access-Control-Allow-Origin senden, und die Richtlinie dieser Seite (Content-Security-Policy), falls sie eine hat, muss Worker von blob: und Skripte von ${origin} erlauben.`,
  policy: (directive, origin) =>
    `Die Richtlinie dieser Seite (Content-Security-Policy, ${directive}) lässt die Suche nicht starten. Sie muss Worker und Skripte von ${origin} erlauben, und wo sie Trusted Types verlangt, die Richtlinie „recasketch“.`,
  notStarted: (said) =>
    `Dieser Browser hat keinen Worker gestartet, in dem diese Seite arbeitet. Er sagte: ${isolated(said)}. Die Richtlinie der Seite (Content-Security-Policy) oder eine Erweiterung des Browsers verbietet es vielleicht.`,
  undecodable: (file) =>
    `Die Suche ist abgeschaltet, weil ihr Selbsttest scheiterte: Die Datei ${file} lässt sich nicht dekodieren. Vielleicht ist sie beschädigt. ${OWNER}`,
  otherImage: (file, details) =>
    `Die Suche ist abgeschaltet, weil ihr Selbsttest scheiterte: Die Datei ${file} ergibt hier andere Zahlen als beim Erstellen der Seite. Entweder ist sie von einer anderen Version als manifest.json, oder dieser Browser rechnet anders. Lade die Seite neu. ${OWNER} Im Einzelnen, auf Englisch: ${isolated(details)}`,
  otherwise: (file, details) =>
    `Die Suche ist abgeschaltet, weil dieser Browser anders rechnet als der Rechner, der die Seite erstellt hat: Die Datei ${file} ist die richtige und ergibt hier andere Zahlen. Bitte melde es mit Namen und Version des Browsers. Im Einzelnen, auf Englisch: ${isolated(details)}`,
};

/** @type {import('./words.js').Words['failures']} */
export const failures = {
  died: 'Die Suche hat unerwartet angehalten, vielleicht weil dieses Bild mehr Speicher braucht, als der Browser gibt. Starte sie neu, und versuche ein kleineres Bild, wenn sie wieder anhält.',
  broke:
    'Die Suche hat wegen eines eigenen Fehlers angehalten. Starte sie neu. Hält sie beim selben Bild wieder an, melde es bitte.',
  silent:
    'Die Suche hat seit über einer Minute nichts gesagt und wurde angehalten. Starte sie neu. Bleibt es so, lade die Seite neu.',
  unknownModel:
    'Dieser Link nennt ein Modell, das nicht in diesem Katalog ist. Zieh ein Bild auf die Seite, oder probiere ein Beispiel.',
  unexpected: 'Auf dieser Seite ging etwas schief. Lade sie neu und versuche es noch einmal.',
};

/** @type {import('./words.js').Words['refusals']} */
export const refusals = {
  UnsupportedImage: (details) =>
    `Dieses Bild kann nicht gelesen werden; speichere es als JPEG oder PNG und versuche es noch einmal. Im Einzelnen, auf Englisch: ${isolated(details)}`,
  Image: (details) =>
    `Dieses Bild ist nicht brauchbar; versuche ein anderes. Im Einzelnen, auf Englisch: ${isolated(details)}`,
  Panic: () =>
    'Dieses Bild kann nicht gelesen werden: Der Decoder ist daran gescheitert, und der Browser zeigt es auch nicht. Vielleicht ist die Datei beschädigt; speichere sie als JPEG oder PNG und versuche es noch einmal.',
  Memory: () => 'Dieses Bild braucht mehr Speicher, als der Browser gibt. Mach es kleiner und versuche es noch einmal.',
  Link: (details) => `Diesem Link lässt sich nicht folgen. Im Einzelnen, auf Englisch: ${isolated(details)}`,
};

/** @type {import('./words.js').Words['crop']} */
export const crop = {
  box: 'Der Teil, der gesucht wird. Pfeiltasten bewegen ihn; mit der Umschalttaste ändern sie seine Größe.',
  place: (left, top, width, height) =>
    `${percent(left)} von links, ${percent(top)} von oben, ${percent(width)} breit, ${percent(height)} hoch`,
};

/** @type {import('./words.js').Words['offline']} */
export const offline = {
  kept: 'Auf diesem Gerät behalten: Die Seite funktioniert jetzt ohne Netz.',
  full: 'Auf diesem Gerät ist kein Platz, um die Suche zu behalten; die Seite braucht daher jedes Mal das Netz.',
  refused:
    'Dieser Browser behält nichts von dieser Seite, wie in einem privaten Fenster oder über einfaches http; die Seite braucht daher jedes Mal das Netz.',
  renewed: 'Eine neuere Version dieser Seite liegt bereit. Sie kommt, sobald alle ihre Tabs geschlossen sind.',
};

/** @type {import('./words.js').Words['several']} */
export const several = {
  unlike: (name) => `Anders als ${quoted(name)}`,
  remove: (name) => `${quoted(name)} entfernen`,
  most: (most) => `Gesucht wird mit den ersten ${number(most)} Bildern zusammen; mehr auf einmal sagen nichts Klares.`,
};

/** @type {import('./words.js').Words['viewer']} */
export const viewer = {
  title: (name) => `Sketchfabs Betrachter: ${name}`,
  from: 'Dieser Betrachter kommt von sketchfab.com; dort erfährt man, dass dieses Modell angesehen wird, und nichts von deinem Bild.',
};

const zones = [
  'oben links',
  'oben',
  'oben rechts',
  'links',
  'in der Mitte',
  'rechts',
  'unten links',
  'unten',
  'unten rechts',
];
/** @param {readonly import('./words.js').Place[]} places */
const listed = (places) => places.map(({ zone, share }) => `${zones[zone]} (${percent(share)})`).join(' und ');

/** @type {import('./words.js').Words['why']} */
export const why = {
  title: (name) => `Warum ${quoted(name)} ähnlich ist`,
  mostly: (score, places) =>
    places.length > 0
      ? `${percent(score)} ähnlich, am meisten ${listed(places)} im Bild.`
      : `${percent(score)} ähnlich, überall im Bild ein wenig.`,
  picture: (name, places) =>
    places.length > 0 ? `${name}: das Ähnliche ist vor allem ${listed(places)}` : `${name}: das Ähnliche ist überall`,
  share: (share, score) => `${cosine(share)} von ${cosine(score)}`,
  how: 'Jedes Bild ist das Quadrat, das das Netz sah. Je heller eine Stelle, desto mehr trägt sie bei; alle zusammen sind der Prozentwert. Was das ganze Bild wohl zeigt, ist auf alle verteilt.',
  mirrored: 'Das Bild des Modells ähnelt gespiegelt: Links im einen ist rechts im anderen.',
};

/** @type {import('./words.js').Words['links']} */
export const links = {
  ask: (host) =>
    `Dieses Bild liegt bei ${isolated(host)}. Wird es geholt, erfährt ${isolated(host)} deine Netzadresse und dass du dieses Bild willst, wie bei einem Besuch; sonst wird nichts gesendet.`,
  fetch: 'Bild holen',
  cancel: 'Abbrechen',
  fetching: (host) => `${isolated(host)} wird gefragt …`,
  unreadable: (host) =>
    `${isolated(host)} lässt andere Seiten dieses Bild nicht lesen oder war nicht zu erreichen. Speichere das Bild auf diesem Gerät und zieh dann die gespeicherte Datei auf die Seite.`,
  refused: (host, status) =>
    `${isolated(host)} hat dieses Bild nicht gegeben (Status ${status}). Prüfe den Link, oder speichere das Bild und zieh die gespeicherte Datei auf die Seite.`,
  other: (host) =>
    `Unter diesem Link bei ${isolated(host)} liegt kein Bild, sondern vielleicht eine Seite mit einem. Kopiere die Adresse des Bildes selbst, oder speichere es und zieh die gespeicherte Datei auf die Seite.`,
  large: (host) =>
    `Das Bild bei ${isolated(host)} hat mehr als 50 MB. Speichere es, verkleinere es und zieh die gespeicherte Datei auf die Seite.`,
  slow: (host) =>
    `${isolated(host)} brauchte länger als 20 Sekunden. Versuche es noch einmal, oder speichere das Bild und zieh die gespeicherte Datei auf die Seite.`,
};
