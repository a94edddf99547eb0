export { type LoadtestArguments, parseArguments } from './arguments.js';
export { findK6 } from './k6.js';
export { type LoadtestResult, runLoadtest } from './run-loadtest.js';
export { SCENARIOS, type Scenario } from './scenarios.js';
export { type JudgedThreshold, type K6Summary, type Verdict, verdictOf, verdictText } from './verdict.js';
