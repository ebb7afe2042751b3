import { expect } from "@esm-bundle/chai";

import { findService, type CloudConfig } from "../../../src/cloud/domain.js";
import { answerRequests, never, type AnsweredRequests } from "../../support/answered-requests.js";
import { caught, codeOf } from "../../support/caught.js";

const config: CloudConfig = {
  accountId: "12345678",
  domainApi: "https://api.liveperson.net",
  cloudHosts: ["liveperson.net", "lpsnmedia.net"],
  requestTimeout: 5000,
};

describe("the host of a cloud service", () => {
  let server: AnsweredRequests | undefined;

  const answer = (baseURI: unknown, status = 200): AnsweredRequests =>
    (server = answerRequests(() => Response.json({ service: "idp", baseURI }, { status })));

  afterEach(() => {
    server?.stop();
    server = undefined;
  });

  const find = (changes: Partial<CloudConfig> = {}): Promise<string> =>
    findService({ ...config, ...changes }, "idp");

  it("is asked of the Domain API", async () => {
    const { requests } = answer("lo.idp.liveperson.net");
    expect(await find()).to.equal("https://lo.idp.liveperson.net");
    expect(requests.map(({ url }) => url)).to.deep.equal([
      "https://api.liveperson.net/api/account/12345678/service/idp/baseURI.json?version=1.0",
    ]);
  });

  it("is reached as the Domain API is, so that everything may run on one machine", async () => {
    answer("localhost:8080");
    const local = { domainApi: "http://localhost:8080/", cloudHosts: ["localhost"] };
    expect(await find(local)).to.equal("http://localhost:8080");
  });

  const allowed: readonly [string, readonly string[]][] = [
    ["liveperson.net", ["liveperson.net"]],
    ["a.b.liveperson.net", ["liveperson.net"]],
    ["A.LivePerson.NET", ["liveperson.net"]],
    ["a.liveperson.net", ["LivePerson.net"]],
    ["a.liveperson.net:8443", ["liveperson.net"]],
    ["cloud.example:8443", ["cloud.example:8443"]],
    ["127.0.0.1:9000", ["127.0.0.1"]],
    ["b.example", ["a.example", "b.example"]],
  ];
  for (const [host, cloudHosts] of allowed) {
    it(`may be ${host} where ${cloudHosts.join(" and ")} may`, async () => {
      answer(host);
      expect(await find({ cloudHosts })).to.equal(`https://${host}`);
    });
  }

  const refused: readonly [string, readonly string[]][] = [
    ["evilliveperson.net", ["liveperson.net"]],
    ["liveperson.net.evil.example", ["liveperson.net"]],
    ["liveperson.nett", ["liveperson.net"]],
    ["liveperson-net", ["liveperson.net"]],
    ["net", ["liveperson.net"]],
    ["cloud.example:8444", ["cloud.example:8443"]],
    ["cloud.example", ["cloud.example:8443"]],
    ["a.cloud.example:8443", ["cloud.example:8443"]],
  ];
  for (const [host, cloudHosts] of refused) {
    it(`is refused where it is ${host} and only ${cloudHosts.join()} may be`, async () => {
      answer(host);
      expect(await codeOf(find({ cloudHosts }))).to.equal("cloud_host_refused");
    });
  }

  for (const trick of [
    "evil.example/.liveperson.net",
    "evil.example?.liveperson.net",
    "evil.example#.liveperson.net",
    "evil.example\\.liveperson.net",
    "evil.example:443/.liveperson.net",
    "evil.example@liveperson.net",
    "liveperson.net@evil.example",
    "user:password@a.liveperson.net",
    "user@a.liveperson.net",
    "https://a.liveperson.net",
    "//a.liveperson.net",
    "a.liveperson.net/",
    "a.liveperson.net/path",
    "a.liveperson.net:",
    "a.liveperson.net:https",
    "a.liveperson.net:443:443",
    "evil.example\n.liveperson.net",
    "a.liveperson.net\n",
    " a.liveperson.net",
    "evil%2eexample.liveperson.net",
    "ａ.liveperson.net",
    "",
  ]) {
    it(`is a host and nothing more: ${JSON.stringify(trick)} is refused`, async () => {
      answer(trick);
      const { code, message } = await caught(find());
      expect(code).to.equal("cloud_host_refused");
      expect(message).to.include("liveperson.net, lpsnmedia.net");
      expect(message).not.to.include("evil");
    });
  }

  for (const [baseURI, status] of [
    [undefined, 200],
    [null, 200],
    [["a.liveperson.net"], 200],
    [5, 200],
    ["a.liveperson.net", 400],
    ["a.liveperson.net", 401],
    ["a.liveperson.net", 500],
  ] as const) {
    it(`is not read from ${JSON.stringify({ baseURI })} with HTTP ${status}`, async () => {
      answer(baseURI, status);
      const { code, message } = await caught(find());
      expect(code).to.equal("anonymous_unavailable");
      expect(message).to.include(`HTTP ${status}`);
      expect(message).to.include("check accountId");
    });
  }

  it("can't be had from a network that is down or slow", async () => {
    server = answerRequests(() => Promise.reject(new TypeError("Failed to fetch")));
    expect(await codeOf(find())).to.equal("request_failed");
    server.stop();
    server = answerRequests(never);
    expect(await codeOf(find({ requestTimeout: 10 }))).to.equal("request_timeout");
    expect(await codeOf(findService(config, "idp", AbortSignal.abort()))).to.equal("aborted");
  });
});
