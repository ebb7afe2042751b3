import { expect } from "@esm-bundle/chai";

import type { ErrorCode } from "../../../src/index.js";
import { expectCredential, expectRefusal, hasty, type AttackOptions } from "../support/attack.js";
import {
  give,
  patience,
  someBrokenAnswers,
  withoutCors,
  type BrokenAnswer,
  type Fault,
} from "../support/broken.js";
import { json, type ServerAnswer } from "../support/room.js";

type Eventual<T> = T | Promise<T>;

/** A provider where authorization requests can be pushed. */
function withPush(
  isDemanded: boolean,
  push: () => Eventual<ServerAnswer>,
  config = {},
): AttackOptions {
  return {
    config: { ...hasty, ...config },
    misconduct: {
      discovery: (metadata) => ({
        ...metadata,
        pushed_authorization_request_endpoint: `${String(metadata["issuer"])}/par`,
        require_pushed_authorization_requests: isDemanded,
      }),
      elsewhere: ({ path }) => (path === "/par" ? push() : undefined),
    },
  };
}

const asked = (requests: readonly { path: string }[]): readonly string[] =>
  requests.map(({ path }) => path);

describe("attack: an endpoint for pushed requests that answers with anything else", () => {
  const codes: Readonly<Record<Fault, ErrorCode>> = {
    "an error": "authorization_failed",
    "no JSON object": "authorization_failed",
    unreadable: "request_failed",
    late: "request_timeout",
  };
  const broken: readonly BrokenAnswer[] = [...someBrokenAnswers, withoutCors];

  for (const answer of broken) {
    const code = codes[answer.fault];
    it(`where it is demanded, ${answer.name}: ${code}, and nobody is sent anywhere`, () =>
      expectRefusal(
        "exchange in the page",
        withPush(true, () => give(answer), patience(answer)),
        code,
        ({ room }, { answers }) => {
          expect(asked(room.requests)).not.to.include("/authorize");
          expect(String(answers[0]?.[1])).not.to.match(/[<>]/);
        },
      ));
  }

  for (const answer of broken.filter(({ fault }) => fault !== "no JSON object")) {
    it(`where it is offered, ${answer.name}: the sign-in goes on without`, () =>
      expectCredential(
        "exchange in the page",
        withPush(false, () => give(answer), patience(answer)),
        ({ room }) => {
          expect(asked(room.requests)).to.include("/authorize");
        },
      ));
  }

  const useless: Readonly<Record<string, ServerAnswer>> = {
    "with 200 in place of 201": json({ request_uri: "urn:x", expires_in: 60 }),
    "without a request_uri": json({ expires_in: 60 }, 201),
    "with one that is a list": json({ request_uri: ["urn:x"], expires_in: 60 }, 201),
    "with one that has run out": json({ request_uri: "urn:x", expires_in: 0 }, 201),
    "with one that never runs out": json({ request_uri: "urn:x" }, 201),
    "with one under a prototype": {
      status: 201,
      body: '{"__proto__":{"request_uri":"urn:x","expires_in":60}}',
    },
  };
  for (const [name, answer] of Object.entries(useless)) {
    it(`where it is demanded, an answer ${name}: authorization_failed`, () =>
      expectRefusal(
        "exchange in the page",
        withPush(true, () => answer),
        "authorization_failed",
      ));
  }

  it("a request_uri that is an address leads to the provider nevertheless", () =>
    expectRefusal(
      "exchange in the page",
      withPush(
        true,
        () =>
          json(
            { request_uri: "javascript:alert(1)//&redirect_uri=https://evil", expires_in: 60 },
            201,
          ),
        { interactionTimeout: 1000 },
      ),
      // Nobody comes back: the provider of the attacks can't read it.
      "interaction_timeout",
      ({ room }) => {
        const [request] = room.requests.filter(({ path }) => path === "/authorize");
        expect([...(request?.query.keys() ?? [])]).to.deep.equal(["client_id", "request_uri"]);
      },
    ));
});
