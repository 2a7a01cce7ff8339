/** What build.sh writes: the module's two forms. */

interface Form {
  file: string;
  bytes: number;
  sha256: string;
}

export const modules: { plain: Form; relaxed?: Form };
