/** The page's words in German. */

import { formats } from './formats.js';

const { number, megabytes, seconds, percent, share, cosine, isolated, plural } = formats('de');
/** @param {string} text */
const quoted = (text) => `„${isolated(text)}“`;

/** @type {import('./words.js').Words['page']} */
export const page = {
  promise: 'Es wird nichts hochgeladen',
  title: 'Finde 3D-Modelle, die deinem Bild ähneln',
  drop: 'Zieh ein Bild auf die Seite',
  choose: 'Datei auswählen',
  paste: 'oder füge eines mit Strg+V ein',
  pasteOnMac: 'oder füge eines mit ⌘V ein',
  starting: 'Die Suche wird geladen …',
  samples: 'Oder probiere eines dieser Bilder',
  how: 'Wie funktioniert das?',
  howEmbed:
    'In deinem Browser läuft ein neuronales Netz: die ersten Schichten von VGG16. Es macht aus deinem Bild eine Liste von Zahlen, die seine Formen, Texturen und Farben beschreibt.',
  howSearch:
    'Dasselbe wurde vorab mit dem Bild jedes Modells gemacht. Die Seite zeigt die Modelle, deren Zahlen fast in dieselbe Richtung weisen wie die Zahlen deines Bildes. Wie nah ein Modell ist, ergibt sich aus dem Kosinus des Winkels zwischen beiden. Er steht in den Einzelheiten: 1,000 bei gleichen Bildern.',
  howPrivate:
    'Dein Bild wird nirgendwohin gesendet. Die Seite lädt nur ihre eigenen Dateien herunter und funktioniert auch ohne Verbindung weiter. Mit anderen Websites nimmt sie nur auf deinen Wunsch Kontakt auf: um ein Bild über einen Link zu holen und um Sketchfabs 3D-Viewer zu zeigen.',
  release: 'Loslassen, um zu suchen',
  names: 'Oder gib Wörter, einen Namen oder einen Link ein',
  wander: 'Oder sieh dich um',
  others: 'Andere zeigen',
  clearWords: 'Ohne diese Wörter suchen',
  likeAll: 'Mehr wie alle diese',
  showMore: 'Mehr zeigen',
  copyJson: 'Als JSON kopieren',
  copyCsv: 'Als CSV kopieren',
  clearFilters: 'Filter zurücksetzen',
  sort: 'Reihenfolge',
  sortCloseness: 'Ähnlichste zuerst',
  sortName: 'Nach Name',
  sortAuthor: 'Nach Urheber',
  sortLicence: 'Nach Lizenz',
  crop: 'Ausschnitt wählen',
  cropWhole: 'Ganzes Bild verwenden',
  copyLink: 'Link kopieren',
  shareLink: 'Link teilen',
  add: 'Weiteres Bild hinzufügen',
  parts: 'Bilder dieser Suche',
  camera: 'Foto aufnehmen',
  change: 'Ändern',
  cancel: 'Abbrechen',
};

/** @type {import('./words.js').Words['tab']} */
export const tab = {
  start: 'recasketch: 3D-Modelle, die deinem Bild ähneln',
  results: (name, site) => `Ähnlich wie ${name} – ${site}`,
};

/** @type {import('./words.js').Words['element']} */
export const element = { drop: 'Zieh ein Bild hierher', label: 'Mit einem Bild 3D-Modelle finden' };

