import { expect } from "@esm-bundle/chai";

import { ConsumerAuthError, type ErrorCode } from "../../../src/base/errors.js";
import {
  createSessionKeeper,
  type Session,
  type SessionKeeper,
} from "../../../src/client/session.js";
import type { IdTokenCredential } from "../../../src/sources/credential.js";
import { createMovingClock, type MovingClock } from "../../support/moving-clock.js";

describe("the session", () => {
  let clock: MovingClock;
  let keeper: SessionKeeper;
  let changes: Session[];
  let changed: () => void;

  beforeEach(() => {
    clock = createMovingClock();
    changes = [];
    changed = () => undefined;
    keeper = createSessionKeeper(clock, (session) => {
      changes.push(session);
      changed();
    });
  });

  afterEach(() => {
    keeper.clear();
  });

  const signedIn = (livesFor = 600_000, sub = "consumer-1"): IdTokenCredential => {
    const now = clock.now();
    const claims = {
      iss: "https://login.example",
      sub,
      iat: now / 1000,
      exp: (now + livesFor) / 1000,
    };
    return { kind: "id_token", token: "a.b.c", claims };
  };
  const guest = { kind: "anonymous", token: "a.b.c" } as const;
  const code = { kind: "code", code: "x", redirectUri: "https://brand.example/" } as const;
  const failure = (code: ErrorCode): ConsumerAuthError => new ConsumerAuthError(code, "");
  const states = (): string[] => changes.map(({ state }) => state);

  it("is that of somebody unknown at first, and of nobody who is told so", () => {
    expect(keeper.read()).to.deep.equal({ state: "anonymous" });
    expect(changes).to.deep.equal([]);
  });

  it("is authenticated by an ID token, with its claims and its end", () => {
    const credential = signedIn();
    keeper.take(credential);
    expect(keeper.read()).to.deep.equal({
      state: "authenticated",
      claims: credential.claims,
      expiresAt: clock.now() + 600_000,
    });
    expect(changes).to.deep.equal([keeper.read()]);
  });

  it("is authenticated by a code and by a token that can't be read, of which nothing is known", () => {
    for (const credential of [code, { kind: "id_token", token: "a.b.c.d.e" } as const]) {
      keeper.clear();
      keeper.take(credential);
      expect(keeper.read().state).to.equal("authenticated");
      expect(keeper.read().claims).to.equal(undefined);
      expect(keeper.read().expiresAt).to.equal(undefined);
    }
  });

  it("is anonymous with an anonymous token", () => {
    keeper.take(signedIn());
    keeper.take(guest);
    expect(keeper.read().state).to.equal("anonymous");
    expect(keeper.read().claims).to.equal(undefined);
  });

  it("does not change when the same proof is handed over again", () => {
    const credential = signedIn();
    for (const proof of [guest, credential, credential, code, code, guest, guest]) {
      keeper.take(proof);
    }
    expect(states()).to.deep.equal(["authenticated", "authenticated", "anonymous"]);
  });

  it("changes when somebody else signs in", () => {
    keeper.take(signedIn());
    keeper.take(signedIn(600_000, "consumer-2"));
    expect(changes.map(({ claims }) => claims?.sub)).to.deep.equal(["consumer-1", "consumer-2"]);
  });

  it("says that somebody is being asked, once", () => {
    keeper.begin();
    keeper.begin();
    expect(states()).to.deep.equal(["authenticating"]);
    keeper.end();
    keeper.take(signedIn());
    expect(states()).to.deep.equal(["authenticating", "authenticated"]);
  });

  it("keeps the claims of who is asked again", () => {
    const credential = signedIn();
    keeper.take(credential);
    keeper.begin();
    expect(keeper.read().claims).to.equal(credential.claims);
    keeper.end();
    keeper.take(credential);
    expect(keeper.read().state).to.equal("authenticated");
  });

  it("fails where nobody is signed in, and says why", () => {
    const error = failure("cancelled");
    keeper.begin();
    keeper.end();
    keeper.fail(error);
    expect(keeper.read()).to.deep.equal({ state: "failed", error });
    keeper.take(guest);
    expect(keeper.read().state).to.equal("anonymous");
    expect(keeper.read().error).to.equal(undefined);
  });

  it("stays that of who is signed in, whatever fails", () => {
    keeper.take(signedIn());
    const before = keeper.read();
    keeper.begin();
    keeper.end();
    keeper.fail(failure("cancelled"));
    expect(keeper.read()).to.deep.equal(before);
    keeper.fail(failure("request_failed"));
    expect(keeper.read()).to.deep.equal(before);
    expect(states()).to.deep.equal(["authenticated", "authenticating", "authenticated"]);
  });

  it("is again what it was after a call that nobody waited for", () => {
    keeper.begin();
    keeper.end();
    keeper.fail(failure("aborted"));
    expect(keeper.read()).to.deep.equal({ state: "anonymous" });
    keeper.fail(failure("aborted"));
    expect(states()).to.deep.equal(["authenticating", "anonymous"]);
  });

  it("is that of nobody once it is cleared, at every time", () => {
    keeper.take(signedIn());
    keeper.begin();
    keeper.clear();
    expect(keeper.read()).to.deep.equal({ state: "anonymous" });
    keeper.fail(failure("aborted"));
    expect(keeper.read().state).to.equal("anonymous");
  });

  it("shows nothing of what else lands or fails while somebody is being asked", () => {
    keeper.begin();
    keeper.take(guest);
    keeper.fail(failure("superseded"));
    expect(states()).to.deep.equal(["authenticating"]);
    keeper.end();
    keeper.take(code);
    expect(states()).to.deep.equal(["authenticating", "authenticated"]);
  });

  it("says that nobody is asked any more, even where nothing came of it", async () => {
    keeper.begin();
    const over = new Promise<void>((resolve) => (changed = resolve));
    keeper.end();
    await over;
    expect(states()).to.deep.equal(["authenticating", "anonymous"]);
  });

  it("is another object after every change", () => {
    const before = keeper.read();
    keeper.begin();
    const during = keeper.read();
    keeper.end();
    keeper.take(code);
    expect(new Set([before, during, keeper.read()]).size).to.equal(3);
    expect(before).to.deep.equal({ state: "anonymous" });
  });

  describe("of a proof that runs out", () => {
    const nextChange = (): Promise<void> => new Promise((resolve) => (changed = resolve));

    it("expires by the clock, and still says whose it was", async () => {
      keeper.take(signedIn(30));
      const expired = nextChange();
      clock.move(30);
      await expired;
      expect(keeper.read().state).to.equal("expired");
      expect(keeper.read().claims?.sub).to.equal("consumer-1");
      expect(states()).to.deep.equal(["authenticated", "expired"]);
    });

    it("does not expire before the clock says so, whatever timers do", async () => {
      keeper.take(signedIn(10));
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(keeper.read().state).to.equal("authenticated");
      const expired = nextChange();
      clock.move(10);
      await expired;
      expect(keeper.read().state).to.equal("expired");
    });

    it("does not expire at once where its end is months away, nor look at the clock all the time", async () => {
      let looks = 0;
      const now = clock.now();
      clock.now = () => {
        looks++;
        return now;
      };
      keeper.take(signedIn(2 ** 31 + 1000));
      looks = 0;
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(looks).to.equal(0);
      expect(keeper.read().state).to.equal("authenticated");
    });

    it("does not expire once somebody else is there, or nobody", async () => {
      for (const end of [
        () => keeper.take(signedIn()),
        () => keeper.take(guest),
        () => keeper.clear(),
      ]) {
        keeper.take(signedIn(5, "consumer-0"));
        end();
        clock.move(5);
        await new Promise((resolve) => setTimeout(resolve, 15));
        expect(states()).not.to.include("expired");
      }
    });

    it("fails after it has expired, and can be renewed", async () => {
      keeper.take(signedIn(5));
      const expired = nextChange();
      clock.move(5);
      await expired;
      keeper.begin();
      keeper.end();
      keeper.fail(failure("cancelled"));
      expect(keeper.read().state).to.equal("failed");
      keeper.take(signedIn());
      expect(keeper.read().state).to.equal("authenticated");
    });

    it("has expired at once for whoever looks after a sleep, in which no timer runs", () => {
      keeper.take(signedIn(3_600_000));
      clock.move(10 * 3_600_000);
      expect(keeper.read().state).to.equal("expired");
      expect(states()).to.deep.equal(["authenticated", "expired"]);
      keeper.read();
      expect(states()).to.have.lengthOf(2);
    });

    it("expires after a sign-in that came to nothing", async () => {
      keeper.take(signedIn(5));
      keeper.begin();
      clock.move(5);
      keeper.end();
      keeper.fail(failure("cancelled"));
      expect(keeper.read().state).to.equal("expired");
    });
  });
});
