/** What the window makes of the page's answer. */

export type Verdict =
  | { kind: "credential"; connector: "named" | "anonymous"; body: Record<string, string> }
  | { kind: "error"; reason: string }
  | { kind: "nothing"; why: string };

export interface Expectation {
  readonly codeFlow: boolean;
  readonly anonymousIssuer: string | null;
}

export function judge(args: readonly unknown[], expected: Expectation): Verdict {
  const [answer, reason] = args;
  if (reason !== null && reason !== undefined) {
    return { kind: "error", reason: textOf(reason) };
  }
  if (args.length === 0) return nothing("The page called back with nothing at all.");
  if (typeof answer === "string" && answer !== "") return judgeText(answer, expected);
  if (typeof answer === "object" && answer !== null) return judgeObject(answer);
  return nothing(`The page called back with ${textOf(answer)}.`);
}

function judgeText(answer: string, { codeFlow, anonymousIssuer }: Expectation): Verdict {
  if (anonymousIssuer !== null && issuerOf(answer) === anonymousIssuer) {
    return { kind: "credential", connector: "anonymous", body: { id_token: answer } };
  }
  const body = codeFlow ? { code: answer } : { id_token: answer };
  return { kind: "credential", connector: "named", body };
}

function judgeObject(answer: object): Verdict {
  const { ssoKey, redirect_uri } = answer as { ssoKey?: unknown; redirect_uri?: unknown };
  if (typeof ssoKey === "string" && ssoKey !== "") {
    const redirect = typeof redirect_uri === "string" ? { redirect_uri } : {};
    return { kind: "credential", connector: "named", body: { code: ssoKey, ...redirect } };
  }
  if ("iss" in answer && "sub" in answer) {
    return nothing("The page called back with the identity object in place of a token.");
  }
  return nothing("The page called back with an object that holds no code.");
}

function textOf(value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  return value === undefined ? "undefined" : JSON.stringify(value);
}

function nothing(why: string): Verdict {
  return { kind: "nothing", why };
}

// Only to find the connector to post to: whether the token is genuine is the cloud's to say.
function issuerOf(token: string): string | null {
  const [, payload, signature] = token.split(".");
  if (!payload || !signature) return null;
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    const iss = typeof claims === "object" && claims !== null && "iss" in claims && claims.iss;
    return typeof iss === "string" ? iss : null;
  } catch {
    return null;
  }
}
