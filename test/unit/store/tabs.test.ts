import { expect } from "@esm-bundle/chai";

import { createTabs, type Tabs } from "../../../src/store/tabs.js";
import { override } from "../../support/override.js";

describe("tabs of one origin", () => {
  let opened: Tabs[];

  beforeEach(() => {
    opened = [];
  });

  afterEach(() => {
    for (const tabs of opened) tabs.close();
  });

  /** One tab, which listens from its first question or news on. */
  function open(
    answer: () => unknown = () => undefined,
    heard: (value: unknown) => void = () => undefined,
    name = "client",
  ): Tabs {
    const tabs = createTabs(name, answer, heard);
    opened.push(tabs);
    return tabs;
  }

  /** One tab that listens. */
  async function listening(...how: Parameters<typeof open>): Promise<Tabs> {
    const tabs = open(...how);
    await tabs.ask(0);
    return tabs;
  }

  const long = 60_000;

  it("answer each other", async () => {
    await listening(() => ({ who: "in", deep: { list: [1, 2] } }));
    expect(await open().ask(long)).to.deep.equal({ who: "in", deep: { list: [1, 2] } });
  });

  it("answer by what they have at that moment", async () => {
    const has: unknown[] = [];
    await listening(() => has[0]);
    const asking = open();
    expect(await asking.ask(30)).to.equal(undefined);
    has.push("now");
    expect(await asking.ask(long)).to.equal("now");
  });

  it("may have nothing, and then others answer", async () => {
    await listening();
    await listening(() => "other");
    await listening();
    expect(await open().ask(long)).to.equal("other");
  });

  it("are not waited for longer than that", async () => {
    const began = performance.now();
    expect(await open().ask(20)).to.equal(undefined);
    expect(performance.now() - began).to.be.within(15, 5000);
  });

  it("don't answer themselves", async () => {
    expect(await open(() => "mine").ask(30)).to.equal(undefined);
  });

  it("get the answers to their own questions, several at once", async () => {
    let count = 0;
    await listening(() => `answer ${++count}`);
    const [one, other] = [await listening(), await listening()];
    const answers = await Promise.all([one.ask(long), other.ask(long), one.ask(long)]);
    expect(new Set(answers).size).to.equal(3);
  });

  it("take the first of several answers", async () => {
    await listening(() => "one");
    await listening(() => "two");
    expect(await open().ask(long)).to.be.oneOf(["one", "two"]);
  });

  it("tell all others, and not themselves", async () => {
    const heard: unknown[] = [];
    const both = new Promise<void>((resolve) => {
      const hear =
        (who: string) =>
        (value: unknown): void => {
          heard.push([who, value]);
          if (heard.length === 2) resolve();
        };
      void listening(undefined, hear("first"))
        .then(() => listening(undefined, hear("second")))
        .then(() => {
          open(undefined, hear("teller")).tell({ who: "out" });
        });
    });
    await both;
    expect(heard).to.deep.include.members([
      ["first", { who: "out" }],
      ["second", { who: "out" }],
    ]);
    expect(heard).to.have.lengthOf(2);
  });

  it("take an answer to another for news", async () => {
    let hear: (value: unknown) => void = () => undefined;
    const news = new Promise((resolve) => (hear = resolve));
    await listening(undefined, hear);
    await listening(() => "answer");
    expect(await open().ask(long)).to.equal("answer");
    expect(await news).to.equal("answer");
  });

  it("of another client hear and say nothing", async () => {
    const heard: unknown[] = [];
    await listening(
      () => "foreign",
      (value) => heard.push(value),
      "another",
    );
    const tabs = open();
    expect(await tabs.ask(30)).to.equal(undefined);
    tabs.tell("x");
    await tabs.ask(30);
    expect(heard).to.deep.equal([]);
  });

  it("that have closed are silent, until they ask or tell again", async () => {
    const tabs = await listening(() => "back");
    tabs.close();
    const asking = open();
    expect(await asking.ask(30)).to.equal(undefined);
    await tabs.ask(0);
    expect(await asking.ask(long)).to.equal("back");
  });

  it("survive whatever else is said on their channel", async () => {
    const heard: unknown[] = [];
    await listening(
      () => "answer",
      (value) => heard.push(value),
    );
    const stranger = new BroadcastChannel("consumer-auth:client");
    for (const noise of [null, "text", 5, [], { answer: "unknown", value: 1 }]) {
      stranger.postMessage(noise);
    }
    stranger.close();
    expect(await open().ask(long)).to.equal("answer");
  });

  it("are alone in a browser that has no channels", async () => {
    const { BroadcastChannel: native } = globalThis;
    const undo = override(globalThis, "BroadcastChannel", native);
    Reflect.deleteProperty(globalThis, "BroadcastChannel");
    const tabs = open();
    expect(await tabs.ask(long)).to.equal(undefined);
    tabs.tell("nobody");
    tabs.close();
    undo();
  });
});
