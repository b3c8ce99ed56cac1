import { figureDecimals } from '../format';
import type { Series } from '../model';
import { seriesColor } from '../theme';
import type { Drawing } from './drawing';
import { fontSize, textWidth } from './drawing';
import type { BarSeriesOption, ChartOption, CustomSeriesOption } from './echarts';
import { hatchedBox } from './missing';
import { shareTooltip } from './tooltip';

const stripHeight = 16;
const stripGap = 14;
const rowHeight = 27;

/** Rows of the figure; without any, one that says so. */
function rows(drawing: Drawing): Series[] {
  const { figure, formatter, theme } = drawing;
  if (figure.series.length > 0) return figure.series;
  return [{ key: 'missing', label: formatter.label('missing'), color: theme.muted, values: [null], share: null }];
}

export function sharesHeight(drawing: Drawing): number {
  return stripHeight + stripGap + rows(drawing).length * rowHeight + 4;
}

/** The whole as one strip, and below it a bar for each part with its share and count. */
export function shares(drawing: Drawing): ChartOption {
  const { theme, font, formatter, width, figure } = drawing;
  const size = fontSize(drawing);
  const all = rows(drawing);
  const decimals = figureDecimals(figure);
  const names = all.map((one) => one.label);
  const nameWidth = Math.min(Math.max(...names.map((name) => textWidth(name, size, font))) + 2, width * 0.36);
  const share = (one: Series) => formatter.percent(one.share);
  const count = (one: Series) => (one.share == null ? '' : formatter.number(one.values[0], decimals));
  const valueWidth = Math.max(...all.map((one) => textWidth(`${share(one)}  ${count(one)}`, size + 0.5, font))) + 16;
  const left = nameWidth + 10;
  const bars: BarSeriesOption = {
    type: 'bar',
    name: 'rows',
    xAxisIndex: 1,
    yAxisIndex: 1,
    barWidth: 15,
    data: all.map((one) => ({
      value: one.share ?? 0,
      itemStyle: { color: seriesColor(one.color, theme), borderRadius: [0, 2, 2, 0] },
    })),
    label: {
      show: true,
      position: 'right',
      distance: 6,
      formatter: ({ dataIndex }) => {
        const one = all[dataIndex];
        return one ? `{share|${share(one)}}  {count|${count(one)}}` : '';
      },
      rich: {
        share: { color: theme.text, fontSize: size, fontFamily: font, fontWeight: 600 },
        count: { color: theme.muted, fontSize: size, fontFamily: font },
      },
    },
  };
  const strip: BarSeriesOption[] = all.map((one) => ({
    type: 'bar',
    name: one.label,
    stack: 'all',
    xAxisIndex: 0,
    yAxisIndex: 0,
    barWidth: stripHeight,
    data: [one.share ?? 0],
    itemStyle: { color: seriesColor(one.color, theme), borderColor: theme.surface, borderWidth: 0.5 },
  }));
  const hidden = { axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false } };
  const longest = Math.max(...all.map((one) => one.share ?? 0), 0.001);
  const top = stripHeight + stripGap;
  return {
    animation: false,
    textStyle: { fontFamily: font },
    grid: [
      { left: 0, right: 0, top: 0, height: stripHeight, outerBoundsMode: 'none' },
      { left, right: valueWidth, top, height: all.length * rowHeight, outerBoundsMode: 'none' },
    ],
    xAxis: [
      { gridIndex: 0, type: 'value', min: 0, max: 1, ...hidden, axisLabel: { show: false } },
      { gridIndex: 1, type: 'value', min: 0, max: longest, ...hidden, axisLabel: { show: false } },
    ],
    yAxis: [
      { gridIndex: 0, type: 'category', data: [''], ...hidden, axisLabel: { show: false } },
      {
        gridIndex: 1,
        type: 'category',
        data: names.map((_, row) => String(row)),
        inverse: true,
        axisLine: { lineStyle: { color: theme.axis } },
        axisTick: { show: false },
        axisLabel: {
          color: theme.text,
          fontFamily: font,
          fontSize: size,
          interval: 0,
          margin: 8,
          width: nameWidth,
          overflow: 'truncate',
          formatter: (row: string) => names[Number(row)] ?? '',
        },
      },
    ],
    tooltip: shareTooltip(drawing, all),
    series: [...strip, bars, missingStrip(drawing, all)],
  };
}

/** Nothing known of the whole: the strip is hatched. */
function missingStrip(drawing: Drawing, all: Series[]): CustomSeriesOption {
  const unknown = all.every((one) => one.share == null);
  return {
    type: 'custom',
    name: 'missing',
    silent: true,
    xAxisIndex: 0,
    yAxisIndex: 0,
    tooltip: { show: false },
    encode: { x: 0, y: [] },
    data: unknown ? [[0]] : [],
    renderItem: () => hatchedBox({ x: 0, y: 0, width: drawing.width, height: stripHeight }, drawing),
  };
}
