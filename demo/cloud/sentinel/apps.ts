import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { ACCOUNTS } from "../../scenarios.js";

/** The ids that the applications got when they were installed. */
export const APPS = {
  /** The demo's own application. */
  desk: "5a50a5ea-c527-421c-8ada-88467d32f27d",
  /** One with two redirect URIs: its requests must name one. */
  reports: "d51186e9-e1a1-421e-8b1d-161ade532012",
  /** A machine, which nobody signs in to. */
  connector: "75588e18-0213-4e33-8174-883acac7e3c4",
} as const;

export const DESK_CALLBACK = "/signed-in";

/** Made anew at each start. */
export type AppSecrets = Readonly<Record<keyof typeof APPS, string>>;

export function makeAppSecrets(): AppSecrets {
  const secret = () => randomBytes(24).toString("base64url");
  return { desk: secret(), reports: secret(), connector: secret() };
}

export interface InstalledApp {
  readonly clientId: string;
  readonly name: string;
  readonly account: string;
  readonly grantTypes: readonly string[];
  readonly redirectUris: readonly string[];
  readonly scope: string;
  readonly secret: string;
}

export function installedApps(deskOrigin: string, secrets: AppSecrets): readonly InstalledApp[] {
  const forUsers = {
    account: ACCOUNTS.normal,
    grantTypes: ["authorization_code", "refresh_token"],
    scope: "",
  };
  return [
    {
      ...forUsers,
      clientId: APPS.desk,
      name: "Opening hours",
      redirectUris: [`${deskOrigin}${DESK_CALLBACK}`],
      secret: secrets.desk,
    },
    {
      ...forUsers,
      clientId: APPS.reports,
      name: "Reports",
      redirectUris: [`${deskOrigin}/one`, `${deskOrigin}/two?of=2`],
      secret: secrets.reports,
    },
    {
      clientId: APPS.connector,
      name: "A connector",
      account: ACCOUNTS.normal,
      grantTypes: ["client_credentials"],
      redirectUris: [],
      scope: "msg.consumer",
      secret: secrets.connector,
    },
  ];
}

/** As long for a wrong secret as for the right one. */
export function isSecretOf(app: InstalledApp, given: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(app.secret), digest(given));
}
