/** The page: joins what the visitor brings, the engine, and what is shown. */

import { begun, speaking } from './begin.js';
import { TOP } from './engine/asked.js';
import { EngineError } from './engine/client.js';
import { Engine, reasonOf } from './engine/engine.js';
import { toggled } from './engine/filter.js';
import { SITE } from './engine/site.js';
import { copy, copyLink } from './page/copy.js';
import { listenToCrop } from './page/crop.js';
import { listenToFilters, makeFilters, showFilters } from './page/filters.js';
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
import {
  alertVisitor,
  clearAlert,
  note,
  say,
  showEngine,
  showLayer,
  showProgress,
  showStarting,
} from './page/messages.js';
import { knowNames, listenToNames } from './page/names.js';
import { keepPage } from './page/offline.js';
import { asked as askedOf, hideQuery, isAsStored, nameOf, showQuery, showSamples } from './page/query.js';
import { focusCard, focusResults, hideResults, isUnlike, noneOf, showResults, showWaiting } from './page/results.js';
import { MOST, membersOf, showMembers, together } from './page/several.js';
import { takeShared } from './page/shared.js';
import { showWhy } from './page/why.js';
import { fillWords, resultsTitle, startTitle } from './page/wording.js';
import { engine as engineWords, intake, results, several, spoken, support, words } from './strings/strings.js';

/** @typedef {import('./page/query.js').Query} Query */

/** What is answered on the page, what is being asked, and what to ask once the engine starts again. */
const state = {
  /** @type {Query | null} */ shown: null,
  /** What is shown of it. @type {import('./engine/engine.js').Answer | null} */ answer: null,
  /** What is being asked; another object each time. @type {{query: Query} | null} */ asked: null,
  wanted: null,
  /** What is asked of the models besides. @type {import('./engine/filter.js').Filter} */ filter: {},
};

let models = 0;

const engine = new Engine(SITE, words, {
  onManifest(count, samples) {
    models = count;
    showSamples(samples, (sample) => quietly(search(sampleQuery(sample))));
  },
  onProgress: showProgress,
  onLayer: (layer, layers) => state.asked && showLayer(layer, layers),
  onChecking: () => showEngine('checking', engineWords.checking),
  onReady({ models: count, facets, names }) {
    models = count;
    knowNames(names);
    makeFilters(facets, (facet, value) => changeFilter(toggled(state.filter, facet, value)));
    showEngine(state.asked ? 'searching' : 'ready', state.asked ? engineWords.searching : engineWords.ready(count));
    say(spoken.ready(count));
  },
  onRefined(keeping) {
    if (keeping) keepPage(keeping);
    return refresh();
  },
  onStopped(reason, wasReady) {
    showEngine('stopped', engineWords.stopped);
    // What was asked of an engine that was running may be what stopped it; it is not asked again by itself.
    state.wanted = wasReady ? null : (state.asked?.query ?? present());
    alertStopped(reason);
  },
});

/**
 * Searches and shows the answer.
 * @param {Query} query
 * @param {{isRecorded?: boolean, isFocused?: boolean, isSpoken?: boolean, remark?: string, top?: number}} [how] whether
 *   it becomes an entry of the browser's history, whether the keyboard moves to the answer, whether a screen reader
 *   hears of it, what to say beside it, and how many models to find
 * @returns {Promise<import('./engine/engine.js').Answer>}
 */
async function search(query, { isRecorded = true, isFocused = false, isSpoken = true, remark = '', top = TOP } = {}) {
  const asked = { query };
  state.asked = asked;
  const { filter } = state;
  clearAlert();
  endLink();
  note(remark);
  try {
    const answer = recall(query, top, filter) ?? (await ask(asked, { top, filter, isSpoken }));
    if (state.asked !== asked) throw new EngineError('Superseded', '');
    state.asked = null;
    settle(query, answer);
    if (isRecorded) record(query, filter, answer.code);
    show(query, answer);
    if (isSpoken) sayFound(answer);
    if (isFocused) focusResults();
    return answer;
  } catch (error) {
    if (state.asked === asked) refuse(query, error);
    throw error;
  }
}

/** Asks the engine, showing that it is at work. */
async function ask(asked, how) {
  const { query } = asked;
  if (engine.isStopped) state.wanted = query;
  showAsked(query);
  showWaiting(engineWords.searching);
  if (engine.isReady) showEngine('searching', engineWords.searching);
  if (how.isSpoken) say(spoken.searching);
  for (const { query: one } of membersOf(query)) if (one.kind === 'image') one.blob ??= await fetchSample(one);
  if (state.asked !== asked) throw new EngineError('Superseded', '');
  return answerTo(query, how);
}

