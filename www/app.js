/**
 * The page: connects the visitor's queries, the search session, and the view.
 *
 * @import { Answer, Filter, Model, Part } from './engine/protocol.js'
 * @import { Member, PictureQuery, Query } from './engine/query.js'
 * @import { How } from './engine/search-session.js'
 * @import { Receiver } from './page/intake.js'
 */

import { firstSession, speaking } from './begin.js';
import { TOP } from './engine/asked.js';
import { EngineError } from './engine/failure.js';
import { toggled, written } from './engine/filter.js';
import { MOST, membersOf, nameOf, requestOf, requestOfPictures, together } from './engine/query.js';
import { SearchSession } from './engine/search-session.js';
import { SITE } from './engine/site.js';
import { allowSources } from './page/card.js';
import { copy, copyLink } from './page/copy.js';
import { listenToCrop } from './page/crop.js';
import { closeDetails, dismissDetails, followDetails } from './page/details.js';
import { byId } from './page/dom.js';
import { listenToFilters, makeFilters } from './page/filters.js';
import { focusWay, fold, listenToFold } from './page/fold.js';
import {
  forget,
  imageQuery,
  modelQuery,
  present,
  presentDetails,
  presentFilter,
  presentWords,
  recall,
  record,
  recordDetails,
  recordSoon,
  recordStart,
  remember,
  sampleQuery,
  wordsQuery,
} from './page/history.js';
import { listen, takeIn as takeInShared } from './page/intake.js';
import { endLink, offerLink } from './page/links.js';
import { alertVisitor, clearAlert, note } from './page/messages.js';
import { fillNames, listenToNames } from './page/names.js';
import { keepPage } from './page/offline.js';
import { isAsStored, pictureOf, showSamples } from './page/query.js';
import { focusCard } from './page/results.js';
import { takeShared } from './page/shared.js';
import { viewOf } from './page/view.js';
import { listenToWander, wander } from './page/wander.js';
import { explained } from './page/why.js';
import { fillWords } from './page/wording.js';
import { intake, results, several, words as texts } from './strings/strings.js';

/** @type {Filter} */
let filter = {};

/** Words that name models. */
let words = '';

/** @type {import('./page/details.js').Handlers} */
const handlers = {
  onMore: ({ model }) => searchAll(modelQuery(model.uid, model)),
  onAdd: ({ model }) => takeIn([{ query: modelQuery(model.uid, model), weight: 1 }], true, { isFocused: true }),
  explain,
  onFilter(facet, value) {
    const asked = { ...filter, [facet]: [value] };
    if (written(asked) === written(filter)) dismissDetails();
    else changeFilter(asked, { isFocused: true });
  },
  onChoose: (uid) => searchAll(modelQuery(uid)),
};

const view = viewOf({
  onMore: handlers.onMore,
  onAdd: handlers.onAdd,
  onDetails: ({ uid }) => openDetails(uid),
  onWhy: ({ uid }) => openDetails(uid, { isWhy: true }),
  onMembers: changeMembers,
});

const session = new SearchSession(view, {
  requestOf: (query) => requestOf(query, { isShown: true }),
  filter: () => filter,
  words: () => words,
  top: () => TOP,
  prepare: fetchSamples,
  recall,
  onManifest(_, samples, sources) {
    allowSources(sources);
    byId('sources').hidden = sources.length === 0;
    byId('sources').textContent = results.thumbnailsFrom(sources.map((source) => new URL(source).host).join(', '));
    showSamples(samples, (sample) => searchAll(sampleQuery(sample), {}));
  },
  onReady({ facets }) {
    if (!session.query) showWander();
    makeFilters(facets, (facet, value) => changeFilter(toggled(filter, facet, value)));
  },
  onRefined(keeping) {
    if (keeping) keepPage(keeping);
    forget();
  },
  onAnswer(query, answer, { isMoving }) {
    remember(query, answer);
    fillNames(query.kind === 'words' ? words : '');
    if (isMoving) recordSoon(query, answer);
    else record(query, answer);
  },
  onShown: showPresentDetails,
  onBack() {
    filter = session.answer?.filter ?? filter;
    words = session.answer?.words ?? words;
    if (session.answer) dismissDetails(); // what was asked from there failed
  },
  wanted: present,
});

