// Draws the figures of report.html. The page reads without it: every figure has its table.
import './report.css';
import { markCurrentSection } from './contents';
import { addCopyButtons } from './copy';
import { addDownload } from './csv';
import { FigureView } from './figure';
import { Formatter } from './format';
import { readModel } from './model';
import { darkTheme, lightTheme } from './theme';

/** Width of the text on A4 with the margins of report.css, in CSS pixels (178 mm at 96 dpi). */
const printWidth = 672;

function start(): void {
  const model = readModel(document);
  if (!model) return;
  document.documentElement.classList.add('js');
  const formatter = new Formatter(model);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const print = matchMedia('print');
  let printing = print.matches;

  const views: FigureView[] = [];
  for (const host of document.querySelectorAll<HTMLElement>('.chart[data-figure]')) {
    const figure = model.figures.find((one) => one.id === host.dataset.figure);
    if (!figure) continue;
    views.push(new FigureView(host, figure, formatter));
    const details = host.closest('figure')?.querySelector<HTMLElement>('details.data');
    const name = `figure-${figure.id}-${model.month}.csv`.replace(/[^\w.-]/g, '-');
    if (details) addDownload(details, formatter.label('download_csv'), name);
  }

  const draw = (view: FigureView) => {
    const theme = dark.matches && !printing ? darkTheme : lightTheme;
    const width = printing ? printWidth : view.host.clientWidth;
    if (width > 0) view.draw({ theme, width, print: printing });
  };
  const drawAll = () => views.forEach(draw);

  const widths = new WeakMap<Element, number>();
  const observer = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      const known = widths.get(target);
      widths.set(target, contentRect.width);
      const view = views.find((one) => one.host === target);
      if (view && !printing && known !== undefined && known !== contentRect.width) draw(view);
    }
  });
  const setPrinting = (on: boolean) => {
    if (on === printing) return;
    printing = on;
    drawAll();
  };

  addCopyButtons(document, formatter.label('copy'), formatter.label('copied'));
  drawAll();
  views.forEach((view) => observer.observe(view.host));
  dark.addEventListener('change', drawAll);
  print.addEventListener('change', () => setPrinting(print.matches));
  addEventListener('beforeprint', () => setPrinting(true));
  addEventListener('afterprint', () => setPrinting(false));
  markCurrentSection();
}

start();
