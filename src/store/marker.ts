/**
 * Who was here last, as all tabs of this origin see it: `in`, `out` or `guest`, and a random part that
 * changes with every sign-in and sign-out. It says nothing of the person, and outlives the browser.
 */
export interface Marker {
  /** `""` where nobody has been here, or the browser keeps nothing. */
  read(): string;
  /** Its first part. */
  readWho(): string;
  write(who: "in" | "out" | "guest"): void;
  /** Takes over what another tab reads, where this browser keeps nothing. */
  adopt(mark: string): void;
}

/** @param name - whose marker it is: the client's */
export function createMarker(name: string): Marker {
  const key = `consumer-auth:${name}`;
  let own = "";
  let isKept = true;
  const marker: Marker = {
    read() {
      try {
        // No secret, and all tabs must see it at once: IndexedDB can't be read in the same moment.
        // eslint-disable-next-line no-restricted-globals
        return (isKept ? localStorage.getItem(key) : null) ?? own;
      } catch {
        return own;
      }
    },
    readWho: () => marker.read().split(":")[0] ?? "",
    write(who) {
      own = `${who}:${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
      try {
        // eslint-disable-next-line no-restricted-globals
        localStorage.setItem(key, own);
        isKept = true;
      } catch {
        // Then each tab has its own.
        isKept = false;
      }
    },
    adopt(mark) {
      own = mark;
    },
  };
  return marker;
}
