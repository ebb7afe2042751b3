import { expect } from "@esm-bundle/chai";

import {
  boolean,
  endpoint,
  list,
  matching,
  number,
  ownPage,
  path,
  publicKey,
  type Check,
  type Problem,
} from "../../../src/config/checks.js";

function run(check: Check, value: unknown): { result: unknown; problems: Problem[] } {
  const problems: Problem[] = [];
  return { result: check(value, (problem) => problems.push(problem)), problems };
}

function accepts(check: Check, value: unknown, result: unknown = value): void {
  expect(run(check, value), JSON.stringify(value)).to.deep.equal({ result, problems: [] });
}

function refuses(check: Check, value: unknown, ...problems: Problem[]): void {
  expect(run(check, value).problems, JSON.stringify(value)).to.deep.equal(problems);
}

describe("a text", () => {
  it("fits its pattern, and is a text", () => {
    const check = matching("accountId", /^[\w-]+$/);
    accepts(check, "brand-1_a");
    for (const value of ["", "a b", "a/../b", "a\n", "é", 1, true, null, ["a"], {}]) {
      refuses(check, value, "accountId");
    }
  });
});

describe("a path", () => {
  it("is a dotted path of names", () => {
    accepts(path, "window");
    accepts(path, "brand.chat.methods");
  });

  it("reaches no prototype, and is a text", () => {
    for (const value of ["__proto__", "a.constructor", "prototype.a", "", "a..b", 1, {}]) {
      refuses(path, value, "path");
    }
  });
});

describe("yes or no", () => {
  it("is a boolean, its text, or an attribute without a value", () => {
    for (const value of [true, "true", ""]) accepts(boolean, value, true);
    for (const value of [false, "false"]) accepts(boolean, value, false);
  });

  it("is nothing else", () => {
    for (const value of ["yes", "no", "TRUE", "0", 0, 1, {}]) refuses(boolean, value, "boolean");
  });
});

describe("an amount", () => {
  const check = number("seconds", 0, 600);

  it("is a number within its limits, or the text of one", () => {
    accepts(check, 0);
    accepts(check, 600);
    accepts(check, "60", 60);
    accepts(check, "0", 0);
  });

  it("is nothing else", () => {
    for (const value of [
      -1,
      601,
      "-1",
      "601",
      NaN,
      Infinity,
      "Infinity",
      "soon",
      "5s",
      "",
      "1,5",
    ]) {
      refuses(check, value, "seconds");
    }
    for (const value of [true, [], [5], {}, new Date(5)]) refuses(check, value, "seconds");
  });
});

const hosts = list("hosts");

describe("hosts", () => {
  it("are a list, or a text with spaces or commas between", () => {
    accepts(hosts, ["a.example", "b.example:8443"]);
    const both = ["a.example", "b.example"];
    for (const value of ["a.example b.example", "a.example, b.example", "a.example\n\tb.example"]) {
      accepts(hosts, value, both);
    }
  });

  it("are texts", () => {
    for (const value of ["", [""], ["a.example", ""], ["a.example", 1], 1, {}, true]) {
      refuses(hosts, value, "hosts");
    }
  });
});

describe("an endpoint", () => {
  it("is an https URL, kept to the letter", () => {
    for (const value of [
      "https://login.example.com",
      "https://login.example.com/",
      "https://LOGIN.example.com:443/authorize?tenant=a%20b",
    ]) {
      accepts(endpoint, value);
    }
  });

  it("may be http on a loopback address", () => {
    for (const host of ["localhost", "localhost:8080", "a.localhost", "127.0.0.1", "127.9.9.9:1"]) {
      accepts(endpoint, `http://${host}/`);
    }
    accepts(endpoint, "http://[::1]:8080/");
  });

  it("is not http anywhere else, however much it looks like a loopback address", () => {
    for (const host of [
      "login.example.com",
      "localhost.example.com",
      "notlocalhost",
      "127.0.0.1.example.com",
      "128.0.0.1",
      "[::2]",
      "10.0.0.1",
      "0.0.0.0",
    ]) {
      refuses(endpoint, `http://${host}/`, "https");
    }
  });

  it("has no other scheme", () => {
    for (const value of ["javascript:alert(1)", "data:text/html,x", "ftp://a.example/", "ws://a"]) {
      refuses(endpoint, value, "https");
    }
  });

  it("is a full URL", () => {
    for (const value of ["/authorize", "login.example.com", "", "https://", 1, {}, true]) {
      refuses(endpoint, value, "absolute");
    }
  });

  it("holds no user, no password and no fragment", () => {
    refuses(endpoint, "https://user@a.example/", "credentials");
    refuses(endpoint, "https://:password@a.example/", "credentials");
    refuses(endpoint, "https://a.example/#part", "fragment");
    refuses(endpoint, "http://u:p@a.example/#part", "https", "credentials", "fragment");
  });
});

describe("the return page", () => {
  it("becomes absolute on the page's origin", () => {
    accepts(ownPage, "/callback.html", `${location.origin}/callback.html`);
    accepts(ownPage, "callback.html", new URL("callback.html", location.href).href);
    accepts(ownPage, `${location.origin}/callback.html?a=b`);
  });

  it("is on no other origin", () => {
    refuses(ownPage, "https://elsewhere.example/callback.html", "origin");
    refuses(ownPage, "//elsewhere.example/callback.html", "https", "origin");
    refuses(ownPage, `${location.protocol}//${location.hostname}:1/`, "origin");
  });

  it("has no fragment and is no script", () => {
    refuses(ownPage, "/callback.html#here", "fragment");
    refuses(ownPage, "javascript:alert(1)", "https", "origin");
  });
});

describe("what can't become text", () => {
  const bare: unknown = Object.create(null);

  it("is refused as anything else that is wrong", () => {
    refuses(boolean, bare, "boolean");
    refuses(path, bare, "path");
    refuses(ownPage, bare, "absolute");
    refuses(publicKey, { toString: null }, "key");
  });
});
