#!/usr/bin/env node
import { main } from "./command/main.js";

// Whoever reads the output may have read enough.
process.stdout.on("error", () => undefined);
process.exitCode = await main(process.argv.slice(2), process);
