/**
 * Shows the search session of the page. The element has another view (element/view.js).
 *
 * @import { Member, Query } from '../engine/query.js'
 * @import { View } from '../engine/search-session.js'
 * @import { Look } from './card.js'
 *
 * @typedef {Pick<Look, 'onMore' | 'onAdd' | 'onWhy' | 'onDetails'> & {onMembers: (members: Member[]) => void}} Handlers what the
 *   visitor does with cards and with the members of a query
 */

import { nameOf } from '../engine/query.js';
import { engine, words } from '../strings/strings.js';
import { showFilters } from './filters.js';
import { alertVisitor, clearAlert, note, say, showEngine, showLayer, showProgress, showStarting } from './messages.js';
import { hideQuery, showQuery } from './query.js';
import { focusResults, hideResults, showResults, showWaiting } from './results.js';
import { showMembers } from './several.js';
import { endWander } from './wander.js';
import { resultsTitle, startTitle } from './wording.js';

/**
 * @param {Handlers} handlers
 * @returns {View}
 */
export function viewOf({ onMembers, ...handlers }) {
  /** @param {Query} query */
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
      endWander();
      showPanel(query);
      showWaiting(engine.searching, top);
    },
    showAnswer(shown) {
      endWander();
      showPanel(shown.query);
      showResults(shown, handlers);
      showFilters(shown.answer.filter, shown.answer.counts, shown.answer.at_most);
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
