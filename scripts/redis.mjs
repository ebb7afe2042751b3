import { find, install, onPath } from "./programs.mjs";

const SERVER = { variable: "REDIS_SERVER_PATH", paths: onPath(["redis-server"]) };
const PACKAGES = ["redis-server"];

/** Where the Redis server is; installs it where it is missing and may be installed: on Debian, as root. */
export function ensureRedis() {
  if (!find(SERVER)) {
    install(PACKAGES);
  }
  const path = find(SERVER);
  if (!path) {
    throw new Error(
      `No Redis server to test with: install ${PACKAGES.join(" and ")} (Debian), or set ${SERVER.variable}.`,
    );
  }
  return path;
}
