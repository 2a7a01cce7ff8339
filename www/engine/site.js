/** Where the site is whose page this is: the page's files lie in a folder of it that is named by their content. */

/** The folder that has the page's files. */
export const PAGE = new URL('..', import.meta.url);

/** The site's folder, which has manifest.json. */
export const SITE = new URL('..', PAGE);

/** The version of the sites that this page reads; `src/site.rs` and build.sh have it too. */
export const VERSION = 4;

/**
 * What a file of the page is called within the site.
 * @param {string} file
 */
export const pageFile = (file) => new URL(file, PAGE).href.slice(SITE.href.length);
