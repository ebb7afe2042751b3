import { expect } from "@esm-bundle/chai";

import type { ConsumerAuthConfig, ErrorCode } from "../../../src/index.js";
import {
  hasty,
  withAttackedPage,
  type AttackedPage,
  type AttackOptions,
  type Outcome,
} from "./attack.js";
import { brokenAnswers, give, patience, withoutCors, type Fault } from "./broken.js";
import { compact, type Misconduct } from "./provider.js";
import { json, type Room, type ServerAnswer, type ServerRequest } from "./room.js";
import { expectHungUp, expectNothingPolluted } from "./site-page.js";

type Eventual<T> = T | Promise<T>;

/** How a messaging cloud differs from an honest one. */
export interface CloudMisconduct {
  /** The answer of the Domain API, in place of the host's name. */
  readonly domain?: (host: string, request: ServerRequest) => Eventual<unknown>;
  /** The answer of the unauthenticated connector, in place of a token. */
  readonly anonymous?: (guest: Guest, request: ServerRequest) => Eventual<unknown>;
}

export interface Guest {
  /** Claims that are right. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Whether a token is to be renewed. */
  readonly isRenewal: boolean;
}

/** A token as the cloud makes it; nobody but the cloud verifies it. */
export const guestToken = (claims: object): string =>
  compact({ alg: "RS256", typ: "JWT" }, claims, "c2lnbmF0dXJl");

const isAnswer = (value: unknown): value is ServerAnswer =>
  typeof value === "object" &&
  value !== null &&
  ["status", "body", "chunks", "then", "cors"].some((name) => name in value);

const seconds = (): number => Math.floor(Date.now() / 1000);

/** A page whose consumers are guests of a cloud that a test controls. */
export function byCloud(
  { domain, anonymous }: CloudMisconduct,
  config: ConsumerAuthConfig | ((room: Room) => ConsumerAuthConfig) = {},
  misconduct: Misconduct = {},
): AttackOptions {
  let host = "";
  let people = 0;
  const subjects = new Map<string, string>();
  return {
    config(room) {
      ({ host } = new URL(room.provider));
      return {
        engagement: "unauthenticated",
        accountId: room.account,
        domainApi: new URL(room.provider).origin,
        cloudHosts: [host],
        ...hasty,
        ...(typeof config === "function" ? config(room) : config),
      };
    },
    misconduct: {
      ...misconduct,
      async elsewhere(request) {
        if (request.path.endsWith("/service/idp/baseURI.json")) {
          const answer = (await domain?.(host, request)) ?? { service: "idp", baseURI: host };
          return isAnswer(answer) ? answer : json(answer);
        }
        if (!request.path.endsWith("/anonymous/authorize")) return misconduct.elsewhere?.(request);
        const { id_token: old } = JSON.parse(request.body) as { id_token?: string };
        const sub = subjects.get(String(old)) ?? `person-${++people}`;
        const claims = { sub, jti: crypto.randomUUID(), iat: seconds(), exp: seconds() + 600 };
        const token = guestToken(claims);
        subjects.set(token, sub);
        const answer = (await anonymous?.({ claims, isRenewal: old !== undefined }, request)) ?? {
          token,
        };
        return isAnswer(answer) ? answer : json(answer);
      },
    },
  };
}

/** The window is told once, in time, that there is no guest. */
export function expectNoGuest({ auth }: AttackedPage, outcome: Outcome, code: ErrorCode): void {
  expect(outcome.code).to.equal(code);
  expect(outcome.answers).to.have.length(1);
  expect(outcome.answers[0]?.[0]).to.deep.equal({});
  expect(outcome.elapsed).to.be.below(hasty.answerTimeout);
  expect(auth.session.state).to.equal("failed");
}

/** @returns the guest's subject, as the window's token says it */
export function expectGuest({ auth }: AttackedPage, { answers }: Outcome): string {
  expect(answers).to.have.length(1);
  expect(answers[0], String(answers[0]?.[1])).to.have.length(1);
  expect(auth.session.state).to.equal("anonymous");
  const [, payload = ""] = String(answers[0]?.[0]).split(".");
  return (JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as { sub: string })
    .sub;
}

/** One test for each answer of a broken cloud; the guest is there when it is mended. */
export function itHasNoGuestBy(
  misbehave: (answer: () => Eventual<ServerAnswer> | undefined) => CloudMisconduct,
): void {
  const codes: Readonly<Record<Fault, ErrorCode>> = {
    "an error": "anonymous_unavailable",
    "no JSON object": "anonymous_unavailable",
    unreadable: "request_failed",
    late: "request_timeout",
  };
  for (const broken of [...brokenAnswers, withoutCors]) {
    const code = codes[broken.fault];
    it(`${broken.name}: ${code}`, async () => {
      let isBroken = true;
      const options = byCloud(
        misbehave(() => (isBroken ? give(broken) : undefined)),
        patience(broken),
      );
      await withAttackedPage("code to the window", options, async (page) => {
        expectNoGuest(page, await page.call(), code);
        if (broken.name === "a body without end") await expectHungUp(page);
        isBroken = false;
        expect(expectGuest(page, await page.call())).to.match(/^person-/);
        expectNothingPolluted();
      });
    });
  }
}
