import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it, mock } from "node:test";

import { ACCOUNTS } from "../../../demo/scenarios.js";
import { createDomainApi, type DomainApi, type DomainApiOptions } from "../../../src/platform.js";
import { useServers } from "../support/use-servers.js";
import { json, useAnswering } from "./support/answering.js";
import { caught, codeOf } from "./support/caught.js";
import { inBrowser } from "./support/in-browser.js";

const minute = 60_000;

describe("the Domain API", () => {
  const server = useAnswering();
  const stage = useServers();
  afterEach(() => {
    mock.timers.reset();
  });

  /** At a server that answers whatever a test wants. */
  const at = (options: Partial<DomainApiOptions> = {}): DomainApi =>
    createDomainApi({ accountId: "12345678", domainApi: server.origin, retryFor: 0, ...options });
  const entry = (service: string, baseURI: unknown = `va.${service}.liveperson.net`) => ({
    service,
    account: "12345678",
    baseURI,
  });

  it("tells where a service is, and where all are", async () => {
    const domains = createDomainApi({
      accountId: ACCOUNTS.normal,
      domainApi: `${stage.demo.cloudUrl}/`,
      allowedHosts: ["127.0.0.1"],
    });
    assert.equal(domains.accountId, ACCOUNTS.normal);
    assert.equal(await domains.baseUri("agentVep"), stage.demo.cloudUrl);
    const all = await domains.baseUris();
    assert.equal(all.get("sentinel"), stage.demo.cloudUrl);
    assert.ok(all.size > 3);
  });

  it("needs no secret, and can be asked in a browser", async () => {
    server.answer(json(entry("idp")));
    assert.match(await inBrowser(() => at()).baseUri("idp"), /idp/);
  });

  it("is asked as its documentation says", async () => {
    server.answer(json(entry("agentVep")));
    await at().baseUri("agentVep");
    server.answer(json({ baseURIs: [] }));
    await at().baseUris();
    assert.deepEqual(
      server.received.map(({ method, path }) => [method, path]),
      [
        ["GET", "/api/account/12345678/service/agentVep/baseURI.json?version=1.0"],
        ["GET", "/api/account/12345678/service/baseURI.json?version=1.0"],
      ],
    );
  });

  it("explains what it refuses", async () => {
    const of = (accountId: string): DomainApi =>
      createDomainApi({ accountId, domainApi: stage.demo.cloudUrl, retryFor: 0 });
    const account = await caught(of("1").baseUri("agentVep"));
    assert.deepEqual([account.code, account.status], ["access_denied", 401]);
    assert.match(account.message, /check accountId \(1\)/);
    const service = await caught(of(ACCOUNTS.normal).baseUri("agentvep"));
    assert.deepEqual([service.code, service.status], ["service_failed", 400]);
    assert.match(service.message, /case sensitive/);
    const down = await caught(of(ACCOUNTS.lookupDown).baseUri("agentVep"));
    assert.deepEqual([down.code, down.status], ["service_failed", 500]);
  });

  describe("remembers", () => {
    beforeEach(() => {
      mock.timers.enable({ apis: ["Date"], now: Date.UTC(2030, 0, 1) });
    });

    it("for an hour, or as long as one wants", async () => {
      server.answer(json(entry("idp")));
      const domains = at();
      await domains.baseUri("idp");
      mock.timers.tick(59 * minute);
      assert.equal(await domains.baseUri("idp"), "https://va.idp.liveperson.net");
      assert.equal(server.received.length, 1);
      server.answer(json(entry("idp", "lo.idp.liveperson.net")));
      mock.timers.tick(1 * minute);
      assert.equal(await domains.baseUri("idp"), "https://lo.idp.liveperson.net");
      assert.equal(server.received.length, 2);

      const shortly = at({ timeToLive: 5 * minute });
      await shortly.baseUri("idp");
      mock.timers.tick(5 * minute);
      await shortly.baseUri("idp");
      assert.equal(server.received.length, 4);

      const never = at({ timeToLive: 0 });
      await never.baseUri("idp");
      await never.baseUri("idp");
      assert.equal(server.received.length, 6);
    });

    it("no longer than that where the clock was set back", async () => {
      server.answer(json(entry("idp")));
      const domains = at();
      await domains.baseUri("idp");
      mock.timers.reset();
      mock.timers.enable({ apis: ["Date"], now: Date.UTC(2029, 0, 1) });
      await domains.baseUri("idp");
      assert.equal(server.received.length, 2);
    });

    it("each service that it named among all", async () => {
      server.answer(json({ baseURIs: [entry("idp"), entry("agentVep")] }));
      const domains = at();
      await domains.baseUris();
      await domains.baseUris();
      await domains.baseUri("agentVep");
      assert.equal(server.received.length, 1);
    });

    it("nothing that failed", async () => {
      server.answer({ status: 401 }, json(entry("idp")));
      const domains = at();
      assert.equal(await codeOf(domains.baseUri("idp")), "access_denied");
      assert.equal(await domains.baseUri("idp"), "https://va.idp.liveperson.net");
    });

    it("what nobody can change", async () => {
      server.answer(json({ baseURIs: [entry("idp")] }));
      const domains = at();
      const first = (await domains.baseUris()) as Map<string, string>;
      first.set("idp", "https://attacker.example");
      assert.equal((await domains.baseUris()).get("idp"), "https://va.idp.liveperson.net");
    });
  });

  describe("is asked once for all who ask at the same time", () => {
    it("and each who asks for another service has another answer", async () => {
      server.answer(({ path }) => json(entry(path.includes("/idp/") ? "idp" : "sentinel")));
      const domains = at();
      const names = ["idp", "sentinel", "idp", "idp", "sentinel"];
      const found = await Promise.all(names.map((name) => domains.baseUri(name)));
      assert.deepEqual(
        found,
        names.map((name) => `https://va.${name}.liveperson.net`),
      );
      assert.equal(server.received.length, 2);
    });

    it("and who gives up doesn't end it for the others", async () => {
      let letGo = (): void => undefined;
      server.answer({
        by: (response) => (letGo = () => response.end(JSON.stringify(entry("idp")))),
      });
      const domains = at();
      const first = new AbortController();
      const quitter = codeOf(domains.baseUri("idp", first));
      const other = domains.baseUri("idp");
      await server.hasReceived(1);
      first.abort();
      assert.equal(await quitter, "aborted");
      letGo();
      assert.equal(await other, "https://va.idp.liveperson.net");
      assert.equal(server.received.length, 1);
    });

    it("until all have given up: then the request ends, and the next asks anew", async () => {
      let hasEnded: Promise<void> = Promise.resolve();
      server.answer(
        {
          by: (response) => {
            hasEnded = new Promise((resolve) => response.once("close", resolve));
          },
        },
        json(entry("idp")),
      );
      const domains = at();
      const stop = new AbortController();
      const quitters = [1, 2].map(() => codeOf(domains.baseUri("idp", stop)));
      await server.hasReceived(1);
      stop.abort();
      assert.deepEqual(await Promise.all(quitters), ["aborted", "aborted"]);
      assert.equal(await domains.baseUri("idp"), "https://va.idp.liveperson.net");
      await hasEnded;
    });

    it("and one who has given up before doesn't ask", async () => {
      assert.equal(await codeOf(at().baseUri("idp", { signal: AbortSignal.abort() })), "aborted");
      assert.equal(server.received.length, 0);
    });
  });

  it("is not followed to a host that isn't allowed", async () => {
    for (const baseURI of [
      "attacker.example",
      "liveperson.net.attacker.example",
      "notliveperson.net",
      "liveperson.net@attacker.example",
      "liveperson.net/path",
      "https://va.liveperson.net",
      "attacker.example#.liveperson.net",
      "127.0.0.1",
      "..liveperson.net:99999",
      "",
    ]) {
      server.answer(json(entry("idp", baseURI)));
      assert.equal(await codeOf(at().baseUri("idp")), "host_refused", baseURI);
    }
    server.answer(json(entry("idp", "VA.IDP.LIVEPERSON.NET:8443")));
    assert.equal(await at().baseUri("idp"), "https://VA.IDP.LIVEPERSON.NET:8443");
  });

  it("leaves those hosts out where it names all services", async () => {
    server.answer(json({ baseURIs: [entry("idp", "attacker.example"), entry("sentinel")] }));
    assert.deepEqual(
      [...(await at().baseUris())],
      [["sentinel", "https://va.sentinel.liveperson.net"]],
    );
  });

  it("is not believed where its answer isn't what it must be", async () => {
    for (const answer of [
      {},
      { baseURI: 1 },
      { baseURI: ["va.liveperson.net"] },
      entry("sentinel"),
      { ...entry("idp"), account: "87654321" },
      [],
      null,
      "va.liveperson.net",
    ]) {
      server.answer(json(answer));
      assert.equal(await codeOf(at().baseUri("idp")), "response_invalid", JSON.stringify(answer));
    }
    for (const baseURIs of [
      undefined,
      {},
      "x",
      [null],
      [{}],
      [entry("../x")],
      [{ baseURI: "x" }],
    ]) {
      server.answer(json({ baseURIs }));
      assert.equal(await codeOf(at().baseUris()), "response_invalid", JSON.stringify(baseURIs));
    }
    server.answer({ body: "<html>" });
    assert.equal(await codeOf(at().baseUri("idp")), "response_invalid");
  });

  it("isn't asked for what one knows better", async () => {
    const hosts = { agentVep: "lo.agentvep.liveperson.net", idp: server.host };
    const domains = at({ hosts });
    assert.equal(await domains.baseUri("agentVep"), "https://lo.agentvep.liveperson.net");
    assert.equal(await domains.baseUri("idp"), server.origin);
    assert.equal(server.received.length, 0);
    server.answer(json({ baseURIs: [entry("agentVep"), entry("sentinel")] }));
    assert.deepEqual([...(await domains.baseUris()).keys()].sort(), [
      "agentVep",
      "idp",
      "sentinel",
    ]);
    assert.equal((await domains.baseUris()).get("agentVep"), "https://lo.agentvep.liveperson.net");
  });

  it("says which URLs a token may be sent to", () => {
    const domains = createDomainApi({ accountId: "1", hosts: { idp: "login.brand.example" } });
    for (const url of ["https://va.agentvep.liveperson.net/x?y", "https://login.brand.example"])
      assert.equal(domains.isAllowed(url), true, url);
    for (const url of [
      "http://va.agentvep.liveperson.net/",
      "https://attacker.example/liveperson.net",
      "https://liveperson.net.attacker.example",
      "https://brand.example",
      "ftp://liveperson.net/",
    ])
      assert.equal(domains.isAllowed(url), false, url);
  });

  it("doesn't look for what can't be a service", async () => {
    for (const name of ["", "a/b", "../idp", "idp?", "ä", "x".repeat(65), 1, undefined]) {
      assert.equal(await codeOf(at().baseUri(name as string)), "invalid_config", String(name));
    }
    assert.equal(server.received.length, 0);
  });

  it("says which option is wrong", async () => {
    for (const [options, named] of [
      [{ accountId: "" }, /^accountId/],
      [{ accountId: 12345678 }, /^accountId/],
      [{ accountId: "1/2" }, /^accountId/],
      [{ domainApi: "api.liveperson.net" }, /^domainApi/],
      [{ domainApi: "http://api.liveperson.net" }, /^domainApi/],
      [{ domainApi: "https://user:secret@api.liveperson.net" }, /^domainApi/],
      [{ domainApi: "https://api.liveperson.net/?x" }, /^domainApi/],
      [{ allowedHosts: "liveperson.net" }, /^allowedHosts/],
      [{ allowedHosts: ["https://liveperson.net"] }, /^allowedHosts/],
      [{ hosts: { idp: "https://x.example" } }, /^hosts/],
      [{ hosts: { "a b": "x.example" } }, /^hosts/],
      [{ timeToLive: -1 }, /^timeToLive/],
      [{ timeToLive: "1" }, /^timeToLive/],
      [{ timeToLive: NaN }, /^timeToLive/],
      [{ requestTimeout: Infinity }, /^requestTimeout/],
    ] as const) {
      const error = await caught(() =>
        createDomainApi({ accountId: "1", ...options } as DomainApiOptions),
      );
      assert.equal(error.code, "invalid_config");
      assert.match(error.message, named);
    }
  });
});
