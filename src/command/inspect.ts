import { wrongUsage } from "./command-failure.js";
import { readConnectorKey } from "./connector-key.js";
import { readText } from "./input.js";
import { createPaint, toText } from "./inspection-text.js";
import { inspectToken } from "./inspection.js";
import type { Subcommand } from "./subcommand.js";

/** Shows what is in a token, and what is wrong with it. */
export const inspect: Subcommand = {
  summary: "shows what is in a token, what the agent would see, and what is wrong with it",
  operand: "<token>|-",
  options: {
    key: {
      value: "key",
      about: "the connector's key: the one line, a file (PEM, JWK, JWKS) or the URL of a JWKS",
    },
    issuer: { value: "iss", about: "the connector's issuer, which iss must equal" },
    audience: { value: "aud", about: "the client ID that the token must be for" },
    json: { about: "shows JSON" },
  },
  remarks: [
    "With - the token comes from standard input: one that is typed is kept in the shell's history.",
    "Without --key the signature is not checked, and nothing in the token is proven.",
  ],
  run: async (typed, surroundings) => {
    const [operand] = typed.operands;
    if (operand === undefined) {
      throw wrongUsage("The token is missing; use - to read it from standard input.");
    }
    const given = typed.text("key");
    if (given === "-") {
      throw wrongUsage("--key can't come from standard input: name a file.");
    }
    const key = given === undefined ? undefined : await readConnectorKey(given, surroundings);
    const text = operand === "-" ? await readText("The token", operand, surroundings) : operand;
    const inspection = await inspectToken(
      text.trim(),
      { key, issuer: typed.text("issuer"), audience: typed.text("audience") },
      Date.now(),
    );
    surroundings.stdout.write(
      typed.flag("json")
        ? `${JSON.stringify(inspection, null, 2)}\n`
        : toText(inspection, createPaint(surroundings)),
    );
    return inspection.fine ? 0 : 1;
  },
};
