import { parseArgs } from "node:util";
import { wrongUsage } from "./command-failure.js";
import { nearest } from "./nearest.js";
import type { Options, Typed } from "./subcommand.js";

/** Whether a word may be shown again: somebody may have put a token or a key into a wrong place. */
export const isShowable = (word: string): boolean => /^-{0,2}[a-z][a-z\d-]{0,30}$/i.test(word);

/**
 * Reads what was typed after the name of a subcommand.
 *
 * @param args - the words
 * @param options - the options that there are
 * @param most - operands that there may be
 * @throws CommandFailure
 */
export function readTyped(args: readonly string[], options: Options, most: number): Typed {
  const found = new Map<string, string[]>();
  const operands: string[] = [];
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value }]) => [
        name,
        { type: value === undefined ? "boolean" : "string", multiple: true },
      ]),
    ),
  });

  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue = false } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option || rawName !== `--${name}`) throw unknownOption(rawName, options);
    const before = found.get(name) ?? [];
    if (before.length > 0 && option.repeatable !== true) {
      throw wrongUsage(`--${name} was given twice; once is enough.`);
    }
    found.set(name, [...before, readValue(name, option.value, value, inlineValue)]);
  }

  if (operands.length > most) {
    throw wrongUsage(
      most === 0
        ? "There is a word too many; every value needs its option in front of it."
        : "There is a word too many; quote what holds spaces.",
    );
  }
  return {
    operands,
    flag: (option) => found.has(option),
    text: (option) => found.get(option)?.[0],
    texts: (option) => found.get(option) ?? [],
  };
}

function readValue(
  name: string,
  wanted: string | undefined,
  value: string | undefined,
  isInline: boolean,
): string {
  if (wanted === undefined) {
    if (isInline) throw wrongUsage(`--${name} takes no value.`);
    return "";
  }
  // Of `--issuer --audience messaging` the first has lost its value.
  if (value === undefined || value === "" || (!isInline && /^--?[a-z]/i.test(value))) {
    throw wrongUsage(`--${name} needs a value: --${name} <${wanted}>.`);
  }
  return value;
}

function unknownOption(rawName: string, options: Options): Error {
  if (!isShowable(rawName)) return wrongUsage("There is an unknown option; see --help.");
  const near = nearest(rawName.replace(/^-+/, ""), Object.keys(options));
  return wrongUsage(
    near === undefined
      ? `There is no option ${rawName}; see --help.`
      : `There is no option ${rawName}; did you mean --${near}?`,
  );
}
