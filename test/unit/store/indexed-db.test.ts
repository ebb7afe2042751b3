import { expect } from "@esm-bundle/chai";

import type { ConsumerAuthError } from "../../../src/base/errors.js";
import { createIndexedDbStore } from "../../../src/store/indexed-db.js";
import type { Store } from "../../../src/store/store.js";
import { openDatabase, trackDatabases, type TrackedDatabases } from "../../support/databases.js";
import { override } from "../../support/override.js";

describe("a store in IndexedDB", () => {
  let databases: TrackedDatabases;
  let reports: ConsumerAuthError[];
  let undo: (() => void) | undefined;

  const create = (): Store => createIndexedDbStore((error) => reports.push(error));

  beforeEach(() => {
    databases = trackDatabases();
    reports = [];
  });

  afterEach(async () => {
    undo?.();
    undo = undefined;
    await databases.stop();
  });

  /** Works as a store, but for the page's life only; says so once. */
  async function expectMemory(store: Store): Promise<void> {
    expect(await store.get("a")).to.equal(undefined);
    await store.set("a", 1);
    expect(await store.get("a")).to.equal(1);
    await store.delete("a");
    expect(await store.get("a")).to.equal(undefined);
    expect(reports.map(({ code }) => code)).to.deep.equal(["storage_unavailable"]);
    expect(reports[0]?.message).to.include("as long as this page");
  }

  it("keeps what was written for the next page", async () => {
    const before = create();
    await before.set("a", "token");
    await before.set("b", { deep: [1] });
    await before.delete("b");
    const after = create();
    expect(await after.get("a")).to.equal("token");
    expect(await after.get("b")).to.equal(undefined);
    expect(reports).to.deep.equal([]);
  });

  it("sees at once what another page writes or deletes", async () => {
    const [here, there] = [create(), create()];
    await here.set("a", 1);
    expect(await there.get("a")).to.equal(1);
    await there.set("a", 2);
    expect(await here.get("a")).to.equal(2);
    await there.delete("a");
    expect(await here.get("a")).to.equal(undefined);
  });

  it("touches no database before it is used", async () => {
    create();
    expect((await indexedDB.databases()).map(({ name }) => name)).not.to.include("consumer-auth");
  });

  it("goes on in memory where the browser has no IndexedDB, and says so once", async () => {
    undo = override(window, "indexedDB", undefined);
    await expectMemory(create());
  });

  it("goes on in memory where the browser refuses it, and says so once", async () => {
    undo = override(indexedDB, "open", () => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    });
    await expectMemory(create());
    expect((reports[0]?.cause as DOMException).name).to.equal("SecurityError");
  });

  it("goes on in memory where the database is broken, and says so once", async () => {
    // A database without the store that ought to be in it.
    (await openDatabase()).close();
    await expectMemory(create());
    expect((reports[0]?.cause as DOMException).name).to.equal("NotFoundError");
  });

  it("loses nothing that was written before the database broke", async () => {
    const store = create();
    await store.set("a", 1);
    undo = override(IDBDatabase.prototype, "transaction", () => {
      throw new DOMException("The connection is lost.", "InvalidStateError");
    });
    expect(await store.get("a")).to.equal(1);
    expect(reports.map(({ code }) => code)).to.deep.equal(["storage_unavailable"]);
  });

  it("goes on in memory where a value can't be kept", async () => {
    const store = create();
    const unkeepable = (): void => undefined;
    await store.set("a", unkeepable);
    expect((await store.get("a")) === unkeepable).to.equal(true);
    expect(reports.map(({ code }) => code)).to.deep.equal(["storage_unavailable"]);
  });

  it("goes on in memory where the database never answers", async () => {
    // A deletion that waits for this connection holds up everybody who comes after it.
    const blocking = await openDatabase();
    indexedDB.deleteDatabase("consumer-auth");
    await expectMemory(create());
    blocking.close();
  }).timeout(8000);
});
