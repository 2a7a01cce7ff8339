/** Browser features that TypeScript's own declarations lack. */

interface Navigator {
  /** In gigabytes, at most 8; only in Chromium. */
  readonly deviceMemory?: number;
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
