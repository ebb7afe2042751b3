import { expect } from "@esm-bundle/chai";

import type { ErrorCode } from "../../../src/index.js";
import { hasty, until, withAttackedPage } from "../support/attack.js";
import { brokenAnswers, give, patience, withoutCors, type Fault } from "../support/broken.js";
import { expectHungUp } from "../support/site-page.js";

describe("attack: a revocation endpoint that answers with anything else", () => {
  /** What the page's developer is told; the consumer is signed out in any case. */
  const codes: Readonly<Record<Fault, ErrorCode | undefined>> = {
    "an error": "token_request_failed",
    // Nothing is said in an answer to a revocation (RFC 7009 section 2.2).
    "no JSON object": undefined,
    unreadable: "request_failed",
    late: "request_timeout",
  };
  const broken = [...brokenAnswers, withoutCors].filter(({ name }) =>
    /^(400 with an error that is markup|429|503, come back before now|502 with HTML|HTML|a redirect to another|a connection|a body without end|no answer|a byte|an answer without)/.test(
      name,
    ),
  );

  for (const answer of broken) {
    const code = codes[answer.fault];
    it(`${answer.name}: ${code ?? "all is well"}, and the consumer is signed out in time`, async () => {
      const revoked: string[] = [];
      await withAttackedPage(
        "exchange in the page",
        {
          config: { ...hasty, ...patience(answer) },
          misconduct: {
            discovery: (metadata) => ({
              ...metadata,
              revocation_endpoint: `${String(metadata["issuer"])}/revoke`,
            }),
            elsewhere({ path, body }) {
              if (path !== "/revoke") return undefined;
              revoked.push(String(new URLSearchParams(body).get("token")));
              return give(answer);
            },
          },
        },
        async (page) => {
          const { auth, provider } = page;
          const { answers } = await page.call();
          expect(answers[0]).to.have.length(1);
          const reported: string[] = [];
          auth.addEventListener("error", ({ detail }) => reported.push(detail.code));
          const startedAt = performance.now();
          await auth.signOut();
          expect(performance.now() - startedAt).to.be.below(hasty.answerTimeout);
          expect(auth.session.state).to.equal("anonymous");
          expect(reported).to.deep.equal(code === undefined ? [] : [code]);
          // Of the right token, and of no other.
          await until(() => revoked.length > 0, "the revocation");
          expect(new Set(revoked).size).to.equal(1);
          expect(provider.secrets).to.include(revoked[0]);
          expect(revoked[0]).to.match(/^refresh-/);
          if (answer.name === "a body without end") await expectHungUp(page);
          // Whoever signs in again can.
          const again = await page.call();
          expect(again.answers[0]).to.have.length(1);
        },
      );
    });
  }
});
