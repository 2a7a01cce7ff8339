/**
 * What a site's owner set: `recasketch site --settings` writes this file anew.
 *
 * @type {{title: string | null, language: string | null, filters: string[]}} null for what is as it comes
 */
export const settings = { title: null, language: null, filters: ['category', 'tag', 'licence', 'author'] };