/** Searches. The session shows a failure. @param {Query} query @param {How} [how] */
function search(query, how) {
  endLink();
  session.search(query, how).catch(() => {});
}

/** Searches without words. @param {Query} query @param {How} [how] */
function searchAll(query, how = { isFocused: true }) {
  words = '';
  search(query, how);
}

/** Searches by words, and by the picture that is shown. An empty text takes the words away. @param {string} entered */
function searchWords(entered) {
  const { query } = session;
  words = entered;
  fold(true);
  if (query && query.kind !== 'words') search(query, { isFocused: true });
  else if (words) search(wordsQuery(words), { isFocused: true });
  else start();
}

/** Searches by the models that are shown. */
function searchShown() {
  const found = session.answer?.neighbours ?? [];
  const members = found.slice(0, MOST).map(({ uid, model }) => ({ query: modelQuery(uid, model), weight: 1 }));
  const query = together(/** @type {Member[]} */ (members));
  if (query) searchAll(query);
}

/** @type {import('./page/wander.js').Handlers} */
const wandering = {
  onMore: handlers.onMore,
  onAdd: handlers.onAdd,
  find: (seed, count) => session.ask({ type: 'spread', seed, count }),
};

/** Shows models to look at. If the engine stops, the page says so and shows none. */
function showWander() {
  wander(wandering).catch(() => {});
}

/** Searches by another part of the image. Called for every move of the box. @param {Part | null} part */
function changePart(part) {
  const { query } = session;
  if (query?.kind !== 'image') return;
  query.part = part;
  search(query, { isSpoken: false, isMoving: true });
}

/** Asks the same query with another filter. @param {Filter} asked @param {How} [how] */
function changeFilter(asked, how) {
  filter = asked;
  if (session.query) search(session.query, how);
}

/**
 * Searches by images of the visitor.
 * @param {{blob: Blob, name: string}[]} images
 * @param {boolean} [isAdded] whether they are added to the present query, in place of replacing it
 */
function bring(images, isAdded = false) {
  /** @type {Member[]} */
  const brought = images.map(({ blob, name }) => ({ query: imageQuery(blob, name), weight: 1 }));
  takeIn(brought, isAdded);
}

/**
 * @param {Member[]} brought
 * @param {boolean} [isAdded]
 * @param {How} [how]
 */
function takeIn(brought, isAdded = false, how = {}) {
  const members = [...(isAdded ? membersOf(session.query) : []), ...brought];
  const query = together(members);
  if (query) search(query, { ...how, remark: members.length > MOST ? several.most(MOST) : '' });
}

/** Offers to fetch an image from another host. @param {URL} link */
function onLink(link) {
  clearAlert();
  offerLink(link, {
    onImage: (blob, name) => bring([{ blob, name }]),
    onRefused: (sentence) => alertVisitor(sentence),
  });
}

/** Searches by the members that are left, or shows the start. @param {Member[]} members */
function changeMembers(members) {
  const query = together(members);
  if (query) return search(query);
  return start();
}

/** Shows the start, as a new entry of the browser's history. */
function start() {
  recordStart();
  follow();
}

/** @param {string} uid @param {{isWhy?: boolean}} [how] whether the explanation is shown, too */
function openDetails(uid, how) {
  if (!session.answer) return;
  recordDetails(uid);
  followDetails(session.answer, handlers, how);
}

/** Shows the details that the address asks for. If the answer lacks the model to the end, the address changes. */
function showPresentDetails() {
  const uid = presentDetails();
  if (!session.answer || followDetails(session.answer, handlers)) return;
  session.refined.then(() => {
    const { answer, isAsking } = session;
    if (presentDetails() === uid && answer && !isAsking && !followDetails(answer, handlers)) dismissDetails();
  });
}

