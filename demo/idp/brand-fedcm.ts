import { CLIENTS } from "./clients.js";
import { consumerBySub, fullName } from "./consumers.js";
import { createFedcm, type Fedcm } from "./fedcm.js";
import { makeIdToken, type IdTokenSigner } from "./id-token.js";
import type { Storage } from "./storage.js";

export interface BrandFedcmOptions {
  readonly issuer: string;
  readonly siteOrigin: string;
  readonly loginPath: string;
  readonly sessionCookie: string;
  readonly storage: Storage;
  readonly signer: () => IdTokenSigner;
}

/** What browsers may ask the brand's provider: it has the sessions of its pages, and signs with its key. */
export function createBrandFedcm(options: BrandFedcmOptions): Fedcm {
  const { issuer, siteOrigin, loginPath, sessionCookie, storage, signer } = options;
  return createFedcm({
    origin: issuer,
    loginPath,
    accountOf({ headers }) {
      const id = (headers.cookie ?? "")
        .split("; ")
        .find((one) => one.startsWith(`${sessionCookie}=`))
        ?.slice(sessionCookie.length + 1);
      const session = storage.session(id ?? "");
      const consumer = consumerBySub(session?.sub ?? "");
      if (!session || !consumer) return undefined;
      const email = String(consumer.claims["email"]);
      return {
        consumer,
        since: session.since,
        id: consumer.sub,
        name: fullName(consumer),
        email,
        login_hints: [consumer.name, email, consumer.sub],
      };
    },
    originOf: (clientId) => (clientId === CLIENTS.implicit ? siteOrigin : undefined),
    async answer({ form, parameters }, signedIn) {
      if (parameters["response_type"] !== "id_token")
        return { status: 400, body: { error: { error: "unsupported_response_type" } } };
      const nonce = parameters["nonce"];
      const token = await makeIdToken(
        signer(),
        signedIn,
        String(form.get("client_id")),
        typeof nonce === "string" ? nonce : undefined,
      );
      return { body: { token } };
    },
  });
}
