import {
  createAuthorizationCodes,
  createAuthorizationEndpoint,
  createCredentialEndpoint,
  createJwksEndpoint,
  createTokenEndpoint,
  createTokenIssuer,
} from "../../../../dist/module/issuer.js";
import {
  createApplication,
  createApplicationHandlers,
  createClientCredentials,
  createDomainApi,
  createLoginService,
  createRequestSigner,
  PlatformError,
} from "../../../../dist/module/platform.js";

/** A brand's server and an application of the cloud in one, the same for all runtimes: `(Request) => Response`. */
export async function createApp(settings) {
  const issuer = await createTokenIssuer(settings.issuer);
  const codes = createAuthorizationCodes();
  const { clients } = settings;
  const findConsumer = ({ headers }) => {
    const [, sub] = /(?:^|; )signed-in=(\w+)/.exec(headers.get("cookie") ?? "") ?? [];
    return sub ? { sub, given_name: "Ada" } : undefined;
  };
  const forPages = {
    issuer,
    findConsumer,
    allowedOrigins: [settings.pageOrigin],
    clientId: clients[0].clientId,
  };

  const domains = createDomainApi(settings.domains);
  const slow = createDomainApi({ ...settings.domains, ...settings.slowDomains });
  const logins = createLoginService({ domains });
  const signer = createRequestSigner({ ...settings.apiKey, requestTimeout: 1000, retryFor: 0 });
  const machine = createClientCredentials({ ...settings.machine, domains });
  const application = createApplication({ ...settings.application, domains });
  const handlers = createApplicationHandlers({ application, ...settings.handlers });

  const routes = {
    "/jwks": createJwksEndpoint({ issuer }),
    "/credential": createCredentialEndpoint(forPages),
    "/code": createCredentialEndpoint({ ...forPages, codes }),
    "/authorize": createAuthorizationEndpoint({ issuer, codes, clients, findConsumer }),
    "/token": createTokenEndpoint({ issuer, codes, clients }),

    "/services": async () => Response.json(Object.fromEntries(await domains.baseUris())),
    "/service": async (request) => new Response(await domains.baseUri(nameIn(request))),
    "/slow-service": async (request) => new Response(await slow.baseUri(nameIn(request))),
    "/signed": async (request) => signer.fetch(await request.text()),
    "/agent": async (request) => {
      const session = await logins.logIn(await request.json());
      const renewed = await session.refresh();
      const { status } = await session.fetch(settings.bearerUrl);
      await session.logOut();
      return Response.json({
        name: session.config.loginName,
        renewed,
        status,
        over: session.isOver,
      });
    },
    "/machine": async () => new Response((await machine.token()).accessToken),

    "/login": handlers.login,
    [settings.callback]: handlers.callback,
    "/refresh": handlers.refresh,
    "/logout": handlers.logout,
    "/me": handlers.withSession((_request, session) => Response.json(session?.claims ?? null)),
  };

  return async (request) => {
    try {
      const route = routes[new URL(request.url).pathname];
      return (await route?.(request)) ?? new Response(null, { status: 404 });
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      return Response.json({ code: error.code, message: error.message }, { status: 502 });
    }
  };
}

const nameIn = (request) => new URL(request.url).searchParams.get("name");
