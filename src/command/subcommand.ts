import type { Surroundings } from "./surroundings.js";

/** An option of a subcommand. */
export interface Option {
  /** What its value is, in one word; an option without is a flag. */
  readonly value?: string;
  /** What it is for, on one line. */
  readonly about: string;
  /** Whether it may be given more than once. */
  readonly repeatable?: boolean;
}

export type Options = Readonly<Record<string, Option>>;

/** What was typed after the name of a subcommand. */
export interface Typed {
  readonly operands: readonly string[];
  flag(option: string): boolean;
  /** The option's value, never empty. */
  text(option: string): string | undefined;
  texts(option: string): readonly string[];
}

/** One of the things that the command can do. */
export interface Subcommand {
  readonly summary: string;
  /** What stands after its name beside options, for the help. */
  readonly operand?: string;
  readonly options: Options;
  /** Further lines of its help. */
  readonly remarks: readonly string[];
  /**
   * @returns the exit code
   * @throws CommandFailure, IssuerError
   */
  run(typed: Typed, surroundings: Surroundings): Promise<number>;
}
