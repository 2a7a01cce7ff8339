/** Numbers and names as a language writes them. */

/** @param {string} language */
export function formats(language) {
  const written = (options) => {
    const format = new Intl.NumberFormat(language, options);
    return (value) => format.format(value);
  };
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
    megabytes: (bytes) => tenths(bytes / 1e6),
    seconds: (milliseconds) => hundredths(milliseconds / 1000),
    cosine: thousandths,
    percent: (score) => percent(Math.round(score * 100) / 100 + 0), // never -0
    /** The share of pairs that are at least as alike, never written as nothing. */
    share: (closer) => share(Math.max(1 - closer, 1e-4)),
    /** A name may run the other way than what is around it. */
    isolated: (text) => `\u2068${text}\u2069`,
    /** The form for a count; `zero` where there is one for nothing. */
    plural: (count, forms) => (count === 0 && forms.zero) || forms[rules.select(count)] || forms.other,
  };
}
