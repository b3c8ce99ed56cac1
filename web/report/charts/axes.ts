import { figureDecimals } from '../format';
import type { Drawing } from './drawing';
import { fontSize, textWidth } from './drawing';
import type { ChartOption } from './echarts';

/** Room for the y axis and margins, roughly, when the number of day labels is chosen. */
const plotMargin = 64;

/** Every how many days a label stands, so that none touches the next. */
function labelStep(drawing: Drawing): number {
  const { figure, formatter, font, width } = drawing;
  const size = fontSize(drawing);
  const widest = Math.max(...figure.x.values.map((iso, position) =>
    Math.max(...formatter.axisDate(iso, position === 0).split('\n')
      .map((line) => textWidth(line, size, font)))));
  const room = (width - plotMargin) / Math.max(1, figure.x.values.length);
  return [1, 2, 5, 10, 15].find((step) => step * room >= widest + 6) ?? 31;
}

/** Labelled positions: the first, each first of a month, and round days in between. */
export function labelledPositions(dates: string[], step: number): Set<number> {
  const labelled = new Set<number>([0]);
  if (step === 1) return new Set(dates.keys());
  const gap = Math.ceil(step * 0.8);
  const starts = dates.flatMap((iso, position) => (position > 0 && iso.endsWith('-01') ? [position] : []));
  for (const start of starts) labelled.add(start);
  dates.forEach((iso, position) => {
    const day = Number(iso.slice(8, 10));
    const round = step === 2 ? day % 2 === 1 : day % step === 0;
    const free = [0, ...starts].every((start) => Math.abs(position - start) >= gap);
    if (round && free) labelled.add(position);
  });
  return labelled;
}

/** Grid and axes of a figure over days or months. */
export function timeAxes(drawing: Drawing, bars: boolean): ChartOption {
  const { figure, formatter, theme, font } = drawing;
  const size = fontSize(drawing);
  const dates = figure.x.values;
  const days = figure.x.kind === 'day';
  const labelled = labelledPositions(dates, days ? labelStep(drawing) : 1);
  const text = { color: theme.muted, fontFamily: font, fontSize: size };
  const highest = Math.max(0, ...drawing.visible.flatMap((one) => one.values.map((value) => value ?? 0)));
  const empty = !drawing.visible.some((one) => one.values.some((value) => value !== null));
  return {
    animation: false,
    textStyle: { fontFamily: font },
    grid: { left: 2, right: 8, top: 14, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'category',
      data: dates,
      boundaryGap: bars,
      axisLine: { lineStyle: { color: theme.axis } },
      axisTick: { show: !days, alignWithLabel: true, lineStyle: { color: theme.axis } },
      axisLabel: {
        ...text,
        lineHeight: size + 4,
        interval: (position: number) => labelled.has(position),
        formatter: (iso: string, position: number) => formatter.axisDate(iso, position === 0),
      },
    },
    yAxis: {
      type: 'value',
      min: 0,
      ...(highest === 0 ? { max: 1 } : {}),
      ...(figureDecimals(figure) === 0 ? { minInterval: 1 } : {}),
      splitNumber: 4,
      axisLabel: { ...text, show: !empty, formatter: (value: number) => formatter.axisNumber(value) },
      splitLine: { show: !empty, lineStyle: { color: theme.grid } },
    },
  };
}
