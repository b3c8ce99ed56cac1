// Models of reports that never were, for the page's tests: simulated numbers, documentation names.
// Usage: node sample_model.mjs DIRECTORY writes full.ja.json, full.en.json, hostile.json, empty.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const palette = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#56b4e9', '#8c6d1f', '#6a51a3', '#f0e442', '#7f7f7f'];
const months = ['2007-02', '2007-03', '2007-04', '2007-05', '2007-06', '2007-07'];
const days = Array.from({ length: 31 }, (_, day) => `2007-07-${String(day + 1).padStart(2, '0')}`);
/** Nobody watched on these days. */
const missingDays = [9, 20, 21, 22];

const words = {
  ja: {
    title: 'インターネット定点観測での観測状況について',
    subtitle: '10観測点に届いた、期待しない(一方的な)アクセスの月次報告',
    perDay: '件/観測点・日', accesses: 'アクセス数', sources: '発信元数', count: '件', other: 'その他',
    services: ['135(TCP)', '445(TCP)', '1026(UDP)', 'Ping(ICMP)', '1433(TCP)', '139(TCP)', '1027(UDP)', '2967(TCP)', '5900(TCP)'],
    regions: ['日本', '中国', 'アメリカ合衆国', '大韓民国', '台湾', '香港', '朝鮮民主主義人民共和国', 'ドイツ', '不明'],
    paragraph: '2007年7月の期待しない(一方的な)アクセスの総数は、10観測点で282,889件でした。1観測点で1日あたり277の発信元から913件のアクセスがあったことになります。',
    sections: ['一般のインターネット利用者の皆さんへ', '7月のアクセス状況', 'アプリケーションソフトウェアのぜい弱性を狙ったアクセス', '一方的なアクセスの遷移', '宛先(ポート種類)別の比率', '発信元地域別アクセス状況', '統計情報', '補足説明'],
    note: '各観測点に届いたパケットを現地時刻の日ごとに数えました。',
  },
  en: {
    title: 'Observations of the Internet fixed-point observatory',
    subtitle: 'Monthly report on unsolicited access to ten sensors',
    perDay: 'per sensor and day', accesses: 'Accesses', sources: 'Sources', count: 'accesses', other: 'Other',
    services: ['135 (TCP)', '445 (TCP)', '1026 (UDP)', 'Ping (ICMP)', '1433 (TCP)', '139 (TCP)', '1027 (UDP)', '2967 (TCP)', '5900 (TCP)'],
    regions: ['Japan', 'China', 'United States of America', 'Korea, Republic of', 'Taiwan, Province of China', 'Hong Kong', "Korea, Democratic People's Republic of", 'Germany', 'Unknown'],
    paragraph: 'In July 2007 the ten sensors recorded 282,889 unsolicited accesses: 913 accesses from 277 sources per sensor and day.',
    sections: ['For everybody who uses the Internet', 'Accesses in July', 'Accesses that aim at weaknesses of application software', 'Course of unsolicited accesses', 'Shares by destination service', 'Accesses by region of the source', 'Statistics', 'Notes'],
    note: 'Packets that reached each sensor, counted by local day.',
  },
};

