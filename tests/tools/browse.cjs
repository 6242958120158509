// Opens a page in headless Chromium, walks through steps, and prints one JSON report of what a person and the network saw:
// { "steps": [result, ...], "requests": [{ url, status }], "console": [text, ...], "errors": [text, ...] }
//
// Reads its orders as JSON from standard input:
// { "chromium": path, "flags": [...], "context": {...}, "url": address, "steps": [[verb, argument], ...] }

"use strict";

const axe = require("axe-core");
const { chromium } = require("playwright-core");

const LIMIT_MS = 60_000;
const LOOK_MS = 100;

// The page's policy forbids eval in the page, which playwright's own waiting uses; evaluate goes past it.
async function until(page, expression) {
  const end = Date.now() + LIMIT_MS;
  while (!(await page.evaluate(expression))) {
    if (Date.now() > end) throw new Error(`never true: ${expression}`);
    await page.waitForTimeout(LOOK_MS);
  }
  return true;
}

async function drag(page, [fromX, fromY, toX, toY]) {
  await page.mouse.move(fromX, fromY);
  await page.mouse.down();
  await page.mouse.move(toX, toY, { steps: 8 });
  await page.mouse.up();
}

// What would keep people from using the page, as far as a program can tell: contrast, names, roles, order.
async function barriers(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

const VERBS = {
  barriers,
  until,
  drag,
  evaluate: (page, expression) => page.evaluate(expression),
  focus: (page, selector) => page.focus(selector),
  press: (page, key) => page.keyboard.press(key),
  click: (page, selector) => page.click(selector),
  screenshot: async (page, path) => void (await page.screenshot({ path })),
  whole: async (page, path) => void (await page.screenshot({ path, fullPage: true })),
  shot: async (page, [selector, path]) => void (await page.locator(selector).screenshot({ path })),
  download: async (page, selector) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(selector)]);
    return { name: download.suggestedFilename(), path: await download.path() };
  },
};

async function main() {
  const orders = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const report = { steps: [], requests: [], console: [], errors: [] };
  const browser = await chromium.launch({ executablePath: orders.chromium, args: orders.flags, headless: true });
  try {
    const context = await browser.newContext(orders.context);
    const page = await context.newPage();
    page.setDefaultTimeout(LIMIT_MS);
    page.on("request", (request) => report.requests.push({ url: request.url() }));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) report.console.push(`${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => report.errors.push(String(error)));
    const answer = await page.goto(orders.url, { waitUntil: "load" });
    report.status = answer.status();
    for (const [verb, argument] of orders.steps) {
      const result = await VERBS[verb](page, argument);
      report.steps.push(result ?? null);
      if (verb === "download") report.downloaded = require("node:fs").readFileSync(result.path).toString("base64");
    }
  } finally {
    await browser.close();
  }
  process.stdout.write(JSON.stringify(report));
}

main().catch((error) => {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exit(1);
});
