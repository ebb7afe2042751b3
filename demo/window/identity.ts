/** The vendor's global: the part of it that asks the page who is signed in. */

interface VendorTag {
  identities?: unknown;
  newPage?: (url?: string, options?: unknown) => void;
}

const PATIENCE_MS = 2000;

export function installTag(onNewPage: () => void): void {
  const tag = vendorTag() ?? {};
  tag.identities ??= [];
  tag.newPage = () => onNewPage();
  Reflect.set(window, "lpTag", tag);
}

/** The first identity that one of the page's functions answers with. */
export async function askIdentity(): Promise<unknown> {
  const functions = vendorTag()?.identities;
  if (!Array.isArray(functions)) return null;
  for (const ask of functions as unknown[]) {
    if (typeof ask !== "function") continue;
    const identity = await new Promise<unknown>((resolve) => {
      setTimeout(() => resolve(null), PATIENCE_MS);
      (ask as (callback: (identity: unknown) => void) => void)(resolve);
    });
    if (identity) return structuredClone(identity);
  }
  return null;
}

function vendorTag(): VendorTag | undefined {
  return Reflect.get(window, "lpTag") as VendorTag | undefined;
}