/** What is on the page came of the first level alone: asks it again, without a word unless it says another thing. */
async function refresh() {
  forget();
  const query = state.shown;
  if (!query || state.asked) return;
  try {
    const answer = await answerTo(query, state.answer);
    if (state.shown !== query || state.asked) return;
    settle(query, answer);
    record(query, state.filter, answer.code);
    show(query, answer);
    if (isUnlike(answer)) sayFound(answer);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error; // else the rougher answer stays
  }
}

/** @param {import('./engine/engine.js').Asked} how */
function answerTo(query, { top, filter }) {
  return engine.ask({ ...askedOf(query), top, filter });
}

/** Adds to the answers that are shown. */
async function showMore() {
  const { neighbours, top } = state.answer;
  const known = new Set(neighbours.map(({ uid }) => uid));
  const answer = await search(state.shown, { isRecorded: false, top: top + TOP });
  focusCard(answer.neighbours.find(({ uid }) => !known.has(uid))?.uid);
}

/** Asks about another part of what is shown, as often as it moves. @param {import('./page/crop.js').Part | null} part */
function changePart(part) {
  const query = state.asked?.query ?? state.shown;
  query.part = part;
  const searching = search(query, { isRecorded: false, isSpoken: false });
  quietly(searching.then((answer) => recordSoon(query, state.filter, answer.code)));
}

/** Asks the same of other models. */
function changeFilter(filter) {
  state.filter = filter;
  const query = state.asked?.query ?? state.shown;
  if (query) quietly(search(query));
}

/** Searches by images of the visitor's, in place of what is shown or together with it. */
function bring(images, isAdded) {
  const brought = images.map(({ blob, name }) => ({ query: imageQuery(blob, name), weight: 1 }));
  takeIn(brought, isAdded);
}

/** @param {import('./page/several.js').Member[]} brought */
function takeIn(brought, isAdded, how = {}) {
  const members = [...(isAdded ? membersOf(state.asked?.query ?? state.shown) : []), ...brought];
  quietly(search(together(members), { ...how, remark: members.length > MOST ? several.most(MOST) : '' }));
}

/** An image on another host, which is asked once the visitor has said so. @param {URL} link */
function onLink(link) {
  clearAlert();
  offerLink(link, {
    onImage: (blob, name) => bring([{ blob, name }], false),
    onRefused: (words) => alertVisitor(words),
  });
}

/** Ends what goes on: the search, or while the engine loads that too. */
function cancel() {
  document.getElementById('file').focus({ preventScroll: true }); // the button goes
  if (!engine.isReady) return engine.stop(engineWords.cancelled);
  leave();
  engine.cancel();
  return say(spoken.cancelled);
}

/** What is asked is asked no more; what was there before is there again. */
function leave() {
  state.asked = null;
  state.filter = state.answer?.filter ?? state.filter;
  showBefore();
}

/** Searches by what is left of several, or not at all. @param {import('./page/several.js').Member[]} members */
function changeMembers(members) {
  const query = together(members);
  if (query) return quietly(search(query));
  recordStart();
  return follow();
}

function showAsked(query) {
  showQuery(query);
  showMembers(query, { nameOf, onChange: changeMembers });
}

/** Shows why a model is like what is shown. @param {import('./engine/engine.js').Model} model */
async function explain(model) {
  const query = state.shown;
  try {
    const why = await engine.ask({ type: 'why', asked: askedOf(query), uid: model.uid });
    const hasPicture = query.kind === 'image' || query.kind === 'model';
    const { src: address } = document.getElementById('preview-image');
    showWhy(why, {
      query: hasPicture ? { address, part: query.part ?? null, isAsStored: isAsStored(query) } : null,
      model: { address: model.thumbnail, part: null, isAsStored: false },
      queryName: nameOf(query),
      name: model.name || results.unnamed,
    });
  } catch (error) {
    if (error.name !== 'Superseded') alertVisitor(reasonOf(error, words, nameOf(query)));
  }
}

async function fetchSample({ file, name }) {
  try {
    const response = await fetch(file);
    if (response.ok) return await response.blob();
  } catch {
    // Said below, as for a sample that is missing.
  }
  throw new EngineError('Sample', intake.sample(name));
}

/** Completes a query by what its answer tells, and keeps both. */
function settle(query, answer) {
  if (query.kind === 'model') query.model = answer.model;
  if (query.kind === 'image') query.shown = answer.shown;
  for (const [at, model] of (answer.models ?? []).entries()) {
    const { query: one } = query.members[at];
    if (one.kind === 'model') one.model = model;
    if (one.kind === 'image') one.shown = answer.pictures[at];
  }
  remember(query, answer);
}

