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
    'A neural network runs in your browser: the first layers of VGG16. It turns your picture into a list of numbers that describes its shapes, textures and colours.',
  howSearch:
    'The same was done beforehand for the picture of every model. The page shows the models whose numbers point in nearly the same direction as the numbers of your picture. How close a model is comes from the cosine of the angle between the two, which its details show: 1.000 for equal pictures.',
  howPrivate:
    'Your picture is not sent anywhere. This page downloads only its own files, and it still works after you disconnect. It contacts another site only when you ask it to: to fetch an image from a link, and to show Sketchfab’s 3D viewer.',
  release: 'Drop to search',
  names: 'Or type words, a name or a link',
  wander: 'Or look around',
  others: 'Show others',
  clearWords: 'Search without these words',
  likeAll: 'More like all of these',
  showMore: 'Show more',
  copyJson: 'Copy as JSON',
  copyCsv: 'Copy as CSV',
  clearFilters: 'Clear filters',
  sort: 'Order',
  sortCloseness: 'Closest first',
  sortName: 'By name',
  sortAuthor: 'By author',
  sortLicence: 'By licence',
  crop: 'Select a part',
  cropWhole: 'Use the whole image',
  copyLink: 'Copy link',
  shareLink: 'Share link',
  add: 'Add another image',
  parts: 'Images of this search',
  camera: 'Take a photo',
  change: 'Change',
  cancel: 'Cancel',
};

/** @type {import('./words.js').Words['tab']} */
export const tab = {
  start: 'recasketch: 3D models that look like your picture',
  results: (name, site) => `Similar to ${name} – ${site}`,
};

/** @type {import('./words.js').Words['element']} */
export const element = { drop: 'Drop an image here', label: 'Find 3D models with an image' };

/** @type {import('./words.js').Words['engine']} */
export const engine = {
  loading: (loaded, total) => `Loading the search: ${megabytes(loaded)} of ${megabytes(total)} MB`,
  checking: 'Checking that this browser calculates correctly …',
  ready: (models) =>
    plural(models, { one: 'One model ready to search', other: `${number(models)} models ready to search` }),
  layer: (layer, layers) => `Analysing the image: layer ${layer} of ${layers} …`,
  searching: 'Searching …',
  stopped: 'The search has stopped',
  cancelled: 'Loading was cancelled. The search has not started.',
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
  thumbnailsFrom: (hosts) =>
    `The thumbnails come from ${isolated(hosts)}, which learns your network address and the models that you see, but not your picture.`,
  like: (name) => `Models like ${quoted(name)}`,
  likeImage: 'Models that look like your image',
  searched: (models, milliseconds) =>
    plural(models, {
      one: `1 model searched in ${seconds(milliseconds)} s`,
      other: `${number(models)} models searched in ${seconds(milliseconds)} s`,
    }),
  score: percent,
  scoreTitle: (score) =>
    `Cosine similarity ${cosine(score)}. It compares the directions of the two pictures' features. Equal pictures have 1.000.`,
  more: 'More like this',
  moreSpoken: (name) => `More like this: ${name}`,
  view: 'View on ',
  sketchfab: 'Sketchfab',
  newTab: ', opens in a new tab',
  unnamed: 'Unnamed model',
  licence: (licence) => `Licence: ${licence}`,
  closenessTitle: (closer) => `As similar as the closest ${share(closer)} of all pairs`,
  duplicates: (count) => `+${number(count)}`,
  duplicatesTitle: (count) =>
    plural(count, {
      one: 'One more model is nearly the same',
      other: `${number(count)} more models are nearly the same`,
    }),
  unlike: 'No model is really similar. These are the closest.',
  noneFiltered: 'No model matches these filters. Remove one of them.',
  none: 'This site has no other model to show.',
  copied: (count) => plural(count, { one: 'One model was copied.', other: `${number(count)} models were copied.` }),
  notCopied: 'This browser does not allow this page to copy. Browsers allow copying only over https.',
  why: 'Why?',
  add: 'Add to search',
  close: 'Close',
  fairlyClose: 'Fairly close',
  distant: 'Distant',
  detailsSpoken: (name) => `Details: ${name}`,
  likeShared: 'Models like an image that somebody shared',
  likeSeveral: 'Models like these images combined',
  named: (words) => `Models for ${quoted(words)}`,
  fewNamed: (words) => `Few models have the words ${quoted(words)}. Therefore the picture and the words both count.`,
  among: (count, words) =>
    plural(count, {
      one: `Among the one model for ${quoted(words)}`,
      other: `Among the ${number(count)} models for ${quoted(words)}`,
    }),
  linkCopied: 'The link was copied. It shows these models, but not your image.',
  addSpoken: (name) => `Add to search: ${name}`,
  whySpoken: (name) => `Why is it similar: ${name}`,
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
  atMost: (models) => `≤ ${number(models)}`,
  rest: (values) => `${number(values)} more: type to find them`,
};