/** Numbers from 0 up to 1, the same at each run. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function daily(id, title, names, other, unit, scale, random) {
  const series = [...names, other].map((label, order) => ({
    key: order === names.length ? 'other' : label,
    label,
    color: palette[order % palette.length],
    values: days.map((_, day) => (missingDays.includes(day)
      ? null : Math.round((scale / (order + 1)) * (0.7 + 0.6 * random())))),
  }));
  return { id, title, unit, note: '', chart: 'stacked_bars', x: { kind: 'day', values: days }, series };
}

function shareFigure(id, title, names, other, unit, random) {
  const counts = [...names, other].map((_, order) => Math.round((90000 / (order + 1) ** 1.3) * (0.8 + 0.4 * random())));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const series = [...names, other].map((label, order) => ({
    key: label, label, color: palette[order % palette.length], values: [counts[order]], share: counts[order] / total,
  }));
  return { id, title, unit, note: '', chart: 'shares', x: { kind: 'none', values: [] }, series };
}

function monthly(text, random) {
  const series = [['accesses', text.accesses, 900, palette[0]], ['sources', text.sources, 280, palette[1]]]
    .map(([key, label, level, color]) => {
      const values = months.map((_, month) => (month === 1 ? null : level * (1.15 - 0.03 * month) + 9 * random()));
      return {
        key, label, color, values,
        low: values.map((value) => (value === null ? null : value * 0.93)),
        high: values.map((value) => (value === null ? null : value * 1.06)),
      };
    });
  return {
    id: '1.1', title: `${text.accesses} · ${text.sources}`, unit: text.perDay, note: text.note,
    chart: 'grouped_bars', x: { kind: 'month', values: months }, series,
  };
}

function figures(text) {
  const random = generator(20070701);
  const { services, regions, other, count } = text;
  const short = regions.slice(0, 6);
  const area = daily('2.2.2', `${text.sources}`, services, other, text.sources, 60, random);
  const lines = { ...daily('3.3', text.accesses, services.slice(0, 4), other, count, 200, random), chart: 'lines' };
  return [
    monthly(text, random),
    { ...daily('2.1.1', `1433(TCP) ${text.accesses}`, short, other, count, 90, random), note: text.note },
    daily('2.1.2', `2967(TCP) ${text.accesses}`, short, other, count, 40, random),
    daily('2.2.1', text.accesses, services, other, count, 3000, random),
    { ...area, chart: 'stacked_area' },
    shareFigure('2.3.1', text.accesses, services, other, count, random),
    shareFigure('2.4.2', text.accesses, regions, other, count, random),
    daily('2.4.1', text.accesses, regions, other, count, 2500000, random),
    lines,
  ];
}

/** A finding with all that evidence may hold. */
function finding(id, texts, figure) {
  return {
    id, type: 'surge', sentence: texts[0], background: '', figure, rule: 'surge.prediction', rule_version: 1,
    facts: {}, numbers: [], interval: null, p_value: 1e-9, q_value: 1e-7,
    query: `teiten count --from 2007-07-16 --to 2007-08-01 --tz Asia/Tokyo --where service=1433/tcp --where-not kind=backscatter,reflection --by day --measure ${texts[0].slice(0, 8)}`,
    evidence: texts.map((text, order) => ({ name: text.slice(0, 40), value: `${order + 105.2}`, unit: order % 2 === 0 ? texts[1].slice(0, 20) : '' })),
  };
}

export function fullModel(language) {
  const text = words[language];
  const figure = (id) => ({ type: 'figure', figure: id });
  const paragraph = { type: 'paragraph', text: text.paragraph };
  const ranks = {
    id: 'ranks', title: text.sections[4],
    columns: [
      { key: 'service', label: language === 'ja' ? 'ポート種類' : 'Service', align: 'left', format: 'text' },
      { key: 'rank', label: language === 'ja' ? '順位' : 'Rank', align: 'right', format: 'integer' },
      { key: 'rate', label: text.perDay, align: 'right', format: 'decimal1' },
      { key: 'change', label: language === 'ja' ? '前月比' : 'Change', align: 'right', format: 'percent1' },
    ],
    rows: text.services.map((service, order) => [service, order + 1, 310.25 / (order + 1), order === 3 ? null : 0.12 - 0.05 * order]),
  };
  const blocks = [
    [paragraph, paragraph, figure('1.1')],
    [paragraph],
    [{ type: 'findings', text: `${text.paragraph} ${language === 'ja' ? '図2.1.1' : 'Figure 2.1.1'}`, findings: ['surge 1433/tcp 2007-07-16', 'family 135+139+445/tcp'] },
      figure('2.1.1'), { type: 'references', items: [{ text: text.note, url: 'https://www.example.org/a/rather/long/path/to/an/advisory/that/does/not/break' }] }, { type: 'list', items: [text.note, text.subtitle] }, figure('2.1.2')],
    [paragraph, figure('2.2.1'), figure('2.2.2')],
    [figure('2.3.1'), { type: 'table', table: ranks }],
    [figure('2.4.1'), figure('2.4.2')],
    [paragraph, figure('3.3')],
    [paragraph],
  ];
  const ids = ['1', '2', '2.1', '2.2', '2.3', '2.4', '3', '4'];
  return {
    schema_version: 1, generator: 'teiten 0.1.0', language, month: '2007-07', time_zone: 'Asia/Tokyo', convention: 'talot2',
    title: text.title, subtitle: text.subtitle,
    period: { from: '2007-07-01T00:00:00+09:00', to: '2007-08-01T00:00:00+09:00' },
    months, labels: {},
    headline: [
      { label: text.accesses, value: 282889, unit: text.count, note: '' },
      { label: text.accesses, value: 912.545, unit: text.perDay, note: '880–946' },
      { label: text.sources, value: 277.4, unit: text.perDay, note: '' },
      { label: `${text.accesses} / ${text.sources}`, value: 3.29, unit: '', note: text.note },
    ],
    sections: ids.map((id, order) => ({ id, title: text.sections[order], level: id.split('.').length, blocks: blocks[order] })),
    figures: figures(text),
    findings: [finding('surge 1433/tcp 2007-07-16', [text.paragraph, text.note, text.title], '2.1.1'), finding('family 135+139+445/tcp', [text.note, text.subtitle], null)],
  };
}

