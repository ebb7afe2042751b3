import type { Option, Subcommand } from "./subcommand.js";

export const NAME = "consumer-auth-widget";

const columns = (rows: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
};

const HELP = ["--help", "shows this"] as const;

const written = (name: string, { value }: Option): string =>
  value === undefined ? `--${name}` : `--${name} <${value}>`;

/** The help of the whole command. */
export function generalHelp(subcommands: Readonly<Record<string, Subcommand>>): string {
  return [
    `Usage: ${NAME} <command> [options]`,
    "",
    "For the brand's side of consumer authentication: keys, test tokens, and what is wrong with a token.",
    "",
    "Commands:",
    ...columns(Object.entries(subcommands).map(([name, { summary }]) => [name, summary])),
    "",
    "Options:",
    ...columns([HELP, ["--version", "shows the version"]]),
    "",
    `${NAME} <command> --help tells more of each.`,
    "Exit codes: 0 fine, 1 something is wrong or could not be done, 2 wrong usage.",
    "",
  ].join("\n");
}

/** The help of one subcommand. */
export function helpOf(name: string, subcommand: Subcommand): string {
  const { summary, operand, options, remarks } = subcommand;
  const operands = operand === undefined ? "" : ` ${operand}`;
  return [
    `Usage: ${NAME} ${name}${operands} [options]`,
    "",
    `${summary[0]?.toUpperCase() ?? ""}${summary.slice(1)}.`,
    "",
    "Options:",
    ...columns([
      ...Object.entries(options).map(
        ([option, details]) => [written(option, details), details.about] as const,
      ),
      HELP,
    ]),
    "",
    ...remarks,
    "",
  ].join("\n");
}