/** @param {Query} query */
function show(query, answer) {
  [state.shown, state.answer] = [query, answer];
  const name = nameOf(query);
  const { decode, embed, search: searched } = answer.timings;
  showAsked(query);
  showResults(
    {
      title: titleOf(query, name),
      note: results.searched(answer.passing, decode + embed + searched),
      answer,
    },
    {
      onMore: (model) => quietly(search(modelQuery(model.uid, model), { isFocused: true })),
      onWhy: explain,
      onAdd: (model) => takeIn([{ query: modelQuery(model.uid, model), weight: 1 }], true, { isFocused: true }),
    },
  );
  showFilters(answer.filter, answer.counts);
  if (engine.isReady) showEngine('ready', engineWords.ready(models));
  document.title = resultsTitle(name);
}

function titleOf(query, name) {
  if (query.kind === 'several') return results.likeSeveral;
  if (query.kind === 'code') return results.likeShared;
  return query.kind === 'model' || query.file ? results.like(name) : results.likeImage;
}

function sayFound(answer) {
  const [best] = answer.neighbours;
  if (!best) return say(noneOf(answer));
  const found = spoken.found(answer.neighbours.length, best.model.name || results.unnamed, best.score);
  return say(isUnlike(answer) ? `${results.unlike} ${found}` : found);
}

/** Says why there is no answer, and goes back to what was there before. */
function refuse(query, error) {
  leave();
  if (error.name === 'Stopped') return alertStopped(error.message);
  if (!(error instanceof EngineError)) console.error(error);
  return alertVisitor(reasonOf(error, words, nameOf(query)));
}

function showBefore() {
  if (state.shown) show(state.shown, state.answer);
  else showStart();
}

function showStart() {
  [state.shown, state.answer] = [null, null];
  hideQuery();
  showMembers(null, { nameOf, onChange: changeMembers });
  hideResults();
  if (engine.isReady) showEngine('ready', engineWords.ready(models));
  document.title = startTitle();
}

/** Shows what the address asks for; the browser's back and forward come here. */
function follow() {
  state.filter = presentFilter();
  const query = present();
  if (query) return quietly(search(query, { isRecorded: false }));
  state.asked = null;
  clearAlert();
  note('');
  return showStart();
}

/** A fresh engine, which then answers what the stopped one could not. */
function startAgain() {
  const wanted = state.wanted;
  state.wanted = null;
  clearAlert();
  start();
  if (wanted) quietly(search(wanted, { isRecorded: wanted.kind === 'image' || wanted.kind === 'several' }));
}

/** A browser that cannot search cannot be helped by starting again. */
function alertStopped(reason) {
  alertVisitor(reason, Object.values(support).includes(reason) ? null : startAgain);
}

function start() {
  showStarting();
  engine.start();
}

/** Failures of a search are on the page already. */
function quietly(searching) {
  searching.catch(() => {});
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
  listenToNames({ onChoose: (uid) => quietly(search(modelQuery(uid), { isFocused: true })), onLink });
  document.getElementById('cancel').addEventListener('click', cancel);
  listenToCrop(changePart);
  listenToFilters(() => changeFilter({}));
  document.getElementById('sort').addEventListener('change', () => show(state.shown, state.answer));
  document.getElementById('show-more').addEventListener('click', () => quietly(showMore()));
  for (const form of ['json', 'csv']) {
    document.getElementById(`copy-${form}`).addEventListener('click', () => copy(form, state.answer));
  }
  document.getElementById('copy-link').addEventListener('click', copyLink);
  document.getElementById('home').addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    recordStart();
    follow();
  });
}

/** What tests and the curious may call; everything goes the way of a visitor's drop, through the worker. */
window.recasketch = {
  get ready() {
    return engine.ready;
  },
  get refined() {
    return engine.refined;
  },
  /** @param {Blob} blob */
  ask: (blob) => search(imageQuery(blob, blob.name ?? '')),
  /** @param {string} uid */
  similar: (uid) => search(modelQuery(uid)),
  /** The answer that is on the page, or null. */
  shown: () => state.answer,
  /** What the network sees. @param {Blob} blob */
  inspect: (blob) => engine.ask({ type: 'inspect', image: blob }),
};

async function main() {
  document.getElementById('not-started').remove();
  listen(receiver); // first of all: for what is dropped and not taken the browser leaves the page
  await speaking;
  fillWords();
  listenToPage();
  const { reason, session } = await begun;
  if (reason) return engine.stop(reason);
  start();
  session.leave();
  const shared = await takeShared();
  if (shared) return takeInShared(shared, receiver);
  return present() && follow();
}

main();
