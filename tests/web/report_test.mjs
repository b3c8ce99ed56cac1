// Opens report pages in Chromium and checks what a reader would see: every figure drawn, nothing
// wider than the screen, readable light and dark, prints, no error and no network request.
// Usage: node report_test.mjs [--render RENDER_REPORT] [--shots DIRECTORY] PAGE.html…
// --render also makes the sample models (sample_model.mjs) into pages and checks those.
// Exit status: 0 good, 1 not, 77 Chromium is missing (CTest counts that as skipped).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { writeSamples } from './sample_model.mjs';
import { axisTextProblems, basicProblems, contrastProblems, evidenceProblems, figureProblems, overflowProblems } from './page_checks.mjs';

const browserPath = process.env.TEITEN_CHROMIUM ?? '/usr/bin/chromium';
const browserOptions = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const views = [
  { width: 390, height: 844, colorScheme: 'light' },
  { width: 390, height: 844, colorScheme: 'dark' },
  { width: 1440, height: 900, colorScheme: 'light' },
  { width: 1440, height: 900, colorScheme: 'dark' },
];

function readArguments(argv) {
  const read = { pages: [], render: null, shots: null };
  for (let i = 0; i < argv.length; i += 1) {
    if (argv[i] === '--render') read.render = argv[i += 1];
    else if (argv[i] === '--shots') read.shots = argv[i += 1];
    else read.pages.push(resolve(argv[i]));
  }
  return read;
}

/** A page with everything that it says or asks for written down. */
async function openPage(context, path) {
  const page = await context.newPage();
  const said = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) said.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => said.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => { said.push('a dialog opened'); dialog.dismiss(); });
  page.on('request', (request) => {
    const own = request.url() === pathToFileURL(path).href || request.url().startsWith('data:');
    if (!own) said.push(`request: ${request.url().slice(0, 200)}`);
  });
  await page.goto(pathToFileURL(path).href, { waitUntil: 'load' });
  return { page, said };
}

async function checkView(browser, path, view, shots) {
  const context = await browser.newContext({ viewport: { width: view.width, height: view.height }, colorScheme: view.colorScheme });
  const { page, said } = await openPage(context, path);
  const checks = [basicProblems, figureProblems, evidenceProblems, overflowProblems, contrastProblems, axisTextProblems];
  const problems = [];
  for (const check of checks) problems.push(...await page.evaluate(check));
  if (shots) {
    const name = `${basename(path, '.html')}-${view.width}-${view.colorScheme}.png`;
    await page.screenshot({ path: join(shots, name), fullPage: true });
  }
  await context.close();
  return [...problems, ...said];
}

function pressLegends(page) {
  return page.locator('.legend button').evaluateAll((buttons) => buttons.forEach((button) => button.click()));
}

/** The same page turned narrow and dark while open, its legend pressed, its tables opened. */
async function checkChanges(browser, path) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  const { page, said } = await openPage(context, path);
  await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
  await pressLegends(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await pressLegends(page);
  const problems = [];
  // The redraw follows the resize by a frame.
  await page.waitForFunction(() => [...document.querySelectorAll('.chart svg')].every((svg) => svg.getBoundingClientRect().right <= innerWidth));
  for (const check of [figureProblems, overflowProblems, contrastProblems]) problems.push(...await page.evaluate(check));
  for (const host of await page.locator('.chart:has(svg)').all()) {
    await host.scrollIntoViewIfNeeded();
    await host.hover({ position: { x: 180, y: 60 } });
  }
  problems.push(...await page.evaluate(overflowProblems));
  await context.close();
  return [...problems.map((one) => `after changes: ${one}`), ...said];
}

async function checkPrint(browser, path, shots) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
  const { page, said } = await openPage(context, path);
  const options = { preferCSSPageSize: true, printBackground: true };
  if (shots) options.path = join(shots, `${basename(path, '.html')}.pdf`);
  const pdf = await page.pdf(options);
  const pages = (pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g) ?? []).length;
  const problems = pages > 1 ? [] : [`prints ${pages} page(s)`];
  await page.emulateMedia({ media: 'print' });
  // The page hears of the change of medium in a later task.
  const drawn = () => [...document.querySelectorAll('.chart svg')].every((svg) => svg.getBoundingClientRect().width === 672);
  await page.waitForFunction(drawn, null, { timeout: 20_000 }).catch(() => problems.push('charts have not their print width'));
  await context.close();
  return [...problems.map((one) => `print: ${one}`), ...said];
}

/** Without JavaScript every number is still there. */
async function checkWithoutScript(browser, path) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const { page, said } = await openPage(context, path);
  const figures = await page.locator('figure').count();
  const tables = await page.locator('figure details table').count();
  const first = page.locator('details.evidence').first();
  if (await first.count() > 0) {
    await first.locator('summary').click();
    if (!await first.locator('pre.query').first().isVisible()) said.push('without script: evidence does not open');
  }
  await context.close();
  return figures === tables ? said : [`without script: ${figures} figures, ${tables} tables`, ...said];
}

async function main() {
  const { pages, render, shots } = readArguments(process.argv.slice(2));
  if (!existsSync(browserPath)) {
    console.log(`skipped: no Chromium at ${browserPath} (TEITEN_CHROMIUM names another)`);
    return 77;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'teiten-report-test-'));
  if (shots) mkdirSync(shots, { recursive: true });
  let failed = 0;
  let browser;
  try {
    if (render) {
      for (const model of writeSamples(scratch)) {
        const page = model.replace(/json$/, 'html');
        execFileSync(render, [model, page]);
        pages.push(page);
      }
    }
    if (pages.length === 0) throw new Error('no page to check');
    // Playwright gives each launch its own new profile directory and removes it.
    browser = await chromium.launch({ executablePath: browserPath, args: browserOptions });
    for (const path of pages) {
      const problems = [];
      for (const view of views) {
        const found = await checkView(browser, path, view, shots);
        problems.push(...found.map((one) => `${view.width} px, ${view.colorScheme}: ${one}`));
      }
      problems.push(...await checkChanges(browser, path), ...await checkPrint(browser, path, shots), ...await checkWithoutScript(browser, path));
      failed += problems.length;
      console.log(`${problems.length === 0 ? 'ok' : 'NOT OK'} ${path}`);
      for (const problem of problems) console.log(`  ${problem}`);
    }
  } finally {
    await browser?.close();
    rmSync(scratch, { recursive: true, force: true });
  }
  return failed === 0 ? 0 : 1;
}

process.exit(await main());
