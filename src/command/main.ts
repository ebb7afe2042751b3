import { IssuerError } from "../issuer/issuer-error.js";
import { CommandFailure, wrongUsage } from "./command-failure.js";
import { generalHelp, helpOf, NAME } from "./help.js";
import { inspect } from "./inspect.js";
import { keys } from "./keys.js";
import { nearest } from "./nearest.js";
import type { Subcommand } from "./subcommand.js";
import type { Surroundings } from "./surroundings.js";
import { token } from "./token.js";
import { isShowable, readTyped } from "./typed.js";
import { readVersion } from "./version.js";

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = { keys, token, inspect };

const isHelp = (word: string | undefined): boolean => word === "--help" || word === "-h";

/**
 * Runs the command.
 *
 * @param args - what was typed after its name
 * @returns the exit code: 0 fine, 1 something is wrong or could not be done, 2 wrong usage
 */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stderr } = surroundings;
  try {
    return await dispatch(args, surroundings);
  } catch (error) {
    if (error instanceof CommandFailure) {
      stderr.write(`${NAME}: ${error.message}\n`);
      return error.exitCode;
    }
    if (error instanceof IssuerError) {
      stderr.write(`${NAME}: ${inOptions(error)}\n`);
      return error.code === "invalid_config" ? 2 : 1;
    }
    // What a runtime says may quote what it was given.
    stderr.write(`${NAME}: Something went wrong that should not (${nameOf(error)}).\n`);
    return 1;
  }
}

async function dispatch(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const [name, ...rest] = args;
  const { stdout, stderr } = surroundings;
  if (name === undefined) {
    stderr.write(generalHelp(SUBCOMMANDS));
    return 2;
  }
  if (isHelp(name)) {
    stdout.write(generalHelp(SUBCOMMANDS));
    return 0;
  }
  if (name === "--version") {
    stdout.write(`${readVersion()}\n`);
    return 0;
  }
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (!subcommand) throw unknownCommand(name);
  if (rest.some(isHelp)) {
    stdout.write(helpOf(name, subcommand));
    return 0;
  }
  const { options, operand } = subcommand;
  return subcommand.run(readTyped(rest, options, operand === undefined ? 0 : 1), surroundings);
}

function unknownCommand(name: string): Error {
  const names = Object.keys(SUBCOMMANDS);
  if (!isShowable(name))
    return wrongUsage(`There is no such command; there are ${names.join(", ")}.`);
  const near = nearest(name.replace(/^-+/, ""), names);
  const mend = near === undefined ? `there are ${names.join(", ")}.` : `did you mean ${near}?`;
  return wrongUsage(`There is no command ${name}; ${mend}`);
}

const OPTIONS: Readonly<Record<string, string>> = {
  signingKey: "--key",
  issuer: "--issuer",
  lifetime: "--lifetime",
  audience: "--audience",
  nonce: "--nonce",
  additionalClaims: "--additional-claim",
  "encryption.key": "--encryption-key",
};

/** The message in the words of who typed it, each mistake on its own line. */
function inOptions({ message, mistakes }: IssuerError): string {
  if (mistakes.length > 0) {
    return ["The claims are wrong:", ...mistakes.map((mistake) => `  ${mistake}`)].join("\n");
  }
  return message.replace(/^[\w.]+/, (word) =>
    Object.hasOwn(OPTIONS, word) ? (OPTIONS[word] ?? word) : word,
  );
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
