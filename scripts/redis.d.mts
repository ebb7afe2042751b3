/** Where the Redis server is; installs it where it is missing and may be installed. */
export function ensureRedis(): string;
export function findRedis(): string | undefined;
