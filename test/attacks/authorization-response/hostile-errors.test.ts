import { expect } from "@esm-bundle/chai";

import { answering, expectSilentRefusal } from "../support/arrivals.js";
import { until, withAttackedPage, type AttackedPage } from "../support/attack.js";

const marker = "h4cked";

/** What would run, load, or be read by the consumer, if it were shown. */
const hostile: Readonly<Record<string, string>> = {
  "an image": `<img src=x onerror="window.${marker}=1">`,
  "a script": `</p></script><script>window.${marker}=1</script>`,
  "an SVG": `<svg onload=window.${marker}=1>`,
  "a template of Lit's": "${window." + marker + "=1}",
  "an attribute's end": `" autofocus onfocus="window.${marker}=1`,
  "a script's address": `javascript:window.${marker}=1`,
  "a format of the console": `%c${marker}%o%s`,
  "a call to phone": `${marker}: your account is blocked, call +1 555 0100`,
  "a text from right to left": `\u202e${marker}\u2066`,
  "lines of a log": `access_denied\r\n[info] ${marker} signed in`,
};

/** All that the prompt shows, now and later. */
function watchPrompt({ prompt }: AttackedPage): {
  readonly shown: string[];
  readonly stop: () => void;
} {
  const shown: string[] = [];
  const observer = new MutationObserver(() => {
    shown.push(String(prompt()?.shadowRoot?.innerHTML));
  });
  const stopped = until(() => {
    const root = prompt()?.shadowRoot;
    if (root) observer.observe(root, { childList: true, subtree: true, characterData: true });
    return root;
  }, "the prompt");
  return {
    shown,
    stop() {
      void stopped.then(() => {
        observer.disconnect();
      });
    },
  };
}

describe("attack: HTML, script and lies in an error of the provider", () => {
  for (const [what, text] of Object.entries(hostile)) {
    it(`${what} in error, error_description and error_uri: nothing of it is shown, run or repeated`, () =>
      withAttackedPage(
        "code to the window",
        {
          secrets: [marker, text],
          ...answering((parameters) => {
            delete parameters["code"];
            for (const name of ["error", "error_description", "error_uri"]) parameters[name] = text;
          }),
        },
        async (attacked) => {
          const { shown, stop } = watchPrompt(attacked);
          const { answers, problems } = await attacked.call();
          stop();
          expect(problems).to.deep.equal(["authorization_failed"]);
          expect(answers).to.have.length(1);
          expect(String(answers[0]?.[1])).to.match(/^[\w]+: /);
          expect(shown.join()).to.include("The sign-in did not work");
          expect(`${shown.join()} ${String(answers[0]?.[1])}`).not.to.include(marker);
          expect(marker in window).to.equal(false);
        },
      ));
  }

  for (const flow of ["implicit flow", "exchange in the page", "code with an ID token"] as const) {
    it(`an error that is none is called unknown (${flow})`, () =>
      expectSilentRefusal(
        flow,
        {
          secrets: [marker],
          ...answering((parameters) => {
            delete parameters["code"];
            delete parameters["id_token"];
            parameters["error"] = `<b>${marker}</b>`;
          }),
        },
        "authorization_failed",
      ));
  }

  for (const error of [
    "ACCESS_DENIED",
    "access_denied ",
    "access\u200b_denied",
    "access_denied\0",
  ]) {
    it(`${JSON.stringify(error)} does not pass for the consumer's own no`, () =>
      expectSilentRefusal(
        "code to the window",
        answering((parameters) => {
          delete parameters["code"];
          parameters["error"] = error;
        }),
        "authorization_failed",
      ));
  }
});