/** @type {import('./words.js').Words['spoken']} */
export const spoken = {
  loading: 'The search is loading. You can already choose an image.',
  ready: (models) =>
    plural(models, { one: 'Ready to search one model.', other: `Ready to search ${number(models)} models.` }),
  searching: 'Searching.',
  named: (count, name) =>
    plural(count, {
      one: `One model found. It is ${name}.`,
      other: `${number(count)} models found. The first is ${name}.`,
    }),
  found: (count, name, score) =>
    plural(count, {
      one: `One model found. It is ${name}, ${percent(score)} similar.`,
      other: `${number(count)} models found. The closest is ${name}, ${percent(score)} similar.`,
    }),
  cancelled: 'The search was cancelled.',
};

/** @type {import('./words.js').Words['buttons']} */
export const buttons = { restart: 'Start again', dismiss: 'Dismiss this message', close: 'Close' };

/** @type {import('./words.js').Words['names']} */
export const names = {
  none: (text) => `No model in this catalogue has the words ${quoted(text)}. Try other words, or drop an image.`,
  all: (count) => plural(count, { one: 'Show the one result', other: `Show all ${number(count)} results` }),
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
  link: 'That is text. It is neither an image file nor a link to an image or a Sketchfab model. Save the image to this device first, then drop the saved file.',
  nothing: 'There is no image to search with. Drop an image file.',
  clipboardText:
    'The clipboard contains text, but no image and no link to an image or a Sketchfab model. Copy an image and paste again.',
  clipboardEmpty: 'The clipboard contains no image. Copy an image and paste again.',
  unreadable: (name) =>
    `The file ${quoted(name)} could not be read. It may have been moved, or another program may be using it. Choose it again.`,
  large: (name, bytes, limit) =>
    `The file ${quoted(name)} is too large: it has ${megabytes(bytes)} MB, and this page reads at most ${megabytes(limit)} MB. Make the image smaller and try again.`,
  sample: (name) =>
    `The sample ${quoted(name)} could not be loaded. Check the connection, or choose an image of your own.`,
};

const BROWSERS = 'Chrome or Edge 91, Firefox 114, Safari 16.4, or a later version';

/** @type {import('./words.js').Words['support']} */
export const support = {
  noWasm: `This browser does not run WebAssembly. The search needs it. A privacy setting may have switched it off. Use ${BROWSERS}.`,
  noSimd: `This browser's WebAssembly lacks SIMD. The search needs it to be fast. Use ${BROWSERS}.`,
  noModuleWorker: `This browser does not run modules in workers. The search needs them. Use ${BROWSERS}.`,
  file: 'This page was opened as a file. Browsers do not let such a page load its data. Serve its folder over http instead, for instance with \u201crecasketch serve FOLDER\u201d, and open the address that it prints.',
};

const OWNER =
  'If this happens again, the owner of this site should publish the whole folder that \u201crecasketch embed\u201d wrote.';

