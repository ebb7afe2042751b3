import { expect } from "@esm-bundle/chai";

import type { ConsumerAuthConfig, ErrorCode } from "../../../src/index.js";
import { engine } from "../../support/engines.js";
import { signToken } from "../../support/rsa-keys.js";
import { expectRefusal, hasty, type AttackedPage, type AttackOptions } from "./attack.js";
import { brokenAnswers, give, patience, type BrokenAnswer, type Fault } from "./broken.js";
import { clientId, providerKey, rightClaims, type Minting, type Misconduct } from "./provider.js";
import { json, type ServerAnswer } from "./room.js";

type Eventual<T> = T | Promise<T>;

export interface SiteOptions {
  readonly misconduct?: Misconduct;
  readonly config?: ConsumerAuthConfig;
  /** What the endpoint of the site answers, in place of a token that fits. */
  readonly credential?: (minting: Minting) => Eventual<ServerAnswer | string | undefined>;
}

/**
 * A page that takes its ID tokens from an endpoint of its own site and sends nobody anywhere: what the
 * provider publishes is needed for every one of them, and no popup is.
 */
export function bySite({ misconduct = {}, config, credential }: SiteOptions): AttackOptions {
  const secrets: string[] = [];
  let issuer = "";
  return {
    secrets,
    config(room) {
      issuer = room.provider;
      return {
        flow: "implicit",
        credentialEndpoint: `${room.site}/credential`,
        redirectUri: undefined as unknown as string,
        ...hasty,
        ...config,
      };
    },
    misconduct: {
      ...misconduct,
      async elsewhere(request) {
        if (request.server !== "site" || request.path !== "/credential")
          return misconduct.elsewhere?.(request);
        const key = await providerKey();
        const claims = { ...rightClaims(issuer, null), aud: clientId };
        const answer =
          (await credential?.({ claims, key })) ??
          (await signToken(key, claims, { kid: key.jwk.kid }));
        if (typeof answer !== "string") return answer;
        secrets.push(answer);
        return json({ id_token: answer });
      },
    },
  };
}

/** What failed is tried again: the window's next call gets its token. */
export async function expectRecovery(page: AttackedPage): Promise<void> {
  const { answers } = await page.call();
  expect(answers, "the next call").to.have.length(1);
  expect(answers[0], "the next call").to.have.length(1);
  expect(answers[0]?.[0]).to.be.a("string").and.not.equal("");
}

/** The server could not send for ever: whoever was read has been hung up on, long before its end. */
export async function expectHungUp({ room }: AttackedPage): Promise<void> {
  const end = performance.now() + hasty.answerTimeout;
  let traffic = await room.traffic();
  while (traffic.open > 0 && performance.now() < end) traffic = await room.traffic();
  expect(traffic.open, "answers still being sent").to.equal(0);
  // WebKitGTK's network process reads ahead of the page, whatever that has read.
  if (engine !== "webkit") expect(traffic.sent, "bytes sent").to.be.below(64_000_000);
}

export const expectNothingPolluted = (): void => {
  expect(({} as Record<string, unknown>)["polluted"]).to.equal(undefined);
  expect(Object.keys(Object.prototype)).to.deep.equal([]);
};

/**
 * One test for each answer of a broken server: the window is told once, in time, with the right code,
 * and gets its token when the server is mended.
 *
 * @param codes - by what is wrong with the answer
 * @param misbehave - puts it in the place of an honest one
 * @param further - answers that only such a server can give
 */
export function itSurvivesBrokenAnswers(
  codes: Readonly<Record<Fault, ErrorCode>>,
  misbehave: (answer: () => Eventual<ServerAnswer> | undefined) => SiteOptions,
  further: readonly BrokenAnswer[] = [],
): void {
  for (const broken of [...brokenAnswers, ...further]) {
    const code = codes[broken.fault];
    it(`${broken.name}: ${code}`, async () => {
      let isBroken = true;
      const options = bySite({
        ...misbehave(() => (isBroken ? give(broken) : undefined)),
        config: patience(broken),
      });
      await expectRefusal("implicit flow", options, code, async (page, outcome) => {
        expect(outcome.elapsed).to.be.below(hasty.answerTimeout);
        if (broken.name === "a body without end") await expectHungUp(page);
        isBroken = false;
        await expectRecovery(page);
        expect(outcome.answers).to.have.length(1);
        expectNothingPolluted();
      });
    });
  }
}
