import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { createUserAgent, type UserAgent } from "../support/user-agent.js";
import { useServers } from "../support/use-servers.js";

describe("the demo's application", () => {
  const stage = useServers();
  const at = (path: string): string => `${stage.demo.applicationUrl}${path}`;
  const agentOf = (): UserAgent => createUserAgent(stage.demo);

  const pageOf = async ({ response }: { response: Response }): Promise<string> => response.text();

  const signIn = async (agent: UserAgent, who: string): Promise<string> => {
    const login = await agent.follow(at("/login?return_to=/"));
    assert.equal(login.address.origin, stage.demo.cloudUrl);
    assert.match(await pageOf(login), /Sign in to go on to <b>Opening hours<\/b>/);
    const home = await agent.follow(login.address.href, {
      method: "POST",
      body: new URLSearchParams({ agent: who }),
    });
    assert.equal(home.address.href, at("/"));
    return pageOf(home);
  };

  const press = (agent: UserAgent, path: string, origin = stage.demo.applicationUrl) =>
    agent.follow(at(path), { method: "POST", headers: { origin } });

  it("asks who is there, and shows it", async () => {
    const agent = agentOf();
    assert.match(await pageOf(await agent.follow(at("/"))), /Sign in with the cloud/);
    const home = await signIn(agent, "mary");
    assert.match(home, /<dt>User<\/dt>\s*<dd>3552833710<\/dd>/);
    assert.match(home, /<dt>Administrator<\/dt>\s*<dd>yes<\/dd>/);
    assert.match(await signIn(agentOf(), "dorothy"), /<dt>Administrator<\/dt>\s*<dd>no<\/dd>/);
  });

  it("knows a user at once who is signed in to the cloud already", async () => {
    const agent = agentOf();
    await signIn(agent, "mary");
    assert.match(await pageOf(await press(agent, "/logout?return_to=/")), /Sign in with the cloud/);
    const home = await agent.follow(at("/login"));
    assert.equal(home.address.href, at("/"));
    assert.match(await pageOf(home), /Sign out everywhere/);
  });

  it("refreshes when it is asked to", async () => {
    const agent = agentOf();
    await signIn(agent, "mary");
    const before = stage.demo.counters.cloud.sentinel.refresh;
    const home = await press(agent, "/refresh?return_to=/");
    assert.equal(home.address.href, at("/"));
    assert.match(await pageOf(home), /3552833710/);
    assert.equal(stage.demo.counters.cloud.sentinel.refresh, before + 1);
  });

  it("ends the session in all applications", async () => {
    const agent = agentOf();
    await signIn(agent, "mary");
    await press(agent, "/logout-everywhere?return_to=/");
    const login = await agent.follow(at("/login"));
    assert.equal(login.address.origin, stage.demo.cloudUrl);
  });

  it("does nothing that another site wants", async () => {
    const agent = agentOf();
    await signIn(agent, "mary");
    for (const path of ["/refresh", "/logout", "/logout-everywhere"]) {
      const { response } = await press(agent, path, "https://evil.example");
      assert.equal(response.status, 403);
    }
    assert.match(await pageOf(await agent.follow(at("/"))), /3552833710/);
  });

  it("says what happened when the user declines, or comes too late", async () => {
    const agent = agentOf();
    const login = await agent.follow(at("/login"));
    const declined = await agent.follow(login.address.href, {
      method: "POST",
      body: new URLSearchParams({ deny: "1" }),
    });
    assert.equal(declined.response.status, 403);
    assert.match(await pageOf(declined), /The sign-in was declined/);
    const again = await agent.follow(declined.address.href);
    assert.equal(again.response.status, 400);
    assert.match(await pageOf(again), /This sign-in is over/);
  });

  it("says when the cloud is in trouble", async () => {
    const agent = agentOf();
    const login = await agent.follow(at("/login"));
    stage.demo.cloud.interrupt({ path: "token", status: 400 });
    const failed = await agent.follow(login.address.href, {
      method: "POST",
      body: new URLSearchParams({ agent: "mary" }),
    });
    assert.equal(failed.response.status, 502);
    assert.match(await pageOf(failed), /can’t sign you in just now/);
  });

  it("lets nothing foreign into its pages", async () => {
    const response = await agentOf().request(at("/"));
    assert.match(
      response.headers.get("content-security-policy") ?? "",
      /^default-src 'none'.*form-action 'self'; frame-ancestors 'none'$/,
    );
    const styles = await agentOf().request(at("/application.css"));
    assert.match(styles.headers.get("content-type") ?? "", /^text\/css/);
    assert.equal((await agentOf().request(at("/nothing"))).status, 404);
  });
});
