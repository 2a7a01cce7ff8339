/** The page's words in English. index.html repeats those under `page` for the first paint. */

import { formats } from './formats.js';

const { number, megabytes, seconds, percent, share, cosine, isolated, plural } = formats('en');
/** @param {string} text */
const quoted = (text) => `\u201c${isolated(text)}\u201d`;

/** @type {import('./words.js').Words['page']} */
export const page = {
  promise: 'Nothing is uploaded',
  title: 'Find 3D models that look like your picture',
  drop: 'Drop an image anywhere',
  choose: 'Choose a file',
  paste: 'or paste one with Ctrl+V',
  pasteOnMac: 'or paste one with ⌘V',
  starting: 'Loading the search …',
  samples: 'Or try one of these',
  how: 'How does this work?',
  howEmbed:
    'A neural network (the first layers of VGG16) runs in your browser and turns your picture into a list of numbers that describes its shapes, textures and colours.',
  howSearch:
    'The same was done beforehand for the picture of every model. The models whose numbers point in nearly the same direction as yours are shown; the percentage is the cosine between the two, 100% for equal pictures.',
  howPrivate:
    'Your picture is not sent anywhere: this page only downloads its own files, and it works on after you disconnect. Another site is asked only where you say so: for an image whose link you bring, and for Sketchfab’s 3D viewer.',
  release: 'Drop to search',
  names: 'Or a model’s name or its link',
  showMore: 'Show more',
  copyJson: 'Copy as JSON',
  copyCsv: 'Copy as CSV',
  clearFilters: 'Clear filters',
  sort: 'Order',
  sortCloseness: 'Closest first',
  sortName: 'By name',
  sortAuthor: 'By author',
  sortLicence: 'By licence',
  crop: 'Search a part of it',
  cropWhole: 'Search the whole image',
  copyLink: 'Copy link',
  add: 'Add another image',
  parts: 'Images that are searched together',
  camera: 'Take a photo',
  cancel: 'Cancel',
};

/** @type {import('./words.js').Words['tab']} */
export const tab = {
  start: 'recasketch: 3D models that look like your picture',
  results: (name, site) => `Like ${name} – ${site}`,
};

/** @type {import('./words.js').Words['element']} */
export const element = { drop: 'Drop an image here', label: 'Find 3D models by an image' };

/** @type {import('./words.js').Words['engine']} */
export const engine = {
  loading: (loaded, total) => `Loading the search: ${megabytes(loaded)} of ${megabytes(total)} MB`,
  checking: 'Checking that this browser computes as it should …',
  ready: (models) => `${number(models)} models ready to search`,
  layer: (layer, layers) => `Looking at the image: layer ${layer} of ${layers} …`,
  searching: 'Searching …',
  stopped: 'The search has stopped',
  cancelled: 'Loading was cancelled, and the search has not started.',
};

/** @type {import('./words.js').Words['query']} */
export const query = {
  image: 'Your image',
  sample: 'Sample',
  model: 'Model',
  pasted: 'Pasted image',
  unnamed: 'Unnamed',
  link: 'Link',
  shared: 'An image that somebody shared',
  several: (count) => plural(count, { one: 'One image', other: `${number(count)} images` }),
};

/** @type {import('./words.js').Words['results']} */
export const results = {
  like: (name) => `Models like ${quoted(name)}`,
  likeImage: 'Models that look like your image',
  searched: (models, milliseconds) => `${number(models)} searched in ${seconds(milliseconds)} s`,
  score: percent,
  scoreTitle: (score) =>
    `Cosine similarity ${cosine(score)}: how nearly the two pictures' features point the same way; 1.000 for equal pictures`,
  scoreSpoken: (score) => `${percent(score)} alike`,
  more: 'More like this',
  moreSpoken: (name) => `More like this: ${name}`,
  view: 'View on ',
  sketchfab: 'Sketchfab',
  newTab: ', opens in a new tab',
  unnamed: 'Unnamed model',
  licence: (licence) => `Licence: ${licence}`,
  closeness: (closer) => `top ${share(closer)}`,
  closenessTitle: (closer) => `Among the ${share(closer)} of this catalogue's pairs that are most alike`,
  duplicates: (count) => `+${number(count)}`,
  duplicatesTitle: (count) =>
    plural(count, {
      one: 'One more model is nearly the same',
      other: `${number(count)} more models are nearly the same`,
    }),
  unlike: 'Nothing is really alike. These come nearest.',
  noneFiltered: 'No model passes these filters. Take one of them away.',
  none: 'This site has no other model to show.',
  copied: (count) => plural(count, { one: 'One model was copied.', other: `${number(count)} models were copied.` }),
  notCopied: 'This browser does not let this page copy. Browsers allow it only over https.',
  likeShared: 'Models like an image that somebody shared',
  likeSeveral: 'Models like these images together',
  linkCopied: 'The link was copied. Whoever opens it sees these models, and not your image.',
  addSpoken: (name) => `Add to what is searched: ${name}`,
  whySpoken: (name) => `Why is it alike: ${name}`,
  viewerSpoken: (name) => `View in 3D, from Sketchfab: ${name}`,
};