/** @type {import('./words.js').Words['engine']} */
export const engine = {
  loading: (loaded, total) => `Die Suche wird geladen: ${megabytes(loaded)} von ${megabytes(total)} MB`,
  checking: 'Es wird geprüft, ob dieser Browser richtig rechnet …',
  ready: (models) =>
    plural(models, { one: 'Ein Modell bereit zur Suche', other: `${number(models)} Modelle bereit zur Suche` }),
  layer: (layer, layers) => `Das Bild wird analysiert: Schicht ${layer} von ${layers} …`,
  searching: 'Es wird gesucht …',
  stopped: 'Die Suche wurde beendet',
  cancelled: 'Das Laden wurde abgebrochen. Die Suche wurde nicht gestartet.',
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
  thumbnailsFrom: (hosts) =>
    `Die Vorschaubilder kommen von ${isolated(hosts)}. Von dort sind deine Netzwerkadresse und die Modelle sichtbar, die du siehst, aber nicht dein Bild.`,
  like: (name) => `Modelle wie ${quoted(name)}`,
  likeImage: 'Modelle, die deinem Bild ähneln',
  searched: (models, milliseconds) =>
    plural(models, {
      one: `1 Modell in ${seconds(milliseconds)} s durchsucht`,
      other: `${number(models)} Modelle in ${seconds(milliseconds)} s durchsucht`,
    }),
  score: percent,
  scoreTitle: (score) =>
    `Kosinusähnlichkeit ${cosine(score)}. Sie vergleicht die Richtungen der Merkmale beider Bilder. Gleiche Bilder haben 1,000.`,
  more: 'Mehr davon',
  moreSpoken: (name) => `Mehr davon: ${name}`,
  view: 'Ansehen auf ',
  sketchfab: 'Sketchfab',
  newTab: ', öffnet sich in einem neuen Tab',
  unnamed: 'Modell ohne Namen',
  licence: (licence) => `Lizenz: ${licence}`,
  closenessTitle: (closer) => `So ähnlich wie die ähnlichsten ${share(closer)} aller Paare`,
  duplicates: (count) => `+${number(count)}`,
  duplicatesTitle: (count) =>
    plural(count, {
      one: 'Ein weiteres Modell ist fast gleich',
      other: `${number(count)} weitere Modelle sind fast gleich`,
    }),
  unlike: 'Kein Modell ist wirklich ähnlich. Diese sind am ähnlichsten.',
  noneFiltered: 'Kein Modell passt zu diesen Filtern. Entferne einen davon.',
  none: 'Diese Website hat kein weiteres Modell.',
  copied: (count) =>
    plural(count, { one: 'Ein Modell wurde kopiert.', other: `${number(count)} Modelle wurden kopiert.` }),
  notCopied: 'Dieser Browser erlaubt der Seite nicht, etwas zu kopieren. Browser erlauben das nur über https.',
  why: 'Warum?',
  add: 'Zur Suche',
  close: 'Nah',
  fairlyClose: 'Ziemlich nah',
  distant: 'Entfernt',
  detailsSpoken: (name) => `Einzelheiten: ${name}`,
  likeShared: 'Modelle wie ein Bild, das jemand geteilt hat',
  likeSeveral: 'Modelle wie diese Bilder in Kombination',
  named: (words) => `Modelle zu ${quoted(words)}`,
  fewNamed: (words) => `Wenige Modelle haben die Wörter ${quoted(words)}. Darum zählen das Bild und die Wörter.`,
  among: (count, words) =>
    plural(count, {
      one: `Unter dem einen Modell zu ${quoted(words)}`,
      other: `Unter den ${number(count)} Modellen zu ${quoted(words)}`,
    }),
  linkCopied: 'Der Link wurde kopiert. Er zeigt diese Modelle, aber nicht dein Bild.',
  addSpoken: (name) => `Zur Suche hinzufügen: ${name}`,
  whySpoken: (name) => `Warum ist es ähnlich: ${name}`,
};

/** @type {import('./words.js').Words['filters']} */
export const filters = {
  category: 'Kategorie',
  tag: 'Schlagwort',
  licence: 'Lizenz',
  author: 'Urheber',
  chosen: (facet, values) =>
    `${facet}: ${isolated(values[0])}${values.length > 1 ? ` +${number(values.length - 1)}` : ''}`,
  find: 'Suchen',
  findIn: (facet) => `Suchen in: ${facet}`,
  count: number,
  atMost: (models) => `≤ ${number(models)}`,
  rest: (values) => `${number(values)} weitere: tippe, um sie zu finden`,
};

