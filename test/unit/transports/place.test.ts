import { expect } from "@esm-bundle/chai";

import { isInApp } from "../../../src/transports/place.js";
import { override } from "../../support/override.js";

const iPhone =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const iPad =
  "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const webView =
  "Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP4A.250205.002; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/137.0.7151.61 Mobile Safari/537.36";
const android =
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36";
const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";

const inApps: Readonly<Record<string, string>> = {
  "Instagram on iOS": `${iPhone} Mobile/15E148 Instagram 380.0.0.28.109 (iPhone14,5; iOS 18_5; en_US; en; scale=3.00; 1170x2532; 727000000)`,
  "Instagram on Android": `${webView} Instagram 380.0.0.48.110 Android (35/15; 420dpi; 1080x2424; Google; Pixel 9; tokay; en_US; 727000000)`,
  "Facebook on iOS": `${iPhone} Mobile/15E148 [FBAN/FBIOS;FBAV/510.0.0.41.107;FBBV/740000000;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/18.5;FBSS/3;FBID/phone;FBLC/en_US;FBOP/5]`,
  "Facebook on Android": `${webView} [FB_IAB/FB4A;FBAV/510.0.0.0.36;]`,
  "Messenger on iOS": `${iPhone} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/500.0.0.45.106;FBDV/iPhone14,5]`,
  "LINE on iOS": `${iPhone} Mobile/15E148 Safari Line/15.9.1`,
  "LINE on Android": `${webView} Line/15.9.0/IAB`,
  "WeChat on iOS": `${iPhone} Mobile/15E148 MicroMessenger/8.0.60(0x18003c2f) NetType/WIFI Language/en`,
  "WeChat on Android":
    "Mozilla/5.0 (Linux; Android 14; SM-S9180 Build/UP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.6723.103 Mobile Safari/537.36 MMWEBID/1 MicroMessenger/8.0.60.2860(0x28003C33)",
  "TikTok on iOS": `${iPhone} Mobile/15E148 musical_ly_39.8.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/en Region/US BytedanceWebview/d8a21c6`,
  "TikTok on Android": `${webView} trill_390803 JsSdk/1.0 BytedanceWebview/d8a21c6`,
  "the Google app on iOS": `${iPhone} GSA/370.0.762543316 Mobile/15E148 Safari/604.1`,
  "the Google app on Android":
    "Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP4A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/137.0.7151.61 Mobile Safari/537.36 GSA/16.20.41",
  "Snapchat on iOS": `${iPhone} Mobile/15E148 Snapchat/13.40.0.37 (like Safari/8621.2.5.10.10, panda)`,
  "Pinterest on iOS": `${iPhone} Mobile/15E148 [Pinterest/iOS]`,
  "LinkedIn on iOS": `${iPhone} Mobile/15E148 [LinkedInApp]/9.31.1234`,
  "a web view on Android": webView,
  "a web view on an iPhone, such as Gmail's": `${iPhone} Mobile/15E148`,
  "a web view on an iPad": `${iPad} Mobile/15E148`,
  "a web view on an iPod": `${iPhone.replace("iPhone;", "iPod touch;")} Mobile/15E148`,
};

const browsers: Readonly<Record<string, string>> = {
  "Safari on an iPhone": `${iPhone} Version/18.5 Mobile/15E148 Safari/604.1`,
  "Safari on an iPad": `${iPad} Version/18.5 Mobile/15E148 Safari/604.1`,
  "Safari on an iPad that asks for desktop sites": `${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`,
  "Safari on a Mac": `${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`,
  "Chrome on an iPhone": `${iPhone} CriOS/137.0.7151.79 Mobile/15E148 Safari/604.1`,
  "Firefox on an iPhone": `${iPhone} FxiOS/139.0 Mobile/15E148 Safari/605.1.15`,
  "Edge on an iPhone": `${iPhone} Version/18.0 EdgiOS/137.0.3296.55 Mobile/15E148 Safari/605.1.15`,
  "Opera on an iPhone": `${iPhone} Version/18.5 Mobile/15E148 Safari/604.1 OPT/5.6.0`,
  "DuckDuckGo on an iPhone": `${iPhone} Version/18.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15`,
  "Chrome on Android": android,
  "Chrome on an Android tablet": android.replace(" Mobile", ""),
  "Firefox on Android": "Mozilla/5.0 (Android 15; Mobile; rv:139.0) Gecko/139.0 Firefox/139.0",
  "Samsung Internet":
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
  "Edge on Android": `${android} EdgA/137.0.0.0`,
  "Opera on Android": `${android} OPR/89.0.0.0`,
  "Chrome on Windows": `${windows} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36`,
  "Chrome on a Mac": `${mac} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36`,
  "Chrome on a Chromebook":
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36",
  "Edge on Windows": `${windows} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0`,
  "Firefox on Windows":
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:139.0) Gecko/20100101 Firefox/139.0",
  "Firefox on Linux": "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0",
};

describe("where popups can't be relied on", () => {
  let restore: () => void = () => undefined;

  afterEach(() => {
    restore();
  });

  const isInAppOf = (userAgent: string): boolean => {
    restore = override(navigator, "userAgent", userAgent);
    return isInApp();
  };

  for (const [app, userAgent] of Object.entries(inApps)) {
    it(`is ${app}`, () => {
      expect(isInAppOf(userAgent)).to.equal(true);
    });
  }

  for (const [browser, userAgent] of Object.entries(browsers)) {
    it(`is not ${browser}`, () => {
      expect(isInAppOf(userAgent)).to.equal(false);
    });
  }
});
