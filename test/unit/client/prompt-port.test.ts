import { expect } from "@esm-bundle/chai";

import { createPromptSwitch, type PromptSwitch } from "../../../src/client/prompt-port.js";
import type { Prompt, PromptView } from "../../../src/ladder/prompt.js";

interface LoggedPrompt extends Prompt {
  /** What it was told: `ask`, `wait` or `hide`. */
  readonly log: readonly string[];
}

function createPrompt(): LoggedPrompt {
  const log: string[] = [];
  return { log, show: ({ step }) => log.push(step), hide: () => log.push("hide") };
}

describe("the way to a prompt", () => {
  let port: PromptSwitch;
  let bringUp: () => Promise<void>;
  let brought: number;
  let signIns: number;

  beforeEach(() => {
    brought = 0;
    signIns = 0;
    bringUp = () => Promise.resolve();
    port = createPromptSwitch(() => {
      brought++;
      return bringUp();
    });
  });

  const view = (step: PromptView["step"]): PromptView => ({
    step,
    guest: false,
    signIn: () => signIns++,
    cancel: () => undefined,
  });

  function show(step: PromptView["step"]): Promise<unknown> {
    return new Promise((resolve) => {
      port.show(view(step), resolve);
    });
  }

  const shown = (step: PromptView["step"]): void => void show(step);

  it("leads to the prompt that is attached", () => {
    const prompt = createPrompt();
    port.attach(prompt);
    expect(prompt.log).to.deep.equal([]);
    shown("ask");
    shown("wait");
    port.hide();
    expect(prompt.log).to.deep.equal(["ask", "wait", "hide"]);
    expect(brought).to.equal(0);
  });

  it("leads to the one that was attached last", () => {
    const [first, second] = [createPrompt(), createPrompt()];
    port.attach(first);
    port.attach(second);
    shown("ask");
    expect([first.log, second.log]).to.deep.equal([[], ["ask"]]);
  });

  it("moves what is shown to one that is attached meanwhile, and back when that one goes", () => {
    const [first, second] = [createPrompt(), createPrompt()];
    port.attach(first);
    shown("ask");
    const detach = port.attach(second);
    expect([first.log, second.log]).to.deep.equal([["ask", "hide"], ["ask"]]);
    detach();
    expect(first.log).to.deep.equal(["ask", "hide", "ask"]);
    expect(second.log).to.deep.equal(["ask", "hide"]);
  });

  it("shows nothing to one that comes when nothing is asked", () => {
    port.attach(createPrompt());
    shown("ask");
    port.hide();
    const late = createPrompt();
    port.attach(late);
    expect(late.log).not.to.include("ask");
  });

  it("brings up a prompt where there is none, which shows what is asked", async () => {
    const own = createPrompt();
    bringUp = async () => void port.attach(own);
    shown("ask");
    expect(brought).to.equal(1);
    expect(own.log).to.deep.equal(["ask"]);
  });

  it("brings one up again where the only one goes while it asks", () => {
    const detach = port.attach(createPrompt());
    shown("ask");
    detach();
    expect(brought).to.equal(1);
  });

  it("brings up none while nothing is asked", () => {
    port.attach(createPrompt())();
    port.hide();
    expect(brought).to.equal(0);
  });

  it("says so where no prompt can be brought up", async () => {
    const error = new Error("blocked");
    bringUp = () => Promise.reject(error);
    expect(await show("ask")).to.equal(error);
  });

  it("says so where a prompt can't show", async () => {
    const error = new Error("broken");
    const broken: Prompt = {
      show: () => {
        throw error;
      },
      hide: () => undefined,
    };
    port.attach(broken);
    expect(await show("ask")).to.equal(error);
  });

  it("tries again where one could not be brought up the last time", async () => {
    bringUp = () => Promise.reject(new Error("offline"));
    await show("ask");
    const own = createPrompt();
    bringUp = async () => void port.attach(own);
    shown("ask");
    expect(own.log).to.deep.equal(["ask"]);
  });
});
