import type { ErrorCode } from "../../../src/index.js";
import { signToken } from "../../support/rsa-keys.js";
import { expectCredential, expectRefusal, type FlowName } from "./attack.js";
import type { Minting, Misconduct } from "./provider.js";

/** The ways in which an ID token reaches the page from the provider. */
export const tokenFlows = ["implicit flow", "exchange in the page"] as const satisfies FlowName[];

/** What the token endpoint gives goes through the same verification: one case of each kind shows it. */
const flowsOf = (isFirst: boolean): readonly FlowName[] =>
  isFirst ? tokenFlows : tokenFlows.slice(0, 1);

type Mint = (minting: Minting) => string | Promise<string>;

/** Well signed, with some claims changed; `undefined` leaves one out. */
export const withClaims =
  (changes: Readonly<Record<string, unknown>>): Mint =>
  ({ claims, key }) =>
    signToken(key, { ...claims, ...changes }, { kid: key.jwk.kid });

/** Well signed, with a header changed; `undefined` leaves a parameter out. */
export const withHeader =
  (changes: Readonly<Record<string, unknown>>): Mint =>
  ({ claims, key }) =>
    signToken(key, claims, { kid: key.jwk.kid, ...changes });

export const nowInSeconds = (): number => Math.floor(Date.now() / 1000);

/**
 * One test for each token, for the first by each way in which it comes: the window gets nothing but a
 * reason.
 *
 * @param cases - what is wrong with the token, and how it is minted
 * @param further - what else the provider does wrong
 */
export function itRefuses(
  cases: Readonly<Record<string, Mint>>,
  code: ErrorCode = "id_token_invalid",
  further: Misconduct = {},
): void {
  for (const [index, [name, idToken]] of Object.entries(cases).entries()) {
    for (const flow of flowsOf(index === 0)) {
      it(`${name} is refused (${flow})`, () =>
        expectRefusal(flow, { misconduct: { ...further, idToken } }, code));
    }
  }
}

/** One test for each token: it looks odd, and is right. */
export function itAccepts(cases: Readonly<Record<string, Mint>>, further: Misconduct = {}): void {
  for (const [name, idToken] of Object.entries(cases)) {
    it(`${name} is accepted`, () =>
      expectCredential("implicit flow", { misconduct: { ...further, idToken } }));
  }
}