/** @type {import('./words.js').Words['files']} */
export const files = {
  offline: (file) =>
    `You are offline, and ${file} has not been downloaded yet. Connect to the network, then start again.`,
  unreachable: (file) =>
    `The file ${file} could not be downloaded: the server did not answer. Check the connection, then start again.`,
  brokeOff: (file, came, bytes) =>
    `The download of ${file} was interrupted after ${megabytes(came)} of ${megabytes(bytes)} MB. Check the connection, then start again.`,
  missing: (file) =>
    `The file ${file} is missing from this site (404). The site may be changing right now. Start again in a minute. ${OWNER}`,
  refused: (file, status) => `The server refused ${file} with status ${status}. Start again in a minute. ${OWNER}`,
  html: (file) =>
    `The server sent a web page instead of ${file}. Some servers do this when a file is missing. ${OWNER}`,
  length: (file, bytes, came) =>
    `The file ${file} does not match manifest.json: ${bytes} bytes were expected, and ${came} were received. The site may be changing right now. Start again in a minute. ${OWNER}`,
  digest: (file) =>
    `The file ${file} does not match manifest.json: its length is right, but its content is not. The site may be changing right now, or the transfer was damaged. Start again in a minute. ${OWNER}`,
  json: (file) => `The file ${file} cannot be read: it is not JSON. ${OWNER}`,
  version: (version, known) =>
    `The file manifest.json has version ${version}, but this page reads version ${known}. The page and its data were published at different times. Reload the page. ${OWNER}`,
  manifest: (field) =>
    `The file manifest.json cannot be used: its entry \u201c${field}\u201d is missing or wrong. ${OWNER}`,
  foreign: (file) => `The file manifest.json names ${file}, which is not on this site. ${OWNER}`,
  rows: (models, rows) =>
    `The catalogue does not match the embeddings: it has ${rows} entries for ${models} models. ${OWNER}`,
  glue: `The file recasketch.js cannot be used. It may be missing, or its version may differ from the version of the WebAssembly module. Reload the page. ${OWNER}`,
  module: (file) =>
    `The file ${file} could not be started by this browser. Reload the page. If that does not help, use ${BROWSERS}.`,
  worker: `The file worker.js, or one that it needs, could not be loaded. Check the connection, then start again. ${OWNER}`,
  elsewhere: (origin) =>
    `The search of ${origin} cannot start on this page. The server of ${origin} must send the header Access-Control-Allow-Origin. If this page has a Content-Security-Policy, it must allow workers from blob: and scripts from ${origin}.`,
  policy: (directive, origin) =>
    `The policy of this page (Content-Security-Policy, ${directive}) does not let the search start. It must allow workers and scripts from ${origin}. If it requires trusted types, it must also allow the policy ${quoted('recasketch')}.`,
  otherVersion: (site, here) =>
    `The site was made by recasketch ${site}, but this page has the search of recasketch ${here}. The owner of this page should install the package recasketch@${site}.`,
  notStarted: (said) =>
    `This browser did not start a worker, and this page needs one. The message of the browser: ${quoted(said)}. The policy of the page (Content-Security-Policy) or a browser extension may forbid workers. Switch off extensions, then reload the page.`,
  undecodable: (file) =>
    `The search is switched off, because its self-test failed: the file ${file} cannot be decoded. It may be damaged. ${OWNER}`,
  otherImage: (file, details) =>
    `The search is switched off, because its self-test failed: the file ${file} gives different numbers here than when the site was made. Either the file and manifest.json have different versions, or this browser calculates differently. Reload the page. ${OWNER} Details: ${isolated(details)}`,
  otherwise: (file, details) =>
    `The search is switched off, because this browser calculates differently from the computer that made the site. The file ${file} is the right one, but it gives different numbers here. Please report this, with the name and the version of the browser. Details: ${isolated(details)}`,
};

/** @type {import('./words.js').Words['failures']} */
export const failures = {
  died: 'The search stopped unexpectedly. This image may need more memory than the browser gives. Start again. If it stops again, try a smaller image.',
  broke:
    'The search stopped because of a programming error. Start again. If it stops again with the same image, please report it.',
  silent:
    'The search did not respond for more than a minute and was stopped. Start again. If this happens again, reload the page.',
  unknownModel: 'This link names a model that is not in this catalogue. Drop an image, or try a sample.',
  unexpected: 'Something went wrong on this page. Reload it and try again.',
};

/** @type {import('./words.js').Words['refusals']} */
export const refusals = {
  UnsupportedImage: (details) => details,
  Image: (details) => details,
  Panic: () =>
    'This image cannot be read: the decoder failed, and the browser cannot show the image either. The file may be damaged. Save it as JPEG or PNG and try again.',
  Memory: () => 'This image needs more memory than the browser gives. Make it smaller and try again.',
  Link: (details) => details,
};

