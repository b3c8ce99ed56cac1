import type { Drawing } from './charts/drawing';
import { narrowWidth } from './charts/drawing';
import type { ChartOption, ECharts } from './charts/echarts';
import { createChart } from './charts/echarts';
import { groupedBars } from './charts/grouped';
import { shares, sharesHeight } from './charts/shares';
import { lines, stackedBars } from './charts/time';
import type { Formatter } from './format';
import { Legend } from './legend';
import type { Figure } from './model';
import type { Theme } from './theme';

/** Where a chart is drawn. */
export interface Medium {
  theme: Theme;
  width: number;
  /** On paper charts are flatter: three stand on a page. */
  print: boolean;
}

/** One figure of the page: its chart and its legend. */
export class FigureView {
  private readonly chart: ECharts;
  private readonly legend: Legend | null;
  private medium: Medium | null = null;

  constructor(
    readonly host: HTMLElement,
    private readonly figure: Figure,
    private readonly formatter: Formatter,
  ) {
    this.chart = createChart(host);
    const redraw = () => {
      if (this.medium) this.draw(this.medium);
    };
    this.legend = figure.chart === 'shares' ? null : new Legend(figure, formatter, redraw, host);
  }

  draw(medium: Medium): void {
    this.medium = medium;
    const { theme, width } = medium;
    this.legend?.paint(theme);
    const drawing: Drawing = {
      figure: this.figure,
      visible: this.figure.series.filter((one) => this.legend?.isVisible(one.key) ?? true),
      formatter: this.formatter,
      theme,
      font: getComputedStyle(this.host).fontFamily,
      width,
    };
    this.chart.resize({ width, height: height(drawing, medium.print), silent: true });
    this.chart.setOption(option(drawing), { notMerge: true });
  }
}

function height(drawing: Drawing, print: boolean): number {
  if (drawing.figure.chart === 'shares') return sharesHeight(drawing);
  if (print) return 230;
  return drawing.width < narrowWidth ? 250 : Math.round(Math.min(360, drawing.width * 0.42));
}

function option(drawing: Drawing): ChartOption {
  switch (drawing.figure.chart) {
    case 'shares': return shares(drawing);
    case 'grouped_bars': return groupedBars(drawing);
    case 'lines': return lines(drawing, false);
    case 'stacked_area': return lines(drawing, true);
    case 'stacked_bars': return stackedBars(drawing);
  }
}
