/**
 * All elements that a selector of puppeteer's finds: CSS, ` >>> ` into open shadow roots of any depth,
 * and `::-p-aria([name="…"])`. Runs in the page.
 */
const FIND = `((selector) => {
  const rootsBelow = (node) =>
    [...(node.shadowRoot ? [node] : []), ...node.querySelectorAll("*")].flatMap(({ shadowRoot }) =>
      shadowRoot ? [shadowRoot, ...rootsBelow(shadowRoot)] : [],
    );
  const named = (root, name) =>
    [...root.querySelectorAll("a[href], button, input, select, textarea, [role]")].filter(
      (one) => (one.getAttribute("aria-label") ?? one.textContent).trim() === name,
    );
  const [first, ...deeper] = selector.split(">>>").map((part) => part.trim());
  const within = (root, part) => {
    const name = /^::-p-aria\\(\\[name="(.*)"\\]\\)$/.exec(part)?.[1];
    return name === undefined ? [...root.querySelectorAll(part)] : named(root, name);
  };
  return deeper.reduce(
    (found, part) => [...new Set(found.flatMap(rootsBelow))].flatMap((root) => within(root, part)),
    within(document, first),
  );
})`;

/** An expression for the elements that are found. */
export const allOf = (selector: string): string => `${FIND}(${JSON.stringify(selector)})`;

/** An expression for the first one, or `undefined`. */
export const firstOf = (selector: string): string => `${allOf(selector)}[0]`;