/** @type {import('./words.js').Words['filters']} */
export const filters = {
  category: 'Category',
  tag: 'Tag',
  licence: 'Licence',
  author: 'Author',
  chosen: (facet, values) =>
    `${facet}: ${isolated(values[0])}${values.length > 1 ? ` +${number(values.length - 1)}` : ''}`,
  find: 'Find',
  findIn: (facet) => `Find in: ${facet}`,
  count: number,
  rest: (values) => `${number(values)} more: type to find them`,
};

/** @type {import('./words.js').Words['spoken']} */
export const spoken = {
  loading: 'The search is loading. You can already choose an image.',
  ready: (models) => `Ready to search ${number(models)} models.`,
  searching: 'Searching.',
  found: (count, name, score) =>
    plural(count, {
      one: `One model found. It is ${name}, ${percent(score)} alike.`,
      other: `${number(count)} models found. The nearest is ${name}, ${percent(score)} alike.`,
    }),
  cancelled: 'The search was cancelled.',
};

/** @type {import('./words.js').Words['buttons']} */
export const buttons = { restart: 'Start again', dismiss: 'Dismiss this message', close: 'Close' };

/** @type {import('./words.js').Words['names']} */
export const names = {
  none: (text) => `No model in this catalogue is named ${quoted(text)}. Try fewer letters, or drop an image.`,
  offered: (count) =>
    plural(count, {
      zero: 'No names.',
      one: 'One name. Choose it with the arrow keys.',
      other: `${number(count)} names. Choose with the arrow keys.`,
    }),
};

/** @type {import('./words.js').Words['intake']} */
export const intake = {
  folder: 'That is a folder. Drop one image from it instead.',
  link: 'That is text, neither an image file nor a link to an image or to a Sketchfab model. Save the image to this machine first, then drop the saved file.',
  nothing: 'Nothing that can be searched was dropped. Drop an image file.',
  clipboardText:
    'The clipboard holds text, neither an image nor a link to one or to a Sketchfab model. Copy an image and paste again.',
  clipboardEmpty: 'The clipboard holds no image. Copy an image and paste again.',
  unreadable: (name) =>
    `The file ${quoted(name)} could not be read. It may have been moved, or be in use; choose it again.`,
  large: (name, bytes, limit) =>
    `The file ${quoted(name)} has ${megabytes(bytes)} MB, more than the ${megabytes(limit)} MB that this page reads. Make the image smaller and try again.`,
  sample: (name) =>
    `The sample ${quoted(name)} could not be loaded. Check the connection, or choose an image of your own.`,
};

const BROWSERS = 'Chrome or Edge 91, Firefox 114, Safari 16.4, or any later one';

/** @type {import('./words.js').Words['support']} */
export const support = {
  noWasm: `This browser does not run WebAssembly, which the search is made of; a privacy setting may have switched it off. These browsers work: ${BROWSERS}.`,
  noSimd: `This browser's WebAssembly lacks SIMD, which the search needs to be fast. These browsers work: ${BROWSERS}.`,
  noModuleWorker: `This browser does not run modules in workers, where the search happens. These browsers work: ${BROWSERS}.`,
  file: 'This page was opened as a file, where browsers do not let it load its data. Serve its folder over http instead, for instance with \u201crecasketch serve FOLDER\u201d, and open the address that it prints.',
};

