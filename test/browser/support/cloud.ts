/** A cloud that answers the Domain API and the unauthenticated connector in this page. */
export interface TestCloud {
  /** The bodies with which anonymous tokens were asked for. */
  readonly asked: Record<string, unknown>[];
  /** The next answer's error code; `undefined` answers with a token. */
  errorCode: string | undefined;
  /** Only renewals are refused. */
  errorForRenewals: boolean;
  /** Keeps answers back until the returned function is called. */
  hold(): () => void;
  /** Seconds that the next token lives. */
  lifetime: number;
  stop(): void;
}

const encode = (value: unknown): string =>
  btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const subjectOf = (token: string): string =>
  (JSON.parse(atob(String(token.split(".")[1]))) as { sub: string }).sub;

export function startCloud(): TestCloud {
  const original = window.fetch.bind(window);
  let people = 0;
  let held: Promise<void> | undefined;
  const cloud: TestCloud = {
    asked: [],
    errorCode: undefined,
    errorForRenewals: false,
    hold() {
      let release: () => void = () => undefined;
      held = new Promise((resolve) => (release = resolve));
      return release;
    },
    lifetime: 600,
    stop() {
      window.fetch = original;
    },
  };
  window.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.pathname.endsWith("/service/idp/baseURI.json")) {
      return Response.json({ service: "idp", account: "1", baseURI: "idp.liveperson.net" });
    }
    if (url.host !== "idp.liveperson.net") return original(input, init);
    const body = JSON.parse(init?.body as string) as { id_token?: string };
    cloud.asked.push(body);
    await held;
    if (cloud.errorCode && (!cloud.errorForRenewals || body.id_token)) {
      return Response.json({ internalErrorCode: cloud.errorCode }, { status: 500 });
    }
    const now = Math.floor(Date.now() / 1000);
    const sub = body.id_token ? subjectOf(body.id_token) : `person-${++people}`;
    const claims = { sub, iat: now, exp: now + cloud.lifetime, jti: cloud.asked.length };
    return Response.json({ token: `${encode({ alg: "RS256" })}.${encode(claims)}.c2ln` });
  };
  return cloud;
}