/** @type {import('./words.js').Words['spoken']} */
export const spoken = {
  loading: 'Die Suche wird geladen. Du kannst schon ein Bild auswählen.',
  ready: (models) =>
    plural(models, {
      one: 'Ein Modell ist bereit zur Suche.',
      other: `${number(models)} Modelle sind bereit zur Suche.`,
    }),
  searching: 'Es wird gesucht.',
  named: (count, name) =>
    plural(count, {
      one: `Ein Modell gefunden. Es ist ${name}.`,
      other: `${number(count)} Modelle gefunden. Das erste ist ${name}.`,
    }),
  found: (count, name, score) =>
    plural(count, {
      one: `Ein Modell gefunden. Es ist ${name}, zu ${percent(score)} ähnlich.`,
      other: `${number(count)} Modelle gefunden. Am ähnlichsten ist ${name}, zu ${percent(score)} ähnlich.`,
    }),
  cancelled: 'Die Suche wurde abgebrochen.',
};

/** @type {import('./words.js').Words['buttons']} */
export const buttons = { restart: 'Neu starten', dismiss: 'Diese Meldung schließen', close: 'Schließen' };

/** @type {import('./words.js').Words['names']} */
export const names = {
  none: (text) =>
    `Kein Modell dieses Katalogs hat die Wörter ${quoted(text)}. Versuche es mit anderen Wörtern, oder zieh ein Bild auf die Seite.`,
  all: (count) => plural(count, { one: 'Das eine Ergebnis zeigen', other: `Alle ${number(count)} Ergebnisse zeigen` }),
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
  link: 'Das ist Text. Es ist weder eine Bilddatei noch ein Link zu einem Bild oder zu einem Sketchfab-Modell. Speichere das Bild zuerst auf diesem Gerät und zieh dann die gespeicherte Datei auf die Seite.',
  nothing: 'Hier ist kein Bild, mit dem gesucht werden kann. Zieh eine Bilddatei auf die Seite.',
  clipboardText:
    'Die Zwischenablage enthält Text, aber kein Bild und keinen Link zu einem Bild oder zu einem Sketchfab-Modell. Kopiere ein Bild und füge es noch einmal ein.',
  clipboardEmpty: 'Die Zwischenablage enthält kein Bild. Kopiere ein Bild und füge es noch einmal ein.',
  unreadable: (name) =>
    `Die Datei ${quoted(name)} konnte nicht gelesen werden. Vielleicht wurde sie verschoben, oder ein anderes Programm benutzt sie gerade. Wähle sie noch einmal aus.`,
  large: (name, bytes, limit) =>
    `Die Datei ${quoted(name)} ist zu groß: Sie hat ${megabytes(bytes)} MB, und diese Seite liest höchstens ${megabytes(limit)} MB. Verkleinere das Bild und versuche es noch einmal.`,
  sample: (name) =>
    `Das Beispiel ${quoted(name)} konnte nicht geladen werden. Prüfe die Verbindung oder wähle ein eigenes Bild.`,
};

const BROWSERS = 'Chrome oder Edge 91, Firefox 114, Safari 16.4 oder eine neuere Version';

/** @type {import('./words.js').Words['support']} */
export const support = {
  noWasm: `Dieser Browser führt kein WebAssembly aus. Die Suche braucht es. Vielleicht ist es durch eine Datenschutzeinstellung abgeschaltet. Verwende ${BROWSERS}.`,
  noSimd: `Dem WebAssembly dieses Browsers fehlt SIMD. Die Suche braucht es, um schnell zu sein. Verwende ${BROWSERS}.`,
  noModuleWorker: `Dieser Browser führt keine Module in Workern aus. Die Suche braucht sie. Verwende ${BROWSERS}.`,
  file: 'Diese Seite wurde als Datei geöffnet. Browser lassen eine solche Seite ihre Daten nicht laden. Stelle ihren Ordner über http bereit, zum Beispiel mit „recasketch serve ORDNER“, und öffne die Adresse, die das Programm ausgibt.',
};

const OWNER =
  'Wenn das wieder geschieht, sollte der Betreiber dieser Website den ganzen Ordner veröffentlichen, den „recasketch embed“ geschrieben hat.';

