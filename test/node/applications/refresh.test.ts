import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";

import { keepFresh } from "../../../src/platform/applications/keep-fresh.js";
import { PlatformError, type ApplicationTokens } from "../../../src/platform.js";
import { useServers } from "../support/use-servers.js";
import { applicationOf, failsWith, logIn } from "./support/applications.js";
import { useFakeService } from "./support/fake-service.js";

describe("a refresh", () => {
  const stage = useServers();
  const refreshes = (): number => stage.demo.counters.cloud.sentinel.refresh;
  const isLive = ({ accessToken }: ApplicationTokens): boolean =>
    stage.demo.cloud.sentinel.isLive(accessToken);

  it("brings new tokens for the same user, by the rotated refresh token each time", async () => {
    const application = applicationOf(stage.demo);
    let tokens = await logIn(application);
    for (let round = 0; round < 3; round++) {
      const next = await application.refresh(tokens);
      assert.notEqual(next.accessToken, tokens.accessToken);
      assert.notEqual(next.refreshToken, tokens.refreshToken);
      assert.deepEqual(next.claims, tokens.claims);
      assert.ok(isLive(next));
      tokens = next;
    }
  });

  it("is one request for all who want it at once, and for latecomers", async () => {
    const application = applicationOf(stage.demo);
    const tokens = await logIn(application);
    const before = refreshes();
    const all = await Promise.all(Array.from({ length: 20 }, () => application.refresh(tokens)));
    assert.equal(new Set(all.map(({ accessToken }) => accessToken)).size, 1);
    const late = await application.refresh(tokens);
    assert.equal(late.accessToken, all[0]?.accessToken);
    assert.equal(refreshes(), before + 1);
    assert.ok(isLive(late));
  });

  it("goes on when one of those who wait gives up", async () => {
    const application = applicationOf(stage.demo);
    const tokens = await logIn(application);
    const controller = new AbortController();
    const waiting = application.refresh(tokens, controller);
    const other = application.refresh(tokens);
    controller.abort();
    await assert.rejects(waiting, failsWith("aborted"));
    assert.ok(isLive(await other));
    await assert.rejects(application.refresh(tokens, controller), failsWith("aborted"));
  });

  it("is refused where the session is over", async () => {
    const application = applicationOf(stage.demo);
    const tokens = await logIn(application);
    stage.demo.cloud.sentinel.endSessions();
    await assert.rejects(
      application.refresh(tokens),
      failsWith("access_denied", /invalid_grant.*sign in again/),
    );
  });

  it("ends everything where an old refresh token comes from elsewhere", async () => {
    const application = applicationOf(stage.demo);
    const tokens = await logIn(application);
    const next = await application.refresh(tokens);
    await assert.rejects(applicationOf(stage.demo).refresh(tokens), failsWith("access_denied"));
    assert.ok(!isLive(next));
  });

  it("can be tried again after a failure", async () => {
    const application = applicationOf(stage.demo);
    const tokens = await logIn(application);
    stage.demo.cloud.interrupt({ path: "token", status: 503 });
    await assert.rejects(application.refresh(tokens), failsWith("service_failed", /503/));
    assert.ok(isLive(await application.refresh(tokens)));
  });
});

describe("a refresh that brings an ID token", () => {
  const service = useFakeService();

  const begin = async () => {
    service.script = {};
    const application = service.application();
    const { transaction } = await application.startLogin();
    const tokens = await application.finishLogin(`?code=c&state=${transaction.state}`, transaction);
    return { application, tokens };
  };

  it("has it verified, and takes what it says", async () => {
    const { application, tokens } = await begin();
    const renewed = await service.idToken({ is_admin: false });
    service.script = {
      token: async () => ({ body: await service.tokens({ id_token: renewed }) }),
    };
    assert.equal((await application.refresh(tokens)).claims.is_admin, false);
  });

  it("is refused with a wrong one, or with one of somebody else", async () => {
    for (const [claims, message] of [
      [{ aud: "another" }, /aud/],
      [{ sub: "somebody-else" }, /another user/],
    ] as const) {
      const { application, tokens } = await begin();
      const wrong = await service.idToken(claims);
      service.script = {
        token: async () => ({ body: await service.tokens({ id_token: wrong }) }),
      };
      await assert.rejects(application.refresh(tokens), failsWith("id_token_invalid", message));
    }
  });

  it("keeps the refresh token where none comes", async () => {
    const { application, tokens } = await begin();
    service.script = {
      token: async () => ({
        body: await service.tokens({ id_token: undefined, refresh_token: undefined }),
      }),
    };
    assert.equal((await application.refresh(tokens)).refreshToken, tokens.refreshToken);
  });
});

