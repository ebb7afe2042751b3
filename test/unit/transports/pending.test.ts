import { expect } from "@esm-bundle/chai";

import { wasAway } from "../../../src/transports/away.js";
import {
  findAnswered,
  findRequest,
  keepRequest,
  takeAnswered,
  type KeptRequest,
} from "../../../src/transports/pending.js";
import { denied, deny, override } from "../../support/override.js";

const client = "1,https://login.example,brand";
const minutes = 60_000;

describe("a request that outlives the page", () => {
  const start = Date.UTC(2030, 0, 1);
  let now: number;
  let restore: () => void;

  beforeEach(() => {
    now = start;
    restore = override(Date, "now", () => now);
  });

  afterEach(() => {
    restore();
    sessionStorage.clear();
  });

  const request = (state: string, changes: Partial<KeptRequest> = {}): KeptRequest => ({
    request: { url: `https://login.example/authorize?state=${state}`, state },
    purpose: "signIn",
    client,
    returnTo: `${location.origin}/shop`,
    scroll: [0, 100],
    at: now,
    ...changes,
  });
  const answered = (state: string, changes: Partial<KeptRequest> = {}): KeptRequest =>
    request(state, {
      response: { mode: "query", parameters: `code=for-${state}&state=${state}` },
      ...changes,
    });
  const keys = (): string[] => Object.keys(sessionStorage);

  it("is found by its state, as it was", () => {
    const kept = request("a", { purpose: "signOut" });
    expect(keepRequest(kept)).to.equal(true);
    expect(findRequest("a")).to.deep.equal(kept);
    expect(findRequest("b")).to.equal(undefined);
    expect(findRequest("")).to.equal(undefined);
  });

  it("keeps what else its source needs", () => {
    const kept = { ...request("a"), request: { ...request("a").request, codeVerifier: "v" } };
    keepRequest(kept);
    expect(findRequest("a")).to.deep.equal(kept);
  });

  it("takes the place of one with the same state, and of no other", () => {
    keepRequest(request("a"));
    keepRequest(request("b"));
    keepRequest(answered("a"));
    expect(findRequest("a")).to.deep.equal(answered("a"));
    expect(findRequest("b")).to.deep.equal(request("b"));
    expect(keys()).to.have.lengthOf(2);
  });

  it("tells every page of this tab that the consumer was away", () => {
    expect(wasAway()).to.equal(false);
    sessionStorage.setItem("another's", "x");
    expect(wasAway()).to.equal(false);
    keepRequest(request("a"));
    expect(wasAway()).to.equal(true);
    keepRequest(answered("a"));
    takeAnswered(client);
    expect(wasAway()).to.equal(false);
  });

  it("is good for half an hour", () => {
    keepRequest(answered("a"));
    now += 30 * minutes - 1;
    expect(findRequest("a")).not.to.equal(undefined);
    expect(findAnswered(client)).not.to.equal(undefined);
    now += 1;
    expect(findRequest("a")).to.equal(undefined);
    expect(findAnswered(client)).to.equal(undefined);
    expect(takeAnswered(client)).to.equal(undefined);
    expect(keys()).to.deep.equal([]);
  });

  it("is no good where it was made in the future", () => {
    keepRequest(answered("a"));
    now -= 1;
    expect(findRequest("a")).to.equal(undefined);
  });

  it("pushes out the oldest where there are more than five", () => {
    for (const state of ["a", "b", "c", "d", "e", "f", "g"]) {
      expect(keepRequest(request(state))).to.equal(true);
      now += 1000;
    }
    expect(["a", "b", "c", "d", "e", "f", "g"].filter((state) => findRequest(state))).to.deep.equal(
      ["c", "d", "e", "f", "g"],
    );
  });

  it("pushes out those that are no good before any other", () => {
    keepRequest(request("old"));
    now += 31 * minutes;
    for (const state of ["a", "b", "c", "d"]) keepRequest(request(state));
    sessionStorage.setItem("consumer-auth:pending:broken", "{");
    keepRequest(request("e"));
    for (const state of ["a", "b", "c", "d", "e"]) {
      expect(findRequest(state), state).not.to.equal(undefined);
    }
    expect(keys()).to.have.lengthOf(5);
  });

  it("pushes out nothing of anybody else", () => {
    sessionStorage.setItem("brand:cart", "full");
    for (const state of ["a", "b", "c", "d", "e", "f"]) keepRequest(request(state));
    expect(sessionStorage.getItem("brand:cart")).to.equal("full");
  });

  it("is taken once, when it was answered", () => {
    keepRequest(answered("a"));
    expect(takeAnswered(client)).to.deep.equal(answered("a"));
    expect(takeAnswered(client)).to.equal(undefined);
    expect(findRequest("a")).to.equal(undefined);
  });

  it("is found again until it is taken", () => {
    keepRequest(answered("a"));
    expect(findAnswered(client)).to.deep.equal(answered("a"));
    expect(findAnswered(client)).to.deep.equal(answered("a"));
  });

  it("is the latest of several that were answered, and the others are forgotten", () => {
    keepRequest(answered("b", { at: start - 2000 }));
    keepRequest(answered("c", { at: start - 1000 }));
    keepRequest(answered("a", { at: start - 3000 }));
    keepRequest(request("unanswered"));
    expect(takeAnswered(client)?.request.state).to.equal("c");
    expect(keys()).to.deep.equal([]);
  });

  it("is forgotten where the consumer came back without an answer", () => {
    keepRequest(request("a"));
    expect(takeAnswered(client)).to.equal(undefined);
    expect(findRequest("a")).to.equal(undefined);
    expect(wasAway()).to.equal(false);
  });

  it("is left alone by another client, and by those who can be no one's", () => {
    keepRequest(answered("a", { client: "another" }));
    keepRequest(answered("b"));
    sessionStorage.setItem("consumer-auth:pending:broken", "{");
    expect(takeAnswered(client)?.request.state).to.equal("b");
    expect(findRequest("a")).to.deep.equal(answered("a", { client: "another" }));
    expect(keys()).to.deep.equal(["consumer-auth:pending:a"]);
    expect(takeAnswered("another")?.request.state).to.equal("a");
  });

  const broken: readonly [string, unknown][] = [
    ["no JSON", "{"],
    ["nothing", ""],
    ["null", null],
    ["a text", "text"],
    ["a list", []],
    ["an empty object", {}],
    ["no request", { ...answeredLike("a"), request: null }],
    ["the request of another state", answeredLike("b")],
    ["no time", { ...answeredLike("a"), at: undefined }],
    ["a time that is none", { ...answeredLike("a"), at: "soon" }],
  ];
  for (const [what, value] of broken) {
    it(`is none where there is ${what}`, () => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      sessionStorage.setItem("consumer-auth:pending:a", text);
      expect(findRequest("a")).to.equal(undefined);
      expect(findAnswered(client)).to.equal(undefined);
      expect(takeAnswered(client)).to.equal(undefined);
      expect(wasAway()).to.equal(false);
    });
  }

  function answeredLike(state: string): object {
    return { ...answered(state, { at: start }) };
  }

  it("is not kept where the browser keeps nothing, which is said", () => {
    const undo = deny(window, "sessionStorage");
    const outcome = [
      keepRequest(request("a")),
      findRequest("a"),
      findAnswered(client),
      takeAnswered(client),
      wasAway(),
    ];
    undo();
    expect(outcome).to.deep.equal([false, undefined, undefined, undefined, false]);
  });

  it("is not kept where there is no room, which is said", () => {
    const undo = override(Storage.prototype, "setItem", denied);
    const isKept = keepRequest(request("a"));
    undo();
    expect(isKept).to.equal(false);
    expect(wasAway()).to.equal(false);
  });
});
