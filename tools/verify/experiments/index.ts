import type { Experiment } from '../experiment';
import { COGNITO_EXPERIMENTS } from './cognito';
import { SMS_EXPERIMENTS } from './sms';
import { STEP_FUNCTIONS_EXPERIMENTS } from './step-functions';

export const EXPERIMENTS: readonly Experiment[] = [
  ...COGNITO_EXPERIMENTS,
  ...SMS_EXPERIMENTS,
  ...STEP_FUNCTIONS_EXPERIMENTS,
];
