import { expect } from "@esm-bundle/chai";

import { createMemoryStore } from "../../../src/store/memory.js";

describe("a store in memory", () => {
  it("keeps what was written last, until it is deleted", async () => {
    const store = createMemoryStore();
    expect(await store.get("a")).to.equal(undefined);
    await store.set("a", 1);
    await store.set("a", 2);
    await store.set("b", 3);
    expect([await store.get("a"), await store.get("b")]).to.deep.equal([2, 3]);
    await store.delete("a");
    await store.delete("never there");
    expect([await store.get("a"), await store.get("b")]).to.deep.equal([undefined, 3]);
  });

  it("shares nothing with another one", async () => {
    await createMemoryStore().set("a", 1);
    expect(await createMemoryStore().get("a")).to.equal(undefined);
  });

  it("holds nothing that nobody wrote", async () => {
    for (const key of ["__proto__", "constructor", "toString"]) {
      expect(await createMemoryStore().get(key)).to.equal(undefined);
    }
  });
});
