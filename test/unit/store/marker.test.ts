import { expect } from "@esm-bundle/chai";

import { createMarker } from "../../../src/store/marker.js";
import { deny, override } from "../../support/override.js";

const name = "1,https://login.example,brand,code,window";

describe("who was here last", () => {
  afterEach(() => {
    localStorage.clear();
  });

  it("is nobody at first", () => {
    const marker = createMarker(name);
    expect([marker.read(), marker.readWho()]).to.deep.equal(["", ""]);
  });

  for (const who of ["in", "out", "guest"] as const) {
    it(`is seen by the page itself, by other tabs, and by the next page: ${who}`, () => {
      const [marker, other] = [createMarker(name), createMarker(name)];
      marker.write(who);
      expect(marker.readWho()).to.equal(who);
      expect(other.readWho()).to.equal(who);
      expect(other.read()).to.equal(marker.read());
      expect(createMarker(name).readWho()).to.equal(who);
    });
  }

  it("reads differently after every sign-in and sign-out, even of the same kind", () => {
    const marker = createMarker(name);
    const read = Array.from({ length: 50 }, () => {
      marker.write("in");
      return marker.read();
    });
    expect(new Set(read).size).to.equal(50);
  });

  it("is what the tab that wrote last says", () => {
    const [marker, other] = [createMarker(name), createMarker(name)];
    marker.write("in");
    other.write("out");
    expect(marker.readWho()).to.equal("out");
    expect(marker.read()).to.equal(other.read());
  });

  it("is another one for another client", () => {
    const [marker, other] = [createMarker(name), createMarker("another")];
    marker.write("in");
    expect(other.readWho()).to.equal("");
  });

  it("says nothing of the person", () => {
    createMarker(name).write("in");
    const kept = Object.entries(localStorage);
    expect(kept).to.have.lengthOf(1);
    expect(kept[0]?.[1]).to.match(/^in:\d+$/);
  });

  const refuse = (): never => {
    throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
  };

  it("is known to the page alone where nothing can be kept", () => {
    const undo = override(Storage.prototype, "setItem", refuse);
    const [marker, other] = [createMarker(name), createMarker(name)];
    marker.write("in");
    undo();
    expect(marker.readWho()).to.equal("in");
    expect(other.readWho()).to.equal("");
  });

  it("is not what was there before where nothing new can be kept", () => {
    const marker = createMarker(name);
    marker.write("in");
    const undo = override(Storage.prototype, "setItem", refuse);
    marker.write("out");
    undo();
    expect(marker.readWho()).to.equal("out");
  });

  it("is known to the page alone where the browser refuses storage altogether", () => {
    const undo = deny(window, "localStorage");
    const marker = createMarker(name);
    const seen = [marker.read()];
    marker.write("guest");
    seen.push(marker.readWho());
    undo();
    expect(seen).to.deep.equal(["", "guest"]);
    expect(localStorage).to.have.lengthOf(0);
  });
});
