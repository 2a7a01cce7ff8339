/**
 * The settings of the site's owner. `recasketch site --settings` replaces this file. Null stands for the default.
 *
 * @type {{title: string | null, language: string | null, filters: (keyof import('../api.js').Filter)[]}}
 */
export const settings = { title: null, language: null, filters: ['category', 'tag', 'licence', 'author'] };