/** @type {import('./words.js').Words['files']} */
export const files = {
  offline: (file) =>
    `Du bist offline, und ${file} wurde noch nicht heruntergeladen. Stelle die Verbindung her und starte dann neu.`,
  unreachable: (file) =>
    `Die Datei ${file} konnte nicht heruntergeladen werden: Der Server hat nicht geantwortet. Prüfe die Verbindung und starte dann neu.`,
  brokeOff: (file, came, bytes) =>
    `Das Herunterladen von ${file} wurde nach ${megabytes(came)} von ${megabytes(bytes)} MB unterbrochen. Prüfe die Verbindung und starte dann neu.`,
  missing: (file) =>
    `Die Datei ${file} fehlt auf dieser Website (404). Vielleicht wird die Website gerade geändert. Starte in einer Minute neu. ${OWNER}`,
  refused: (file, status) =>
    `Der Server hat ${file} mit dem Status ${status} verweigert. Starte in einer Minute neu. ${OWNER}`,
  html: (file) =>
    `Der Server hat statt ${file} eine Webseite gesendet. Manche Server tun das, wenn eine Datei fehlt. ${OWNER}`,
  length: (file, bytes, came) =>
    `Die Datei ${file} passt nicht zu manifest.json: ${bytes} Bytes wurden erwartet und ${came} empfangen. Vielleicht wird die Website gerade geändert. Starte in einer Minute neu. ${OWNER}`,
  digest: (file) =>
    `Die Datei ${file} passt nicht zu manifest.json: Ihre Länge stimmt, aber ihr Inhalt nicht. Vielleicht wird die Website gerade geändert, oder die Übertragung wurde beschädigt. Starte in einer Minute neu. ${OWNER}`,
  json: (file) => `Die Datei ${file} kann nicht gelesen werden: Sie ist kein JSON. ${OWNER}`,
  version: (version, known) =>
    `Die Datei manifest.json hat Version ${version}, aber diese Seite liest Version ${known}. Die Seite und ihre Daten wurden zu verschiedenen Zeiten veröffentlicht. Lade die Seite neu. ${OWNER}`,
  manifest: (field) =>
    `Die Datei manifest.json kann nicht verwendet werden: Ihr Eintrag „${field}“ fehlt oder ist falsch. ${OWNER}`,
  foreign: (file) => `Die Datei manifest.json nennt ${file}. Das liegt nicht auf dieser Website. ${OWNER}`,
  rows: (models, rows) =>
    `Der Katalog passt nicht zu den Embeddings: Er hat ${rows} Einträge für ${models} Modelle. ${OWNER}`,
  glue: `Die Datei recasketch.js kann nicht verwendet werden. Vielleicht fehlt sie, oder sie hat eine andere Version als das WebAssembly-Modul. Lade die Seite neu. ${OWNER}`,
  module: (file) =>
    `Dieser Browser konnte die Datei ${file} nicht starten. Lade die Seite neu. Wenn das nicht hilft, verwende ${BROWSERS}.`,
  worker: `Die Datei worker.js oder eine Datei, die sie braucht, konnte nicht geladen werden. Prüfe die Verbindung und starte dann neu. ${OWNER}`,
  elsewhere: (origin) =>
    `Die Suche von ${origin} kann auf dieser Seite nicht starten. Der Server von ${origin} muss den Header Access-Control-Allow-Origin senden. Wenn diese Seite eine Content-Security-Policy hat, muss sie Worker von blob: und Skripte von ${origin} erlauben.`,
  policy: (directive, origin) =>
    `Die Richtlinie dieser Seite (Content-Security-Policy, ${directive}) lässt die Suche nicht starten. Sie muss Worker und Skripte von ${origin} erlauben. Wenn sie Trusted Types verlangt, muss sie auch die Richtlinie ${quoted('recasketch')} erlauben.`,
  otherVersion: (site, here) =>
    `Die Website wurde mit recasketch ${site} erstellt, aber diese Seite hat die Suche von recasketch ${here}. Wer diese Seite betreibt, sollte das Paket recasketch@${site} installieren.`,
  notStarted: (said) =>
    `Dieser Browser hat keinen Worker gestartet, und diese Seite braucht einen. Die Meldung des Browsers: ${quoted(said)}. Vielleicht verbietet es die Richtlinie der Seite (Content-Security-Policy) oder eine Erweiterung des Browsers. Schalte Erweiterungen ab und lade dann die Seite neu.`,
  undecodable: (file) =>
    `Die Suche ist abgeschaltet, weil ihr Selbsttest fehlgeschlagen ist: Die Datei ${file} kann nicht dekodiert werden. Vielleicht ist sie beschädigt. ${OWNER}`,
  otherImage: (file, details) =>
    `Die Suche ist abgeschaltet, weil ihr Selbsttest fehlgeschlagen ist: Die Datei ${file} ergibt hier andere Zahlen als beim Erstellen der Website. Entweder haben die Datei und manifest.json verschiedene Versionen, oder dieser Browser rechnet anders. Lade die Seite neu. ${OWNER} Die Einzelheiten, auf Englisch: ${isolated(details)}`,
  otherwise: (file, details) =>
    `Die Suche ist abgeschaltet, weil dieser Browser anders rechnet als der Computer, der die Website erstellt hat. Die Datei ${file} ist die richtige, aber sie ergibt hier andere Zahlen. Bitte melde das mit Namen und Version des Browsers. Die Einzelheiten, auf Englisch: ${isolated(details)}`,
};