/** What a sensor's or file's owner might write into a name to take over the page. */
export const hostile = [
  '</script><script>window.pwned = 1</script>',
  '"><img src=x onerror="window.pwned = 1">',
  "<!--<script>' &amp; &lt;",
  '\u202e\u2028\u2029\u0000\u0007 =cmd|A1',
  'x'.repeat(300),
];

/** Every text is hostile; one series; a month with one day. */
export function hostileModel() {
  const text = { ...words.en, services: hostile, regions: hostile, other: hostile[0], note: hostile[1] };
  const model = fullModel('en');
  const random = generator(7);
  const single = daily('2.1.1', hostile[1], [], hostile[0], hostile[2], 10, random);
  return {
    ...model,
    title: hostile[0], subtitle: hostile[2], generator: hostile[1], time_zone: hostile[0],
    labels: { missing: hostile[1], total: hostile[0], contents: hostile[2] },
    headline: [{ label: hostile[0], value: hostile[1], unit: hostile[2], note: hostile[4] }],
    sections: [{
      id: hostile[1], title: hostile[0], level: 1,
      blocks: [
        { type: 'paragraph', text: hostile.join(' ') },
        { type: 'list', items: hostile },
        { type: 'findings', text: hostile.join(' '), findings: [...hostile, hostile[0]] },
        { type: 'references', items: hostile.map((one) => ({ text: one, url: one })) },
        { type: 'references', items: [{ text: 'a', url: 'javascript:window.pwned=1' }, { text: 'b', url: `https://${hostile[1]}` }] },
        { type: 'table', table: { title: hostile[0], columns: [{ key: 'a', label: hostile[1], align: 'left', format: 'text' }, { key: 'b', label: hostile[2], align: 'right', format: 'text' }], rows: hostile.map((one) => [one, one]) } },
        ...['1.1', '2.1.1', '2.2.1', '2.3.1', '2.9'].map((id) => ({ type: 'figure', figure: id })),
      ],
    }],
    findings: hostile.map((one, order) => ({ ...finding(one, [hostile[order], hostile[0]], hostile[1]), rule: one, query: one })),
    figures: [
      monthly({ ...text, accesses: hostile[0], sources: hostile[1] }, random),
      single,
      daily('2.2.1', hostile[0], hostile, hostile[1], hostile[2], 1000, random),
      shareFigure('2.3.1', hostile[1], hostile, hostile[0], hostile[2], random),
      { ...single, id: '2.9', x: { kind: 'day', values: ['2007-07-01'] }, series: [{ ...single.series[0], color: 'url(https://example.org/)', values: [0] }] },
    ],
  };
}

/** A month in which nobody watched, and parts that are not there at all. */
export function emptyModel() {
  const random = generator(3);
  const nothing = (figure) => ({ ...figure, series: figure.series.map((one) => ({ ...one, values: one.values.map(() => null), share: null })) });
  const model = fullModel('ja');
  const { services, other } = words.ja;
  return {
    schema_version: 1, language: 'ja', month: '2007-07', title: model.title,
    sections: [{ id: '2', title: model.title, level: 1, blocks: ['1.1', '2.1.1', '2.2.1', '2.3.1', '2.3.2', 'none'].map((id) => ({ type: 'figure', figure: id })) }],
    figures: [
      nothing(monthly(words.ja, random)),
      nothing(daily('2.1.1', 'a', services, other, '件', 1, random)),
      { ...nothing(daily('2.2.1', 'b', services, other, '件', 1, random)), series: [] },
      nothing(shareFigure('2.3.1', 'c', services, other, '件', random)),
      { ...shareFigure('2.3.2', 'd', services, other, '件', random), series: [] },
    ],
  };
}

export function writeSamples(directory) {
  mkdirSync(directory, { recursive: true });
  const samples = { 'full.ja': fullModel('ja'), 'full.en': fullModel('en'), hostile: hostileModel(), empty: emptyModel() };
  return Object.entries(samples).map(([name, model]) => {
    const path = join(directory, `${name}.json`);
    writeFileSync(path, JSON.stringify(model));
    return path;
  });
}

if (process.argv[2] && import.meta.url === pathToFileURL(process.argv[1]).href) writeSamples(process.argv[2]);
