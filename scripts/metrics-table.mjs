// Writes the tables of metrics and alerts in docs/operations.md from the code and the chart; --check only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS } from '@tessera/runtime';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
const file = join(root, 'docs/operations.md');

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (...cells) => `| ${cells.map(cell).join(' | ')} |`;
const KINDS = {
  counter: 'counter',
  histogram: 'histogram',
  'observed-counter': 'counter',
  'observed-gauge': 'gauge',
};
const EVERYWHERE = 5;

function whereOf(kinds) {
  if (kinds.length === EVERYWHERE) return 'all';
  return kinds.length > 1 ? 'workers' : kinds[0];
}

function labelsOf(labels) {
  const texts = Object.entries(labels).map(([name, values]) =>
    values === undefined ? name : `${name}: ${values.join(', ')}`,
  );
  return texts.join('; ') || '–';
}

function metricsTable() {
  const rows = Object.entries(METRICS).map(([name, { kind, in: kinds, labels, description }]) =>
    row(`\`${name}\``, KINDS[kind], whereOf(kinds), labelsOf(labels), description),
  );
  return [row('metric', 'kind', 'told by', 'labels', 'what it is'), '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function alertsTable() {
  const { groups } = parse(readFileSync(join(root, 'helm/tessera/alerts/tessera.yaml'), 'utf8'));
  const rows = groups.flatMap(({ rules }) =>
    rules.map(({ alert, labels, annotations }) =>
      row(`\`${alert}\``, labels.severity, plain(annotations.summary), annotations.description),
    ),
  );
  return [row('alert', 'severity', 'what it means', 'what to do'), '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** `{{ $labels.stage }}` → `STAGE`. */
function plain(template) {
  return template.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label) => label.toUpperCase());
}

function replaced(text, name, table) {
  const [begin, end] = [`<!-- ${name}: generated -->`, `<!-- ${name}: end -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`${file} has no place for ${name}`);
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`;
}

const before = readFileSync(file, 'utf8');
const after = replaced(replaced(before, 'metrics', metricsTable()), 'alerts', alertsTable());
if (!process.argv.includes('--check')) writeFileSync(file, after);
else if (after !== before) {
  console.error('docs/operations.md does not tell what the code and the chart have: node scripts/metrics-table.mjs');
  process.exit(1);
}
