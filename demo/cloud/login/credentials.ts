import { randomBytes } from "node:crypto";

/** A user of the account's, and a bot with its API key. Made at start, so that no secret stands in the source. */
export interface CloudCredentials {
  readonly user: { readonly username: string; readonly password: string };
  readonly application: {
    readonly username: string;
    readonly appKey: string;
    readonly secret: string;
    readonly accessToken: string;
    readonly accessTokenSecret: string;
  };
}

const hex = (bytes: number): string => randomBytes(bytes).toString("hex");

export function makeCloudCredentials(): CloudCredentials {
  return {
    user: { username: "mary.manager", password: `pass word ${hex(12)}` },
    application: {
      username: "billing.bot",
      appKey: hex(16),
      secret: hex(16),
      accessToken: hex(16),
      accessTokenSecret: hex(16),
    },
  };
}
