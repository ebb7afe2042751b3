import { runCallbackPage } from "./ui/callback-page.js";

void runCallbackPage();
