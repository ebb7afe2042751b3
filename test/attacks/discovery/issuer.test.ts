import { expectRefusal } from "../support/attack.js";
import { bySite, expectRecovery } from "../support/site-page.js";

/** What a document may call its issuer that isn't quite the one that was asked. */
const others: Readonly<Record<string, (issuer: string) => unknown>> = {
  "of another": () => "https://evil.example",
  "with a slash more": (issuer) => `${issuer}/`,
  "in capitals": (issuer) => issuer.toUpperCase(),
  "with a port of its own": (issuer) => issuer.replace(/:(\d+)/, ":0$1"),
  "on a host of another name": (issuer) => issuer.replace("127.0.0.1", "localhost"),
  "on a host that looks alike": (issuer) => issuer.replace("127.0.0.1", "127.0.0.\u2081"),
  "with another scheme": (issuer) => issuer.replace("http:", "https:"),
  "with a user": (issuer) => issuer.replace("//", "//user@"),
  "with a path that leads back": (issuer) => `${issuer}/x/..`,
  "with a query": (issuer) => `${issuer}?`,
  "with a space": (issuer) => `${issuer} `,
  "with a null character": (issuer) => `${issuer}\u0000`,
  "in a list": (issuer) => [issuer],
  "in an object": (issuer) => ({ toString: issuer }),
  "that is missing": () => undefined,
  "that is null": () => null,
};

describe("attack: a discovery document of another issuer", () => {
  for (const [name, change] of Object.entries(others)) {
    it(`${name}: discovery_failed`, async () => {
      let isHostile = true;
      const options = bySite({
        misconduct: {
          discovery: (metadata) =>
            isHostile ? { ...metadata, issuer: change(String(metadata["issuer"])) } : metadata,
        },
      });
      await expectRefusal("implicit flow", options, "discovery_failed", async (page) => {
        isHostile = false;
        await expectRecovery(page);
      });
    });
  }

  it("under a prototype: discovery_failed", () =>
    expectRefusal(
      "implicit flow",
      bySite({
        misconduct: {
          discovery: (metadata) => ({ body: `{"__proto__":${JSON.stringify(metadata)}}` }),
        },
      }),
      "discovery_failed",
    ));
});
