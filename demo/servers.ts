import { createCloud, type CloudCounters } from "./cloud/server.js";
import { makeClientSecrets } from "./idp/clients.js";
import { createIdp, type IdpCounters } from "./idp/server.js";
import { makeSigningKey } from "./keys.js";
import { listen, type Listener } from "./listening.js";
import { createSite } from "./site/server.js";
import type { Places } from "./site/tag.js";

export interface DemoOptions {
  /** 0 takes any free port. */
  sitePort?: number;
  idpPort?: number;
  cloudPort?: number;
  /** Take the next free port where one is in use, instead of failing. */
  elseNextPort?: boolean;
  /** `localhost` and `127.0.0.1` are different sites to a browser. */
  siteHost?: "localhost" | "127.0.0.1";
  idpHost?: "localhost" | "127.0.0.1";
  /** Seconds. */
  anonymousTokenLifetime?: number;
  /** Seconds. */
  idTokenLifetime?: number;
  /** How late each page of a slow identity provider is. */
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
}

export interface Demo {
  readonly siteUrl: string;
  readonly idpUrl: string;
  readonly cloudUrl: string;
  readonly counters: DemoCounters;
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

    const [brandKey, wrongKey, anonymousKey, sessionKey] = await Promise.all([
      makeSigningKey("brand-1"),
      makeSigningKey("not-the-brands"),
      makeSigningKey("anonymous-1"),
      makeSigningKey("session-1"),
    ]);
    const secrets = makeClientSecrets();
    const counters = {
      idp: { authorization: 0, token: 0 },
      cloud: { domainApi: 0, anonymousCreated: 0, anonymousRenewed: 0, authenticate: 0 },
    };

    idp.serve(
      await createIdp({
        issuer: idp.origin,
        siteOrigin: site.origin,
        key: brandKey,
        secrets,
        idTokenLifetime: options.idTokenLifetime ?? 3600,
        slowMs: options.slowMs ?? 2500,
        quiet,
        counters: counters.idp,
      }),
    );
    cloud.serve(
      createCloud({
        origin: cloud.origin,
        world: {
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
      }),
    );
    site.serve(
      await createSite({
        siteOrigin: site.origin,
        idpOrigin: idp.origin,
        cloudOrigin: cloud.origin,
        publicKey: brandKey.oneLine,
        wrongPublicKey: wrongKey.oneLine,
        quiet,
        pages: options.pages ?? {},
      }),
    );

    return {
      siteUrl: site.origin,
      idpUrl: idp.origin,
      cloudUrl: cloud.origin,
      counters,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