/** @type {import('./words.js').Words['crop']} */
export const crop = {
  box: 'The selected part. The arrow keys move it. Shift and the arrow keys change its size.',
  proposal: 'Search this part only.',
  place: (left, top, width, height) =>
    `${percent(left)} from the left, ${percent(top)} from the top, ${percent(width)} wide, ${percent(height)} high`,
};

/** @type {import('./words.js').Words['offline']} */
export const offline = {
  kept: 'Saved on this device. The page now works without the network.',
  full: 'This device has too little space to save the search. The page needs the network on every visit.',
  refused:
    'This browser does not save this page, so the page needs the network on every visit. The window may be private, or the page may come over http instead of https.',
  renewed: 'A newer version of this page is ready. Close all tabs of this page to use it.',
};

/** @type {import('./words.js').Words['several']} */
export const several = {
  unlike: (name) => `Not like ${quoted(name)}`,
  remove: (name) => `Remove ${quoted(name)}`,
  most: (most) => `Only the first ${number(most)} images are used. A search with more images gives no clear result.`,
};

/** @type {import('./words.js').Words['details']} */
export const details = {
  open: 'Open its page',
  viewer: 'View in 3D',
  labels: 'Categories and tags',
  filterBy: (value) => `Show only models with ${quoted(value)}`,
};

/** @type {import('./words.js').Words['viewer']} */
export const viewer = {
  title: (name) => `Sketchfab’s viewer: ${name}`,
  from: 'This viewer comes from sketchfab.com. That site learns which model you look at. It learns nothing about your image.',
};

/** Places of a picture, row by row. */
const zones = ['top left', 'top', 'top right', 'left', 'middle', 'right', 'bottom left', 'bottom', 'bottom right'];
/** @param {readonly import('./words.js').Place[]} places */
const listed = (places) => places.map(({ zone, share }) => `${zones[zone]} (${percent(share)})`).join(' and the ');

/** @type {import('./words.js').Words['why']} */
export const why = {
  title: (name) => `Why ${quoted(name)} is similar`,
  comparing: 'Comparing the two pictures …',
  mostly: (score, places) =>
    places.length > 0
      ? `${percent(score)} similar, mostly because of the ${listed(places)} of the picture.`
      : `${percent(score)} similar, a little everywhere in the picture.`,
  picture: (name, places) =>
    places.length > 0
      ? `${name}: the similarity is mostly in the ${listed(places)}`
      : `${name}: the similarity is everywhere`,
  contribution: (contribution, score) => `${cosine(contribution)} of ${cosine(score)}`,
  how: 'Each picture is shown as the square that the network saw. The lighter a region, the more it adds to the score. The score is the sum of all regions. One part of the score compares what the whole pictures probably show. This part is spread evenly over all regions.',
  mirrored: 'The model’s picture is similar as a mirror image: left in one picture is right in the other.',
};

/** @type {import('./words.js').Words['links']} */
export const links = {
  ask: (host) =>
    `That image is at ${isolated(host)}. If you fetch it, ${isolated(host)} learns your IP address and that you want this image, as on any visit. Nothing else is sent.`,
  fetch: 'Fetch the image',
  cancel: 'Cancel',
  fetching: (host) => `Asking ${isolated(host)} …`,
  unreadable: (host) =>
    `${isolated(host)} does not let other sites read this image, or could not be reached. Save the image to this device, then drop the saved file.`,
  refused: (host, status) =>
    `${isolated(host)} did not send this image (status ${status}). Check the link, or save the image and drop the saved file.`,
  other: (host) =>
    `The link to ${isolated(host)} does not lead to an image. It may lead to a page with an image. Copy the address of the image itself, or save the image and drop the saved file.`,
  large: (host) =>
    `The image at ${isolated(host)} has more than 50 MB. Save it, make it smaller, and drop the saved file.`,
  slow: (host) =>
    `${isolated(host)} took longer than 20 seconds. Try again, or save the image and drop the saved file.`,
};
