import { expect } from "@esm-bundle/chai";

import { expectAnswered, withFreshPage, type PageWindow } from "../support/fresh-page.js";

/** A request of IndexedDB that fails, or never comes back. */
const request = (page: PageWindow, error?: string): IDBOpenDBRequest => {
  const target = new page.EventTarget() as IDBOpenDBRequest;
  Object.defineProperties(target, {
    error: { value: error === undefined ? null : new page.DOMException("It failed.", error) },
    readyState: { value: error === undefined ? "pending" : "done" },
    onerror: { value: null, writable: true },
    onsuccess: { value: null, writable: true },
    onupgradeneeded: { value: null, writable: true },
  });
  if (error !== undefined) {
    page.setTimeout(() => {
      (target as { onerror?: (event: Event) => unknown }).onerror?.(new page.Event("error"));
    });
  }
  return target;
};

const broken: Readonly<Record<string, (page: PageWindow) => void>> = {
  "IndexedDB can't be opened": (page) => {
    page.indexedDB.open = () => request(page, "InvalidStateError");
  },
  "IndexedDB is full": (page) => {
    page.IDBObjectStore.prototype.put = () => {
      throw new page.DOMException("It is full.", "QuotaExceededError");
    };
  },
  "IndexedDB never answers": (page) => {
    page.indexedDB.open = () => request(page);
  },
  "IndexedDB throws": (page) => {
    page.indexedDB.open = () => {
      throw new page.DOMException("Not in private mode.", "SecurityError");
    };
  },
  "localStorage is full": (page) => {
    page.Storage.prototype.setItem = () => {
      throw new page.DOMException("It is full.", "QuotaExceededError");
    };
  },
  "storage can be written to, and forgets": (page) => {
    page.Storage.prototype.getItem = () => null;
  },
  "a lock is held for ever by another tab": (page) => {
    page.navigator.locks.request = ((_name: string, options: { signal?: AbortSignal }) =>
      new Promise((_resolve, reject) => {
        options.signal?.addEventListener("abort", () => {
          reject(new page.DOMException("Nobody waits.", "AbortError"));
        });
      })) as LockManager["request"];
  },
  "channels say nothing": (page) => {
    page.BroadcastChannel.prototype.postMessage = () => undefined;
  },
  "channels can't be opened": (page) => {
    page.BroadcastChannel = function refuse() {
      throw new page.DOMException("The origin is opaque.", "SecurityError");
    } as unknown as typeof BroadcastChannel;
  },
  "channels throw": (page) => {
    page.BroadcastChannel.prototype.postMessage = () => {
      throw new page.DOMException("It is closed.", "InvalidStateError");
    };
  },
};

describe("a device whose storage, locks or channels are broken", () => {
  for (const [name, breakIt] of Object.entries(broken)) {
    it(`${name}: the consumer signs in all the same`, () =>
      withFreshPage(
        {
          flow: "exchange in the page",
          config: {
            refreshTokenStorage: "encrypted",
            requestTimeout: 1500,
            answerTimeout: 9000,
            silent: "true",
            silentTimeout: 1000,
          },
          before: breakIt,
        },
        async (page) => {
          const outcome = await page.call();
          expectAnswered(outcome, "exchange in the page", page.room);
          expect(outcome.elapsed).to.be.below(12_000);
        },
      ));
  }
});
