import { expect } from "@esm-bundle/chai";

import { caught, codeOf } from "../support/caught.js";
import {
  javascriptInterface,
  platforms,
  reactNativeScript,
  webKitWithReply,
  webMessageListener,
  type HostApp,
} from "../support/host-apps.js";
import {
  answer,
  challenge,
  openHostPage,
  redirect_uri,
  subjectOf,
  unasked,
  type HostPage,
} from "../support/host-calls.js";
import { override } from "../support/override.js";
import { until } from "./support/until.js";

const name = "consumerAuth";

describe("the bridge of an app", () => {
  let page: HostPage;

  beforeEach(async () => {
    page = await openHostPage();
  });

  afterEach(() => {
    page.close();
  });

  for (const [what, platform] of Object.entries(platforms)) {
    describe(`as a ${what}`, () => {
      let app: HostApp;

      beforeEach(async () => {
        app = platform(name);
        page.close();
        page = await openHostPage();
      });

      afterEach(() => {
        app.stop();
      });

      it("carries the request there and the credential back", async () => {
        const zoe = await page.mint("zoe");
        app.reply = (request) => answer(request, { id_token: zoe });
        expect(subjectOf(await page.ask({ interactive: true }))).to.equal("zoe");
        expect(app.requests[0]).to.include({ type: "consumerAuth.request", interactive: true });
      });

      it("carries the window's challenge there and a code back", async () => {
        page.close();
        page = await openHostPage({ flow: "code" });
        app.reply = (request) =>
          answer(request, { code: `for ${String(request.code_challenge)}`, redirect_uri });
        expect(await page.ask({ codeChallenge: challenge })).to.deep.equal({
          kind: "code",
          code: `for ${challenge}`,
          redirectUri: redirect_uri,
          claims: undefined,
        });
      });

      it("carries refusals, nobody, and what is said unasked", async () => {
        app.reply = (request) => answer(request, { error: "access_denied" });
        expect(await codeOf(page.ask())).to.equal("access_denied");
        app.reply = (request) => answer(request, { nobody: true });
        expect(await page.ask()).to.equal(undefined);
        app.say(unasked({ id_token: await page.mint("zoe") }));
        await until(() => page.notices.length === 1);
        expect(subjectOf(await page.ask())).to.equal("zoe");
        app.say(unasked({}, "signedOut"));
        await until(() => page.notices.length === 2);
        expect(page.notices).to.deep.equal(["credential", "signedOut"]);
      });

      it("is silent once the page has stopped listening", async () => {
        page.close();
        const listener = await openHostPage();
        app.say(unasked({ id_token: await page.mint("zoe") }));
        await until(() => listener.notices.length === 1);
        listener.close();
        expect(page.notices).to.deep.equal([]);
      });
    });
  }

  describe("with a reply channel", () => {
    let app: HostApp;

    beforeEach(() => {
      app = webKitWithReply(name);
    });

    afterEach(() => {
      app.stop();
    });

    it("may refuse by the platform's error, whose text isn't repeated", async () => {
      app.reply = () => Promise.reject(new Error("Zoe, zoe@example.com, isn't signed in"));
      const { code, message, cause } = await caught(page.ask());
      expect(code).to.equal("provider_failed");
      expect(message).not.to.match(/zoe/i);
      expect(cause).to.equal(undefined);
      app.reply = () => Promise.reject(new Error("access_denied"));
      expect(await codeOf(page.ask())).to.equal("access_denied");
    });

    it("may reply with JSON", async () => {
      const zoe = await page.mint("zoe");
      app.reply = (request) => JSON.stringify(answer(request, { id_token: zoe }));
      expect(subjectOf(await page.ask())).to.equal("zoe");
    });

    for (const reply of ["", "no JSON", 0, false, [], {}, "x".repeat(200_000)]) {
      it(`is told at once that ${JSON.stringify(reply).slice(0, 20)} is no answer`, async () => {
        app.reply = () => reply;
        expect(await codeOf(page.ask({ interactive: true }))).to.equal("response_invalid");
      });
    }

    it("is told at once that its reply must repeat the nonce", async () => {
      app.reply = (request) => answer({ ...request, nonce: "another" }, { nobody: true });
      expect(await codeOf(page.ask({ interactive: true }))).to.equal("response_invalid");
    });

    it("may answer by a script nevertheless", async () => {
      const zoe = await page.mint("zoe");
      app.reply = (request) => {
        app.say(answer(request, { id_token: zoe }));
        return undefined;
      };
      expect(subjectOf(await page.ask())).to.equal("zoe");
    });
  });

  it("may answer by what its method returns", async () => {
    const zoe = await page.mint("zoe");
    const undo = override(window, name, {
      postMessage: (request: string) =>
        JSON.stringify(
          answer(JSON.parse(request) as Parameters<typeof answer>[0], { id_token: zoe }),
        ),
    });
    expect(subjectOf(await page.ask())).to.equal("zoe");
    undo();
  });

  it("that throws is a refusal, and the next call asks again", async () => {
    const undo = override(window, name, {
      postMessage() {
        throw new TypeError("The app is gone, Zoe");
      },
    });
    const { code, message } = await caught(page.ask({ interactive: true }));
    expect(code).to.equal("provider_failed");
    expect(message).not.to.include("Zoe");
    undo();
    expect(await page.ask()).to.equal(undefined);
  });

  it("by its name goes before the one that every app has", async () => {
    const [own, shared] = [webMessageListener(name), reactNativeScript(name)];
    own.reply = (request) => answer(request, { nobody: true });
    expect(await page.ask()).to.equal(undefined);
    expect([own.requests.length, shared.requests.length]).to.deep.equal([1, 0]);
    own.stop();
    shared.stop();
  });

  describe("is not", () => {
    let stage: HTMLElement;

    beforeEach(() => {
      stage = document.createElement("div");
      document.body.append(stage);
    });

    afterEach(() => {
      stage.remove();
    });

    const srcdoc = (content: string): string => `srcdoc="${content.replaceAll('"', "&quot;")}"`;
    const clobbers: Record<string, string> = {
      "an element with its id": `<a id="${name}" href="x:y"></a>`,
      "elements with its name": `<form name="${name}"><input name="postMessage"></form>`,
      "a frame with its name": `<iframe name="${name}"></iframe>`,
      "frames that are named as WebKit's parts": `<iframe name="webkit" ${srcdoc(
        `<iframe name="messageHandlers" ${srcdoc(`<iframe name="${name}"></iframe>`)}></iframe>`,
      )}></iframe>`,
      "elements that are named as WebKit's parts": `<form name="webkit"><input name="messageHandlers"></form>`,
      "a frame that is named as React Native's": `<iframe name="ReactNativeWebView"></iframe>`,
    };
    for (const [what, markup] of Object.entries(clobbers)) {
      it(what, async () => {
        stage.innerHTML = markup;
        const named = window as unknown as Record<string, unknown>;
        await until(() => {
          const found = named[name] ?? named["ReactNativeWebView"] ?? named["webkit"];
          const { messageHandlers } = Object(found) as {
            messageHandlers?: Record<string, unknown>;
          };
          return named["webkit"] ? (messageHandlers?.[name] ?? messageHandlers) : found;
        });
        expect(await page.ask({ interactive: true })).to.equal(undefined);
      });
    }

    it("what a frame has that is named as WebKit's part", async () => {
      stage.innerHTML = `<iframe name="webkit"></iframe>`;
      const frame = stage.querySelector("iframe")?.contentWindow as unknown as object;
      let posted = false;
      const postMessage = (): void => {
        posted = true;
      };
      override(frame, "messageHandlers", { [name]: { postMessage } });
      expect(window).to.have.nested.property(`webkit.messageHandlers.${name}`);
      expect(await page.ask({ interactive: true })).to.equal(undefined);
      expect(posted).to.equal(false);
    });

    const values: Record<string, unknown> = {
      "the window itself": window,
      "a frame of the page's": () => {
        stage.innerHTML = "<iframe></iframe>";
        return stage.querySelector("iframe")?.contentWindow;
      },
      "an object without a method": { postMessage: "postMessage" },
      "a text": "postMessage",
      null: null,
    };
    for (const [what, value] of Object.entries(values)) {
      it(`${what}, though it is a property of the page`, async () => {
        const undo = override(
          window,
          name,
          typeof value === "function" ? (value as () => unknown)() : value,
        );
        expect(await page.ask({ interactive: true })).to.equal(undefined);
        undo();
      });
    }

    it("a window above, though somebody configured its name", async () => {
      for (const other of ["parent", "top", "self", "window", "frames"]) {
        const misled = await openHostPage({ host: other });
        expect(await misled.ask({ interactive: true })).to.equal(undefined);
        misled.close();
      }
    });

    it("what somebody put on a prototype", async () => {
      const undo = override(Object.prototype, name, { postMessage: () => undefined });
      const undoHandlers = override(window, "webkit", { messageHandlers: {} });
      try {
        expect(await page.ask({ interactive: true })).to.equal(undefined);
      } finally {
        undo();
        undoHandlers();
      }
    });
  });

  describe("can't be spoken for by another window", () => {
    let app: HostApp;
    let frame: HTMLIFrameElement;

    beforeEach(() => {
      app = javascriptInterface(name);
      frame = document.createElement("iframe");
    });

    afterEach(() => {
      app.stop();
      frame.remove();
    });

    /** Has a frame post these to the page; resolves when the page has got the last of them. */
    const postFromFrame = async (messages: unknown[]): Promise<MessageEvent<unknown>> => {
      const posted = new Promise<MessageEvent<unknown>>((resolve) => {
        addEventListener("message", function hear(event: MessageEvent<unknown>) {
          if (event.data !== "posted") return;
          removeEventListener("message", hear);
          resolve(event);
        });
      });
      const texts = [...messages.map((message) => JSON.stringify(message)), "posted"];
      frame.srcdoc = `<script>for (const text of ${JSON.stringify(texts).replaceAll("<", "\\u003c")}) parent.postMessage(text, "*")</script>`;
      document.body.append(frame);
      return posted;
    };

    const frames: Record<string, () => void> = {
      "a frame of the page's own origin": () => undefined,
      "a frame of another origin": () => {
        frame.sandbox.add("allow-scripts");
      },
    };
    for (const [what, prepare] of Object.entries(frames)) {
      it(`by ${what}, even if it knew the nonce`, async () => {
        prepare();
        const [zoe, eve] = await Promise.all([page.mint("zoe"), page.mint("eve")]);
        app.reply = async (request) => {
          const last = await postFromFrame([
            answer(request, { id_token: eve }),
            answer(request, { nobody: true }),
            unasked({ id_token: eve }),
          ]);
          expect(last.source).to.equal(frame.contentWindow);
          return answer(request, { id_token: zoe });
        };
        expect(subjectOf(await page.ask({ interactive: true }))).to.equal("zoe");
        expect(page.notices).to.deep.equal([]);
      });
    }

    it("by a frame that is gone by the time its message arrives", async () => {
      await postFromFrame([]);
      const message = JSON.stringify(unasked({ id_token: await page.mint("eve") }));
      const arrived = new Promise<MessageEvent<unknown>>((resolve) => {
        addEventListener("message", resolve, { once: true });
      });
      const sender = frame.contentWindow as unknown as { eval(script: string): void };
      sender.eval(`parent.postMessage(${JSON.stringify(message)}, "*")`);
      frame.remove();
      expect((await arrived).data).to.equal(message);
      expect(page.notices).to.deep.equal([]);
    });

    it("by an event that names another origin", async () => {
      const data = JSON.stringify(unasked({ id_token: await page.mint("eve") }));
      for (const sender of ["https://evil.example", "null", location.origin]) {
        window.dispatchEvent(new MessageEvent("message", { data, origin: sender }));
      }
      for (const sender of ["https://evil.example", "null", ""]) {
        const init = { data, origin: sender, source: window };
        window.dispatchEvent(new MessageEvent("message", init));
      }
      expect(page.notices).to.deep.equal([]);
    });
  });
});
