import { ConsumerAuthError } from "../base/errors.js";

/** Thrown by {@link createConsumerAuth}: every mistake of a configuration at once. */
export class ConfigError extends ConsumerAuthError {
  override readonly name = "ConfigError";
  /** One sentence a mistake: the option, what is wrong with it, and what to write instead. */
  readonly mistakes: readonly string[];

  /** @param mistakes - at least one sentence */
  constructor(mistakes: readonly string[]) {
    super("invalid_config", `consumer-auth configuration: ${mistakes.join(" ")}`);
    this.mistakes = mistakes;
  }
}