describe("a revocation", () => {
  const stage = useServers();

  it("ends the user's session in all applications, and at the cloud", async () => {
    const application = applicationOf(stage.demo);
    const [one, two] = [await logIn(application), await logIn(application)];
    const other = await logIn(application, { agent: "dorothy" });
    await application.revoke(one);
    const isLive = (token: string): boolean => stage.demo.cloud.sentinel.isLive(token);
    assert.deepEqual(
      [one, two, other].map(({ accessToken }) => isLive(accessToken)),
      [false, false, true],
    );
    await assert.rejects(application.refresh(two), failsWith("access_denied"));
  });

  it("is the end of it: a second one changes nothing", async () => {
    const application = applicationOf(stage.demo);
    const tokens = await logIn(application);
    await application.revoke(tokens);
    await application.revoke(tokens);
  });

  it("says why it failed", async () => {
    const tokens = await logIn(applicationOf(stage.demo));
    const stranger = applicationOf(stage.demo, { clientSecret: "wrong" });
    await assert.rejects(stranger.revoke(tokens), failsWith("access_denied", /clientSecret/));
    stage.demo.cloud.interrupt({ path: "revoke", status: 500 });
    await assert.rejects(
      applicationOf(stage.demo).revoke(tokens),
      failsWith("service_failed", /500/),
    );
  });
});