/** Explains the score of a model. @param {Model} model */
async function explain(model) {
  const query = /** @type {PictureQuery} */ (session.shown); // only an answer to pictures is explained
  const name = nameOf(query, texts);
  const why = await session.ask({ type: 'why', asked: requestOfPictures(query), uid: model.uid }, name);
  const hasPicture = query.kind === 'image' || query.kind === 'model';
  const picture = pictureOf(query);
  const address = picture instanceof Blob ? byId('preview-image').src : picture;
  const part = query.kind === 'image' ? (query.part ?? null) : null;
  return explained(why, {
    query: hasPicture ? { address, part, isAsStored: isAsStored(query) } : null,
    model: { address: model.thumbnail, part: null, isAsStored: false },
    queryName: name,
    name: model.name || results.unnamed,
  });
}

/** Fetches the samples of a query that are not fetched yet. @param {Query} query */
async function fetchSamples(query) {
  for (const { query: one } of membersOf(query)) {
    if (one.kind === 'image' && one.file) one.blob ??= await fetchSample(one.file, one.name);
  }
}

/** @param {string} file @param {string} name */
async function fetchSample(file, name) {
  try {
    const response = await fetch(file);
    if (response.ok) return await response.blob();
  } catch {
    // The error below is the same for a sample that the server does not have.
  }
  throw new EngineError('Sample', intake.sample(name), 'intake.sample');
}

/** Returns whether an answer has the present filter and words. @param {Answer} answer */
const isNarrowedSo = (answer) => written(answer.filter) === written(filter) && answer.words === words;

/** Shows the query of the browser's present history entry, after back or forward, or at the start. */
function follow() {
  [filter, words] = [presentFilter(), presentWords()];
  const query = present();
  const { shown, answer, isAsking } = session;
  if (query && answer && !isAsking && shown?.key === query.key && isNarrowedSo(answer)) {
    record(shown, answer); // a part or a code may have changed while the details were open
    return showPresentDetails();
  }
  closeDetails();
  if (query) return search(query);
  clearAlert();
  note('');
  fillNames('');
  showWander();
  return session.showStart();
}

function cancel() {
  focusWay('file'); // the button disappears
  session.cancel();
}

/** Queries wait until the words of the page are loaded. @type {Receiver} */
const receiver = {
  onImages: (images, isAdded) => speaking.then(() => bring(images, isAdded)),
  onModel: (uid, isAdded) => speaking.then(() => takeIn([{ query: modelQuery(uid), weight: 1 }], isAdded)),
  onLink: (link) => speaking.then(() => onLink(link)),
  onRefused: (sentence) => alertVisitor(sentence),
  words: () => texts,
  address: () => location.href,
};

function listenToPage() {
  window.addEventListener('popstate', follow);
  listenToNames({
    find: (typed, top) => session.ask({ type: 'names', words: typed, top }),
    onChoose: handlers.onChoose,
    onWords: searchWords,
    onLink,
  });
  listenToWander(wandering);
  byId('clear-words').addEventListener('click', () => searchWords(''));
  byId('like-all').addEventListener('click', searchShown);
  byId('cancel').addEventListener('click', cancel);
  listenToCrop(changePart);
  listenToFold();
  listenToFilters(() => changeFilter({}));
  byId('sort').addEventListener('change', () => session.show());
  byId('show-more').addEventListener('click', () => session.more().then(focusCard, () => {}));
  for (const form of /** @type {const} */ (['json', 'csv'])) {
    byId(`copy-${form}`).addEventListener('click', () => session.answer && copy(form, session.answer));
  }
  byId('copy-link').addEventListener('click', () => copyLink({ note, alert: alertVisitor }));
  byId('home').addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    start();
  });
}

/** For tests and for the browser's console. All calls go through the worker, as a visitor's queries do. */
window.recasketch = {
  get ready() {
    return session.ready;
  },
  get refined() {
    return session.refined;
  },
  ask: (blob) => session.search(imageQuery(blob, blob.name ?? '')),
  similar: (uid) => session.search(modelQuery(uid)),
  shown: () => session.answer,
  inspect: (blob) => session.ask({ type: 'inspect', image: blob }),
};

async function main() {
  byId('not-started').remove();
  listen(receiver); // first, because until then the browser opens a dropped file in place of the page
  await speaking;
  fillWords();
  listenToPage();
  session.begin(SITE, texts);
  firstSession?.leave();
  const shared = await takeShared();
  if (shared) return takeInShared(shared, receiver);
  return present() && follow();
}

main();
