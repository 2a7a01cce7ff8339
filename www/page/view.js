/**
 * What a search session shows on the page; the element has a view of its own.
 *
 * @typedef {Pick<import('./card.js').Look, 'onMore' | 'onAdd' | 'onWhy'> & {onMembers:
 *   (members: import('../engine/query.js').Member[]) => void}} Handlers what a visitor does with cards, and with the
 *   members of a query of several
 */

import { nameOf } from '../engine/query.js';
import { engine, words } from '../strings/strings.js';
import { showFilters } from './filters.js';
import { alertVisitor, clearAlert, note, say, showEngine, showLayer, showProgress, showStarting } from './messages.js';
import { hideQuery, showQuery } from './query.js';
import { focusResults, hideResults, showResults, showWaiting } from './results.js';
import { showMembers } from './several.js';
import { resultsTitle, startTitle } from './wording.js';

/**
 * @param {Handlers} handlers
 * @returns {import('../engine/search-session.js').View}
 */
export function viewOf({ onMembers, ...handlers }) {
  const showPanel = (query) => {
    showQuery(query);
    showMembers(query, onMembers);
  };
  return {
    showStarting,
    showProgress,
    showEngine,
    showLayer,
    alert: alertVisitor,
    clearAlert,
    note,
    say,
    showAsked(query, top) {
      showPanel(query);
      showWaiting(engine.searching, top);
    },
    showAnswer(shown) {
      showPanel(shown.query);
      showResults(shown, handlers);
      showFilters(shown.answer.filter, shown.answer.counts);
      document.title = resultsTitle(nameOf(shown.query, words));
    },
    showStart() {
      hideQuery();
      showMembers(null, onMembers);
      hideResults();
      document.title = startTitle();
    },
    focusAnswer: focusResults,
  };
}