describe("a session that is kept fresh", () => {
  const stage = useServers();
  const refreshes = (): number => stage.demo.counters.cloud.sentinel.refresh;
  const minutes = (many: number): number => many * 60_000;

  /** Lets requests finish while the clock stands still. */
  async function until(holds: () => boolean): Promise<void> {
    const end = performance.now() + 5000;
    while (!holds()) {
      if (performance.now() > end) throw new Error("it never came");
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async function withClock(work: () => Promise<void>): Promise<void> {
    mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.now() });
    try {
      await work();
    } finally {
      mock.timers.reset();
    }
  }

  it("is refreshed every 30 minutes, and everybody gets the new token", async () => {
    await withClock(async () => {
      const application = applicationOf(stage.demo);
      const first = await logIn(application);
      const stored: ApplicationTokens[] = [];
      const session = application.keepFresh(first, { onRefresh: (one) => void stored.push(one) });
      const before = refreshes();
      mock.timers.tick(minutes(30) - 1);
      assert.equal(await session.accessToken(), first.accessToken);
      assert.equal(refreshes(), before);
      for (let round = 1; round <= 3; round++) {
        mock.timers.tick(round === 1 ? 1 : minutes(30));
        await until(() => stored.length === round);
        assert.equal(refreshes(), before + round);
        assert.equal(await session.accessToken(), stored.at(-1)?.accessToken);
        assert.equal(session.tokens, stored.at(-1));
      }
      await session.stop();
      mock.timers.tick(minutes(120));
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(refreshes(), before + 3);
      await assert.rejects(session.refresh(), failsWith("aborted"));
      assert.ok(stage.demo.cloud.sentinel.isLive(session.tokens.accessToken));
    });
  });

  it("is refreshed at once where that is overdue, for all who ask by one request", async () => {
    const application = applicationOf(stage.demo);
    const tokens = await logIn(application);
    await using session = application.keepFresh({ ...tokens, receivedAt: Date.now() - 5_000_000 });
    const before = refreshes();
    const all = await Promise.all([
      session.accessToken(),
      session.accessToken(),
      session.refresh(),
    ]);
    assert.equal(refreshes(), before + 1);
    assert.notEqual(all[0], tokens.accessToken);
    assert.deepEqual(all, [all[0], all[0], session.tokens]);
  });

  it("ends when the service refuses, and says so", async () => {
    await withClock(async () => {
      const application = applicationOf(stage.demo);
      const errors: unknown[] = [];
      const session = application.keepFresh(await logIn(application), {
        onError: (error) => void errors.push(error),
      });
      stage.demo.cloud.sentinel.endSessions();
      mock.timers.tick(minutes(30));
      await until(() => session.ended.aborted);
      assert.ok(failsWith("access_denied")(session.ended.reason));
      assert.deepEqual(errors, [session.ended.reason]);
      await assert.rejects(session.accessToken(), failsWith("access_denied"));
      const before = refreshes();
      mock.timers.tick(minutes(120));
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(refreshes(), before);
      await session.stop();
    });
  });

  // Without requests: Node 20 mixes up mocked timers where several are cleared.
  it("lives through an outage: it tries after two minutes, four, eight", async () => {
    const first = await logIn(applicationOf(stage.demo));
    await withClock(async () => {
      const errors: unknown[] = [];
      const outage = new PlatformError("service_failed", "Down.");
      let isDown = true;
      const renew = async (tokens: ApplicationTokens) => {
        if (isDown) throw outage;
        return { ...tokens, accessToken: "new", receivedAt: Date.now() };
      };
      const session = keepFresh({ ...first, receivedAt: Date.now() }, renew, {
        onError: (error) => void errors.push(error),
      });
      mock.timers.tick(minutes(30));
      await until(() => errors.length === 1);
      // The old token holds for hours, and nobody asks for another one before its time.
      assert.equal(await session.accessToken(), first.accessToken);
      for (const [round, pause] of [2, 4, 8, 16, 30, 30].entries()) {
        mock.timers.tick(minutes(pause) - 1);
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(errors.length, round + 1);
        mock.timers.tick(1);
        await until(() => errors.length === round + 2);
      }
      isDown = false;
      mock.timers.tick(minutes(30));
      await until(() => session.tokens.accessToken === "new");
      assert.ok(!session.ended.aborted);
      await session.stop();
    });
  });

  it("has no token to give when the last one has ended", async () => {
    const application = applicationOf(stage.demo);
    const tokens = await logIn(application);
    await using session = application.keepFresh({ ...tokens, expiresAt: Date.now() - 1 });
    stage.demo.cloud.interrupt({ path: "token", status: 503 });
    await assert.rejects(session.accessToken(), failsWith("service_failed"));
    assert.notEqual(await session.accessToken(), tokens.accessToken);
  });

  it("waits for the refresh under way when it is stopped", async () => {
    const application = applicationOf(stage.demo);
    const stored: ApplicationTokens[] = [];
    const session = application.keepFresh(await logIn(application), {
      onRefresh: (one) => void stored.push(one),
    });
    void session.refresh();
    await session.stop();
    assert.equal(stored.length, 1);
  });

  it("outlives what its caller does with the tokens", async () => {
    const application = applicationOf(stage.demo);
    const errors: unknown[] = [];
    const mistake = new Error("the database is away");
    await using session = application.keepFresh(await logIn(application), {
      onRefresh: () => {
        throw mistake;
      },
      onError: (error) => void errors.push(error),
    });
    await session.refresh();
    assert.deepEqual(errors, [mistake]);
    await session.accessToken();
  });

  it("needs an interval that makes sense", async () => {
    const application = applicationOf(stage.demo);
    const tokens = await logIn(application);
    for (const interval of [0, 999, 86_400_001, NaN, "1800000"]) {
      assert.throws(
        () => application.keepFresh(tokens, { interval: interval as number }),
        failsWith("invalid_config", /interval/),
      );
    }
  });
});
