/**
 * The page: connects the visitor's queries, the search session, and the view.
 *
 * @import { Filter, Model, Part } from './engine/protocol.js'
 * @import { Member, Query } from './engine/query.js'
 * @import { How } from './engine/search-session.js'
 * @import { Receiver } from './page/intake.js'
 */

import { firstSession, speaking } from './begin.js';
import { TOP } from './engine/asked.js';
import { EngineError } from './engine/failure.js';
import { toggled, written } from './engine/filter.js';
import { MOST, membersOf, nameOf, requestOf, together } from './engine/query.js';
import { SearchSession } from './engine/search-session.js';
import { SITE } from './engine/site.js';
import { copy, copyLink } from './page/copy.js';
import { listenToCrop } from './page/crop.js';
import { closeDetails, dismissDetails, followDetails } from './page/details.js';
import { byId } from './page/dom.js';
import { listenToFilters, makeFilters } from './page/filters.js';
import { focusWay, listenToFold } from './page/fold.js';
import {
  forget,
  imageQuery,
  modelQuery,
  present,
  presentDetails,
  presentFilter,
  recall,
  record,
  recordDetails,
  recordSoon,
  recordStart,
  remember,
  sampleQuery,
} from './page/history.js';
import { listen, takeIn as takeInShared } from './page/intake.js';
import { endLink, offerLink } from './page/links.js';
import { alertVisitor, clearAlert, note } from './page/messages.js';
import { knowNames, listenToNames } from './page/names.js';
import { keepPage } from './page/offline.js';
import { isAsStored, showSamples } from './page/query.js';
import { focusCard } from './page/results.js';
import { takeShared } from './page/shared.js';
import { viewOf } from './page/view.js';
import { explained } from './page/why.js';
import { fillWords } from './page/wording.js';
import { intake, results, several, words } from './strings/strings.js';

/** @type {Filter} */
let filter = {};

/** @type {import('./page/details.js').Handlers} */
const handlers = {
  onMore: ({ model }) => search(modelQuery(model.uid, model), { isFocused: true }),
  onAdd: ({ model }) => takeIn([{ query: modelQuery(model.uid, model), weight: 1 }], true, { isFocused: true }),
  explain,
  onFilter(facet, value) {
    const asked = { ...filter, [facet]: [value] };
    if (written(asked) === written(filter)) dismissDetails();
    else changeFilter(asked, { isFocused: true });
  },
  onChoose: (uid) => search(modelQuery(uid), { isFocused: true }),
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
  top: () => TOP,
  prepare: fetchSamples,
  recall,
  onManifest: (_, samples) => showSamples(samples, (sample) => search(sampleQuery(sample))),
  onReady({ facets, names }) {
    knowNames(names);
    makeFilters(facets, (facet, value) => changeFilter(toggled(filter, facet, value)));
  },
  onRefined(keeping) {
    if (keeping) keepPage(keeping);
    forget();
  },
  onAnswer(query, answer, { isMoving }) {
    remember(query, answer);
    if (isMoving) recordSoon(query, filter, answer.code);
    else record(query, filter, answer.code);
  },
  onShown: showPresentDetails,
  onBack() {
    filter = session.answer?.filter ?? filter;
    if (session.answer) dismissDetails(); // what was asked from there failed
  },
  wanted: present,
});

/** Searches. The session shows a failure. @param {Query} query @param {How} [how] */
function search(query, how) {
  endLink();
  session.search(query, how).catch(() => {});
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
  recordStart();
  return follow();
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
  const query = /** @type {Query} */ (session.shown); // the model is part of its answer
  const name = nameOf(query, words);
  const why = await session.ask({ type: 'why', asked: requestOf(query), uid: model.uid }, name);
  const hasPicture = query.kind === 'image' || query.kind === 'model';
  const { src: address } = byId('preview-image');
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

/** Shows the query of the browser's present history entry, after back or forward, or at the start. */
function follow() {
  filter = presentFilter();
  const query = present();
  const { shown, answer, isAsking } = session;
  if (query && answer && !isAsking && shown?.key === query.key && written(answer.filter) === written(filter)) {
    record(shown, filter, answer.code); // a part or a code may have changed while the details were open
    return showPresentDetails();
  }
  closeDetails();
  if (query) return search(query);
  clearAlert();
  note('');
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
  words: () => words,
  address: () => location.href,
};

function listenToPage() {
  window.addEventListener('popstate', follow);
  listenToNames({ onChoose: handlers.onChoose, onLink });
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
    recordStart();
    follow();
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
  session.begin(SITE, words);
  firstSession?.leave();
  const shared = await takeShared();
  if (shared) return takeInShared(shared, receiver);
  return present() && follow();
}

main();
