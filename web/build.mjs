// Builds the report's page: report.js (one IIFE), report.css and report.js.sha256 (for the page's
// content security policy). Usage: node web/build.mjs [DIRECTORY]; the default is web/dist.
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const web = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(web, 'dist'));

const result = await build({
  entryPoints: { report: join(web, 'report/main.ts') },
  bundle: true,
  minify: true,
  write: false,
  outdir: out,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  // ECharts asks for the mode only to print development warnings.
  define: { 'process.env.NODE_ENV': '"production"' },
});

const files = new Map(result.outputFiles.map((file) => [basename(file.path), file.text]));
const script = files.get('report.js');
const style = files.get('report.css');
if (!script || !style || files.size !== 2) {
  throw new Error(`expected report.js and report.css, got ${[...files.keys()].join(', ')}`);
}

// Both are inlined: nothing in them may end their element or change how the parser reads it, and
// the hash holds only if the parser leaves every character alone.
if (/<\/script|<script|<!--|\r|\0/i.test(script)) throw new Error('report.js can not be inlined');
if (/<\/style|<!--|\0/i.test(style)) throw new Error('report.css can not be inlined');

mkdirSync(out, { recursive: true });
/** Another build may read the file at this moment: it sees the old or the new one, whole. */
function write(name, content) {
  const path = join(out, name);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, path);
}
write('report.css', style);
write('report.js', script);
write('report.js.sha256', `sha256-${createHash('sha256').update(script).digest('base64')}`);
