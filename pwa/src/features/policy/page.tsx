/** One page of the policy: its navigation and, below, the page itself. */
import './policy.css';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { place } from '../../core/nav';
import { user } from '../../core/session';
import { CalendarScreen } from './calendar/screen';
import { HealthScreen } from './health/screen';
import { ParametersScreen } from './parameters';
import { type PolicyPlace, placeOf } from './places';
import { RulesScreen } from './rules';
import { RunScreen } from './runs/run';
import { RunsScreen } from './runs/screen';
import { readRules } from './store';
import { WhatIfScreen } from './whatif/screen';

const SCREENS: Record<PolicyPlace, () => VNode> = {
  whatif: () => <WhatIfScreen />,
  parameters: () => <ParametersScreen />,
  rules: () => <RulesScreen />,
  health: () => <HealthScreen />,
  runs: () => <RunsScreen />,
  calendar: () => <CalendarScreen />,
};

export function PolicyPage() {
  const [, named, id] = place.value.parts;
  const at = placeOf(named, user.value?.role);
  const owner = user.value?.id;
  useEffect(() => {
    if (owner !== undefined) void readRules();
  }, [owner]);
  return <div class="pol">{at === 'runs' && id ? <RunScreen key={id} runId={id} /> : SCREENS[at]()}</div>;
}
