import { override } from "./override.js";

const name = "consumer-auth";

/** The databases of this origin, every connection of which a test can close. */
export interface TrackedDatabases {
  /** Closes what is open, and deletes the library's database. */
  stop(): Promise<void>;
}

const ended = (request: IDBOpenDBRequest): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      resolve();
    };
    if (request.readyState === "done") done();
    request.addEventListener("success", done);
    request.addEventListener("error", done);
  });

export function trackDatabases(): TrackedDatabases {
  const opened: IDBOpenDBRequest[] = [];
  const open = indexedDB.open.bind(indexedDB);
  const undo = override(indexedDB, "open", (...how: Parameters<IDBFactory["open"]>) => {
    const request = open(...how);
    opened.push(request);
    return request;
  });
  return {
    async stop() {
      undo();
      for (const request of opened) {
        await ended(request);
        if (request.error === null) request.result.close();
      }
      await ended(indexedDB.deleteDatabase(name));
    },
  };
}

/** A connection to the library's database, made without the library. */
export async function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(name);
  await ended(request);
  return request.result;
}
