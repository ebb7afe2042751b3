/**
 * What browsers call themselves, as seen in 2025 and 2026. Device names, languages and build numbers
 * vary from phone to phone; what tells them apart does not.
 */

const iOS = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
const iPhone = `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${iOS}`;
const iPad = `Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) ${iOS}`;
const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
const blink = "AppleWebKit/537.36 (KHTML, like Gecko)";
/** Chrome says no more of the phone than this. */
const android = `Mozilla/5.0 (Linux; Android 10; K) ${blink} Chrome/137.0.0.0 Mobile Safari/537.36`;
const webView = `Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP4A.250205.002; wv) ${blink} Version/4.0 Chrome/137.0.7151.61 Mobile Safari/537.36`;

/** Browsers inside of apps, by the app. */
export const inAppBrowsers = {
  "Instagram on iOS": `${iPhone} Mobile/15E148 Instagram 380.0.0.28.109 (iPhone14,5; iOS 18_5; en_US; en; scale=3.00; 1170x2532; IABMV/1; 727000000)`,
  "Instagram on iOS, 2026":
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/23E254 Instagram 424.1.0.31.54 (iPhone18,4; iOS 26_4_1; en_GB; en-GB; scale=3.00; 1260x2736; IABMV/1; 933996394) NW/3 Safari/604.1",
  "Instagram on Android": `${webView} Instagram 380.0.0.48.110 Android (35/15; 420dpi; 1080x2424; Google; Pixel 9; tokay; en_US; 727000000; IABMV/1)`,
  "Facebook on iOS": `${iPhone} Mobile/15E148 [FBAN/FBIOS;FBAV/510.0.0.41.107;FBBV/740000000;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/18.5;FBSS/3;FBID/phone;FBLC/en_US;FBOP/5;FBRV/0;IABMV/1]`,
  "Facebook on Android": `${webView} [FB_IAB/FB4A;FBAV/510.0.0.0.36;IABMV/1;]`,
  "Messenger on iOS": `${iPhone} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/500.0.0.45.106;FBDV/iPhone14,5;FBSV/18.5]`,
  "Messenger on Android": `${webView} [FB_IAB/Orca-Android;FBAV/500.0.0.23.106;]`,
  "Threads on iOS": `${iPhone} Mobile/15E148 Barcelona 380.0.0.25.89 (iPhone14,5; iOS 18_5; en_US; en; scale=3.00; 1170x2532; 727000000)`,
  "WeChat on iOS": `${iPhone} Mobile/15E148 MicroMessenger/8.0.60(0x18003c2f) NetType/WIFI Language/en`,
  "WeChat on Android":
    "Mozilla/5.0 (Linux; Android 14; SM-S9180 Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.6723.103 Mobile Safari/537.36 XWEB/1300333 MMWEBSDK/20241202 MMWEBID/1 MicroMessenger/8.0.60.2860(0x28003C33) WeChat/arm64 Weixin NetType/WIFI Language/en ABI/arm64",
  "WeChat on Windows": `${windows} ${blink} Chrome/132.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090c33) XWEB/13487 Flue`,
  "LINE on iOS": `${iPhone} Mobile/15E148 Safari Line/15.9.1`,
  "LINE on Android": `${webView} Line/15.9.0/IAB`,
  "TikTok on iOS": `${iPhone} Mobile/15E148 musical_ly_39.8.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/en Region/US RevealType/Dialog isDarkMode/0 WKWebView/1 BytedanceWebview/d8a21c6 FalconTag/`,
  "TikTok on Android": `${webView} trill_390803 JsSdk/1.0 NetType/WIFI Channel/googleplay AppName/musical_ly app_version/39.8.3 ByteLocale/en ByteFullLocale/en Region/US AppId/1180 Spark/1.8.4.8-bugfix AppVersion/39.8.3 BytedanceWebview/d8a21c6`,
  "Snapchat on iOS": `${iPhone} Mobile/15E148 Snapchat/13.40.0.37 (like Safari/8621.2.5.10.10, panda)`,
  "Pinterest on iOS": `${iPhone} Mobile/15E148 [Pinterest/iOS]`,
  "LinkedIn on iOS": `${iPhone} Mobile/15E148 [LinkedInApp]/9.31.1234`,
  "the Google app on iOS": `${iPhone} GSA/370.0.762543316 Mobile/15E148 Safari/604.1`,
  "the Google app on Android": `${webView} GSA/16.20.41.sa.arm64`,
  "a web view on Android": webView,
  "a web view on an iPhone": `${iPhone} Mobile/15E148`,
  "a web view on an iPhone before iOS 17.5": `${iPhone.replace("18_5", "16_7")} Mobile/15E148`,
  "a web view on an iPad": `${iPad} Mobile/15E148`,
  "a web view on an iPad, as it comes": `${mac} ${iOS}`,
  "a web view on an iPod": `${iPhone.replace("iPhone;", "iPod touch;")} Mobile/15E148`,
} as const;

/**
 * Browsers as such. What shows pages in Custom Tabs (Android) or in SFSafariViewController (iOS) is the
 * phone's own browser and can't be told from it: so does Gmail.
 */
export const ordinaryBrowsers = {
  "Safari on an iPhone, and SFSafariViewController as in Gmail": `${iPhone} Version/18.5 Mobile/15E148 Safari/604.1`,
  "Safari on iOS 26":
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
  "Safari on an iPad": `${iPad} Version/18.5 Mobile/15E148 Safari/604.1`,
  "Safari on an iPad that asks for desktop sites": `${mac} ${iOS} Version/18.5 Safari/605.1.15`,
  "Safari on a Mac": `${mac} ${iOS} Version/26.0 Safari/605.1.15`,
  "Chrome on an iPhone": `${iPhone} CriOS/137.0.7151.79 Mobile/15E148 Safari/604.1`,
  "Firefox on an iPhone": `${iPhone} FxiOS/139.0 Mobile/15E148 Safari/605.1.15`,
  "Edge on an iPhone": `${iPhone} Version/18.0 EdgiOS/137.0.3296.55 Mobile/15E148 Safari/605.1.15`,
  "Opera on an iPhone": `${iPhone} Version/18.5 Mobile/15E148 Safari/604.1 OPT/5.6.0`,
  "DuckDuckGo on an iPhone": `${iPhone} Version/18.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15`,
  "Chrome on Android, and Custom Tabs as in Gmail": android,
  "Chrome on an Android tablet": android.replace(" Mobile", ""),
  "Firefox on Android": "Mozilla/5.0 (Android 15; Mobile; rv:139.0) Gecko/139.0 Firefox/139.0",
  "Samsung Internet": `Mozilla/5.0 (Linux; Android 10; K) ${blink} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
  "Edge on Android": `${android} EdgA/137.0.0.0`,
  "Opera on Android": `${android} OPR/89.0.0.0`,
  "Chrome on Windows": `${windows} ${blink} Chrome/137.0.0.0 Safari/537.36`,
  "Chrome on a Mac": `${mac} ${blink} Chrome/137.0.0.0 Safari/537.36`,
  "Chrome on a Chromebook": `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${blink} Chrome/137.0.0.0 Safari/537.36`,
  "Chromium without a head": `Mozilla/5.0 (X11; Linux x86_64) ${blink} HeadlessChrome/137.0.0.0 Safari/537.36`,
  "Edge on Windows": `${windows} ${blink} Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0`,
  "Firefox on Windows":
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:139.0) Gecko/20100101 Firefox/139.0",
  "Firefox on a Mac":
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:139.0) Gecko/20100101 Firefox/139.0",
  "Firefox on Linux": "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0",
  WebKitGTK:
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
} as const;
