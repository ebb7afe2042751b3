import { createApplicationServer } from "./application/server.js";
import { makeAppSecrets, type AppSecrets } from "./cloud/sentinel/apps.js";
import {
  createCloud,
  newCloudCounters,
  type CloudControls,
  type CloudCounters,
} from "./cloud/server.js";
import { makeClientSecrets } from "./idp/clients.js";
import { newIdpCounters, type IdpCounters } from "./idp/counters.js";
import { createIdp, type IdpControls } from "./idp/server.js";
import { makeSigningKey } from "./keys.js";
import { listen, type Listener } from "./listening.js";
import {
  createSite,
  newSiteCounters,
  type SiteControls,
  type SiteCounters,
} from "./site/server.js";
import type { Places } from "./site/tag.js";

export interface DemoOptions {
  /** 0 takes any free port. */
  sitePort?: number;
  idpPort?: number;
  cloudPort?: number;
  /** Of the application built on the cloud. */
  applicationPort?: number;
  /** Take the next free port where one is in use, instead of failing. */
  elseNextPort?: boolean;
  /** `localhost` and `127.0.0.1` are different sites to a browser. */
  siteHost?: "localhost" | "127.0.0.1";
  idpHost?: "localhost" | "127.0.0.1";
  /** Seconds. */
  anonymousTokenLifetime?: number;
  /** Seconds. */
  idTokenLifetime?: number;
  /** Seconds. */
  refreshTokenLifetime?: number;
  /**
   * `none`, the default: a frame of the brand's site can see who is signed in at the identity
   * provider, where the browser allows third-party cookies. `lax`: it can't.
   */
  idpCookies?: "lax" | "none";
  /** Whether DPoP proofs must carry a nonce of the identity provider's. Default `false`. */
  dpopNonce?: boolean;
  /** How late each page of a slow identity provider, and the answer of a slow endpoint, is. */
  slowMs?: number;
  /** The cloud's clock, in milliseconds since 1970. */
  now?: () => number;
  quiet?: boolean;
  /** Further pages of the brand's site, by path. */
  pages?: Readonly<Record<string, (places: Places) => string>>;
}

export interface DemoCounters {
  readonly idp: Readonly<IdpCounters>;
  readonly cloud: Readonly<CloudCounters>;
  readonly site: Readonly<SiteCounters>;
}

export interface Demo {
  readonly siteUrl: string;
  readonly idpUrl: string;
  readonly cloudUrl: string;
  readonly applicationUrl: string;
  /** Of the applications that are installed in the cloud's account. */
  readonly appSecrets: AppSecrets;
  readonly counters: DemoCounters;
  readonly idp: IdpControls;
  readonly cloud: CloudControls;
  readonly site: SiteControls;
  stop(): Promise<void>;
}

export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const { siteHost = "localhost", idpHost = "127.0.0.1", quiet = false } = options;
  const open: Listener[] = [];
  const listenOn = async (host: string, port: number) => {
    const listener = await listen({ host, port, elseNext: options.elseNextPort ?? false });
    open.push(listener);
    return listener;
  };
  const stop = async () => {
    await Promise.all(open.map((listener) => listener.close()));
  };

  try {
    const site = await listenOn(siteHost, options.sitePort ?? 8080);
    const idp = await listenOn(idpHost, options.idpPort ?? 8081);
    const cloud = await listenOn("127.0.0.1", options.cloudPort ?? 8082);
    const application = await listenOn(
      siteHost,
      options.applicationPort ?? (options.sitePort === 0 ? 0 : 8083),
    );

    const [brandKey, wrongKey, anonymousKey, sessionKey] = await Promise.all([
      makeSigningKey("brand-1"),
      makeSigningKey("not-the-brands"),
      makeSigningKey("anonymous-1"),
      makeSigningKey("session-1"),
    ]);
    const secrets = makeClientSecrets();
    const appSecrets = makeAppSecrets();
    const counters = {
      idp: newIdpCounters(),
      cloud: newCloudCounters(),
      site: newSiteCounters(),
    };
    const settings = {
      idTokenLifetime: options.idTokenLifetime ?? 3600,
      refreshTokenLifetime: options.refreshTokenLifetime ?? 86_400,
      dpopNonce: options.dpopNonce ?? false,
    };
    const slowMs = options.slowMs ?? 2500;

    const brandIdp = await createIdp({
      issuer: idp.origin,
      siteOrigin: site.origin,
      key: brandKey,
      secrets,
      cookies: options.idpCookies ?? "none",
      settings,
      slowMs,
      quiet,
      counters: counters.idp,
    });
    const messagingCloud = await createCloud({
      origin: cloud.origin,
      world: {
        siteOrigin: site.origin,
        idpOrigin: idp.origin,
        publicKey: brandKey.oneLine,
        wrongPublicKey: wrongKey.oneLine,
        secrets,
      },
      anonymousKey,
      sessionKey,
      anonymousTokenLifetime: options.anonymousTokenLifetime ?? 600,
      now: options.now ?? Date.now,
      counters: counters.cloud,
      desk: { origin: application.origin, secrets: appSecrets },
    });
    const applicationServer = await createApplicationServer({
      origin: application.origin,
      cloudOrigin: cloud.origin,
      clientSecret: appSecrets.desk,
      quiet,
    });
    const brandSite = await createSite({
      siteOrigin: site.origin,
      idpOrigin: idp.origin,
      cloudOrigin: cloud.origin,
      publicKey: brandKey.oneLine,
      wrongPublicKey: wrongKey.oneLine,
      signingKey: brandIdp.signingKey,
      idTokenLifetime: () => settings.idTokenLifetime,
      clientSecret: secrets.brand,
      slowMs,
      quiet,
      counters: counters.site,
      pages: options.pages ?? {},
    });
    idp.serve(brandIdp.handler);
    cloud.serve(messagingCloud.handler);
    site.serve(brandSite.handler);
    application.serve(applicationServer);

    return {
      siteUrl: site.origin,
      idpUrl: idp.origin,
      cloudUrl: cloud.origin,
      applicationUrl: application.origin,
      appSecrets,
      counters,
      idp: brandIdp.controls,
      cloud: messagingCloud.controls,
      site: brandSite.controls,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
