/** The addresses of this site. The page's files are in a subfolder of the site that is named by their content. */

/** The folder of the page's files. */
export const PAGE = new URL('..', import.meta.url);

/** The site's folder, which holds manifest.json. */
export const SITE = new URL('..', PAGE);

/** The version of the site format that this page reads. It is the same in src/site.rs; build.sh reads it here. */
export const VERSION = 5;

/**
 * The version of the program that this page belongs to. It is the same in Cargo.toml. The messages between a window and
 * a worker are those of its first two numbers.
 */
export const RELEASE = '0.1.0';

/** Returns the path of a page's file within the site. @param {string} file */
export const pageFile = (file) => new URL(file, PAGE).href.slice(SITE.href.length);
