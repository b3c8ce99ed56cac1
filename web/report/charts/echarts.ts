// The parts of Apache ECharts that the figures use, and no others: the page stays small.
import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import type { BarSeriesOption, CustomSeriesOption, LineSeriesOption } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components';
import * as core from 'echarts/core';
import type { ComposeOption, ECharts } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

core.use([BarChart, LineChart, CustomChart, GridComponent, TooltipComponent, SVGRenderer]);

export type ChartOption = ComposeOption<
  BarSeriesOption | LineSeriesOption | CustomSeriesOption | GridComponentOption | TooltipComponentOption
>;
export type { BarSeriesOption, CustomSeriesOption, ECharts, LineSeriesOption };

/** An empty SVG chart in `host`; its size is set at the first draw. */
export function createChart(host: HTMLElement): ECharts {
  return core.init(host, null, { renderer: 'svg', width: 320, height: 200 });
}
