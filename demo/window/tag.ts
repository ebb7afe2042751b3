/** The vendor's global on the page: `lpTag`. */

export interface NewPage {
  readonly url: unknown;
  readonly section: unknown;
}

interface VendorTag {
  identities?: unknown;
  newPage?: (url?: unknown, options?: unknown) => void;
  /** What the stub was told before the tag itself came. */
  calls?: unknown[][];
}

/**
 * Puts the tag there, or takes the place of another one.
 *
 * @param replace - whether what a tag before it held is lost
 */
export function installTag(replace: boolean, onNewPage: (page: NewPage) => void): void {
  const before = vendorTag();
  const tag: VendorTag = replace ? {} : (before ?? {});
  tag.identities ??= [];
  tag.newPage = (url, options) => {
    const section = (options as { section?: unknown } | null | undefined)?.section;
    onNewPage({ url, section });
  };
  Reflect.set(window, "lpTag", tag);
  const told = before?.calls ?? [];
  delete tag.calls;
  for (const call of told) tag.newPage(...call);
}

export function identityFunctions(): unknown {
  return vendorTag()?.identities;
}

function vendorTag(): VendorTag | undefined {
  return Reflect.get(window, "lpTag") as VendorTag | undefined;
}
