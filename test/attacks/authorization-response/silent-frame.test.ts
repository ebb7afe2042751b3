import { expect } from "@esm-bundle/chai";

import {
  answering,
  broadcast,
  expectSilentRefusal,
  hear,
  isRelayed,
  toReturnPage,
} from "../support/arrivals.js";
import { until, withAttackedPage, type AttackOptions } from "../support/attack.js";
import { page, redirect } from "../support/room.js";
import { caught } from "../../support/caught.js";

const inFrame = { config: { silent: true } } as const;
const soon = { config: { silent: true, silentTimeout: 800 } } as const;

describe("attack: the hidden frame of a silent sign-in", () => {
  const unheard: Readonly<Record<string, (parameters: Record<string, string>) => unknown>> = {
    "another state": (parameters) => (parameters["state"] = "A".repeat(43)),
    "no state": (parameters) => delete parameters["state"],
    "an empty state": (parameters) => (parameters["state"] = ""),
  };
  for (const [what, change] of Object.entries(unheard)) {
    it(`a response with ${what} is not heard`, () =>
      expectSilentRefusal(
        "code to the window",
        { ...answering(change), ...soon },
        "silent_failed",
      ));
  }

  for (const flow of ["exchange in the page", "implicit flow", "code with an ID token"] as const) {
    it(`a response of another issuer is refused (${flow})`, () =>
      expectSilentRefusal(
        flow,
        answering((parameters) => (parameters["iss"] = "https://other.example")),
        "response_invalid",
      ));
  }

  it("whatever it tries, the window is answered once, by the consumer's own sign-in", () => {
    let silently: string | undefined;
    return withAttackedPage(
      "code to the window",
      {
        ...inFrame,
        misconduct: {
          authorization(parameters, { query }) {
            if (query.get("prompt") !== "none") return parameters;
            silently = parameters["code"];
            parameters["error"] = "access_denied";
            return parameters;
          },
        },
      },
      async ({ call, auth }) => {
        const attempts: unknown[] = [];
        auth.addEventListener("credential", ({ detail }) => {
          attempts.push(...detail.attempts.map(({ rung, outcome }) => `${rung}: ${outcome}`));
        });
        const { answers } = await call();
        expect(answers).to.have.length(1);
        expect(answers[0]?.[0]).to.have.property("ssoKey").that.is.not.equal(silently);
        expect(attempts).to.include.members(["silent: response_invalid", "interactive: answered"]);
      },
    );
  });

  /** Runs a script in the frame, which then comes back with nobody's session. */
  const trying = (script: (parameters: Record<string, string>) => string): AttackOptions => ({
    config: { silent: true, silentTimeout: 4000 },
    misconduct: {
      authorization(parameters, request) {
        const { state = "", iss = "" } = parameters;
        const search = `${new URLSearchParams({ error: "login_required", state, iss })}`;
        const back = JSON.stringify(toReturnPage(request, { search }));
        return page(
          `<script>${script(parameters)};parent.postMessage("tried", "*");location.replace(${back})</script>`,
        );
      },
    },
  });

  /** A page of the provider's tries something in the frame. */
  const expectInVain = async (script: string): Promise<void> => {
    const heard = hear();
    const before = { address: location.href, name: window.name };
    try {
      const options = trying(() => script);
      await expectSilentRefusal("code to the window", options, "login_required", async () => {
        await until(() => heard.messages.some(({ data }) => data === "tried"), "the try");
        expect({ address: location.href, name: window.name }).to.deep.equal(before);
        expect(heard.messages.map(({ data }) => data)).not.to.include("a window");
      });
    } finally {
      heard.stop();
    }
  };

  it("a page in it can't take the brand's page away", () =>
    expectInVain(
      'try { top.location = "about:blank#taken" } catch {} try { parent.location = "about:blank#taken" } catch {}',
    ));

  it("a page in it can't open windows", () =>
    expectInVain('try { if (open("about:blank")) parent.postMessage("a window", "*") } catch {}'));

  it("a page in it can't look into the brand's page", () =>
    expectInVain(
      'for (const look of [() => parent.document, () => parent.localStorage, () => parent.brand, () => frameElement.id]) try { look(); parent.postMessage("a window", "*") } catch {}',
    ));

  it("a page in it can't ask anything of the consumer", () =>
    expectInVain("alert(1); confirm(1); prompt(1)"));

  it("a page of the provider's in it is no return page: the right window, but the wrong origin", async () => {
    const heard = hear();
    const said = trying(
      (parameters) =>
        `parent.postMessage(${JSON.stringify({
          consumerAuth: parameters["state"],
          mode: "query",
          parameters: new URLSearchParams(parameters).toString(),
        })}, "*")`,
    );
    await expectSilentRefusal("code to the window", said, "login_required", () => {
      expect(heard.messages.map(({ data }) => data)).to.include("tried");
    });
    heard.stop();
  });

  it("an answer after its time changes nothing", () => {
    let late: Record<string, string> = {};
    return withAttackedPage(
      "exchange in the page",
      {
        ...soon,
        misconduct: {
          authorization(parameters) {
            late = parameters;
            return { then: "hang" };
          },
        },
      },
      async ({ auth, room }) => {
        const { code } = await caught(auth.getCredential({ interactive: false }));
        expect(code).to.equal("silent_failed");
        await broadcast(`consumer-auth:${late["state"]}`, {
          consumerAuth: late["state"],
          mode: "query",
          parameters: new URLSearchParams(late).toString(),
        });
        expect(auth.session.state).not.to.equal("authenticated");
        expect(room.requests.filter(({ path }) => path === "/token")).to.deep.equal([]);
      },
    );
  });

  it("a sign-in page that answers late, when the consumer has signed out, signs nobody in", () => {
    let signOut: () => Promise<void>;
    return withAttackedPage(
      "implicit flow",
      {
        ...inFrame,
        misconduct: {
          async authorization(parameters) {
            await signOut();
            return parameters;
          },
        },
      },
      async ({ auth }) => {
        signOut = () => auth.signOut();
        const { code } = await caught(auth.getCredential({ interactive: false }));
        expect(code).to.equal("aborted");
        expect(auth.session.claims).to.equal(undefined);
      },
    );
  });

  it("another frame that brings a response with another state answers nobody", async () => {
    const heard = hear();
    const other = "B".repeat(43);
    await withAttackedPage(
      "code to the window",
      {
        ...inFrame,
        misconduct: {
          async authorization(parameters, request) {
            const frame = document.createElement("iframe");
            frame.src = toReturnPage(request, { search: `code=injected&state=${other}` });
            document.body.append(frame);
            await until(() => isRelayed(heard, other), "the other frame's response");
            frame.remove();
            return redirect(
              toReturnPage(request, { search: new URLSearchParams(parameters).toString() }),
            );
          },
        },
      },
      async ({ auth }) => {
        const credential = await auth.getCredential({ interactive: false });
        expect(credential.kind === "code" && credential.code).not.to.equal("injected");
      },
    );
    heard.stop();
  });
});
