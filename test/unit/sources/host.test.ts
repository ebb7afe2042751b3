import { expect } from "@esm-bundle/chai";

import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import { caught, codeOf } from "../../support/caught.js";
import {
  reactNativeScript,
  webKitWithoutReply,
  webMessageListener,
  type HostApp,
  type HostRequest,
} from "../../support/host-apps.js";
import {
  answer,
  challenge,
  openHostPage,
  otherChallenge,
  redirect_uri,
  subjectOf,
  unasked,
  type HostPage,
} from "../../support/host-calls.js";
import { override } from "../../support/override.js";

type Content = Record<string, unknown>;

describe("the brand's app as a source", () => {
  let app: HostApp;
  let page: HostPage;

  const open = async (changes?: ConsumerAuthConfig): Promise<void> => {
    app = webMessageListener("consumerAuth");
    page = await openHostPage(changes);
  };

  beforeEach(() => open());

  afterEach(() => {
    page.close();
    app.stop();
  });

  /** Opens another page, configured otherwise. */
  const reopen = async (changes: ConsumerAuthConfig): Promise<void> => {
    page.close();
    app.stop();
    await open(changes);
  };

  /** The next request that the app gets, which it leaves unanswered. */
  const nextRequest = (): Promise<HostRequest> =>
    new Promise((resolve) => {
      app.reply = (request) => {
        resolve(request);
      };
    });

  const replyWith = (content: Content): void => {
    app.reply = (request) => answer(request, content);
  };

  describe("is asked", () => {
    it("by a message that says what is wanted, with a nonce of its own each time", async () => {
      replyWith({ nobody: true });
      await page.ask();
      await page.ask({ interactive: true, renew: true, codeChallenge: challenge });
      const [first, second] = app.requests;
      expect(first?.nonce).to.match(/^[\w-]{43}$/);
      expect(second?.nonce)
        .to.match(/^[\w-]{43}$/)
        .and.not.equal(first?.nonce);
      expect(first).to.deep.equal({
        type: "consumerAuth.request",
        version: 1,
        nonce: first?.nonce,
        interactive: false,
        renew: false,
      });
      expect(second).to.deep.equal({
        type: "consumerAuth.request",
        version: 1,
        nonce: second?.nonce,
        interactive: true,
        renew: true,
        code_challenge: challenge,
        code_challenge_method: "S256",
      });
    });

    it("for one thing at a time, in order", async () => {
      const first = nextRequest();
      const calls = [page.ask(), page.ask()];
      const { nonce } = await first;
      expect(app.requests).to.have.length(1);
      replyWith({ id_token: await page.mint("second") });
      app.say({
        ...unasked({ id_token: await page.mint("first") }),
        type: "consumerAuth.answer",
        nonce,
      });
      expect((await Promise.all(calls)).map(subjectOf)).to.deep.equal(["first", "second"]);
      expect(app.requests).to.have.length(2);
    });

    it("for nothing by a call that was given up while it waited for its turn", async () => {
      const first = nextRequest();
      const caller = new AbortController();
      const asking = page.ask();
      const waiting = page.ask({ signal: caller.signal });
      const request = await first;
      caller.abort();
      expect(await codeOf(waiting)).to.equal("aborted");
      const next = page.ask();
      expect(await codeOf(page.ask({ signal: AbortSignal.abort() }))).to.equal("aborted");
      expect(app.requests).to.have.length(1);
      replyWith({ nobody: true });
      app.say(answer(request, { id_token: await page.mint("zoe") }));
      expect(subjectOf(await asking)).to.equal("zoe");
      expect(await next).to.equal(undefined);
      expect(app.requests).to.have.length(2);
    });

    it("for nothing where the caller had given up before", async () => {
      expect(await codeOf(page.ask({ signal: AbortSignal.abort() }))).to.equal("aborted");
      replyWith({ nobody: true });
      await page.ask();
      expect(app.requests).to.have.length(1);
    });

    it("again after a request that it left unanswered", async () => {
      const caller = new AbortController();
      const given = page.ask({ signal: caller.signal, interactive: true });
      caller.abort();
      expect(await codeOf(given)).to.equal("aborted");
      replyWith({ id_token: await page.mint("zoe") });
      expect(subjectOf(await page.ask())).to.equal("zoe");
    });
  });

  it("is nobody at once where there is no app, whoever may be asked", async () => {
    app.stop();
    expect(await page.ask()).to.equal(undefined);
    expect(await page.ask({ interactive: true, codeChallenge: challenge })).to.equal(undefined);
  });

  describe("answers", () => {
    it("with an ID token, which is verified", async () => {
      const token = await page.mint("zoe");
      replyWith({ id_token: token });
      const credential = await page.ask();
      expect(credential).to.include({ kind: "id_token", token });
      expect(subjectOf(credential)).to.equal("zoe");
    });

    const wrong: Record<string, [changes: Content, code: string]> = {
      "of another issuer": [{ iss: "https://evil.example" }, "id_token_invalid"],
      "for another client": [{ aud: "other" }, "id_token_invalid"],
      "that has expired": [{ exp: 1_000_000_000 }, "id_token_expired"],
    };
    for (const [what, [changes, code]] of Object.entries(wrong)) {
      it(`with an ID token ${what}, which is refused`, async () => {
        replyWith({ id_token: await page.mint("zoe", changes) });
        expect(await codeOf(page.ask())).to.equal(code);
      });
    }

    it("with an ID token that somebody else signed, which is refused", async () => {
      const [head, claims] = (await page.mint("zoe")).split(".");
      const [, , signature] = (await page.mint("eve")).split(".");
      replyWith({ id_token: [head, claims, signature].join(".") });
      expect(await codeOf(page.ask())).to.equal("id_token_invalid");
    });

    it("with a code and where it was sent", async () => {
      await reopen({ flow: "code" });
      replyWith({ code: "c-1", redirect_uri });
      expect(await page.ask()).to.deep.equal({
        kind: "code",
        code: "c-1",
        redirectUri: redirect_uri,
        claims: undefined,
      });
    });

    it("with a code for the window's challenge, which it may repeat", async () => {
      await reopen({ flow: "code" });
      const call = { codeChallenge: challenge };
      replyWith({ code: "c-1", redirect_uri });
      expect(await page.ask(call)).to.include({ code: "c-1" });
      replyWith({ code: "c-2", redirect_uri, code_challenge: challenge });
      expect(await page.ask(call)).to.include({ code: "c-2" });
    });

    it("with nobody", async () => {
      replyWith({ nobody: true, id_token: null, error: "" });
      expect(await page.ask({ interactive: true })).to.equal(undefined);
    });

    it("with a refusal, whose name is repeated where it is one, and nothing else", async () => {
      replyWith({ error: "access_denied" });
      expect((await caught(page.ask())).code).to.equal("access_denied");
      replyWith({ error: "interaction_required" });
      expect((await caught(page.ask())).code).to.equal("login_required");
      replyWith({ error: "server_error" });
      const { code, message } = await caught(page.ask());
      expect(code).to.equal("provider_failed");
      expect(message).to.include('"server_error"');
      for (const error of ["Zoe's token was <b>lost</b>", { toString: "x" }, ["a", "b"], 7]) {
        replyWith({ error });
        const refusal = await caught(page.ask());
        expect(refusal.code).to.equal("provider_failed");
        expect(refusal.message).to.equal('The app answered "unknown".');
        expect(refusal.cause).to.equal(undefined);
      }
    });

    const senseless: Record<string, Content> = {
      nothing: {},
      "nothing but emptiness": { id_token: "", code: null, error: "", nobody: false },
      "a token and a code": { id_token: "a.b.c", code: "c-1", redirect_uri },
      "a token and an error": { id_token: "a.b.c", error: "access_denied" },
      "a code and nobody": { code: "c-1", redirect_uri, nobody: true },
      "another version": { version: 2, nobody: true },
      "no version": { version: undefined, nobody: true },
      "the type of another message": { type: "consumerAuth.credential", nobody: true },
      "the name of another bridge": { type: "other.answer", nobody: true },
    };
    for (const [what, content] of Object.entries(senseless)) {
      it(`with ${what}, which is an error`, async () => {
        replyWith(content);
        expect(await codeOf(page.ask({ interactive: true }))).to.equal("response_invalid");
      });
    }

    const misfits: Record<string, [call: string | undefined, content: Content]> = {
      "a code for another challenge": [
        challenge,
        { code: "c-1", redirect_uri, code_challenge: otherChallenge },
      ],
      "a code with a challenge where the window has none": [
        undefined,
        { code: "c-1", redirect_uri, code_challenge: challenge },
      ],
      "an ID token where the window waits for a code": [challenge, { id_token: "a.b.c" }],
    };
    for (const [what, [codeChallenge, content]] of Object.entries(misfits)) {
      it(`with ${what}, which is an error`, async () => {
        await reopen({ flow: "code" });
        replyWith(content);
        const { code, message } = await caught(page.ask({ codeChallenge }));
        expect(code).to.equal("response_invalid");
        expect(message).to.include("challenge");
      });
    }
  });

  describe("is not believed", () => {
    /** Lets the app say these things while it is asked, and then answer properly. */
    const answerAfter = async (
      say: (request: HostRequest, eve: string) => unknown[],
    ): Promise<string | undefined> => {
      const [zoe, eve] = await Promise.all([page.mint("zoe"), page.mint("eve")]);
      app.reply = (request) => {
        for (const message of say(request, eve)) app.say(message);
        return answer(request, { id_token: zoe });
      };
      return subjectOf(await page.ask());
    };

    it("with another nonce, or one that only looks like it", async () => {
      const subject = await answerAfter((request, id_token) =>
        [
          request.nonce.slice(1),
          `${request.nonce} `,
          request.nonce.toUpperCase(),
          [request.nonce],
          { nonce: request.nonce },
          true,
          1,
        ].map((nonce) => ({ ...answer(request, { id_token }), nonce })),
      );
      expect(subject).to.equal("zoe");
    });

    it("with an answer without a nonce", async () => {
      const subject = await answerAfter((request, id_token) =>
        [undefined, null, ""].map((nonce) => ({ ...answer(request, { id_token }), nonce })),
      );
      expect(subject).to.equal("zoe");
      expect(page.notices).to.deep.equal([]);
    });

    it("with texts that are no messages", async () => {
      const subject = await answerAfter(({ nonce }) => [
        "",
        "{",
        "null",
        "[]",
        '"consumerAuth.answer"',
        "0",
        `{"type":"consumerAuth.answer","version":1,"nonce":"${nonce}","nobody":true`,
        `["consumerAuth.answer",1,"${nonce}"]`,
      ]);
      expect(subject).to.equal("zoe");
    });

    it("with a prototype in place of properties", async () => {
      const subject = await answerAfter(({ nonce, type }, id_token) => {
        const content = JSON.stringify({
          type: type.replace("request", "answer"),
          version: 1,
          nonce,
          id_token,
        });
        return [
          `{"__proto__":${content}}`,
          `{"constructor":{"prototype":${content}}}`,
          `{"__proto__":{"type":"consumerAuth.credential","version":1,"nobody":true}}`,
        ];
      });
      expect(subject).to.equal("zoe");
      expect({}).not.to.have.property("nonce");
      expect(page.notices).to.deep.equal([]);
    });

    it("with a message of a size that no credential has", async () => {
      const subject = await answerAfter((request, id_token) => [
        answer(request, { id_token, padding: "x".repeat(131_072) }),
        unasked({ id_token, padding: "x".repeat(131_072) }),
      ]);
      expect(subject).to.equal("zoe");
      expect(page.notices).to.deep.equal([]);
    });

    it("twice", async () => {
      const [zoe, eve] = await Promise.all([page.mint("zoe"), page.mint("eve")]);
      app.reply = (request) => {
        app.say(answer(request, { id_token: zoe }));
        return answer(request, { id_token: eve });
      };
      expect(subjectOf(await page.ask())).to.equal("zoe");
      replyWith({ nobody: true });
      expect(await page.ask()).to.equal(undefined);
    });

    it("late", async () => {
      const eve = await page.mint("eve");
      const first = nextRequest();
      const caller = new AbortController();
      const given = page.ask({ signal: caller.signal });
      const late = await first;
      caller.abort();
      expect(await codeOf(given)).to.equal("aborted");
      app.say(answer(late, { id_token: eve }));
      app.reply = (request) => {
        app.say(answer(late, { id_token: eve }));
        return answer(request, { nobody: true });
      };
      expect(await page.ask()).to.equal(undefined);
    });
  });

  describe("has time", () => {
    it("of one request where nobody may be asked", async () => {
      await reopen({ requestTimeout: 20 });
      const { code, message } = await caught(page.ask());
      expect(code).to.equal("request_timeout");
      expect(message).to.include("20 ms");
    });

    it("that a person may take where one may be asked", async () => {
      await reopen({ interactionTimeout: 20 });
      const { code, message } = await caught(page.ask({ interactive: true }));
      expect(code).to.equal("request_timeout");
      expect(message).to.include("20 ms");
    });

    it("more than that of one request where a person may be asked", async () => {
      await reopen({ requestTimeout: 20 });
      const first = nextRequest();
      const asking = page.ask({ interactive: true });
      const request = await first;
      // By the time that this one has waited in vain, the other one's would be over as well.
      expect(await codeOf(page.ask())).to.equal("request_timeout");
      app.say(answer(request, { id_token: await page.mint("zoe") }));
      expect(subjectOf(await asking)).to.equal("zoe");
    });

    describe("and where its bridge is one that every app has", () => {
      const openShared = async (requestTimeout: number): Promise<void> => {
        page.close();
        app.stop();
        app = reactNativeScript("consumerAuth");
        page = await openHostPage({ requestTimeout });
      };

      it("only that of one request, since it may know nothing of this", async () => {
        await openShared(20);
        expect(await codeOf(page.ask({ interactive: true }))).to.equal("request_timeout");
      });

      it("more once it says that a person is being asked", async () => {
        await openShared(200);
        const first = nextRequest();
        const asking = page.ask({ interactive: true });
        const request = await first;
        app.say({ type: "consumerAuth.pending", version: 1, nonce: request.nonce });
        expect(await codeOf(page.ask())).to.equal("request_timeout");
        app.say(answer(request, { id_token: await page.mint("zoe") }));
        expect(subjectOf(await asking)).to.equal("zoe");
      });

      it("that a person may take even then", async () => {
        page.close();
        app.stop();
        app = reactNativeScript("consumerAuth");
        page = await openHostPage({ interactionTimeout: 50 });
        app.reply = ({ nonce }) => ({ type: "consumerAuth.pending", version: 1, nonce });
        expect(await codeOf(page.ask({ interactive: true }))).to.equal("request_timeout");
      });

      it("no more by saying so where nobody may be asked", async () => {
        await openShared(50);
        app.reply = ({ nonce }) => ({ type: "consumerAuth.pending", version: 1, nonce });
        expect(await codeOf(page.ask())).to.equal("request_timeout");
      });
    });
  });

  describe("hands in unasked", () => {
    it("an ID token that the next call gets, verified, and no call after it", async () => {
      app.say(unasked({ id_token: await page.mint("zoe") }));
      expect(page.notices).to.deep.equal(["credential"]);
      expect(subjectOf(await page.ask())).to.equal("zoe");
      expect(app.requests).to.have.length(0);
      replyWith({ nobody: true });
      expect(await page.ask()).to.equal(undefined);
      expect(app.requests).to.have.length(1);
    });

    it("the same in an app that has no bridge at all", async () => {
      app.stop();
      window.postMessage(JSON.stringify(unasked({ id_token: await page.mint("zoe") })));
      await new Promise((resolve) => {
        addEventListener("message", resolve, { once: true });
      });
      expect(subjectOf(await page.ask())).to.equal("zoe");
      expect(await page.ask()).to.equal(undefined);
    });

    it("twice, and the latest counts", async () => {
      app.say(unasked({ id_token: await page.mint("adam") }));
      app.say(unasked({ id_token: await page.mint("zoe") }));
      expect(page.notices).to.deep.equal(["credential", "credential"]);
      expect(subjectOf(await page.ask())).to.equal("zoe");
    });

    it("a code, once", async () => {
      await reopen({ flow: "code" });
      app.say(unasked({ code: "c-1", redirect_uri }));
      replyWith({ nobody: true });
      expect(await Promise.all([page.ask(), page.ask()])).to.deep.equal([
        { kind: "code", code: "c-1", redirectUri: redirect_uri, claims: undefined },
        undefined,
      ]);
    });

    it("a code for a challenge, which the call with that challenge gets", async () => {
      await reopen({ flow: "code" });
      app.say(unasked({ code: "c-1", redirect_uri, code_challenge: challenge }));
      expect(await page.ask({ codeChallenge: challenge })).to.include({ code: "c-1" });
    });

    const misfits: Record<string, [codeChallenge: string | undefined, content: Content]> = {
      "a code without a challenge where the window has one": [
        challenge,
        { code: "c-1", redirect_uri },
      ],
      "a code for another challenge": [
        challenge,
        { code: "c-1", redirect_uri, code_challenge: otherChallenge },
      ],
      "a code with a challenge where the window has none": [
        undefined,
        { code: "c-1", redirect_uri, code_challenge: challenge },
      ],
      "an ID token where the window waits for a code": [challenge, { id_token: "a.b.c" }],
      "an ID token where it should be a code": [undefined, { id_token: "a.b.c" }],
      "something that is no credential": [undefined, { id_token: { token: 5 } }],
      nothing: [undefined, {}],
      nobody: [undefined, { nobody: true }],
      "an error": [undefined, { error: "access_denied" }],
    };
    for (const [what, [codeChallenge, content]] of Object.entries(misfits)) {
      it(`${what}, and is asked all the same`, async () => {
        await reopen({ flow: "code" });
        app.say(unasked(content));
        replyWith({ code: "asked-for", redirect_uri });
        expect(await page.ask({ codeChallenge })).to.include({ code: "asked-for" });
      });
    }

    it("another issuer's ID token, and is asked all the same", async () => {
      app.say(unasked({ id_token: await page.mint("eve", { iss: "https://evil.example" }) }));
      replyWith({ id_token: await page.mint("zoe") });
      expect(subjectOf(await page.ask())).to.equal("zoe");
    });

    it("another issuer's ID token, which is refused where nobody can be asked", async () => {
      app.say(unasked({ id_token: await page.mint("eve", { iss: "https://evil.example" }) }));
      app.stop();
      expect(await codeOf(page.ask())).to.equal("id_token_invalid");
      expect(await page.ask()).to.equal(undefined);
    });

    it("an ID token that is about to expire by the time of the call, and is asked for another", async () => {
      const exp = page.clock.now() / 1000 + 600;
      app.say(unasked({ id_token: await page.mint("zoe", { exp }) }));
      page.clock.move(570_001);
      replyWith({ nobody: true });
      expect(await page.ask()).to.equal(undefined);
      expect(app.requests).to.have.length(1);
    });

    it("what is older than a credential that it gives when asked, and what is newer", async () => {
      const [adam, zoe, eve] = await Promise.all(
        ["adam", "zoe", "eve"].map((sub) => page.mint(sub)),
      );
      app.reply = (request) => {
        app.say(unasked({ id_token: adam }));
        return answer(request, { id_token: zoe });
      };
      expect(subjectOf(await page.ask())).to.equal("zoe");
      replyWith({ nobody: true });
      expect(await page.ask()).to.equal(undefined);
      replyWith({ id_token: zoe });
      const verify = crypto.subtle.verify.bind(crypto.subtle);
      const undo = override(crypto.subtle, "verify", (...how: Parameters<typeof verify>) => {
        app.say(unasked({ id_token: eve }));
        return verify(...how);
      });
      expect(subjectOf(await page.ask())).to.equal("zoe");
      undo();
      expect(subjectOf(await page.ask())).to.equal("eve");
    });

    it("what came though it said that nobody is there", async () => {
      const zoe = await page.mint("zoe");
      app.reply = (request) => {
        app.say(unasked({ id_token: zoe }));
        return answer(request, { nobody: true });
      };
      expect(await page.ask()).to.equal(undefined);
      expect(subjectOf(await page.ask())).to.equal("zoe");
    });

    it("that the consumer has signed out, and what it handed in before is gone", async () => {
      app.say(unasked({ id_token: await page.mint("zoe") }));
      app.say(unasked({}, "signedOut"));
      expect(page.notices).to.deep.equal(["credential", "signedOut"]);
      replyWith({ nobody: true });
      expect(await page.ask()).to.equal(undefined);
    });

    const unheard: Content[] = [
      { version: 2 },
      { version: "1" },
      { version: undefined },
      { type: "other.credential" },
      { type: "consumerAuth.Credential" },
      { type: "consumerAuth.request" },
      { type: ["consumerAuth.credential"] },
      { nonce: "of-nobody" },
    ];
    for (const changes of unheard) {
      it(`nothing with ${JSON.stringify(changes)}`, async () => {
        app.say({ ...unasked({ id_token: await page.mint("eve") }), ...changes });
        replyWith({ nobody: true });
        expect(page.notices).to.deep.equal([]);
        expect(await page.ask()).to.equal(undefined);
      });
    }

    it("nothing any more to a page that has stopped listening", async () => {
      page.close();
      const message = unasked({ id_token: await page.mint("zoe") });
      app.say(message);
      const delivered = new Promise((resolve) => {
        addEventListener("message", resolve, { once: true });
      });
      window.postMessage(JSON.stringify(message));
      await delivered;
      expect(page.notices).to.deep.equal([]);
    });
  });

  it("is found when its bridge comes after the page has begun to listen", async () => {
    app.stop();
    app = webMessageListener("consumerAuth");
    replyWith({ id_token: await page.mint("zoe") });
    expect(subjectOf(await page.ask())).to.equal("zoe");
    app.stop();
    app = webKitWithoutReply("consumerAuth");
    replyWith({ id_token: await page.mint("adam") });
    expect(subjectOf(await page.ask())).to.equal("adam");
  });
});
