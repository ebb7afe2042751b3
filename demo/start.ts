import { startDemo } from "./servers.js";

const wanted = Number(process.env["PORT"] ?? 8080);
if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_535) {
  console.error(`PORT must be a port number, not "${process.env["PORT"] ?? ""}".`);
  process.exit(1);
}

const demo = await startDemo({
  sitePort: wanted,
  idpPort: wanted === 0 ? 0 : wanted + 1,
  cloudPort: wanted === 0 ? 0 : wanted + 2,
  applicationPort: wanted === 0 ? 0 : wanted + 3,
  elseNextPort: true,
});

const port = Number(new URL(demo.siteUrl).port);
if (wanted !== 0 && port !== wanted) {
  console.log(`Port ${wanted} is in use, so the site is at ${port}.\n`);
}
console.log(`The bank's site:      ${demo.siteUrl}/
  single-page app:    ${demo.siteUrl}/app
Identity provider:    ${demo.idpUrl}/
The messaging cloud:  ${demo.cloudUrl}/
An application on it: ${demo.applicationUrl}/

Open ${demo.siteUrl}/ in a browser. Ctrl+C ends it.`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void demo.stop().then(() => process.exit(0)));
}
