/** The page: joins what the visitor brings, the search session, and what is shown. */

import { firstSession, speaking } from './begin.js';
import { TOP } from './engine/asked.js';
import { EngineError } from './engine/failure.js';
import { toggled } from './engine/filter.js';
import { MOST, membersOf, nameOf, requestOf, together } from './engine/query.js';
import { SearchSession } from './engine/search-session.js';
import { SITE } from './engine/site.js';
import { copy, copyLink } from './page/copy.js';
import { listenToCrop } from './page/crop.js';
import { byId } from './page/dom.js';
import { listenToFilters, makeFilters } from './page/filters.js';
import {
  forget,
  imageQuery,
  modelQuery,
  present,
  presentFilter,
  recall,
  record,
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
import { showWhy } from './page/why.js';
import { fillWords } from './page/wording.js';
import { intake, results, several, words } from './strings/strings.js';

/** What is asked of the models besides. @type {import('./engine/protocol.js').Filter} */
let filter = {};

const view = viewOf({
  onMore: ({ model }) => search(modelQuery(model.uid, model), { isFocused: true }),
  onAdd: ({ model }) => takeIn([{ query: modelQuery(model.uid, model), weight: 1 }], true, { isFocused: true }),
  onWhy: ({ model }) => explain(model),
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
  onBack() {
    filter = session.answer?.filter ?? filter;
  },
  wanted: present,
});

/**
 * Searches; a failure is shown by the session.
 * @param {import('./engine/query.js').Query} query
 * @param {import('./engine/search-session.js').How} [how]
 */
function search(query, how) {
  endLink();
  session.search(query, how).catch(() => {});
}

/** Asks about another part of what is shown, as often as it moves. @param {import('./engine/protocol.js').Part | null} part */
function changePart(part) {
  const { query } = session;
  if (query?.kind !== 'image') return;
  query.part = part;
  search(query, { isSpoken: false, isMoving: true });
}

/** Asks the same of other models. @param {import('./engine/protocol.js').Filter} asked */
function changeFilter(asked) {
  filter = asked;
  if (session.query) search(session.query);
}

/**
 * Searches by images of the visitor's, in place of what is shown or together with it.
 * @param {{blob: Blob, name: string}[]} images
 * @param {boolean} [isAdded]
 */
function bring(images, isAdded = false) {
  const brought = images.map(({ blob, name }) => ({ query: imageQuery(blob, name), weight: 1 }));
  takeIn(brought, isAdded);
}

/** @param {import('./engine/query.js').Member[]} brought */
function takeIn(brought, isAdded, how = {}) {
  const members = [...(isAdded ? membersOf(session.query) : []), ...brought];
  search(together(members), { ...how, remark: members.length > MOST ? several.most(MOST) : '' });
}

/** An image on another host, which is asked once the visitor has said so. @param {URL} link */
function onLink(link) {
  clearAlert();
  offerLink(link, {
    onImage: (blob, name) => bring([{ blob, name }]),
    onRefused: (sentence) => alertVisitor(sentence),
  });
}

/** Searches by what is left of several, or not at all. @param {import('./engine/query.js').Member[]} members */
function changeMembers(members) {
  const query = together(members);
  if (query) return search(query);
  recordStart();
  return follow();
}

/** Shows why a model is like what is shown. @param {import('./engine/protocol.js').Model} model */
async function explain(model) {
  const query = session.shown;
  const name = nameOf(query, words);
  try {
    const why = await session.ask({ type: 'why', asked: requestOf(query), uid: model.uid }, name);
    const hasPicture = query.kind === 'image' || query.kind === 'model';
    const { src: address } = byId('preview-image');
    showWhy(why, {
      query: hasPicture ? { address, part: query.part ?? null, isAsStored: isAsStored(query) } : null,
      model: { address: model.thumbnail, part: null, isAsStored: false },
      queryName: name,
      name: model.name || results.unnamed,
    });
  } catch (error) {
    if (error.name !== 'Superseded') alertVisitor(error.message);
  }
}

/** Fetches the samples that a query consists of. @param {import('./engine/query.js').Query} query */
async function fetchSamples(query) {
  for (const { query: one } of membersOf(query)) if (one.kind === 'image') one.blob ??= await fetchSample(one);
}

async function fetchSample({ file, name }) {
  try {
    const response = await fetch(file);
    if (response.ok) return await response.blob();
  } catch {
    // Said below, as for a sample that is missing.
  }
  throw new EngineError('Sample', intake.sample(name), 'intake.sample');
}

/** Shows what the address asks for; the browser's back and forward come here. */
function follow() {
  filter = presentFilter();
  const query = present();
  if (query) return search(query);
  clearAlert();
  note('');
  return session.showStart();
}

function cancel() {
  byId('file').focus({ preventScroll: true }); // the button goes
  session.cancel();
}

/** What is brought before the page has its words waits for them. @type {import('./page/intake.js').Receiver} */
const receiver = {
  onImages: (images, isAdded) => speaking.then(() => bring(images, isAdded)),
  onModel: (uid, isAdded) => speaking.then(() => takeIn([{ query: modelQuery(uid), weight: 1 }], isAdded)),
  onLink: (link) => speaking.then(() => onLink(link)),
  onRefused: (sentence) => alertVisitor(sentence),
  words,
  address: () => location.href,
};

function listenToPage() {
  window.addEventListener('popstate', follow);
  listenToNames({ onChoose: (uid) => search(modelQuery(uid), { isFocused: true }), onLink });
  byId('cancel').addEventListener('click', cancel);
  listenToCrop(changePart);
  listenToFilters(() => changeFilter({}));
  byId('sort').addEventListener('change', () => session.show());
  byId('show-more').addEventListener('click', () => session.more().then(focusCard, () => {}));
  for (const form of ['json', 'csv']) byId(`copy-${form}`).addEventListener('click', () => copy(form, session.answer));
  byId('copy-link').addEventListener('click', copyLink);
  byId('home').addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    recordStart();
    follow();
  });
}

/** What tests and the curious may call; everything goes the way of a visitor's drop, through the worker. */
window.recasketch = {
  get ready() {
    return session.ready;
  },
  get refined() {
    return session.refined;
  },
  /** @param {Blob} blob */
  ask: (blob) => session.search(imageQuery(blob, blob.name ?? '')),
  /** @param {string} uid */
  similar: (uid) => session.search(modelQuery(uid)),
  /** The answer that is on the page, or null. */
  shown: () => session.answer,
  /** What the network sees. @param {Blob} blob */
  inspect: (blob) => session.ask({ type: 'inspect', image: blob }),
};

async function main() {
  byId('not-started').remove();
  listen(receiver); // first of all: for what is dropped and not taken the browser leaves the page
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