/** @type {import('./words.js').Words['failures']} */
export const failures = {
  died: 'Die Suche wurde unerwartet beendet. Vielleicht braucht dieses Bild mehr Speicher, als der Browser gibt. Starte neu. Wenn sie wieder endet, versuche ein kleineres Bild.',
  broke:
    'Die Suche wurde wegen eines Programmierfehlers beendet. Starte neu. Wenn sie beim selben Bild wieder endet, melde das bitte.',
  silent:
    'Die Suche hat länger als eine Minute nicht reagiert und wurde beendet. Starte neu. Wenn das wieder geschieht, lade die Seite neu.',
  unknownModel:
    'Dieser Link nennt ein Modell, das nicht in diesem Katalog ist. Zieh ein Bild auf die Seite oder probiere ein Beispiel.',
  unexpected: 'Auf dieser Seite ist etwas schiefgegangen. Lade sie neu und versuche es noch einmal.',
};

/** @type {import('./words.js').Words['refusals']} */
export const refusals = {
  UnsupportedImage: (details) =>
    `Dieses Bild kann nicht gelesen werden. Speichere es als JPEG oder PNG und versuche es noch einmal. Die Einzelheiten, auf Englisch: ${isolated(details)}`,
  Image: (details) =>
    `Dieses Bild kann nicht verwendet werden. Versuche ein anderes. Die Einzelheiten, auf Englisch: ${isolated(details)}`,
  Panic: () =>
    'Dieses Bild kann nicht gelesen werden: Der Decoder ist gescheitert, und auch der Browser kann das Bild nicht zeigen. Vielleicht ist die Datei beschädigt. Speichere sie als JPEG oder PNG und versuche es noch einmal.',
  Memory: () => 'Dieses Bild braucht mehr Speicher, als der Browser gibt. Verkleinere es und versuche es noch einmal.',
  Link: (details) => `Dieser Link kann nicht geöffnet werden. Die Einzelheiten, auf Englisch: ${isolated(details)}`,
};

/** @type {import('./words.js').Words['crop']} */
export const crop = {
  box: 'Der gewählte Ausschnitt. Die Pfeiltasten bewegen ihn. Umschalttaste und Pfeiltasten ändern seine Größe.',
  proposal: 'Nur diesen Ausschnitt suchen.',
  place: (left, top, width, height) =>
    `${percent(left)} von links, ${percent(top)} von oben, ${percent(width)} breit, ${percent(height)} hoch`,
};

/** @type {import('./words.js').Words['offline']} */
export const offline = {
  kept: 'Auf diesem Gerät gespeichert. Die Seite funktioniert jetzt ohne Netz.',
  full: 'Dieses Gerät hat zu wenig Platz, um die Suche zu speichern. Die Seite braucht das Netz bei jedem Besuch.',
  refused:
    'Dieser Browser speichert diese Seite nicht; sie braucht daher das Netz bei jedem Besuch. Vielleicht ist das Fenster privat, oder die Seite kommt über http statt https.',
  renewed: 'Eine neuere Version dieser Seite liegt bereit. Schließe alle Tabs dieser Seite, um sie zu benutzen.',
};

