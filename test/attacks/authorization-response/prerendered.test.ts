import { expect } from "@esm-bundle/chai";

import { lacks } from "../../support/engines.js";
import { until, withAttackedPage } from "../support/attack.js";
import { page } from "../support/room.js";

describe("attack: the return page is loaded before anybody goes there", () => {
  (lacks("prerendering") ? it.skip : it)(
    "prerendered, with a code of the attacker's and the right state, it answers nobody",
    () => {
      let site: string;
      let rules: HTMLScriptElement;
      let prerendering: string | undefined;
      return withAttackedPage(
        "code to the window",
        {
          config: (room) => {
            site = room.site;
            return {};
          },
          misconduct: {
            elsewhere({ server, path, query }) {
              if (server !== "site") return undefined;
              if (path === "/told") prerendering = String(query.get("prerendering"));
              return path === "/return"
                ? page(
                    `<script type="module">
                      import { runCallbackPage } from "/src/ui/callback-page.ts";
                      const { prerendering } = document;
                      runCallbackPage();
                      fetch("told?prerendering=" + prerendering);
                    </script>`,
                  )
                : {};
            },
            async authorization(parameters) {
              rules = document.createElement("script");
              rules.type = "speculationrules";
              const query = new URLSearchParams({ ...parameters, code: "an-injected-code" });
              rules.textContent = JSON.stringify({
                prerender: [
                  { source: "list", urls: [`${site}/return?${query}`], eagerness: "immediate" },
                ],
              });
              document.head.append(rules);
              await until(() => prerendering, "the prerendered page");
              rules.remove();
              return parameters;
            },
          },
        },
        async ({ call }) => {
          const { answers } = await call();
          expect(prerendering).to.equal("true");
          expect(answers).to.have.length(1);
          expect(JSON.stringify(answers)).to.include("ssoKey").and.not.to.include("injected");
        },
      );
    },
  );
});
