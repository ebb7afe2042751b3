/** Where a runtime is; installs it where it is missing and there is a package for this machine. */
export function ensureRuntime(name: "bun" | "deno" | "workerd"): string;
