/** Browser features that TypeScript's own declarations lack. */

interface Navigator {
  /** In gigabytes, at most 8; only in Chromium. */
  readonly deviceMemory?: number;
}

interface Window {
  /** The history of the page without that of its frames; not in older browsers. https://html.spec.whatwg.org/#navigation-interface */
  readonly navigation?: Pick<History, 'back'>;
}

interface TrustedTypePolicy {
  /** The result is a `TrustedScriptURL`, which stands where the DOM's functions take an address. */
  createScriptURL(address: string): string;
}

/** https://w3c.github.io/trusted-types/dist/spec/ */
declare var trustedTypes:
  | {
      createPolicy(name: string, rules: { createScriptURL(address: string): string }): TrustedTypePolicy;
    }
  | undefined;
