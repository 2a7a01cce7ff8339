/** Writes numbers and names as a language does. */

/** @param {string} language */
export function formats(language) {
  /** @param {Intl.NumberFormatOptions} options */
  const written = (options) => {
    const format = new Intl.NumberFormat(language, options);
    return (/** @type {number} */ value) => format.format(value);
  };
  /** @param {number} digits */
  const fixed = (digits) => written({ minimumFractionDigits: digits, maximumFractionDigits: digits });
  const [number, tenths, hundredths, thousandths, percent] = [
    written({}),
    fixed(1),
    fixed(2),
    fixed(3),
    written({ style: 'percent' }),
  ];
  const share = written({ style: 'percent', maximumSignificantDigits: 2 });
  const rules = new Intl.PluralRules(language);
  return {
    number,
    /** @param {number} bytes */
    megabytes: (bytes) => tenths(bytes / 1e6),
    /** @param {number} milliseconds */
    seconds: (milliseconds) => hundredths(milliseconds / 1000),
    cosine: thousandths,
    /** @param {number} score */
    percent: (score) => percent(Math.round(score * 100) / 100 + 0), // never -0
    /** The share of pairs that are at least as similar, never written as 0%. @param {number} closer */
    share: (closer) => share(Math.max(1 - closer, 1e-4)),
    /** A text that may run the other way than the sentence around it. @param {string} text */
    isolated: (text) => `\u2068${text}\u2069`,
    /**
     * The form of a count. `zero` is taken for none in every language.
     * @param {number} count
     * @param {Partial<Record<Intl.LDMLPluralRule, string>> & {other: string}} forms
     * @returns {string}
     */
    plural: (count, forms) => (count === 0 && forms.zero) || forms[rules.select(count)] || forms.other,
  };
}
