/** The numbers of models that filters leave, compared with counting model by model. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Facets } from '../../www/engine/facets.js';
import { FACETS } from '../../www/engine/filter.js';

const models = Array.from({ length: 60 }, (_, row) => ({
  uid: `${row}`,
  name: '',
  author: row % 7 ? `author ${row % 7}` : '',
  licence: row % 3 ? 'CC BY 4.0' : 'CC0 1.0',
  thumbnail: '',
  url: '',
  categories: [`category ${row % 4}`],
  tags: [`tag ${row % 5}`, `tag ${row % 11}`],
}));

const VALUES = {
  category: ({ categories }) => categories,
  tag: ({ tags }) => tags,
  licence: ({ licence }) => [licence],
  author: ({ author }) => [author],
};

/** The rows that pass all facets of a filter but one. */
const passing = (filter, but) =>
  models.filter((model) =>
    FACETS.every(
      (facet) => facet === but || !filter[facet] || filter[facet].some((value) => VALUES[facet](model).includes(value)),
    ),
  );

test('each value has the number of rows with it that pass the other facets, of all rows, of most and of few', () => {
  const facets = new Facets(models);
  const filters = [
    {},
    { licence: ['CC0 1.0'] },
    { licence: ['CC BY 4.0'], tag: ['tag 1', 'tag 10'] },
    { category: ['category 0', 'category 1', 'category 2'], author: ['author 5'] },
    { category: ['none of them'] },
  ];
  const listed = [() => true, (row) => row % 10 !== 0, (row) => row % 10 === 0, () => false];
  for (const filter of filters) {
    for (const isListed of listed) {
      const among = Uint8Array.from(models, (_, row) => Number(isListed(row)));
      const answer = facets.apply(filter, among);
      const rows = passing(filter).filter(({ uid }) => isListed(Number(uid)));
      assert.equal(answer.passing, rows.length);
      assert.deepEqual(
        [...answer.only],
        models.map((model) => Number(rows.includes(model))),
      );
      for (const facet of FACETS) {
        const others = passing(filter, facet).filter(({ uid }) => isListed(Number(uid)));
        assert.deepEqual(
          [...answer.counts[facet]],
          facets.values[facet].map((value) => others.filter((model) => VALUES[facet](model).includes(value)).length),
        );
      }
    }
  }
  assert.equal(facets.apply({}).only, undefined, 'all rows pass');
});
