import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CHART } from './chart.js';

/** A query of the chart, and what asks it. */
export interface Query {
  readonly asker: string;
  readonly expr: string;
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: string | { readonly query: string } }[];
  };
}

interface AlertFile {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

/** Every query of the dashboards and the alerts. */
export function queriesOfChart(): readonly Query[] {
  const dashboards = filesOf('dashboards').flatMap((text) => {
    const { panels, templating } = JSON.parse(text) as Dashboard;
    const ofPanels = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ asker: title, expr })));
    const ofVariables = templating.list.flatMap(({ name, query }) =>
      typeof query === 'string' ? [] : [{ asker: `$${name}`, expr: query.query }],
    );
    return [...ofPanels, ...ofVariables];
  });
  const alerts = filesOf('alerts').flatMap((text) =>
    (parse(text) as AlertFile).groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => ({ asker: alert, expr }))),
  );
  return [...dashboards, ...alerts];
}

/** The metrics that a query names. */
export function metricsIn({ expr }: Query): readonly string[] {
  return [...new Set(expr.match(/\b(?:tessera|process)_[a-z_]+\b/g) ?? [])];
}

/** Labels by which a query tells samples of one metric apart, with the values that it names. */
export function matchersIn({
  expr,
}: Query): readonly { readonly metric: string; readonly label: string; readonly value: string }[] {
  return [...expr.matchAll(/\b((?:tessera|process)_[a-z_]+)\{([^}]*)\}/g)].flatMap(([, metric = '', matchers = '']) =>
    [...matchers.matchAll(/([a-z_]+)="([^"$]*)"/g)].map(([, label = '', value = '']) => ({ metric, label, value })),
  );
}

function filesOf(folder: string): readonly string[] {
  const path = join(CHART, folder);
  return readdirSync(path).map((name) => readFileSync(join(path, name), 'utf8'));
}
