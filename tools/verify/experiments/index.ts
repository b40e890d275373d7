import type { Experiment } from '../experiment';
import { COGNITO_EXPERIMENTS } from './cognito';
import { SMS_EXPERIMENTS } from './sms';

export const EXPERIMENTS: readonly Experiment[] = [...COGNITO_EXPERIMENTS, ...SMS_EXPERIMENTS];
