import { expect } from "@esm-bundle/chai";

import { createIndexedDbStore } from "../../../src/store/indexed-db.js";
import { createMemoryStore } from "../../../src/store/memory.js";
import type { Store } from "../../../src/store/store.js";
import { createVault, type Kept } from "../../../src/store/vault.js";
import { openDatabase, trackDatabases, type TrackedDatabases } from "../../support/databases.js";
import { override } from "../../support/override.js";

interface Sealed {
  readonly key: CryptoKey;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

const secret: Kept = { refreshToken: "the-refresh-token-4711", sub: "consumer-1" };
const name = "1,https://login.example,brand";

describe("the vault", () => {
  let databases: TrackedDatabases;

  beforeEach(() => {
    databases = trackDatabases();
  });

  afterEach(() => databases.stop());

  /** Another page of this browser. */
  const openPage = (): Store =>
    createIndexedDbStore((error) => {
      throw error;
    });

  const read = (store = openPage(), whose = name): Promise<Kept | undefined> =>
    createVault(store, whose).read();

  const sealed = async (): Promise<Sealed> => (await openPage().get(`vault:${name}`)) as Sealed;

  it("is empty at first", async () => {
    expect(await read()).to.equal(undefined);
  });

  it("opens on the next page of this browser", async () => {
    await createVault(openPage(), name).write(secret);
    expect(await read()).to.deep.equal(secret);
  });

  it("holds the last that was put into it, and nothing once it is cleared", async () => {
    const vault = createVault(openPage(), name);
    await vault.write(secret);
    const next = { refreshToken: "ünïcode 🔑", sub: "" };
    await vault.write(next);
    expect(await read()).to.deep.equal(next);
    await vault.clear();
    expect(await read()).to.equal(undefined);
    expect(await sealed()).to.equal(undefined);
  });

  it("shows nothing of it to who reads the database", async () => {
    await createVault(openPage(), name).write(secret);
    const database = await openDatabase();
    const values = await new Promise<unknown[]>((resolve) => {
      const all = database.transaction("values").objectStore("values").getAll();
      all.onsuccess = () => {
        resolve(all.result);
      };
    });
    database.close();
    const text = values
      .flatMap((value) => Object.values(value as object) as unknown[])
      .map((part) =>
        part instanceof CryptoKey ? "" : new TextDecoder().decode(part as ArrayBuffer),
      )
      .join();
    expect(text).not.to.be.empty;
    expect(text).not.to.match(/4711|consumer/);
  });

  it("has a key that nobody can take out, nor use for anything else", async () => {
    await createVault(openPage(), name).write(secret);
    const { key } = await sealed();
    expect(key.extractable).to.equal(false);
    expect(key.algorithm).to.deep.equal({ name: "AES-GCM", length: 256 });
    expect(key.usages).to.have.members(["encrypt", "decrypt"]);
    for (const format of ["raw", "jwk"] as const) {
      let exported: unknown;
      await crypto.subtle.exportKey(format as "raw", key).then(
        (bytes) => (exported = bytes),
        () => undefined,
      );
      expect(exported, format).to.equal(undefined);
    }
  });

  it("uses another key and another beginning each time", async () => {
    const store = openPage();
    const vault = createVault(store, name);
    await vault.write(secret);
    const first = await sealed();
    await vault.write(secret);
    const second = await sealed();
    expect(first.iv).to.have.lengthOf(12);
    expect([...first.iv]).not.to.deep.equal([...second.iv]);
    const algorithm = {
      name: "AES-GCM",
      iv: second.iv,
      additionalData: new TextEncoder().encode(`vault:${name}`),
    };
    const opened = await crypto.subtle.decrypt(algorithm, first.key, second.sealed).then(
      () => true,
      () => false,
    );
    expect(opened).to.equal(false);
  });

  const tampered: readonly [string, (record: Sealed) => unknown][] = [
    ["a bit of the secret", (record) => ({ ...record, sealed: flip(record.sealed) })],
    ["its beginning", (record) => ({ ...record, iv: new Uint8Array(flip(record.iv.buffer)) })],
    ["its end", ({ sealed, ...others }) => ({ ...others, sealed: sealed.slice(0, -1) })],
    ["everything", () => ({ refreshToken: "forged", sub: "consumer-1" })],
    ["its type", () => "forged"],
    ["nothing but null", () => null],
    ["the key", ({ iv, sealed }) => ({ iv, sealed })],
  ];
  for (const [what, change] of tampered) {
    it(`does not open where somebody has changed ${what}`, async () => {
      const store = openPage();
      await createVault(store, name).write(secret);
      await store.set(`vault:${name}`, change(await sealed()));
      expect(await read()).to.equal(undefined);
    });
  }

  it("does not open with another key", async () => {
    const store = openPage();
    await createVault(store, name).write(secret);
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
      "encrypt",
      "decrypt",
    ]);
    await store.set(`vault:${name}`, { ...(await sealed()), key });
    expect(await read()).to.equal(undefined);
  });

  it("does not open under another name", async () => {
    const store = openPage();
    await createVault(store, name).write(secret);
    await store.set("vault:another", await sealed());
    expect(await read(store, "another")).to.equal(undefined);
    expect(await read(store)).to.deep.equal(secret);
  });

  it("is the page's own where there is no database", async () => {
    const undo = override(window, "indexedDB", undefined);
    const told: string[] = [];
    const store = createIndexedDbStore(({ code }) => told.push(code));
    await createVault(store, name).write(secret);
    expect(await createVault(store, name).read()).to.deep.equal(secret);
    undo();
    expect(told).to.deep.equal(["storage_unavailable"]);
    expect(await read()).to.equal(undefined);
  });

  it("is empty where the store has lost its key", async () => {
    const store = createMemoryStore();
    await createVault(store, name).write(secret);
    const record = (await store.get(`vault:${name}`)) as Sealed;
    await store.set(`vault:${name}`, structuredClone({ iv: record.iv, sealed: record.sealed }));
    expect(await read(store)).to.equal(undefined);
  });
});

/** The same bytes, but for one bit. */
function flip(bytes: ArrayBuffer): ArrayBuffer {
  const copy = new Uint8Array(bytes.slice(0));
  copy[0] = Number(copy[0]) ^ 1;
  return copy.buffer;
}
