import { find, install, onPath } from "./programs.mjs";

const SERVER = { variable: "REDIS_SERVER_PATH", paths: onPath(["redis-server"]) };
const PACKAGES = ["redis-server"];

/** Where the Redis server is, if there is one. */
export const findRedis = () => find(SERVER);

/** Where the Redis server is; installs it where it is missing and may be installed: on Debian, as root. */
export function ensureRedis() {
  if (!findRedis()) {
    install(PACKAGES);
  }
  const path = findRedis();
  if (!path) {
    throw new Error(
      `No Redis server to test with: install ${PACKAGES.join(" and ")} (Debian), or set ${SERVER.variable}.`,
    );
  }
  return path;
}
