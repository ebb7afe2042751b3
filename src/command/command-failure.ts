/** Ends a run. The message is for the person who typed it; no key, token or claim's value is ever in it. */
export class CommandFailure extends Error {
  override readonly name: string = "CommandFailure";
  /** 1: it could not be done; 2: it can't be meant as it was typed. */
  readonly exitCode: 1 | 2;

  constructor(exitCode: 1 | 2, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** @param mistake - what was typed wrongly, and the mend */
export const wrongUsage = (mistake: string): CommandFailure => new CommandFailure(2, mistake);

/** Such as `ENOENT`. */
export function errorCodeOf(error: unknown): string {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "unknown error";
}