const OWNER =
  'If it stays so, whoever runs this site should publish the whole folder that \u201crecasketch embed\u201d wrote.';

/** @type {import('./words.js').Words['files']} */
export const files = {
  offline: (file) =>
    `You are offline, and ${file} has not been downloaded yet. Connect to the network, then start again.`,
  unreachable: (file) =>
    `The file ${file} could not be downloaded: the server did not answer. Check the connection, then start again.`,
  brokeOff: (file, came, bytes) =>
    `The download of ${file} broke off after ${megabytes(came)} of ${megabytes(bytes)} MB. Check the connection, then start again.`,
  missing: (file) =>
    `The file ${file} is missing from this site (404). The site may be changing just now: start again in a minute. ${OWNER}`,
  refused: (file, status) => `The server refused ${file} with status ${status}. Start again in a minute. ${OWNER}`,
  html: (file) => `A web page came in place of ${file}; some servers send one for a file that is missing. ${OWNER}`,
  length: (file, bytes, came) =>
    `The file ${file} is not the file that manifest.json names: ${bytes} bytes were expected and ${came} came. The site may be changing just now: start again in a minute. ${OWNER}`,
  digest: (file) =>
    `The file ${file} is not the file that manifest.json names: its length is right and its content is not. The site may be changing just now, or a transfer was damaged: start again in a minute. ${OWNER}`,
  json: (file) => `The file ${file} cannot be read: it is not JSON. ${OWNER}`,
  version: (version, known) =>
    `The file manifest.json is of version ${version} and this page reads version ${known}. The page and its data were published at different times: reload the page. ${OWNER}`,
  manifest: (field) =>
    `The file manifest.json cannot be used: its entry \u201c${field}\u201d is missing or wrong. ${OWNER}`,
  foreign: (file) => `The file manifest.json names ${file}, which is not on this site. ${OWNER}`,
  rows: (models, rows) =>
    `The catalogue does not belong to the embeddings: ${rows} entries for ${models} models. ${OWNER}`,
  glue: `The file recasketch.js cannot be used; it may be missing, or of another version than the module. Reload the page. ${OWNER}`,
  module: (file) =>
    `The file ${file} could not be started by this browser. Reload the page; if that does not help, these browsers work: ${BROWSERS}.`,
  worker: `The file worker.js, or one that it needs, could not be loaded. Check the connection, then start again. ${OWNER}`,
  elsewhere: (origin) =>
    `The search of ${origin} cannot start on this page. Its host must send the header Access-Control-Allow-Origin, and the policy of this page (Content-Security-Policy), if it has one, must allow workers from blob: and scripts from ${origin}.`,
  policy: (directive, origin) =>
    `The policy of this page (Content-Security-Policy, ${directive}) does not let the search start. It must allow workers and scripts from ${origin}, and where it requires trusted types, the policy ${quoted('recasketch')}.`,
  notStarted: (said) =>
    `This browser did not start a worker, in which this page does its work. It said: ${quoted(said)}. The policy of the page (Content-Security-Policy) or an extension of the browser may forbid it.`,
  undecodable: (file) =>
    `The search is switched off, because its self-test failed: the file ${file} cannot be decoded. It may be damaged. ${OWNER}`,
  otherImage: (file, details) =>
    `The search is switched off, because its self-test failed: the file ${file} gives other numbers here than when the site was made. Either it is of another version than manifest.json, or this browser computes otherwise. Reload the page. ${OWNER} The details: ${isolated(details)}`,
  otherwise: (file, details) =>
    `The search is switched off, because this browser computes otherwise than the machine that made the site: the file ${file} is the right one, and gives other numbers here. Please report it, with the name and the version of the browser. The details: ${isolated(details)}`,
};

/** @type {import('./words.js').Words['failures']} */
export const failures = {
  died: 'The search stopped unexpectedly, perhaps because this image needs more memory than the browser gives. Start it again, and try a smaller image if it stops again.',
  broke:
    'The search stopped because of a fault of its own. Start it again. If it stops again at the same image, please report it.',
  silent:
    'The search has said nothing for more than a minute, and was stopped. Start it again. If it stays so, reload the page.',
  unknownModel: 'This link names a model that is not in this catalogue. Drop an image, or try a sample.',
  unexpected: 'Something went wrong in this page. Reload it and try again.',
};