/** @type {import('./words.js').Words['several']} */
export const several = {
  unlike: (name) => `Nicht wie ${quoted(name)}`,
  remove: (name) => `${quoted(name)} entfernen`,
  most: (most) =>
    `Nur die ersten ${number(most)} Bilder werden verwendet. Eine Suche mit mehr Bildern ergibt nichts Klares.`,
};

/** @type {import('./words.js').Words['details']} */
export const details = {
  open: 'Seite öffnen',
  viewer: 'In 3D ansehen',
  labels: 'Kategorien und Schlagwörter',
  filterBy: (value) => `Nur Modelle mit ${quoted(value)} zeigen`,
};

/** @type {import('./words.js').Words['viewer']} */
export const viewer = {
  title: (name) => `Sketchfabs Viewer: ${name}`,
  from: 'Dieser Viewer kommt von sketchfab.com. Diese Website erfährt, welches Modell du ansiehst. Sie erfährt nichts über dein Bild.',
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
  comparing: 'Die beiden Bilder werden verglichen …',
  mostly: (score, places) =>
    places.length > 0
      ? `Zu ${percent(score)} ähnlich, vor allem ${listed(places)} im Bild.`
      : `Zu ${percent(score)} ähnlich, überall im Bild ein wenig.`,
  picture: (name, places) =>
    places.length > 0
      ? `${name}: Die Ähnlichkeit liegt vor allem ${listed(places)}`
      : `${name}: Die Ähnlichkeit ist überall`,
  contribution: (contribution, score) => `${cosine(contribution)} von ${cosine(score)}`,
  how: 'Jedes Bild wird als das Quadrat gezeigt, das das Netz gesehen hat. Je heller ein Bereich ist, desto mehr trägt er zur Ähnlichkeit bei. Die Ähnlichkeit ist die Summe aller Bereiche. Ein Teil davon vergleicht, was die ganzen Bilder vermutlich zeigen. Dieser Teil ist gleichmäßig auf alle Bereiche verteilt.',
  mirrored: 'Das Bild des Modells ist als Spiegelbild ähnlich: Links im einen Bild ist rechts im anderen.',
};

/** @type {import('./words.js').Words['links']} */
export const links = {
  ask: (host) =>
    `Dieses Bild liegt bei ${isolated(host)}. Wenn du es holst, erfährt ${isolated(host)} deine IP-Adresse und dass du dieses Bild willst, wie bei jedem Besuch. Sonst wird nichts gesendet.`,
  fetch: 'Bild holen',
  cancel: 'Abbrechen',
  fetching: (host) => `Anfrage an ${isolated(host)} …`,
  unreadable: (host) =>
    `${isolated(host)} lässt andere Websites dieses Bild nicht lesen oder war nicht erreichbar. Speichere das Bild auf diesem Gerät und zieh dann die gespeicherte Datei auf die Seite.`,
  refused: (host, status) =>
    `${isolated(host)} hat dieses Bild nicht gesendet (Status ${status}). Prüfe den Link, oder speichere das Bild und zieh die gespeicherte Datei auf die Seite.`,
  other: (host) =>
    `Der Link zu ${isolated(host)} führt nicht zu einem Bild, vielleicht aber zu einer Seite mit einem Bild. Kopiere die Adresse des Bildes selbst, oder speichere das Bild und zieh die gespeicherte Datei auf die Seite.`,
  large: (host) =>
    `Das Bild bei ${isolated(host)} hat mehr als 50 MB. Speichere es, verkleinere es und zieh die gespeicherte Datei auf die Seite.`,
  slow: (host) =>
    `${isolated(host)} hat länger als 20 Sekunden gebraucht. Versuche es noch einmal, oder speichere das Bild und zieh die gespeicherte Datei auf die Seite.`,
};
