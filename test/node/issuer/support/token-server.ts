import { createClient } from "redis";
import {
  createAuthorizationCodes,
  createRedisCodeStore,
  createTokenEndpoint,
  createTokenIssuer,
} from "../../../../src/issuer.js";
import { CLOUD } from "./clients.js";
import { makeKey } from "./keys.js";
import { serve } from "./serving.js";

/** A process of its own that answers at /token, with codes in the Redis of the socket that is named. */
const [path = ""] = process.argv.slice(2);
const client = createClient({ socket: { path, tls: false } });
client.on("error", () => undefined);
await client.connect();

const served = await serve({
  "/token": createTokenEndpoint({
    issuer: await createTokenIssuer({
      issuer: "https://www.brand.example",
      signingKey: makeKey().pem,
    }),
    codes: createAuthorizationCodes({ store: createRedisCodeStore(client) }),
    clients: [CLOUD],
    timeout: 30_000,
  }),
});

process.on("disconnect", () => process.exit());
process.send?.(served.origin);