/** @type {import('./words.js').Words['refusals']} */
export const refusals = {
  UnsupportedImage: (details) => details,
  Image: (details) => details,
  Panic: () =>
    'This image cannot be read: it broke the decoder, and the browser does not show it either. The file may be damaged; save it as JPEG or PNG and try again.',
  Memory: () => 'This image needs more memory than the browser gives. Make it smaller and try again.',
  Link: (details) => details,
};

/** @type {import('./words.js').Words['crop']} */
export const crop = {
  box: 'The part that is searched. Arrow keys move it; with Shift they change its size.',
  place: (left, top, width, height) =>
    `${percent(left)} from the left, ${percent(top)} from the top, ${percent(width)} wide, ${percent(height)} high`,
};

/** @type {import('./words.js').Words['offline']} */
export const offline = {
  kept: 'Kept on this device: the page now works without the network.',
  full: 'There is no room on this device to keep the search, so the page needs the network every time.',
  refused:
    'This browser keeps nothing of this page, as in a private window or on plain http, so the page needs the network every time.',
  renewed: 'A newer version of this page is ready. It comes once all its tabs are closed.',
};

/** @type {import('./words.js').Words['several']} */
export const several = {
  unlike: (name) => `Unlike ${quoted(name)}`,
  remove: (name) => `Remove ${quoted(name)}`,
  most: (most) => `The first ${number(most)} images are searched together; more at once say nothing clear.`,
};

/** @type {import('./words.js').Words['viewer']} */
export const viewer = {
  title: (name) => `Sketchfab’s viewer: ${name}`,
  from: 'This viewer comes from sketchfab.com, which learns that this model is looked at, and nothing of your image.',
};

/** Places of a picture, row by row. */
const zones = ['top left', 'top', 'top right', 'left', 'middle', 'right', 'bottom left', 'bottom', 'bottom right'];
/** @param {readonly import('./words.js').Place[]} places */
const listed = (places) => places.map(({ zone, share }) => `${zones[zone]} (${percent(share)})`).join(' and the ');

/** @type {import('./words.js').Words['why']} */
export const why = {
  title: (name) => `Why ${quoted(name)} is alike`,
  mostly: (score, places) =>
    places.length > 0
      ? `${percent(score)} alike, mostly from the ${listed(places)} of the picture.`
      : `${percent(score)} alike, a little from everywhere in the picture.`,
  picture: (name, places) =>
    places.length > 0
      ? `${name}: what is alike is mostly in the ${listed(places)}`
      : `${name}: what is alike is everywhere`,
  share: (share, score) => `${cosine(share)} of ${cosine(score)}`,
  how: 'Each picture is shown as the square that the network saw. The lighter a region, the more it adds to the score; all regions together are the score. What the whole picture is likely to show is spread over all of them.',
  mirrored: 'The model’s picture is alike as its mirror image: left in one is right in the other.',
};

/** @type {import('./words.js').Words['links']} */
export const links = {
  ask: (host) =>
    `That image is at ${isolated(host)}. Fetching it tells ${isolated(host)} your network address and that you want this image, as visiting it would; nothing else is sent.`,
  fetch: 'Fetch the image',
  cancel: 'Cancel',
  fetching: (host) => `Asking ${isolated(host)} …`,
  unreadable: (host) =>
    `${isolated(host)} does not let other sites read this image, or could not be reached. Save the image to this machine, then drop the saved file.`,
  refused: (host, status) =>
    `${isolated(host)} did not give this image (status ${status}). Check the link, or save the image and drop the saved file.`,
  other: (host) =>
    `What is at this link on ${isolated(host)} is no image, but perhaps a page with one. Copy the image’s own address, or save the image and drop the saved file.`,
  large: (host) =>
    `The image at ${isolated(host)} has more than 50 MB. Save it, make it smaller, and drop the saved file.`,
  slow: (host) =>
    `${isolated(host)} took longer than 20 seconds. Try again, or save the image and drop the saved file.`,
};
